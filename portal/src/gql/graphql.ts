/* eslint-disable */
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A civil day without a time zone, for example `2026-11-22`. */
  Date: { input: string; output: string; }
  /** An instant, RFC 3339 in UTC, for example `2026-11-22T07:58:03.25Z`. Any offset is understood as input. */
  DateTime: { input: string; output: string; }
  /** A scalar that can represent any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /**
   * A file, sent with the operation in a `multipart/form-data` request: at most 32 MiB each, 20 files and
   * 64 MiB in all.
   */
  Upload: { input: File; output: File; }
};

/** Where a log-in came from. The address itself is not kept. */
export type AddressKind =
  /** The same machine, or a proxy on it. */
  | 'LOCAL'
  /** A private network. */
  | 'PRIVATE'
  /** The internet. */
  | 'PUBLIC'
  /** Not noted. */
  | 'UNKNOWN';

/** What changed about a day of a closed period, paid in a later one. */
export type Adjustment = {
  __typename?: 'Adjustment';
  /** Whose. */
  employee: Employee;
  /** The day. */
  workDate: Scalars['Date']['output'];
  /** Id of the closed period that the day belongs to. */
  periodId: Scalars['ID']['output'];
  /** Id of the period that pays it; null while none is open. */
  intoPeriodId?: Maybe<Scalars['ID']['output']>;
  /** Differences. */
  minutes: PayrollMinutes;
  /** What changed, as sentences. */
  why: Array<Scalars['String']['output']>;
};

/** A page of a list. */
export type AdjustmentConnection = {
  __typename?: 'AdjustmentConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<AdjustmentEdge>;
  /** The rows of this page. */
  nodes: Array<Adjustment>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type AdjustmentEdge = {
  __typename?: 'AdjustmentEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Adjustment;
};

/** Whether a face was a living one. */
export type AttackDetection =
  /** A living face. */
  | 'LIVE'
  /** A picture or a mask. */
  | 'ATTACK'
  /** There was nothing to tell by, or the device does not check. */
  | 'NOT_CHECKED';

/** What the verdict of attack detection rests on. A measure that could not be taken is null. */
export type AttackEvidence = {
  __typename?: 'AttackEvidence';
  /** What the measures say, signs of an attack first; empty when none could be taken. */
  signs: Array<AttackSign>;
  /** Pictures that were compared with the first one. */
  nLooks: Scalars['Int']['output'];
  /** Distance between the eyes, in pixels of the camera: below 24 hardly anything can be measured. */
  eyeDistancePx: Scalars['Float']['output'];
  /** Tangent of the turn that a standing-out nose proves; 0.03 and more is a sign of life. */
  relief?: Maybe<Scalars['Float']['output']>;
  /** Narrowing as of something flat that turns, as a share; 0.04 and more is a sign of an attack. */
  flatTurn?: Maybe<Scalars['Float']['output']>;
  /** Largest change of both eyes that came and went, 0 to 2; 0.2 and more is a sign of life. */
  blink?: Maybe<Scalars['Float']['output']>;
  /** Share of what is beside the face that moved with it; 0.8 and more is a sign of an attack. */
  surround?: Maybe<Scalars['Float']['output']>;
  /** Height of the highest lone peak in the spectrum of the face, in decibels; 8 and more is a sign of an attack. */
  moireDb?: Maybe<Scalars['Float']['output']>;
};

/** What follows when somebody holds a picture of a face before a camera: from the verdict of attack detection. */
export type AttackPolicy =
  /** Nothing; the verdict is noted with the sighting. */
  | 'IGNORE'
  /** A person looks at an attack. */
  | 'REVIEW'
  /** An attack is rejected. */
  | 'REJECT'
  /** An attack is rejected, and a person looks at whatever is not proven live. */
  | 'REQUIRE_LIVE';

/** What was seen while a face was tracked. The first three are signs of an attack and outweigh the others. */
export type AttackSign =
  /** It became narrower as something flat does that turns: a page, a screen. */
  | 'FLAT_TURN'
  /** What is beside the face moved with it, as on a page or a screen that is held. */
  | 'MOVING_SURROUND'
  /** It has the regular lines of a screen (moiré). */
  | 'SCREEN_PATTERN'
  /** The nose stood out while the face turned: a sign of life. */
  | 'RELIEF'
  /** Both eyes closed and opened: a sign of life. */
  | 'BLINK'
  /** The face was looked at long enough, and its nose did not stand out; a person who keeps still looks so too. */
  | 'NO_RELIEF'
  /** The eyes were looked at, and did not close; people do not blink for seconds. */
  | 'NO_BLINK';

/** One employee's day, derived from punches. */
export type AttendanceDay = {
  __typename?: 'AttendanceDay';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Whose day it is. */
  employee: Employee;
  /** Site of the first counted punch, else of the roster, else the employee's home. */
  site: Site;
  /** The local day that the work belongs to. */
  workDate: Scalars['Date']['output'];
  /** IANA zone in which the day was derived. */
  timeZone: Scalars['String']['output'];
  /** What the day came to. */
  status: AttendanceDayStatus;
  /** What was expected. */
  kind: AttendanceDayKind;
  /** Name of the rostered shift; null without one. */
  shiftName?: Maybe<Scalars['String']['output']>;
  /** Somebody may still be in: the open session counts no minutes yet. */
  isOpen: Scalars['Boolean']['output'];
  /** Minutes by class. */
  minutes: DayMinutes;
  /** First counted way in. */
  firstInAt?: Maybe<Scalars['DateTime']['output']>;
  /** Last counted way out. */
  lastOutAt?: Maybe<Scalars['DateTime']['output']>;
  /** Presence without unpaid breaks. */
  workedMinutes: Scalars['Int']['output'];
  /** Punches that count. */
  nPunches: Scalars['Int']['output'];
  /** Punches that are kept and not counted: within the cool-down, or between first and last. */
  nRepeats: Scalars['Int']['output'];
  /** What a person must look at. */
  exceptions: Array<Scalars['String']['output']>;
  /** Version of the attendance rules that derived the day. */
  ruleVersion: Scalars['String']['output'];
  /** Name of the rule set; `built-in` without one. */
  ruleSetName: Scalars['String']['output'];
  /** Version of the rule set; 0 for the built-in rules. */
  ruleSetVersion: Scalars['Int']['output'];
  /** How the result came about, step by step. */
  why: Array<Scalars['String']['output']>;
  /** How the result came about: each step with its rule, punches and figures. */
  whySteps: Array<WhyStep>;
  /** What a person must look at, with sentences, those that somebody lets be too. */
  exceptionDetails: Array<AttendanceException>;
  /**
   * Punches that were read for this day, in order of time, repeats too. Voided ones and those that wait
   * to be derived are left out.
   */
  punches: Array<Punch>;
  /** Paired ways in and out, in order. */
  sessions: Array<Session>;
};

/** A day that changed. */
export type AttendanceDayChange = {
  __typename?: 'AttendanceDayChange';
  /** Whose day it is. */
  employee: Employee;
  /** The local day that the work belongs to. */
  workDate: Scalars['Date']['output'];
  /** The day as it is now; null when nothing is left of it. */
  day?: Maybe<AttendanceDay>;
};

/** A day was derived for the first time, or differs from before. */
export type AttendanceDayChangedEvent = {
  __typename?: 'AttendanceDayChangedEvent';
  /** Give this as `after` to read on from here after a reconnect, with any live event. */
  cursor: Scalars['String']['output'];
  /** Why events up to here were left out; null when none were. Then the other fields are null. */
  resync?: Maybe<ResyncReason>;
  /** Which day. */
  change?: Maybe<AttendanceDayChange>;
};

/** A page of a list. */
export type AttendanceDayConnection = {
  __typename?: 'AttendanceDayConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<AttendanceDayEdge>;
  /** The rows of this page. */
  nodes: Array<AttendanceDay>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type AttendanceDayEdge = {
  __typename?: 'AttendanceDayEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: AttendanceDay;
};

/** Which attendance days. */
export type AttendanceDayFilter = {
  /** First work date. */
  from: Scalars['Date']['input'];
  /** Last work date; at most 366 days from the first. */
  to: Scalars['Date']['input'];
  /** Only days of this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only days of this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Only days that came to one of these; all when absent. */
  statuses?: InputMaybe<Array<AttendanceDayStatus>>;
  /** Only days on which somebody may still be in, or only others; all when absent. */
  isOpen?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What was expected of a day. */
export type AttendanceDayKind =
  /** Work. */
  | 'WORK'
  /** Nothing: public holiday. */
  | 'HOLIDAY'
  /** Nothing: rest day. */
  | 'REST_DAY'
  /** Nothing: no roster. */
  | 'FREE';

/** In which order attendance days come. */
export type AttendanceDayOrder = {
  /** By what. */
  field: AttendanceDayOrderField;
  /** Which end first. */
  direction?: OrderDirection;
};

/** By what attendance days are sorted. */
export type AttendanceDayOrderField =
  /** By work date; those of one date always by name of the employee. */
  | 'WORK_DATE'
  /** By name of the employee, then work date. */
  | 'EMPLOYEE_NAME';

/** What a day came to. */
export type AttendanceDayStatus =
  /** A way in or a way out is missing for good. */
  | 'INCOMPLETE'
  /** Came too late. */
  | 'LATE'
  /** Came. */
  | 'PRESENT'
  /** On leave. */
  | 'ON_LEAVE'
  /** Public holiday. */
  | 'HOLIDAY'
  /** Rest day. */
  | 'REST_DAY'
  /** Work was expected and is over, and the person did not come. */
  | 'ABSENT';

/** An exception of one employee's day. */
export type AttendanceException = {
  __typename?: 'AttendanceException';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Whose day it is. */
  employee: Employee;
  /** Site of the day. */
  site: Site;
  /** The local day that the work belongs to. */
  workDate: Scalars['Date']['output'];
  /** What it is. */
  kind: AttendanceExceptionKind;
  /** What happened, as a sentence. */
  sentence: Scalars['String']['output'];
  /** Ids of the punches behind it. */
  punchIds: Array<Scalars['ID']['output']>;
  /** Whether somebody lets it be. */
  isWaived: Scalars['Boolean']['output'];
  /** Who lets it be, and why; null when nobody does. */
  waiver?: Maybe<ExceptionWaiver>;
};

/** A page of a list. */
export type AttendanceExceptionConnection = {
  __typename?: 'AttendanceExceptionConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<AttendanceExceptionEdge>;
  /** The rows of this page. */
  nodes: Array<AttendanceException>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type AttendanceExceptionEdge = {
  __typename?: 'AttendanceExceptionEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: AttendanceException;
};

/** What a person must look at. */
export type AttendanceExceptionKind =
  /** A way out without a way in. */
  | 'MISSING_IN'
  /** A way in without a way out. */
  | 'MISSING_OUT'
  /** Two sites faster than one can travel. */
  | 'SITE_OVERLAP'
  /** Work when none was expected. */
  | 'UNSCHEDULED_WORK'
  /** Too little rest since the work before. */
  | 'SHORT_REST'
  /** The device's clock was wrong. */
  | 'CLOCK_SKEW'
  /** The day depends on a weak recognition. */
  | 'LOW_CONFIDENCE'
  /** Overtime that nobody approved. */
  | 'OVERTIME_UNAPPROVED'
  /** Before hire or after leaving. */
  | 'OUTSIDE_EMPLOYMENT'
  /** The site was not in use any more. */
  | 'INACTIVE_SITE'
  /** More punches than a person makes. */
  | 'PUNCH_FLOOD'
  /** The zone name of a site is not known; UTC was used. */
  | 'UNKNOWN_TIME_ZONE';

/** All rules of one version. */
export type AttendanceRules = {
  __typename?: 'AttendanceRules';
  /** Lateness that is forgiven. */
  graceInMinutes: Scalars['Int']['output'];
  /** Leaving early that is forgiven. */
  graceOutMinutes: Scalars['Int']['output'];
  /** In whose favour times are rounded. */
  roundingMode: RoundingMode;
  /** Multiple to which times are rounded. */
  roundingMinutes: Scalars['Int']['output'];
  /** Work before the shift. */
  earlyArrival: OutsidePolicy;
  /** Work after the shift or between its segments. */
  lateDeparture: OutsidePolicy;
  /** Longest gap between two sessions that is a break taken. */
  breakLongestMinutes: Scalars['Int']['output'];
  /** Minutes of breaks taken on a date that are payable. */
  breakPaidMinutes: Scalars['Int']['output'];
  /** Tiers of the automatic break, ascending. */
  automaticBreaks: Array<AutomaticBreak>;
  /** Daily threshold of overtime; null without one. */
  overtimeDailyAfterMinutes?: Maybe<Scalars['Int']['output']>;
  /** Weekly threshold of overtime; null without one. */
  overtimeWeeklyAfterMinutes?: Maybe<Scalars['Int']['output']>;
  /** First day of the week of the weekly threshold. */
  overtimeWeekStartsOn: Weekday;
  /** Work on a rest day is overtime. */
  overtimeOnRestDays: Scalars['Boolean']['output'];
  /** Work on a public holiday is overtime. */
  overtimeOnHolidays: Scalars['Boolean']['output'];
  /** Less time outside the shift than this on a date is unpayable. */
  overtimeMinimumMinutes: Scalars['Int']['output'];
  /** Overtime is payable only as far as somebody approved it. */
  overtimeNeedsApproval: Scalars['Boolean']['output'];
  /** Rest between two days' work; 0 is off. */
  minimumRestMinutes: Scalars['Int']['output'];
  /** A session without a way out is open this long. */
  maximumOpenMinutes: Scalars['Int']['output'];
  /** What such a session counts then. */
  autoClose: AutoClose;
  /** Rest days of people without a roster. */
  restWeekdays: Array<Weekday>;
  /** What is expected of people without a roster. */
  unrostered: Unrostered;
  /** Fastest way between two sites; 0 is off. */
  travelMinutes: Scalars['Int']['output'];
  /** Clock difference of a device at which a person must look; 0 is off. */
  clockSkewSeconds: Scalars['Int']['output'];
  /** Similarity, as cosine, below which a person must look; 0 is off. */
  lowConfidenceBelow: Scalars['Float']['output'];
};

/** Rules. What is left out is as built in. */
export type AttendanceRulesInput = {
  /** Lateness that is forgiven. */
  graceInMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Leaving early that is forgiven. */
  graceOutMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** In whose favour times are rounded. */
  roundingMode?: InputMaybe<RoundingMode>;
  /** Multiple to which times are rounded. */
  roundingMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Work before the shift. */
  earlyArrival?: InputMaybe<OutsidePolicy>;
  /** Work after the shift or between its segments. */
  lateDeparture?: InputMaybe<OutsidePolicy>;
  /** Longest gap between two sessions that is a break taken. */
  breakLongestMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Minutes of breaks taken on a date that are payable. */
  breakPaidMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Tiers of the automatic break, ascending. */
  automaticBreaks?: InputMaybe<Array<AutomaticBreakInput>>;
  /** Daily threshold of overtime. */
  overtimeDailyAfterMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Weekly threshold of overtime. */
  overtimeWeeklyAfterMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** First day of the week of the weekly threshold. */
  overtimeWeekStartsOn?: InputMaybe<Weekday>;
  /** Work on a rest day is overtime. */
  overtimeOnRestDays?: InputMaybe<Scalars['Boolean']['input']>;
  /** Work on a public holiday is overtime. */
  overtimeOnHolidays?: InputMaybe<Scalars['Boolean']['input']>;
  /** Less time outside the shift than this on a date is unpayable. */
  overtimeMinimumMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Overtime is payable only as far as somebody approved it. */
  overtimeNeedsApproval?: InputMaybe<Scalars['Boolean']['input']>;
  /** Rest between two days' work; 0 is off. */
  minimumRestMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** A session without a way out is open this long. */
  maximumOpenMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** What such a session counts then. */
  autoClose?: InputMaybe<AutoClose>;
  /** Rest days of people without a roster. */
  restWeekdays?: InputMaybe<Array<Weekday>>;
  /** What is expected of people without a roster. */
  unrostered?: InputMaybe<Unrostered>;
  /** Fastest way between two sites; 0 is off. */
  travelMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Clock difference of a device at which a person must look; 0 is off. */
  clockSkewSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** Similarity, as cosine from 0 to 1, below which a person must look; 0 is off. */
  lowConfidenceBelow?: InputMaybe<Scalars['Float']['input']>;
};

/** Who did something. */
export type AuditActor =
  /** A user who was logged in. */
  | 'USER'
  /** A program with an API token of the user. */
  | 'TOKEN'
  /** Nobody who was logged in: the hub itself, the command line, a log-in that failed. */
  | 'SYSTEM';

/** One change, one read of biometric data, or one log-in. Never holds a secret, a picture or an embedding. */
export type AuditEvent = {
  __typename?: 'AuditEvent';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** When. */
  occurredAt: Scalars['DateTime']['output'];
  /** Who. */
  actor: AuditActor;
  /** The user; null when nobody was logged in. */
  user?: Maybe<User>;
  /** The token by which the user acted; null without one. */
  tokenId?: Maybe<Scalars['ID']['output']>;
  /** What was done, resource first, for example `employee.create`. */
  action: Scalars['String']['output'];
  /** What it was done to, for example `employee`. */
  subjectKind: Scalars['String']['output'];
  /** Which one, as the id of that object; null when it is several, or the organisation itself. */
  subjectId?: Maybe<Scalars['ID']['output']>;
  /** What changed, as it was; null for what was made or read. */
  before?: Maybe<Scalars['JSON']['output']>;
  /** What changed, as it was since; null for what was removed or read. */
  after?: Maybe<Scalars['JSON']['output']>;
};

/** A page of a list. */
export type AuditEventConnection = {
  __typename?: 'AuditEventConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<AuditEventEdge>;
  /** The rows of this page. */
  nodes: Array<AuditEvent>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type AuditEventEdge = {
  __typename?: 'AuditEventEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: AuditEvent;
};

/** Which events are listed. */
export type AuditEventFilter = {
  /** Done by this user. */
  userId?: InputMaybe<Scalars['ID']['input']>;
  /** One action, for example `employee.create`, or the resource of several, for example `employee`. */
  action?: InputMaybe<Scalars['String']['input']>;
  /** Done to this kind of thing, for example `employee`. */
  subjectKind?: InputMaybe<Scalars['String']['input']>;
  /** Done to the thing with this id. */
  subjectId?: InputMaybe<Scalars['ID']['input']>;
  /** Not before this instant. */
  from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Before this instant. */
  to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What a session counts whose way out never came. */
export type AutoClose =
  /** Nothing. */
  | 'NOTHING'
  /** Until the end of the shift segment. */
  | 'SHIFT_END';

/** One tier of the automatic break. */
export type AutomaticBreak = {
  __typename?: 'AutomaticBreak';
  /** Applies when work exceeds these minutes. */
  afterMinutes: Scalars['Int']['output'];
  /** Unpaid break in minutes that the date then has, in all. */
  breakMinutes: Scalars['Int']['output'];
};

/** One tier of the automatic break. */
export type AutomaticBreakInput = {
  /** Applies when work exceeds these minutes. */
  afterMinutes: Scalars['Int']['input'];
  /** Unpaid break in minutes that the date then has, in all. */
  breakMinutes: Scalars['Int']['input'];
};

/** A camera at a site. */
export type Camera = {
  __typename?: 'Camera';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name, unique at its device. */
  name: Scalars['String']['output'];
  /** Which way people walk past it. */
  direction: CameraDirection;
  /** What follows from the verdict of attack detection. */
  attackPolicy: AttackPolicy;
};

/** A new camera. */
export type CameraCreateInput = {
  /** The device that watches it. */
  deviceId: Scalars['ID']['input'];
  /** Name, unique at the device, at most 100 characters; the agent's configuration names it. */
  name: Scalars['String']['input'];
  /** Which way people walk past it. */
  direction: CameraDirection;
};

/** Which way people walk past a camera. */
export type CameraDirection =
  /** In. */
  | 'ENTRY'
  /** Out. */
  | 'EXIT'
  /** Both ways. */
  | 'BOTH';

/** What a camera shows at this moment. Nothing of it is kept. */
export type CameraLiveViewEvent = {
  __typename?: 'CameraLiveViewEvent';
  /** How it is. */
  state: LiveViewState;
  /** The picture: a JPEG of at most 640 pixels on its longer side, in Base64; null unless `state` is `LIVE`. */
  jpegBase64?: Maybe<Scalars['String']['output']>;
  /** When it was taken; null without a picture. */
  takenAt?: Maybe<Scalars['DateTime']['output']>;
  /** What comes from the camera, as its agent says; null when it does not. */
  cameraState?: Maybe<CameraState>;
  /** Seconds until `TIME_OVER`. */
  secondsLeft: Scalars['Int']['output'];
};

/** What became of a camera. */
export type CameraPayload = {
  __typename?: 'CameraPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The camera as it is now; null when refused. */
  camera?: Maybe<Camera>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What comes from a camera. */
export type CameraState =
  /** It is being opened. */
  | 'OPENING'
  /** Pictures of the world. */
  | 'WELL'
  /** It cannot be opened. */
  | 'UNREACHABLE'
  /** Nothing in time. */
  | 'STALLED'
  /** Nothing but black. */
  | 'BLACK'
  /** Always the same picture. */
  | 'FROZEN'
  /** Nothing any more: a file that was to be played once. */
  | 'ENDED';

/** How a camera is doing. */
export type CameraStatus = {
  __typename?: 'CameraStatus';
  /** Its name. */
  name: Scalars['String']['output'];
  /** What comes from it. */
  state: CameraState;
  /** Frames read, a second, lately. */
  capturedPerSecond: Scalars['Float']['output'];
  /** Frames looked at, likewise. */
  processedPerSecond: Scalars['Float']['output'];
  /** Frames replaced by newer ones before they were looked at, since the start. */
  nDropped: Scalars['Int']['output'];
  /** Frames that could not be read, since the start. */
  nFailed: Scalars['Int']['output'];
  /** Faces that were followed and gave no sighting, since the start, by reason. */
  lost: Array<LostFaces>;
  /** Milliseconds of the networks for a frame, on average lately. */
  inferenceMs: Scalars['Float']['output'];
  /** When the last frame came; null when none did. */
  lastFrameAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * Whether people may look through it with `cameraLiveView`: the box's own configuration says so. Null when its agent
   * is too old for that.
   */
  remoteView?: Maybe<Scalars['Boolean']['output']>;
};

/** What to change of a camera; what is absent stays. */
export type CameraUpdateInput = {
  /** Which camera. */
  cameraId: Scalars['ID']['input'];
  /** Name, unique at the device, at most 100 characters; the agent's configuration must follow. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Which way people walk past it, from now on. */
  direction?: InputMaybe<CameraDirection>;
  /** What follows from the verdict of attack detection, from now on. */
  attackPolicy?: InputMaybe<AttackPolicy>;
};

/** What became of a change. */
export type ChangeStatus =
  /** The change was made. */
  | 'DONE'
  /** Nothing was changed; the problems say why. */
  | 'REFUSED';

/** What somebody typed at a kiosk, or a badge that was read there. */
export type CodeEntry = {
  __typename?: 'CodeEntry';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** What was used. */
  method: CodeMethod;
  /** Where. */
  site: Site;
  /** At which device; null when you do not see it. */
  device?: Maybe<Device>;
  /**
   * The personnel number as it was typed; null for a badge. Digits that named nobody and may be a PIN are covered but
   * for the first two. PINs and badges are never kept.
   */
  employeeCode?: Maybe<Scalars['String']['output']>;
  /** Whom it named, also when it was refused; null for nobody, and when you do not see the employee. */
  employee?: Maybe<Employee>;
  /** Which way, where the person or the camera said so. */
  direction?: Maybe<Direction>;
  /** When it was typed, by the device's clock. */
  capturedAt: Scalars['DateTime']['output'];
  /** What the clock on the site's wall said, with its offset: `2026-11-22T08:58:03+01:00`. */
  localTime: Scalars['String']['output'];
  /** When the hub got it: much later after a time without a network, and then nobody at the kiosk was told. */
  receivedAt: Scalars['DateTime']['output'];
  /** What became of it. */
  outcome: CodeOutcome;
  /** Why it was refused; null when it was not. */
  refusal?: Maybe<CodeRefusal>;
};

/** A page of a list. */
export type CodeEntryConnection = {
  __typename?: 'CodeEntryConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<CodeEntryEdge>;
  /** The rows of this page. */
  nodes: Array<CodeEntry>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type CodeEntryEdge = {
  __typename?: 'CodeEntryEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: CodeEntry;
};

/** Which entries; conditions hold together. */
export type CodeEntryFilter = {
  /** Only at this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only at this device. */
  deviceId?: InputMaybe<Scalars['ID']['input']>;
  /** Only those that named this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Not typed earlier than this. */
  from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Typed earlier than this. */
  to?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what was refused; false when absent. */
  refusedOnly?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What somebody used at a kiosk. */
export type CodeMethod =
  /** A personnel number and PIN. */
  | 'PIN'
  /** A badge. */
  | 'BADGE';

/** What became of something that was typed. */
export type CodeOutcome =
  /** It is a punch. */
  | 'PUNCHED'
  /** It is a punch within the cool-down. */
  | 'REPEAT'
  /** Nothing was recorded. */
  | 'REFUSED';

/** Why something was refused. */
export type CodeRefusal = {
  __typename?: 'CodeRefusal';
  /** The reason, for programs. */
  reason: CodeRefusalReason;
  /** What happened, as a sentence. */
  sentence: Scalars['String']['output'];
  /** What can be done about it, as a sentence. */
  hint: Scalars['String']['output'];
};

/** Why something that was typed was refused; the kiosk is not told. */
export type CodeRefusalReason =
  /** No employee has the code. */
  | 'UNKNOWN_CODE'
  /** No employee has the badge. */
  | 'UNKNOWN_BADGE'
  /** The employee has no PIN. */
  | 'NO_PIN'
  /** The PIN was wrong. */
  | 'WRONG_PIN'
  /** Too many wrong PINs: this one was not tried. */
  | 'LOCKED'
  /** The employee is not in use. */
  | 'INACTIVE'
  /** The employee does not belong to the site. */
  | 'OTHER_SITE'
  /** Nobody knows when it was typed. */
  | 'CLOCK_UNKNOWN'
  /** It was typed in the future. */
  | 'CLOCK_AHEAD';

/** A consent of an employee to be recognised. Without one that is valid the person is not looked for. */
export type Consent = {
  __typename?: 'Consent';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Whether it holds now: given, neither withdrawn nor expired. */
  isValid: Scalars['Boolean']['output'];
  /** Version of the text that the person agreed to. */
  textVersion: Scalars['String']['output'];
  /** When it was given. */
  givenAt: Scalars['DateTime']['output'];
  /** From when on it does not hold; null: until it is withdrawn. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was withdrawn; null when it was not. */
  withdrawnAt?: Maybe<Scalars['DateTime']['output']>;
  /** How it is known that the person agreed. Reading it is noted in the audit log. */
  evidence?: Maybe<Scalars['String']['output']>;
};

/** What became of a consent. */
export type ConsentPayload = {
  __typename?: 'ConsentPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The employee as it is now; null when refused. */
  employee?: Maybe<Employee>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A consent to be recorded. */
export type ConsentRecordInput = {
  /** Who agreed. */
  employeeId: Scalars['ID']['input'];
  /** Version of the text that the person agreed to, 1 to 100 characters. */
  textVersion: Scalars['String']['input'];
  /**
   * How it is known that the person agreed, for example the number of a signed form; 1 to 2,000
   * characters.
   */
  evidence: Scalars['String']['input'];
  /** From when on it does not hold; until it is withdrawn when absent. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A withdrawal. */
export type ConsentWithdrawInput = {
  /** Who does not agree any more. */
  employeeId: Scalars['ID']['input'];
};

/** A request to add a punch, to void one, or to turn one round. Punches are never edited. */
export type Correction = {
  __typename?: 'Correction';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Whose punch it is about. */
  employee: Employee;
  /** What it does when it is approved. */
  kind: CorrectionKind;
  /** Id of the punch that it is about; null when it adds one. */
  punchId?: Maybe<Scalars['ID']['output']>;
  /** Site of the punch. */
  site: Site;
  /** When the punch happened. */
  occurredAt: Scalars['DateTime']['output'];
  /** What the clock on the site's wall said then, with its offset: `2026-11-22T08:58:03+01:00`. */
  localTime: Scalars['String']['output'];
  /** The local day of the punch by the site's day boundary; the derivation may count it for another. */
  localDate: Scalars['Date']['output'];
  /** The direction stated; null when none is. */
  direction?: Maybe<Direction>;
  /** Why it was requested. */
  reason: Scalars['String']['output'];
  /** Text that proves it; null without one. */
  attachment?: Maybe<Scalars['String']['output']>;
  /** When it was requested. */
  requestedAt: Scalars['DateTime']['output'];
  /** Name of who requested it; null when not known. */
  requestedByName?: Maybe<Scalars['String']['output']>;
  /** How far it is. */
  state: CorrectionState;
  /** When it was decided or withdrawn; null before. */
  decidedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Name of who decided; null before, and when not known. */
  decidedByName?: Maybe<Scalars['String']['output']>;
  /** What they said. */
  decisionComment?: Maybe<Scalars['String']['output']>;
  /** Id of the punch that the approval added; null when it added none. */
  newPunchId?: Maybe<Scalars['ID']['output']>;
};

/** A correction to be approved. */
export type CorrectionApproveInput = {
  /** The correction. */
  correctionId: Scalars['ID']['input'];
  /** A word to whoever requested it, at most 1,000 characters. */
  comment?: InputMaybe<Scalars['String']['input']>;
};

/** What is to be changed: exactly one of these. */
export type CorrectionChangeInput =
  /** A punch that is missing. */
  { addPunch: PunchAddInput; voidPunch?: never; changeDirection?: never; }
  |  /** A punch that did not happen. */
  { addPunch?: never; voidPunch: PunchVoidInput; changeDirection?: never; }
  |  /** A punch that was read the wrong way round. */
  { addPunch?: never; voidPunch?: never; changeDirection: PunchDirectionInput; };

/** A page of a list. */
export type CorrectionConnection = {
  __typename?: 'CorrectionConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<CorrectionEdge>;
  /** The rows of this page. */
  nodes: Array<Correction>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type CorrectionEdge = {
  __typename?: 'CorrectionEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Correction;
};

/** Which corrections. */
export type CorrectionFilter = {
  /** Only in this state. */
  state?: InputMaybe<CorrectionState>;
  /** Only of this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Only of punches at this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only of punches from this local date on. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Only of punches up to this local date. */
  to?: InputMaybe<Scalars['Date']['input']>;
};

/** What a correction does when it is approved. */
export type CorrectionKind =
  /** A new punch. */
  | 'ADD_PUNCH'
  /** A punch counts no longer. */
  | 'VOID_PUNCH'
  /** A punch is voided and added again with the direction stated. */
  | 'CHANGE_DIRECTION';

/** What became of a change to a correction. */
export type CorrectionPayload = {
  __typename?: 'CorrectionPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The correction as it is now; null when the change was refused. */
  correction?: Maybe<Correction>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A correction to be rejected. */
export type CorrectionRejectInput = {
  /** The correction. */
  correctionId: Scalars['ID']['input'];
  /** Why, 1 to 1,000 characters; who requested it reads this. */
  comment: Scalars['String']['input'];
};

/** A correction to be requested. */
export type CorrectionRequestInput = {
  /** Whose punch it is about. */
  employeeId: Scalars['ID']['input'];
  /** What is to be changed. */
  change: CorrectionChangeInput;
  /** Why, 1 to 1,000 characters; space around it is removed. */
  reason: Scalars['String']['input'];
  /** Text that proves it, at most 20,000 characters. */
  attachment?: InputMaybe<Scalars['String']['input']>;
};

/** How far a correction is. */
export type CorrectionState =
  /** Waits for a decision. */
  | 'REQUESTED'
  /** Took effect. */
  | 'APPROVED'
  /** Was refused by a person. */
  | 'REJECTED'
  /** Was taken back by who requested it. */
  | 'WITHDRAWN';

/** A correction to be taken back. */
export type CorrectionWithdrawInput = {
  /** The correction. */
  correctionId: Scalars['ID']['input'];
};

/** About how large the database is, all organisations together. */
export type DatabaseSizeClass =
  /** Below 1 GB. */
  | 'SMALL'
  /** 1 to 10 GB. */
  | 'MEDIUM'
  /** 10 to 100 GB. */
  | 'LARGE'
  /** 100 GB and more. */
  | 'VERY_LARGE';

/** Minutes of a day by class. Presence is payable, unpaid break and unpayable together. */
export type DayMinutes = {
  __typename?: 'DayMinutes';
  /** From way in to way out, breaks taken included. */
  presence: Scalars['Int']['output'];
  /** Paid, payable overtime included. */
  payable: Scalars['Int']['output'];
  /** Breaks that are not paid. */
  unpaidBreak: Scalars['Int']['output'];
  /** Present and not paid. */
  unpayable: Scalars['Int']['output'];
  /** Payable overtime outside the shift or beyond the daily threshold. */
  overtimeDaily: Scalars['Int']['output'];
  /** Payable overtime beyond the weekly threshold. */
  overtimeWeekly: Scalars['Int']['output'];
  /** Payable overtime on a rest day. */
  overtimeRestDay: Scalars['Int']['output'];
  /** Payable overtime on a public holiday. */
  overtimeHoliday: Scalars['Int']['output'];
  /** Overtime that is not paid because nobody approved it. */
  overtimeUnapproved: Scalars['Int']['output'];
  /** Expected, after leave and holidays. */
  expected: Scalars['Int']['output'];
  /** First way in after the start of the shift and its grace. */
  late: Scalars['Int']['output'];
  /** Last way out before the end of the shift and its grace. */
  earlyOut: Scalars['Int']['output'];
  /** Expected minutes under paid leave. */
  leavePaid: Scalars['Int']['output'];
  /** Expected minutes under unpaid leave. */
  leaveUnpaid: Scalars['Int']['output'];
};

/** How much of a date. */
export type DayPartKind =
  /** All of it. */
  | 'WHOLE'
  /** Until the middle of the expected time. */
  | 'FIRST_HALF'
  /** From the middle of the expected time. */
  | 'SECOND_HALF'
  /** From a local time to another. */
  | 'HOURS';

/** A part of an organisation that employees belong to. */
export type Department = {
  __typename?: 'Department';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name for people, unique below the same parent. */
  name: Scalars['String']['output'];
  /** Names from the top of the tree to this department. */
  path: Array<Scalars['String']['output']>;
  /** The department above; null at the top. */
  parent?: Maybe<Department>;
  /** Departments directly below, by name. */
  children: Array<Department>;
  /** Active employees directly in this department whom you may see. */
  nEmployees: Scalars['Int']['output'];
};

/** A page of a list. */
export type DepartmentConnection = {
  __typename?: 'DepartmentConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<DepartmentEdge>;
  /** The rows of this page. */
  nodes: Array<Department>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new department. */
export type DepartmentCreateInput = {
  /** Name, unique below the same parent, at most 200 characters; space around it is removed. */
  name: Scalars['String']['input'];
  /** The department above; null or absent for the top. */
  parentId?: InputMaybe<Scalars['ID']['input']>;
};

/** A row of a page with its cursor. */
export type DepartmentEdge = {
  __typename?: 'DepartmentEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Department;
};

/** Another place for a department and all below it. */
export type DepartmentMoveInput = {
  /** Which department. */
  departmentId: Scalars['ID']['input'];
  /** The department above; null for the top. */
  parentId?: InputMaybe<Scalars['ID']['input']>;
};

/** What became of a department. */
export type DepartmentPayload = {
  __typename?: 'DepartmentPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The department as it is now, or as it was before it was deleted; null when refused. */
  department?: Maybe<Department>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** Another name for a department. */
export type DepartmentRenameInput = {
  /** Which department. */
  departmentId: Scalars['ID']['input'];
  /** Name, unique below the same parent, at most 200 characters; space around it is removed. */
  name: Scalars['String']['input'];
};

/** An agent that watches cameras at a site. */
export type Device = {
  __typename?: 'Device';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name for people, unique in the organisation. */
  name: Scalars['String']['output'];
  /** Where it stands. */
  site: Site;
  /** Its cameras, by name. */
  cameras: Array<Camera>;
  /** How it is doing. */
  health: DeviceHealth;
  /** When the hub last heard of it; null when it never called. */
  seenAt?: Maybe<Scalars['DateTime']['output']>;
  /** Version of the agent at its last start; null when it did not say. */
  agentVersion?: Maybe<Scalars['String']['output']>;
  /**
   * What is wrong by what the agent last said: `camera_unreachable`, `camera_stalled`, `camera_black`,
   * `camera_frozen`, `clock_wrong`, `disk_failing`, `spool_full`, `spool_lost`, `too_hot`, `too_slow`.
   */
  problems: Array<Scalars['String']['output']>;
  /** What the agent last said of itself; null when it does not say. */
  status?: Maybe<DeviceStatus>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Since when it may not call any more; null while it may. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** With it the box of a device gets its log-in, once: `rollcall-edge enrol --hub … --code …`. */
export type DeviceCode = {
  __typename?: 'DeviceCode';
  /** The code, in groups of four. It is stored nowhere and cannot be shown again. */
  code: Scalars['String']['output'];
  /** From when on it is worth nothing. */
  expiresAt: Scalars['DateTime']['output'];
};

/** What became of a code. */
export type DeviceCodePayload = {
  __typename?: 'DeviceCodePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The code, shown this once; null when refused. */
  code?: Maybe<DeviceCode>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A page of a list. */
export type DeviceConnection = {
  __typename?: 'DeviceConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<DeviceEdge>;
  /** The rows of this page. */
  nodes: Array<Device>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type DeviceEdge = {
  __typename?: 'DeviceEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Device;
};

/** Which devices to list; what is absent does not matter. */
export type DeviceFilter = {
  /** Only those of this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only those that are doing like this. */
  health?: InputMaybe<DeviceHealth>;
};

/** How a device is doing. */
export type DeviceHealth =
  /** Never called. */
  | 'SILENT'
  /** Called within 90 seconds, which is three heartbeats. */
  | 'ONLINE'
  /** Did so too, and said that something is wrong: see `problems`. */
  | 'DEGRADED'
  /** Did not. */
  | 'OFFLINE'
  /** May not call any more. */
  | 'REVOKED';

/** A device went online, offline, was revoked, or is new. */
export type DeviceHealthChangedEvent = {
  __typename?: 'DeviceHealthChangedEvent';
  /** Give this as `after` to read on from here after a reconnect, with any live event. */
  cursor: Scalars['String']['output'];
  /** Why events up to here were left out; null when none were. Then the other fields are null. */
  resync?: Maybe<ResyncReason>;
  /** The device as it is now. */
  device?: Maybe<Device>;
};

/**
 * How a new device reaches the hub: what belongs into the section `database` of its configuration, and into
 * its password file. Shown once.
 */
export type DeviceLogIn = {
  __typename?: 'DeviceLogIn';
  /** Where the database is, as `host:port/name`, seen from the hub; from the device the host may have another name. */
  database: Scalars['String']['output'];
  /** The device's log-in. */
  user: Scalars['String']['output'];
  /** The device's password. It is stored nowhere and cannot be shown again. */
  password: Scalars['String']['output'];
};

/** What became of a device. */
export type DevicePayload = {
  __typename?: 'DevicePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The device as it is now; null when refused. */
  device?: Maybe<Device>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A new device. */
export type DeviceProvisionInput = {
  /** Where it stands. */
  siteId: Scalars['ID']['input'];
  /** Name, unique in the organisation, at most 100 characters; space around it is removed. */
  name: Scalars['String']['input'];
  /** Its cameras, at most 16; more can be made later. */
  cameras?: Array<NewCameraInput>;
};

/** What became of a new device. */
export type DeviceProvisionPayload = {
  __typename?: 'DeviceProvisionPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The new device; null when refused. */
  device?: Maybe<Device>;
  /** How it reaches the hub, shown this once; null when refused. */
  connection?: Maybe<DeviceLogIn>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** Another name for a device. */
export type DeviceRenameInput = {
  /** Which device. */
  deviceId: Scalars['ID']['input'];
  /** Name, unique in the organisation, at most 100 characters; space around it is removed. */
  name: Scalars['String']['input'];
};

/** What an agent says of itself. */
export type DeviceStatus = {
  __typename?: 'DeviceStatus';
  /** When it said so. */
  reportedAt: Scalars['DateTime']['output'];
  /** Seconds since its start. */
  uptimeSeconds: Scalars['Int']['output'];
  /**
   * Seconds by which its clock is ahead of the hub's; null when it has not measured. Sightings are dated by the
   * hub's clock all the same.
   */
  clockOffsetSeconds?: Maybe<Scalars['Float']['output']>;
  /** Of the hottest part of the box; null when it cannot be read. */
  temperatureCelsius?: Maybe<Scalars['Float']['output']>;
  /** What recognises faces there; null while an older agent does not say so. */
  recogniser?: Maybe<RecogniserStatus>;
  /** Sightings that wait for the hub. */
  nWaiting: Scalars['Int']['output'];
  /** Share of the spool that is in use, 0 to 1. */
  spoolUse: Scalars['Float']['output'];
  /** Sightings lost since the start. */
  nLost: Scalars['Int']['output'];
  /** Its copy of the site's gallery, to greet while the hub does not answer; null when it holds none. */
  galleryCopy?: Maybe<GalleryCopy>;
  /** Its cameras. */
  cameras: Array<CameraStatus>;
};

/** Which way a person went. */
export type Direction =
  /** Into work. */
  | 'IN'
  /** Out of work. */
  | 'OUT';

/** How ways in and ways out are told apart. */
export type DirectionPolicy =
  /** By the camera, or by what a person pressed; else they alternate. */
  | 'CAMERA'
  /** By what a person pressed only; else they alternate. */
  | 'KEY'
  /** Faces always alternate. */
  | 'ALTERNATE'
  /** The first of a date is in, the last out, those between do not count. */
  | 'FIRST_LAST';

/** A person who has faces and punches. */
export type Employee = {
  __typename?: 'Employee';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Personnel number, unique in the organisation. */
  code: Scalars['String']['output'];
  /** Name for people. */
  displayName: Scalars['String']['output'];
  /** Whether the person is recognised and counted. */
  isActive: Scalars['Boolean']['output'];
  /** Since when the person is not recognised and counted any more; null while active. */
  deactivatedAt?: Maybe<Scalars['DateTime']['output']>;
  /** First day of employment; null when unknown. */
  hiredOn?: Maybe<Scalars['Date']['output']>;
  /** Last day of employment; null while employed. */
  leftOn?: Maybe<Scalars['Date']['output']>;
  /** When the record was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Where in the organisation the person works; null when nobody said. */
  department?: Maybe<Department>;
  /**
   * Where days without punches and roster belong; null when nobody chose a site (then it is the first of
   * the person's sites), or when it is a site that you do not see.
   */
  homeSite?: Maybe<Site>;
  /** The day of the present work date at the home site; null before it is derived. */
  today?: Maybe<AttendanceDay>;
  /** The newest punch that was not voided; null when there is none. */
  lastPunch?: Maybe<Punch>;
  /** Where the person may be recognised, by name of the site. */
  sites: Array<Site>;
  /** How far the enrolment of photographs has come. */
  enrolment: Enrolment;
  /** What the person can punch with at a kiosk when a face does not do. */
  codes: EmployeeCodes;
  /**
   * Photographs by which the person is to be recognised, newest first. Reading the list is noted in the
   * audit log.
   */
  photos: Array<EmployeePhoto>;
  /** Consents of the person to be recognised, newest first, also those that hold no longer. */
  consents: Array<Consent>;
};

/** A badge for an employee. */
export type EmployeeBadgeSetInput = {
  /** Which employee. */
  employeeId: Scalars['ID']['input'];
  /** The badge's code, 6 to 128 characters, as the reader types it; space around it is removed. */
  badge: Scalars['String']['input'];
};

/** What became of a change of an employee's PIN or badge. */
export type EmployeeCodePayload = {
  __typename?: 'EmployeeCodePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The employee; null when refused. */
  employee?: Maybe<Employee>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What an employee can punch with at a kiosk. The PIN and the badge's code themselves cannot be read by anybody. */
export type EmployeeCodes = {
  __typename?: 'EmployeeCodes';
  /** Since when there is a PIN; null without one. */
  pinSetAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * Until when no PIN of the employee is tried, after too many wrong ones; null when there is no wait. A new PIN
   * ends it.
   */
  pinLockedUntil?: Maybe<Scalars['DateTime']['output']>;
  /** Since when there is a badge; null without one. */
  badgeSetAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A page of a list. */
export type EmployeeConnection = {
  __typename?: 'EmployeeConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<EmployeeEdge>;
  /** The rows of this page. */
  nodes: Array<Employee>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new employee. */
export type EmployeeCreateInput = {
  /** Personnel number, unique in the organisation, at most 64 characters; space around it is removed. */
  code: Scalars['String']['input'];
  /** Name for people, at most 200 characters; space around it is removed. */
  displayName: Scalars['String']['input'];
  /** Where the person may be recognised; may be empty, unless you are bound to sites yourself. */
  siteIds: Array<Scalars['ID']['input']>;
  /** Where in the organisation the person works. */
  departmentId?: InputMaybe<Scalars['ID']['input']>;
  /** Where days without punches and roster belong; the first of the sites when absent. */
  homeSiteId?: InputMaybe<Scalars['ID']['input']>;
  /** First day of employment. */
  hiredOn?: InputMaybe<Scalars['Date']['input']>;
  /** Last day of employment. */
  leftOn?: InputMaybe<Scalars['Date']['input']>;
};

/** What became of a new employee. */
export type EmployeeCreatePayload = {
  __typename?: 'EmployeeCreatePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The new employee; null when refused. */
  employee?: Maybe<Employee>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** Who is to be taken out of use. */
export type EmployeeDeactivateInput = {
  /** Which employee. */
  employeeId: Scalars['ID']['input'];
  /** Last day of employment; when absent, what is known of it stays. */
  leftOn?: InputMaybe<Scalars['Date']['input']>;
};

/** A row of a page with its cursor. */
export type EmployeeEdge = {
  __typename?: 'EmployeeEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Employee;
};

/** Which employees to list; what is absent does not matter. */
export type EmployeeFilter = {
  /** Part of name or code, in any case. */
  search?: InputMaybe<Scalars['String']['input']>;
  /** Only employees of this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only employees of this department or of one below it. */
  departmentId?: InputMaybe<Scalars['ID']['input']>;
  /** Only those who are active, or only those who are not. */
  isActive?: InputMaybe<Scalars['Boolean']['input']>;
};

/** How much an import came to. */
export type EmployeeImport = {
  __typename?: 'EmployeeImport';
  /** Nothing was written: it was only asked for. */
  isDryRun: Scalars['Boolean']['output'];
  /** Employees that are new. */
  nCreated: Scalars['Int']['output'];
  /** Employees of whom something is changed. */
  nUpdated: Scalars['Int']['output'];
  /** Employees who were as in the file already. */
  nUnchanged: Scalars['Int']['output'];
  /** Each row, in the order of the file. */
  rows: Array<EmployeeImportRow>;
};

/** A file with employees. */
export type EmployeeImportInput = {
  /**
   * CSV (UTF-8; commas, semicolons or tabs) or XLSX (the first visible sheet), at most 16 MiB and 50,000 rows.
   * The first row names the columns: `code` and `display name`, and perhaps `sites`, `department`, `home site`,
   * `hired on`, `left on`. An empty cell leaves what is there, `-` takes it away.
   */
  file: Scalars['Upload']['input'];
  /** Only says what would become of it. */
  dryRun: Scalars['Boolean']['input'];
  /** Site of new employees for whom the file names none. */
  defaultSiteId?: InputMaybe<Scalars['ID']['input']>;
  /** First day of employment of new employees for whom the file names none. */
  defaultHiredOn?: InputMaybe<Scalars['Date']['input']>;
};

/** What is done with an employee. */
export type EmployeeImportOutcome =
  /** The employee is new. */
  | 'CREATED'
  /** Something is changed. */
  | 'UPDATED'
  /** Everything was as in the file already. */
  | 'UNCHANGED';

/** What became of an import. */
export type EmployeeImportPayload = {
  __typename?: 'EmployeeImportPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** How much it came to; null when refused. */
  import?: Maybe<EmployeeImport>;
  /** Problems with anything but single rows, and one that says how many problems there are with rows. */
  problems: Array<Problem>;
  /** Problems with rows in their order, the first 500 of them. */
  rowProblems: Array<EmployeeImportProblem>;
  /** How many problems there are with rows. */
  nRowProblems: Scalars['Int']['output'];
};

/** Why a row of a file cannot be imported. */
export type EmployeeImportProblem = {
  __typename?: 'EmployeeImportProblem';
  /** Number in the sheet, or line of the CSV file on which the row begins, from 1. */
  row: Scalars['Int']['output'];
  /** Name of the column; null when it concerns the row as a whole. */
  column?: Maybe<Scalars['String']['output']>;
  /** What kind of problem it is. */
  code: ProblemCode;
  /** What is wrong, for people. */
  message: Scalars['String']['output'];
  /** What to do about it; null when nothing in particular. */
  hint?: Maybe<Scalars['String']['output']>;
};

/** What is done with one row of a file. */
export type EmployeeImportRow = {
  __typename?: 'EmployeeImportRow';
  /** Number in the sheet, or line of the CSV file on which it begins, from 1. */
  row: Scalars['Int']['output'];
  /** Personnel number. */
  code: Scalars['String']['output'];
  /** What is done with the employee. */
  outcome: EmployeeImportOutcome;
  /** Names of the columns with something that is changed; empty unless updated. */
  changed: Array<Scalars['String']['output']>;
};

/** The order of a list of employees. */
export type EmployeeOrder = {
  /** What they are sorted by. */
  field: EmployeeOrderField;
  /** From the first or from the last. */
  direction?: OrderDirection;
};

/** What employees are sorted by. */
export type EmployeeOrderField =
  /** Name, then personnel number. */
  | 'NAME'
  /** Personnel number. */
  | 'CODE'
  /** When the record was made. */
  | 'CREATED_AT';

/** What became of a change of an employee. */
export type EmployeePayload = {
  __typename?: 'EmployeePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The employee as it is now; null when refused. */
  employee?: Maybe<Employee>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A photograph by which an employee is to be recognised. */
export type EmployeePhoto = {
  __typename?: 'EmployeePhoto';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** When it was added. */
  createdAt: Scalars['DateTime']['output'];
  /** What became of it. */
  state: PhotoState;
  /** Why it was refused or failed, for people; null otherwise. */
  reason?: Maybe<Scalars['String']['output']>;
  /** Where its content is, for the viewer's own session or token. Reading it is noted in the audit log. */
  url: Scalars['String']['output'];
  /** When that was decided; null while it waits. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** Photographs to be added. */
export type EmployeePhotoAddInput = {
  /** Whose face they show. */
  employeeId: Scalars['ID']['input'];
  /** JPEG, PNG or WebP files, 1 to 20, with at most 64 million pixels each. */
  files: Array<Scalars['Upload']['input']>;
};

/** What became of new photographs. */
export type EmployeePhotoAddPayload = {
  __typename?: 'EmployeePhotoAddPayload';
  /** Done when at least one file was taken or was there already. */
  status: ChangeStatus;
  /** The employee; null when refused. */
  employee?: Maybe<Employee>;
  /** What was done with each file, in their order; empty when there is no such employee. */
  files: Array<PhotoFile>;
  /** Problems with anything but a single file; those stand beside the files. */
  problems: Array<Problem>;
};

/** A photograph to be deleted. */
export type EmployeePhotoDeleteInput = {
  /** The photograph. */
  photoId: Scalars['ID']['input'];
};

/** What became of a photograph to be deleted. */
export type EmployeePhotoDeletePayload = {
  __typename?: 'EmployeePhotoDeletePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The employee whom it showed, as it is now; null when refused. */
  employee?: Maybe<Employee>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What became of a PIN. */
export type EmployeePinPayload = {
  __typename?: 'EmployeePinPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The employee; null when refused. */
  employee?: Maybe<Employee>;
  /** The PIN, to be handed to the employee. It is shown this once: nobody can read it later. Null when refused. */
  pin?: Maybe<Scalars['String']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A PIN for an employee. */
export type EmployeePinSetInput = {
  /** Which employee. */
  employeeId: Scalars['ID']['input'];
  /** 6 to 12 digits, not the first that come to mind; when absent, one is made. */
  pin?: InputMaybe<Scalars['String']['input']>;
};

/** Who works again. */
export type EmployeeReactivateInput = {
  /** Which employee. */
  employeeId: Scalars['ID']['input'];
  /**
   * First day of the new employment; when absent, the earlier first day stays, and the days between count as
   * days of employment.
   */
  hiredOn?: InputMaybe<Scalars['Date']['input']>;
};

/** What to change of an employee. What is absent stays; null takes a value away. */
export type EmployeeUpdateInput = {
  /** Which employee. */
  employeeId: Scalars['ID']['input'];
  /** Personnel number, unique in the organisation, at most 64 characters; space around it is removed. */
  code?: InputMaybe<Scalars['String']['input']>;
  /** Name for people, at most 200 characters; space around it is removed. */
  displayName?: InputMaybe<Scalars['String']['input']>;
  /** Where the person may be recognised. Sites that you do not see stay as they are. */
  siteIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Where in the organisation the person works. */
  departmentId?: InputMaybe<Scalars['ID']['input']>;
  /** Where days without punches and roster belong. */
  homeSiteId?: InputMaybe<Scalars['ID']['input']>;
  /** First day of employment. */
  hiredOn?: InputMaybe<Scalars['Date']['input']>;
  /** Last day of employment. */
  leftOn?: InputMaybe<Scalars['Date']['input']>;
};

/** What the photographs of an employee came to. */
export type Enrolment = {
  __typename?: 'Enrolment';
  /** How far it has come. */
  state: EnrolmentState;
  /** Photographs kept. */
  nPhotos: Scalars['Int']['output'];
  /** Templates in the active embedding space. */
  nTemplates: Scalars['Int']['output'];
  /** Why the newest unusable photograph could not be used. */
  problem?: Maybe<Scalars['String']['output']>;
};

/** A photograph was queued for its enrolment, or the enrolment ended. */
export type EnrolmentProgressedEvent = {
  __typename?: 'EnrolmentProgressedEvent';
  /** Give this as `after` to read on from here after a reconnect, with any live event. */
  cursor: Scalars['String']['output'];
  /** Why events up to here were left out; null when none were. Then the other fields are null. */
  resync?: Maybe<ResyncReason>;
  /** The enrolment as it is now. */
  enrolment?: Maybe<PhotoEnrolment>;
};

/** How far an enrolment has come. */
export type EnrolmentState =
  /** No photograph was given. */
  | 'NONE'
  /** Photographs wait to be read. */
  | 'PENDING'
  /** The person can be recognised, given consent. */
  | 'ENROLLED'
  /** No photograph could be used. */
  | 'REFUSED';

/** Which exceptions. */
export type ExceptionFilter = {
  /** First work date. */
  from: Scalars['Date']['input'];
  /** Last work date; at most 366 days from the first. */
  to: Scalars['Date']['input'];
  /** Only of days of this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only of this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Only of these kinds; all when absent. */
  kinds?: InputMaybe<Array<AttendanceExceptionKind>>;
  /** Leaves out those that somebody lets be; true when absent. */
  unresolvedOnly?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What became of a change to an exception. */
export type ExceptionPayload = {
  __typename?: 'ExceptionPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The exception as it is now; null when the change was refused. */
  exception?: Maybe<AttendanceException>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A day has an exception that it had not. */
export type ExceptionRaisedEvent = {
  __typename?: 'ExceptionRaisedEvent';
  /** Give this as `after` to read on from here after a reconnect, with any live event. */
  cursor: Scalars['String']['output'];
  /** Why events up to here were left out; null when none were. Then the other fields are null. */
  resync?: Maybe<ResyncReason>;
  /** The exception as it is now. */
  exception?: Maybe<AttendanceException>;
};

/** A waiver to be taken back. */
export type ExceptionUnwaiveInput = {
  /** The exception. */
  exceptionId: Scalars['ID']['input'];
};

/** An exception to be let be. */
export type ExceptionWaiveInput = {
  /** The exception. */
  exceptionId: Scalars['ID']['input'];
  /** Why, 1 to 1,000 characters; space around it is removed. */
  note: Scalars['String']['input'];
};

/** That somebody lets an exception be. */
export type ExceptionWaiver = {
  __typename?: 'ExceptionWaiver';
  /** Why. */
  note: Scalars['String']['output'];
  /** Since when. */
  waivedAt: Scalars['DateTime']['output'];
  /** Name of who did; null when not known. */
  waivedByName?: Maybe<Scalars['String']['output']>;
};

/** A file that the user asked for. It holds what that user may see, and nobody else can fetch it. */
export type Export = {
  __typename?: 'Export';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** What is in it. */
  kind: ExportKind;
  /** How it is written. */
  format: ExportFormat;
  /** First date; null without dates. */
  from?: Maybe<Scalars['Date']['output']>;
  /** Last date, included; null without dates. */
  to?: Maybe<Scalars['Date']['output']>;
  /** The only site that it is about; null for all that the user sees. */
  siteId?: Maybe<Scalars['ID']['output']>;
  /** How far it is. */
  state: ExportState;
  /** Rows written so far. */
  nRows: Scalars['Int']['output'];
  /** Bytes written so far. A number with a fraction, since 32 bits hold 2 GiB only. */
  nBytes: Scalars['Float']['output'];
  /** SHA-256 of the file in hexadecimal digits; null until it is done. */
  sha256?: Maybe<Scalars['String']['output']>;
  /** Why it failed, for people; null when it did not. */
  problem?: Maybe<Scalars['String']['output']>;
  /** When it was asked for. */
  requestedAt: Scalars['DateTime']['output'];
  /** When somebody began to make it; null before that. */
  startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was done or failed; null before that. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the file is removed; null until it is done. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Path on this hub where the file can be fetched with the same session or token; null unless it is done. */
  downloadUrl?: Maybe<Scalars['String']['output']>;
};

/** A page of a list. */
export type ExportConnection = {
  __typename?: 'ExportConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<ExportEdge>;
  /** The rows of this page. */
  nodes: Array<Export>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A file to be made. */
export type ExportCreateInput = {
  /** What is in it. */
  kind: ExportKind;
  /** How it is written. */
  format: ExportFormat;
  /** First work date, or local date of punches. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Last date, included; the same as `from` when absent. */
  to?: InputMaybe<Scalars['Date']['input']>;
  /** Only of this site; totals of a period are of all. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
};

/** An export to be deleted. */
export type ExportDeleteInput = {
  /** Which one. */
  exportId: Scalars['ID']['input'];
};

/** A row of a page with its cursor. */
export type ExportEdge = {
  __typename?: 'ExportEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Export;
};

/** How an export is written. */
export type ExportFormat =
  /**
   * Comma-separated values in UTF-8 with a header. Local times with their zone beside them; texts that a
   * spreadsheet would run as formulas have an apostrophe in front.
   */
  | 'CSV'
  /** Apache Parquet. */
  | 'PARQUET';

/** What is in an export. */
export type ExportKind =
  /** One row per employee, work date and site; people who are awaited too. */
  | 'DAILY_REGISTER'
  /** One row per punch, voided ones too. */
  | 'PUNCHES'
  /** One row per derived day, with every figure. */
  | 'ATTENDANCE_DAYS'
  /** One row per employee of the period that holds `from`. */
  | 'PERIOD_TOTALS'
  /** One row per employee; needs no dates. */
  | 'EMPLOYEES';

/** What became of an export. */
export type ExportPayload = {
  __typename?: 'ExportPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The export, to be looked at again in a moment, or as it was before it was deleted; null when refused. */
  export?: Maybe<Export>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** How far an export is. */
export type ExportState =
  /** Waits. */
  | 'QUEUED'
  /** Is being made. */
  | 'RUNNING'
  /** Can be fetched at `downloadUrl`. */
  | 'DONE'
  /** Could not be made; `problem` says why. */
  | 'FAILED'
  /** Was made and is gone. */
  | 'EXPIRED';

/** An encrypted copy of a site's gallery that a device holds. */
export type GalleryCopy = {
  __typename?: 'GalleryCopy';
  /** Templates in it. */
  nTemplates: Scalars['Int']['output'];
  /** Seconds since the hub last said that it is right, when the device reported. */
  ageSeconds: Scalars['Int']['output'];
  /** Seconds without the hub after which the device deletes it. */
  maxAgeSeconds: Scalars['Int']['output'];
};

/** A public holiday of a site or of all sites. */
export type Holiday = {
  __typename?: 'Holiday';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** The site; null for all sites. */
  site?: Maybe<Site>;
  /** The date. */
  date: Scalars['Date']['output'];
  /** Name for people. */
  name: Scalars['String']['output'];
  /** How much of the date. */
  part: DayPartKind;
  /** From when to when; null unless the part is hours. */
  hours?: Maybe<MinuteSpan>;
};

/** A page of a list. */
export type HolidayConnection = {
  __typename?: 'HolidayConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<HolidayEdge>;
  /** The rows of this page. */
  nodes: Array<Holiday>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new public holiday. */
export type HolidayCreateInput = {
  /** The site; all sites when absent, which only users who see all sites may. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** The date. */
  date: Scalars['Date']['input'];
  /** Name for people, at most 100 characters. */
  name: Scalars['String']['input'];
  /** How much of the date. */
  part?: DayPartKind;
  /** From when to when, if the part is hours. */
  hours?: InputMaybe<MinuteSpanInput>;
};

/** A public holiday to be deleted. */
export type HolidayDeleteInput = {
  /** The holiday. */
  holidayId: Scalars['ID']['input'];
};

/** A row of a page with its cursor. */
export type HolidayEdge = {
  __typename?: 'HolidayEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Holiday;
};

/** Which public holidays. */
export type HolidayFilter = {
  /** First date. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Last date. */
  to?: InputMaybe<Scalars['Date']['input']>;
  /** Only those of this site and of all sites. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
};

/** What became of a public holiday. */
export type HolidayPayload = {
  __typename?: 'HolidayPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The holiday, as it was when it is deleted; null when refused. */
  holiday?: Maybe<Holiday>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** Leave of one employee, on each date from the first to the last. */
export type Leave = {
  __typename?: 'Leave';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Whose. */
  employee: Employee;
  /** First date. */
  from: Scalars['Date']['output'];
  /** Last date, inclusive. */
  to: Scalars['Date']['output'];
  /** How much of each date. */
  part: DayPartKind;
  /** From when to when; null unless the part is hours. */
  hours?: Maybe<MinuteSpan>;
  /** Whether it is paid. */
  isPaid: Scalars['Boolean']['output'];
  /** Kind for people, for example `annual` or `sick`. */
  kind: Scalars['String']['output'];
  /** Remark for people; null without one. */
  note?: Maybe<Scalars['String']['output']>;
};

/** A page of a list. */
export type LeaveConnection = {
  __typename?: 'LeaveConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<LeaveEdge>;
  /** The rows of this page. */
  nodes: Array<Leave>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** New leave. */
export type LeaveCreateInput = {
  /** Whose. */
  employeeId: Scalars['ID']['input'];
  /** First date. */
  from: Scalars['Date']['input'];
  /** Last date, inclusive; at most ten years later. */
  to: Scalars['Date']['input'];
  /** How much of each date. */
  part?: DayPartKind;
  /** From when to when, if the part is hours. */
  hours?: InputMaybe<MinuteSpanInput>;
  /** Whether it is paid. */
  isPaid: Scalars['Boolean']['input'];
  /** Kind for people, for example `annual` or `sick`, at most 50 characters. */
  kind: Scalars['String']['input'];
  /** Remark for people, at most 1,000 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
};

/** Leave to be deleted. */
export type LeaveDeleteInput = {
  /** The leave. */
  leaveId: Scalars['ID']['input'];
};

/** A row of a page with its cursor. */
export type LeaveEdge = {
  __typename?: 'LeaveEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Leave;
};

/** Which leave. */
export type LeaveFilter = {
  /** Only of this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Only what reaches this date or a later one. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Only what begins on this date or earlier. */
  to?: InputMaybe<Scalars['Date']['input']>;
};

/** In which order leave comes. */
export type LeaveOrder = {
  /** By what. */
  field: LeaveOrderField;
  /** Which end first. */
  direction?: OrderDirection;
};

/** By what leave is sorted. */
export type LeaveOrderField =
  /** By first date, then personnel number. */
  | 'FROM'
  /** By personnel number, then first date. */
  | 'EMPLOYEE';

/** What became of leave. */
export type LeavePayload = {
  __typename?: 'LeavePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The leave, as it was when it is deleted; null when refused. */
  leave?: Maybe<Leave>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** How it is with looking through a camera. */
export type LiveViewState =
  /** The device has not answered yet: it asks every few seconds who looks. */
  | 'STARTING'
  /** There is a picture. */
  | 'LIVE'
  /** The device has no picture of this camera: see `cameraState`. */
  | 'CAMERA_LOST'
  /** The box's own configuration lets nobody look through this camera. */
  | 'SWITCHED_OFF'
  /** The device does not answer: it is off, has no network, or its agent is too old. Pictures follow when it does. */
  | 'DEVICE_SILENT'
  /** You have looked as long as one may at a time. Subscribe again to go on. The last event. */
  | 'TIME_OVER'
  /** This hub lets nobody look through cameras (setting `live_view_minutes`). The last event. */
  | 'NOT_ALLOWED'
  /** There is no such camera that you may look through. The last event. */
  | 'NOT_FOUND';

/** How a user proved who they are. */
export type LoginMethod =
  /** With the password alone. */
  | 'PASSWORD'
  /** With the password and a code of the authenticator. */
  | 'TOTP'
  /** With the password and a recovery code. */
  | 'RECOVERY_CODE'
  /** At the identity provider. */
  | 'SSO';

/** One log-in that has not ended. */
export type LoginSession = {
  __typename?: 'LoginSession';
  /** Opaque id; gives no access. */
  id: Scalars['ID']['output'];
  /** Whose it is. */
  user?: Maybe<User>;
  /** Whether it is the one that asks. */
  isCurrent: Scalars['Boolean']['output'];
  /** When it began. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was last used, to the minute. */
  lastUsedAt: Scalars['DateTime']['output'];
  /** When it ends by itself, at the latest: it ends earlier when nobody uses it. */
  expiresAt: Scalars['DateTime']['output'];
  /** How the user logged in. */
  method: LoginMethod;
  /** Where from. */
  addressKind: AddressKind;
  /** What the browser called itself, at most 200 characters. */
  userAgent: Scalars['String']['output'];
};

/** Faces of one camera that gave no sighting. */
export type LostFaces = {
  __typename?: 'LostFaces';
  /**
   * `unconfirmed`: seen once; `too_short`: gone before there were enough good pictures; else what most of its pictures
   * lacked: `too_small`, `blurred`, `bad_light`, `turned` or `cut_off`.
   */
  reason: Scalars['String']['output'];
  /** How many. */
  n: Scalars['Int']['output'];
};

/** From a minute to a minute after the local midnight of the work date, up to 2,880. */
export type MinuteSpan = {
  __typename?: 'MinuteSpan';
  /** Begin, in minutes after midnight. */
  beginMinute: Scalars['Int']['output'];
  /** End, in minutes after midnight. */
  endMinute: Scalars['Int']['output'];
};

/** From a minute to a later minute after the local midnight of the work date, up to 2,880. */
export type MinuteSpanInput = {
  /** Begin, in minutes after midnight. */
  beginMinute: Scalars['Int']['input'];
  /** End, in minutes after midnight. */
  endMinute: Scalars['Int']['input'];
};

/** Who is on site at an instant. */
export type Muster = {
  __typename?: 'Muster';
  /** For which instant it holds. */
  at: Scalars['DateTime']['output'];
  /** Sites by name: those in use, and those where somebody is. */
  sites: Array<MusterSite>;
};

/** Somebody who is on site. */
export type MusterPerson = {
  __typename?: 'MusterPerson';
  /** Who. */
  employee: Employee;
  /** Since when. */
  inAt: Scalars['DateTime']['output'];
  /** When the person was last recorded, repeats included. */
  lastSeenAt: Scalars['DateTime']['output'];
  /** Where that record came from. */
  lastSource: PunchSource;
  /** The camera that saw the person last; null for other sources. */
  lastCameraName?: Maybe<Scalars['String']['output']>;
  /** The device of that camera. */
  lastDeviceName?: Maybe<Scalars['String']['output']>;
  /** False while the last record waits to be derived: it may be the one that leaves. */
  isDerived: Scalars['Boolean']['output'];
};

/** One site of a muster. */
export type MusterSite = {
  __typename?: 'MusterSite';
  /** The site. */
  site: Site;
  /** How many people are here. */
  nPeople: Scalars['Int']['output'];
  /** Everybody who is here, by name. Never cut into pages: the list may be read out at an assembly point. */
  people: Array<MusterPerson>;
  /** Why there may be more or fewer people than listed. */
  uncertainty: MusterUncertainty;
};

/** Why there may be more or fewer people than a muster lists. */
export type MusterUncertainty = {
  __typename?: 'MusterUncertainty';
  /** True when something speaks against the list: any of the counts below except devices in use. */
  isUncertain: Scalars['Boolean']['output'];
  /** Devices in use at the site. */
  nDevices: Scalars['Int']['output'];
  /** Those of which nothing was heard for two minutes. */
  silentDevices: Array<SilentDevice>;
  /** Since when faces are counted: the beginning of the site's work date. */
  countedFrom: Scalars['DateTime']['output'];
  /** Faces that nobody knows. */
  nUnknown: Scalars['Int']['output'];
  /** Faces at which a person must look. */
  nReview: Scalars['Int']['output'];
  /** The last face of either kind. */
  lastUnknownAt?: Maybe<Scalars['DateTime']['output']>;
  /** People whose records wait to be derived. */
  nUnderived: Scalars['Int']['output'];
  /** People who came here and were seen last at another site, where they are listed. */
  nLastElsewhere: Scalars['Int']['output'];
};

/** Changes. */
export type Mutation = {
  __typename?: 'Mutation';
  /** Makes a user and a password for the first log-in. */
  userCreate: UserCreatePayload;
  /**
   * Changes name, role, sites or employee of a user. Nobody changes their own role or sites, and one owner who
   * sees all sites is always left.
   */
  userUpdate: UserUpdatePayload;
  /** Shuts a user out at once: no more log-ins, and sessions, tokens and subscriptions end. */
  userDeactivate: UserDeactivatePayload;
  /** Lets a deactivated user log in again, with the password and the tokens that they had. */
  userReactivate: UserReactivatePayload;
  /**
   * Makes an API token that acts for the user who asks, narrowed to its scopes. Only when logged in: no token
   * makes another.
   */
  tokenCreate: TokenCreatePayload;
  /** Ends a token at once, also for subscriptions that it has open: one's own, and for owners anybody's. */
  tokenRevoke: TokenRevokePayload;
  /** Ends a session at once: one's own, and for owners anybody's. */
  sessionRevoke: SessionRevokePayload;
  /** Ends all sessions of the user who asks, except the one that asks. */
  sessionRevokeOthers: SessionRevokeOthersPayload;
  /** Sets a password of one's own, and ends all other sessions. */
  passwordChange: PasswordChangePayload;
  /** Makes a secret for an authenticator (TOTP). It is asked for at log-in once it is confirmed. */
  totpBegin: TotpBeginPayload;
  /** Shows that the authenticator has the secret; from then on a code is asked for at log-in. */
  totpConfirm: TotpConfirmPayload;
  /** Removes the second factor and its recovery codes. */
  totpDisable: TotpDisablePayload;
  /** Makes an employee. */
  employeeCreate: EmployeeCreatePayload;
  /**
   * Makes and changes employees from a file, sent in a multipart request: all rows or none. Employees are found
   * by their code; importing the same file again changes nothing. Nobody is taken out of use or back.
   */
  employeeImport: EmployeeImportPayload;
  /** Changes an employee; days that it concerns are derived again. */
  employeeUpdate: EmployeePayload;
  /**
   * Takes an employee out of use: from now on the person is not recognised and not counted. What is known of
   * the past stays.
   */
  employeeDeactivate: EmployeePayload;
  /** Takes an employee back into use, who is recognised and counted again and has no last day any more. */
  employeeReactivate: EmployeePayload;
  /** Gives an employee a PIN for the kiosk in place of any earlier one, and ends the wait after wrong ones. */
  employeePinSet: EmployeePinPayload;
  /** Takes an employee's PIN away. */
  employeePinRemove: EmployeeCodePayload;
  /** Gives an employee a badge for the kiosk in place of any earlier one. */
  employeeBadgeSet: EmployeeCodePayload;
  /** Takes an employee's badge away. */
  employeeBadgeRemove: EmployeeCodePayload;
  /** Makes a department. */
  departmentCreate: DepartmentPayload;
  /** Gives a department another name. */
  departmentRename: DepartmentPayload;
  /** Puts a department with all below it under another one, or to the top. */
  departmentMove: DepartmentPayload;
  /** Removes a department in which there are neither employees nor departments. */
  departmentDelete: DepartmentPayload;
  /** Changes settings of your organisation. */
  organizationUpdate: OrganizationPayload;
  /** Makes a device with a log-in of its own. Its password is in the answer, and nowhere else. */
  deviceProvision: DeviceProvisionPayload;
  /**
   * Ends a device for good: its log-in disappears, its connections end, what it sent stays. Revoking again
   * changes nothing, and finishes what was interrupted.
   */
  deviceRevoke: DevicePayload;
  /** Gives a device another name. */
  deviceRename: DevicePayload;
  /** Makes a camera of a device. */
  cameraCreate: CameraPayload;
  /** Changes the name, the direction or the policy of a camera. What was seen before keeps its direction and decision. */
  cameraUpdate: CameraPayload;
  /**
   * Makes a one-time code with which the box of a device gets its log-in; it lives for an hour, and an earlier one is
   * worth nothing from now on. A log-in that the device has already works until the code is used.
   */
  deviceCodeCreate: DeviceCodePayload;
  /** Makes a site. */
  siteCreate: SitePayload;
  /** Changes a site; days of everybody whom it concerns are derived again. */
  siteUpdate: SitePayload;
  /** Takes a site out of use: later punches are kept and raise an exception. */
  siteDeactivate: SitePayload;
  /** Takes a site back into use, as if it had never been out of it. */
  siteReactivate: SitePayload;
  /**
   * Lets an exception be. It stays so when the day is derived again. Roles owner, hr_admin and
   * site_manager may.
   */
  exceptionWaive: ExceptionPayload;
  /**
   * Takes a waiver back, unless the period of the day is closed. Roles owner, hr_admin and
   * site_manager may.
   */
  exceptionUnwaive: ExceptionPayload;
  /**
   * Requests a correction, which takes effect when it is approved. Roles owner, hr_admin and
   * site_manager may.
   */
  correctionRequest: CorrectionPayload;
  /**
   * Approves a correction: punches are added or voided at once, and the day is derived again soon
   * after. Roles owner, hr_admin and site_manager may; nobody their own where the organisation asks
   * for two people.
   */
  correctionApprove: CorrectionPayload;
  /** Rejects a correction. Roles owner, hr_admin and site_manager may. */
  correctionReject: CorrectionPayload;
  /** Takes a request back; only who made it may. Roles owner, hr_admin and site_manager may. */
  correctionWithdraw: CorrectionPayload;
  /**
   * Adds photographs by which an employee is to be recognised, in a multipart request. Each file is
   * checked by its content, kept, and read in the background; the same file again tries again when it
   * was refused or failed. Roles owner and hr_admin may.
   */
  employeePhotoAdd: EmployeePhotoAddPayload;
  /**
   * Deletes a photograph and its templates: from then on the person is not recognised by it. Roles owner
   * and hr_admin may.
   */
  employeePhotoDelete: EmployeePhotoDeletePayload;
  /**
   * Records that an employee agreed to be recognised. From then on their photographs are used. Roles
   * owner and hr_admin may, and employees for themselves.
   */
  consentRecord: ConsentPayload;
  /**
   * Withdraws all consents of an employee. From then on the person is not recognised any more; photographs
   * stay until they are deleted. Roles owner and hr_admin may, and employees for themselves.
   */
  consentWithdraw: ConsentPayload;
  /**
   * Says who a sighting shows, and adds the punch of that employee; when it was accepted as somebody
   * else, their punch is voided. Saying the same again changes nothing. Roles owner, hr_admin and
   * site_manager may.
   */
  sightingConfirm: SightingReviewPayload;
  /**
   * Says that a sighting shows a stranger, or not whom it was taken for, and voids its punch if it has
   * one. Saying the same again changes nothing. Roles owner, hr_admin and site_manager may.
   */
  sightingReject: SightingReviewPayload;
  /**
   * Takes a review back, whoever made it: its punch is voided, and the punch that it voided is added
   * again. Roles owner, hr_admin and site_manager may.
   */
  reviewUndo: SightingReviewPayload;
  /** Makes a shift. Its times never change: rosters of the past point at it. */
  shiftCreate: ShiftPayload;
  /** Gives a shift another name. */
  shiftRename: ShiftPayload;
  /** Keeps a shift out of new rosters. Those that have it keep it. */
  shiftRetire: ShiftPayload;
  /** Gives a roster to employees, all or none, and lets their days be derived again. */
  rosterAssign: RosterChangePayload;
  /** Copies the rosters of a week to another week, all or none; `dryRun` says what would become of it. */
  rosterCopyWeek: RosterCopyWeekPayload;
  /** Takes dates out of the rosters of employees: they have none then. What they have before and after stays. */
  rosterClear: RosterChangePayload;
  /**
   * Adds a version to the rule set of a site or of the organisation, which is made when there is none. Days
   * from its first date on are derived again; those of closed periods become adjustments.
   */
  ruleSetApply: RuleSetPayload;
  /** Makes a public holiday of a site or of all sites. */
  holidayCreate: HolidayPayload;
  /** Deletes a public holiday. */
  holidayDelete: HolidayPayload;
  /** Gives an employee leave. Two different parts of one date are no conflict. */
  leaveCreate: LeavePayload;
  /** Deletes leave. */
  leaveDelete: LeavePayload;
  /** Approves overtime of an employee on a date, in place of what was approved before. */
  overtimeApprove: OvertimePayload;
  /** Takes the approval of overtime back. */
  overtimeWithdraw: OvertimePayload;
  /**
   * Enters a punch at once, without a request that somebody approves. Where the organisation asks for two
   * people per correction it is refused: request a correction.
   */
  punchCreate: PunchPayload;
  /**
   * Makes a punch count no longer. It stays visible in the day's history. Where the organisation asks for
   * two people per correction it is refused: request a correction.
   */
  punchVoid: PunchPayload;
  /** Opens a period. Adjustments that waited for one move into it when it is the earliest that can take them. */
  periodOpen: PeriodPayload;
  /** Begins the review of an open period; `periodUnresolved` says what is left to do. Days still change. */
  periodReview: PeriodPayload;
  /** Closes a period in review for good. Refused while something is left to do: each thing is a problem. */
  periodClose: PeriodPayload;
  /** Asks for a file. It is made in the background with the rights of the user. */
  exportCreate: ExportPayload;
  /** Deletes an export that the user asked for, with its file; one that is being made is given up. */
  exportDelete: ExportPayload;
  /** Makes a webhook. The secret is shown once, here. */
  webhookCreate: WebhookSecretPayload;
  /** Changes a webhook. */
  webhookUpdate: WebhookPayload;
  /** Deletes a webhook with everything that waits for it. */
  webhookDelete: WebhookPayload;
  /**
   * Gives a webhook a new secret, shown once, here. Both secrets sign for a while, so that the receiver can be
   * changed in between.
   */
  webhookRotateSecret: WebhookSecretPayload;
  /** Sends a webhook an event `webhook.test`, in a moment. */
  webhookTest: WebhookDeliveryPayload;
  /**
   * Has a delivery sent again in a moment, with the same `Rollcall-Delivery`; should that fail, for another
   * day.
   */
  webhookDeliveryRetry: WebhookDeliveryPayload;
};


/** Changes. */
export type MutationUserCreateArgs = {
  input: UserCreateInput;
};


/** Changes. */
export type MutationUserUpdateArgs = {
  input: UserUpdateInput;
};


/** Changes. */
export type MutationUserDeactivateArgs = {
  userId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationUserReactivateArgs = {
  userId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationTokenCreateArgs = {
  input: TokenCreateInput;
};


/** Changes. */
export type MutationTokenRevokeArgs = {
  tokenId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationSessionRevokeArgs = {
  sessionId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationPasswordChangeArgs = {
  currentPassword: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
};


/** Changes. */
export type MutationTotpConfirmArgs = {
  code: Scalars['String']['input'];
};


/** Changes. */
export type MutationTotpDisableArgs = {
  password: Scalars['String']['input'];
};


/** Changes. */
export type MutationEmployeeCreateArgs = {
  input: EmployeeCreateInput;
};


/** Changes. */
export type MutationEmployeeImportArgs = {
  input: EmployeeImportInput;
};


/** Changes. */
export type MutationEmployeeUpdateArgs = {
  input: EmployeeUpdateInput;
};


/** Changes. */
export type MutationEmployeeDeactivateArgs = {
  input: EmployeeDeactivateInput;
};


/** Changes. */
export type MutationEmployeeReactivateArgs = {
  input: EmployeeReactivateInput;
};


/** Changes. */
export type MutationEmployeePinSetArgs = {
  input: EmployeePinSetInput;
};


/** Changes. */
export type MutationEmployeePinRemoveArgs = {
  employeeId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationEmployeeBadgeSetArgs = {
  input: EmployeeBadgeSetInput;
};


/** Changes. */
export type MutationEmployeeBadgeRemoveArgs = {
  employeeId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationDepartmentCreateArgs = {
  input: DepartmentCreateInput;
};


/** Changes. */
export type MutationDepartmentRenameArgs = {
  input: DepartmentRenameInput;
};


/** Changes. */
export type MutationDepartmentMoveArgs = {
  input: DepartmentMoveInput;
};


/** Changes. */
export type MutationDepartmentDeleteArgs = {
  departmentId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationOrganizationUpdateArgs = {
  input: OrganizationUpdateInput;
};


/** Changes. */
export type MutationDeviceProvisionArgs = {
  input: DeviceProvisionInput;
};


/** Changes. */
export type MutationDeviceRevokeArgs = {
  deviceId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationDeviceRenameArgs = {
  input: DeviceRenameInput;
};


/** Changes. */
export type MutationCameraCreateArgs = {
  input: CameraCreateInput;
};


/** Changes. */
export type MutationCameraUpdateArgs = {
  input: CameraUpdateInput;
};


/** Changes. */
export type MutationDeviceCodeCreateArgs = {
  deviceId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationSiteCreateArgs = {
  input: SiteCreateInput;
};


/** Changes. */
export type MutationSiteUpdateArgs = {
  input: SiteUpdateInput;
};


/** Changes. */
export type MutationSiteDeactivateArgs = {
  input: SiteDeactivateInput;
};


/** Changes. */
export type MutationSiteReactivateArgs = {
  siteId: Scalars['ID']['input'];
};


/** Changes. */
export type MutationExceptionWaiveArgs = {
  input: ExceptionWaiveInput;
};


/** Changes. */
export type MutationExceptionUnwaiveArgs = {
  input: ExceptionUnwaiveInput;
};


/** Changes. */
export type MutationCorrectionRequestArgs = {
  input: CorrectionRequestInput;
};


/** Changes. */
export type MutationCorrectionApproveArgs = {
  input: CorrectionApproveInput;
};


/** Changes. */
export type MutationCorrectionRejectArgs = {
  input: CorrectionRejectInput;
};


/** Changes. */
export type MutationCorrectionWithdrawArgs = {
  input: CorrectionWithdrawInput;
};


/** Changes. */
export type MutationEmployeePhotoAddArgs = {
  input: EmployeePhotoAddInput;
};


/** Changes. */
export type MutationEmployeePhotoDeleteArgs = {
  input: EmployeePhotoDeleteInput;
};


/** Changes. */
export type MutationConsentRecordArgs = {
  input: ConsentRecordInput;
};


/** Changes. */
export type MutationConsentWithdrawArgs = {
  input: ConsentWithdrawInput;
};


/** Changes. */
export type MutationSightingConfirmArgs = {
  input: SightingConfirmInput;
};


/** Changes. */
export type MutationSightingRejectArgs = {
  input: SightingRejectInput;
};


/** Changes. */
export type MutationReviewUndoArgs = {
  input: ReviewUndoInput;
};


/** Changes. */
export type MutationShiftCreateArgs = {
  input: ShiftCreateInput;
};


/** Changes. */
export type MutationShiftRenameArgs = {
  input: ShiftRenameInput;
};


/** Changes. */
export type MutationShiftRetireArgs = {
  input: ShiftRetireInput;
};


/** Changes. */
export type MutationRosterAssignArgs = {
  input: RosterAssignInput;
};


/** Changes. */
export type MutationRosterCopyWeekArgs = {
  input: RosterCopyWeekInput;
};


/** Changes. */
export type MutationRosterClearArgs = {
  input: RosterClearInput;
};


/** Changes. */
export type MutationRuleSetApplyArgs = {
  input: RuleSetApplyInput;
};


/** Changes. */
export type MutationHolidayCreateArgs = {
  input: HolidayCreateInput;
};


/** Changes. */
export type MutationHolidayDeleteArgs = {
  input: HolidayDeleteInput;
};


/** Changes. */
export type MutationLeaveCreateArgs = {
  input: LeaveCreateInput;
};


/** Changes. */
export type MutationLeaveDeleteArgs = {
  input: LeaveDeleteInput;
};


/** Changes. */
export type MutationOvertimeApproveArgs = {
  input: OvertimeApproveInput;
};


/** Changes. */
export type MutationOvertimeWithdrawArgs = {
  input: OvertimeWithdrawInput;
};


/** Changes. */
export type MutationPunchCreateArgs = {
  input: PunchCreateInput;
};


/** Changes. */
export type MutationPunchVoidArgs = {
  input: PunchVoidingInput;
};


/** Changes. */
export type MutationPeriodOpenArgs = {
  input: PeriodOpenInput;
};


/** Changes. */
export type MutationPeriodReviewArgs = {
  input: PeriodReviewInput;
};


/** Changes. */
export type MutationPeriodCloseArgs = {
  input: PeriodCloseInput;
};


/** Changes. */
export type MutationExportCreateArgs = {
  input: ExportCreateInput;
};


/** Changes. */
export type MutationExportDeleteArgs = {
  input: ExportDeleteInput;
};


/** Changes. */
export type MutationWebhookCreateArgs = {
  input: WebhookCreateInput;
};


/** Changes. */
export type MutationWebhookUpdateArgs = {
  input: WebhookUpdateInput;
};


/** Changes. */
export type MutationWebhookDeleteArgs = {
  input: WebhookDeleteInput;
};


/** Changes. */
export type MutationWebhookRotateSecretArgs = {
  input: WebhookRotateSecretInput;
};


/** Changes. */
export type MutationWebhookTestArgs = {
  input: WebhookTestInput;
};


/** Changes. */
export type MutationWebhookDeliveryRetryArgs = {
  input: WebhookDeliveryRetryInput;
};

/** A camera of a new device. */
export type NewCameraInput = {
  /** Name, unique at the device, at most 100 characters; the agent's configuration names it. */
  name: Scalars['String']['input'];
  /** Which way people walk past it. */
  direction: CameraDirection;
};

/** From the first or from the last. */
export type OrderDirection =
  /** From the smallest to the largest: A to Z, oldest to newest. */
  | 'ASC'
  /** From the largest to the smallest. */
  | 'DESC';

/** A tenant. Everything else belongs to exactly one. */
export type Organization = {
  __typename?: 'Organization';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name for people. */
  name: Scalars['String']['output'];
  /** Nobody approves a correction that they requested themselves. */
  correctionsNeedFourEyes: Scalars['Boolean']['output'];
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
};

/** What became of the organisation's settings. */
export type OrganizationPayload = {
  __typename?: 'OrganizationPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The organisation as it is now; null when refused. */
  organization?: Maybe<Organization>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What to change of the organisation; what is absent stays. */
export type OrganizationUpdateInput = {
  /** Name for people, at most 200 characters; space around it is removed. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Whether nobody may approve a correction that they requested themselves. */
  correctionsNeedFourEyes?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What work outside the shift is. */
export type OutsidePolicy =
  /** Presence only. */
  | 'UNPAYABLE'
  /** Overtime of class daily. */
  | 'OVERTIME';

/** Overtime of a date that may be paid, where the rules ask for approval. */
export type OvertimeApproval = {
  __typename?: 'OvertimeApproval';
  /** Whose. */
  employee: Employee;
  /** The local day that the work belongs to. */
  workDate: Scalars['Date']['output'];
  /** How many minutes; 0 when the approval was withdrawn. */
  minutes: Scalars['Int']['output'];
  /** Remark for people; null without one. */
  note?: Maybe<Scalars['String']['output']>;
  /** When it was said. */
  approvedAt: Scalars['DateTime']['output'];
  /** Name of who said it; null when not known. */
  approvedByName?: Maybe<Scalars['String']['output']>;
};

/** Overtime to be approved. */
export type OvertimeApproveInput = {
  /** Whose. */
  employeeId: Scalars['ID']['input'];
  /** The local day that the work belongs to. */
  workDate: Scalars['Date']['input'];
  /** How many minutes, 1 to 1,440, in place of what was approved before. */
  minutes: Scalars['Int']['input'];
  /** Remark for people, at most 1,000 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
};

/** What became of an approval of overtime. */
export type OvertimePayload = {
  __typename?: 'OvertimePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The approval as it is now; null when refused. */
  approval?: Maybe<OvertimeApproval>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** An approval to be taken back. */
export type OvertimeWithdrawInput = {
  /** Whose. */
  employeeId: Scalars['ID']['input'];
  /** The local day that the work belongs to. */
  workDate: Scalars['Date']['input'];
};

/** Where a page ends. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Whether there is more after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is more before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Give this as `before` to get the page before; null when the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
  /** Give this as `after` to get the next page; null when the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** What became of a new password. */
export type PasswordChangePayload = {
  __typename?: 'PasswordChangePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** Other sessions that ended with the old password; null when refused. */
  nSessionsEnded?: Maybe<Scalars['Int']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What payroll pays or takes off, in minutes. Overtime is part of the payable minutes. */
export type PayrollMinutes = {
  __typename?: 'PayrollMinutes';
  /** Payable, overtime included. */
  payable: Scalars['Int']['output'];
  /** Overtime of class daily. */
  overtimeDaily: Scalars['Int']['output'];
  /** Overtime of class weekly. */
  overtimeWeekly: Scalars['Int']['output'];
  /** Overtime on rest days. */
  overtimeRestDay: Scalars['Int']['output'];
  /** Overtime on public holidays. */
  overtimeHoliday: Scalars['Int']['output'];
  /** Paid leave. */
  leavePaid: Scalars['Int']['output'];
  /** Unpaid leave. */
  leaveUnpaid: Scalars['Int']['output'];
};

/** Work dates that are paid together. */
export type Period = {
  __typename?: 'Period';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** First work date. */
  from: Scalars['Date']['output'];
  /** Last work date, inclusive. */
  to: Scalars['Date']['output'];
  /** How far it is. */
  state: PeriodState;
  /** When the review began; null before. */
  reviewedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Name of who began it; null before, and when not known. */
  reviewedByName?: Maybe<Scalars['String']['output']>;
  /** When it was closed; null before. */
  closedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Name of who closed it; null before, and when not known. */
  closedByName?: Maybe<Scalars['String']['output']>;
};

/** A period to be closed. */
export type PeriodCloseInput = {
  /** The period. */
  periodId: Scalars['ID']['input'];
};

/** A page of a list. */
export type PeriodConnection = {
  __typename?: 'PeriodConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<PeriodEdge>;
  /** The rows of this page. */
  nodes: Array<Period>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type PeriodEdge = {
  __typename?: 'PeriodEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Period;
};

/** Which periods. */
export type PeriodFilter = {
  /** Only in this state. */
  state?: InputMaybe<PeriodState>;
  /** Only those with this date or a later one. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Only those with this date or an earlier one. */
  to?: InputMaybe<Scalars['Date']['input']>;
};

/** A period to be opened. */
export type PeriodOpenInput = {
  /** First work date. */
  from: Scalars['Date']['input'];
  /** Last work date, inclusive; at most 366 days from the first. */
  to: Scalars['Date']['input'];
};

/** What became of a period. */
export type PeriodPayload = {
  __typename?: 'PeriodPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The period as it is now; null when refused. */
  period?: Maybe<Period>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A period to be reviewed. */
export type PeriodReviewInput = {
  /** The period. */
  periodId: Scalars['ID']['input'];
};

/** How far a period is. */
export type PeriodState =
  /** Days come and change. */
  | 'OPEN'
  /** People resolve what is unresolved; days still change. */
  | 'REVIEW'
  /** Days never change again; differences become adjustments of a later period. */
  | 'CLOSED';

/** What one employee's period comes to. */
export type PeriodTotal = {
  __typename?: 'PeriodTotal';
  /** Whose. */
  employee: Employee;
  /** Days with a counted punch. */
  nDaysWorked: Scalars['Int']['output'];
  /** Days absent. */
  nDaysAbsent: Scalars['Int']['output'];
  /** Sums over the days of the period. */
  days: PayrollMinutes;
  /** Sums over the adjustments of earlier periods that this one pays. */
  adjustments: PayrollMinutes;
  /** What is paid: days and adjustments. */
  total: PayrollMinutes;
};

/** A page of a list. */
export type PeriodTotalConnection = {
  __typename?: 'PeriodTotalConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<PeriodTotalEdge>;
  /** The rows of this page. */
  nodes: Array<PeriodTotal>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type PeriodTotalEdge = {
  __typename?: 'PeriodTotalEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: PeriodTotal;
};

/** What is left to do in a period, as far as the viewer sees it; all zero and null when it can be closed. */
export type PeriodUnresolved = {
  __typename?: 'PeriodUnresolved';
  /** Exceptions neither resolved nor waived. */
  nExceptions: Scalars['Int']['output'];
  /** Corrections that wait for a decision. */
  nCorrections: Scalars['Int']['output'];
  /** Days with a session that may still end. */
  nOpenDays: Scalars['Int']['output'];
  /** Days that will read differently at a later time. */
  nDueDays: Scalars['Int']['output'];
  /** Employees with days that are not derived since something about them changed. */
  nUnderivedEmployees: Scalars['Int']['output'];
  /** The last work date, while it has not ended at every site. */
  notOver?: Maybe<Scalars['Date']['output']>;
  /** The first work date that does not exist for everybody yet. */
  notBegun?: Maybe<Scalars['Date']['output']>;
};

/** The enrolment of one photograph. */
export type PhotoEnrolment = {
  __typename?: 'PhotoEnrolment';
  /** Opaque id of the enrolment. */
  id: Scalars['ID']['output'];
  /** Opaque id of the photograph. */
  photoId: Scalars['ID']['output'];
  /** Whose photograph it is. */
  employee: Employee;
  /** How far it has come. */
  state: PhotoEnrolmentState;
  /** Why it was refused or failed, for people; null otherwise. */
  reason?: Maybe<Scalars['String']['output']>;
  /** Attempts begun. */
  nAttempts: Scalars['Int']['output'];
  /** When it ended; null while it is queued. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** How far the enrolment of one photograph has come. */
export type PhotoEnrolmentState =
  /** It waits for a worker. */
  | 'QUEUED'
  /** The person can be recognised by it, given consent. */
  | 'DONE'
  /** The photograph cannot be used. */
  | 'REFUSED'
  /** It failed through no fault of the photograph, after several attempts. */
  | 'FAILED';

/** What was done with one file. */
export type PhotoFile = {
  __typename?: 'PhotoFile';
  /** Its name, as sent. */
  name: Scalars['String']['output'];
  /** What was done with it. */
  outcome: PhotoFileOutcome;
  /** The photograph; null when refused. */
  photo?: Maybe<EmployeePhoto>;
  /** Why it was refused; null otherwise. */
  problem?: Maybe<Problem>;
};

/** What was done with a file. */
export type PhotoFileOutcome =
  /** Kept; it is read in the background. */
  | 'QUEUED'
  /** The employee has the very same photograph already; nothing was done. */
  | 'DUPLICATE'
  /** Not kept; the problem says why. */
  | 'REFUSED';

/** What became of a photograph. */
export type PhotoState =
  /** Waits to be read. */
  | 'QUEUED'
  /** The person can be recognised by it, given consent. */
  | 'DONE'
  /** It cannot be used; the reason says why. */
  | 'REFUSED'
  /** It could not be read through a fault of the hub; adding it again tries again. */
  | 'FAILED';

/** Why a change was refused. */
export type Problem = {
  __typename?: 'Problem';
  /** The input field at fault; null when it is none in particular. */
  field?: Maybe<Scalars['String']['output']>;
  /** What kind of problem, for programs. */
  code: ProblemCode;
  /** What the problem is, for people. */
  message: Scalars['String']['output'];
  /** What can be done about it, for people; null when nothing in particular. */
  hint?: Maybe<Scalars['String']['output']>;
};

/** A kind of problem with a change. */
export type ProblemCode =
  /** Nothing but space. */
  | 'BLANK'
  /** More characters than allowed. */
  | 'TOO_LONG'
  /** A file with more bytes, or an image with more pixels, than allowed. */
  | 'TOO_LARGE'
  /** Another one has it already. */
  | 'TAKEN'
  /** What was asked for contradicts itself or what is there already; the message says what. */
  | 'REFUSED'
  /** A site that does not exist. */
  | 'UNKNOWN_SITE'
  /** Something else that does not exist. */
  | 'NOT_FOUND'
  /** The exception is waived already. */
  | 'ALREADY_WAIVED'
  /** There is no waiver to take back. */
  | 'NOT_WAIVED'
  /** The date is in a closed period, or the period is closed already. */
  | 'PERIOD_CLOSED'
  /** Something is left to do before the period can be closed. */
  | 'PERIOD_UNRESOLVED'
  /** Cannot be read as what it should be. */
  | 'MALFORMED'
  /** The wall clock shows this time twice: say which one is meant, with its offset. */
  | 'TIME_AMBIGUOUS'
  /** The wall clock never shows this time. */
  | 'TIME_SKIPPED'
  /** The wall clock has not this offset at that time. */
  | 'OFFSET_WRONG'
  /** A time that has not come yet. */
  | 'IN_FUTURE'
  /** A time before 1970. */
  | 'TOO_OLD'
  /** The punch is another employee's. */
  | 'OTHER_EMPLOYEE'
  /** The punch is voided already. */
  | 'PUNCH_VOIDED'
  /** The same is requested already and waits for a decision. */
  | 'ALREADY_REQUESTED'
  /** Nothing would change. */
  | 'UNCHANGED'
  /** Somebody decided already. */
  | 'ALREADY_DECIDED'
  /** The organisation asks for two people per correction, and this is one and the same. */
  | 'OWN_REQUEST'
  /** The organisation asks for two people per correction, and who requested it is not known. */
  | 'REQUESTER_UNKNOWN'
  /** Only who requested it takes it back. */
  | 'NOT_YOURS';

/** An immutable clock event of one employee. */
export type Punch = {
  __typename?: 'Punch';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Whose punch it is. */
  employee: Employee;
  /** Where it happened. */
  site: Site;
  /** The camera that saw the face; null for other sources. */
  camera?: Maybe<Camera>;
  /** When it happened. */
  occurredAt: Scalars['DateTime']['output'];
  /** What the clock on the site's wall said, with its offset: `2026-11-22T08:58:03+01:00`. */
  localTime: Scalars['String']['output'];
  /** IANA zone of the site. */
  timeZone: Scalars['String']['output'];
  /** Where it came from. */
  source: PunchSource;
  /**
   * Way in or out: as derived; for a repeat, or before derivation, as known at the source; null when
   * not known.
   */
  direction?: Maybe<Direction>;
  /** Why that direction; null when not derived yet. */
  directionReason?: Maybe<Scalars['String']['output']>;
  /** True: it counts. False: a repeat within the cool-down. Null: not derived yet. */
  isCounted?: Maybe<Scalars['Boolean']['output']>;
  /** Likeness to the best template, as cosine from -1 to 1, higher is closer; null for other sources. */
  similarity?: Maybe<Scalars['Float']['output']>;
  /** Why a person entered it; null for other sources. */
  reason?: Maybe<Scalars['String']['output']>;
  /** That it counts no longer; null while it does. */
  voiding?: Maybe<PunchVoiding>;
};

/** A punch that is missing. */
export type PunchAddInput = {
  /** Where it happened. */
  siteId: Scalars['ID']['input'];
  /** When it happened. */
  at: PunchTimeInput;
  /** Which way the person went; when absent it is derived. */
  direction?: InputMaybe<Direction>;
};

/** A page of a list. */
export type PunchConnection = {
  __typename?: 'PunchConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<PunchEdge>;
  /** The rows of this page. */
  nodes: Array<Punch>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A punch to be entered. */
export type PunchCreateInput = {
  /** Whose. */
  employeeId: Scalars['ID']['input'];
  /** Where it happened. */
  siteId: Scalars['ID']['input'];
  /** When it happened. */
  at: PunchTimeInput;
  /** Which way the person went; when absent it is derived. */
  direction?: InputMaybe<Direction>;
  /** Why it is entered by a person, 1 to 1,000 characters. */
  reason: Scalars['String']['input'];
};

/** A punch that was read the wrong way round. */
export type PunchDirectionInput = {
  /** The punch. */
  punchId: Scalars['ID']['input'];
  /** The right way. */
  direction: Direction;
};

/** A row of a page with its cursor. */
export type PunchEdge = {
  __typename?: 'PunchEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Punch;
};

/** Which punches. */
export type PunchFilter = {
  /** Only punches at this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only punches of this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Not earlier than this. */
  from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Earlier than this. */
  to?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only from this source. */
  source?: InputMaybe<PunchSource>;
  /** Those that count no longer, too. */
  withVoided?: Scalars['Boolean']['input'];
};

/** What became of a punch. */
export type PunchPayload = {
  __typename?: 'PunchPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The punch as it is now; null when refused. */
  punch?: Maybe<Punch>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A punch was derived. */
export type PunchRecordedEvent = {
  __typename?: 'PunchRecordedEvent';
  /** Give this as `after` to read on from here after a reconnect, with any live event. */
  cursor: Scalars['String']['output'];
  /** Why events up to here were left out; null when none were. Then the other fields are null. */
  resync?: Maybe<ResyncReason>;
  /** The punch as it is now. */
  punch?: Maybe<Punch>;
};

/** Where a punch came from. */
export type PunchSource =
  /** A recognised face. */
  | 'FACE'
  /** Entered by a person. */
  | 'MANUAL'
  /** Read from another system. */
  | 'IMPORT'
  /** Added by an approved correction. */
  | 'CORRECTION'
  /** A code and PIN typed at a kiosk. */
  | 'PIN'
  /** A badge read at a kiosk. */
  | 'BADGE';

/** When a punch happened: exactly one of these. */
export type PunchTimeInput =
  /** The instant. */
  { instant: Scalars['DateTime']['input']; localTime?: never; }
  |  /**
   * What the clock on the site's wall said: `2026-10-25T02:30`, or with its offset
   * `2026-10-25T02:30+01:00`, which is needed where clocks are set back or forward.
   */
  { instant?: never; localTime: Scalars['String']['input']; };

/** A punch that did not happen. */
export type PunchVoidInput = {
  /** The punch. */
  punchId: Scalars['ID']['input'];
};

/** That a punch counts no longer. */
export type PunchVoiding = {
  __typename?: 'PunchVoiding';
  /** Why. */
  reason: Scalars['String']['output'];
  /** Since when. */
  voidedAt: Scalars['DateTime']['output'];
  /** Name of who did; null when not known. */
  voidedByName?: Maybe<Scalars['String']['output']>;
};

/** A punch that is to count no longer. */
export type PunchVoidingInput = {
  /** The punch. */
  punchId: Scalars['ID']['input'];
  /** Why, 1 to 1,000 characters. */
  reason: Scalars['String']['input'];
};

/** Reads. */
export type Query = {
  __typename?: 'Query';
  /** The user who asks. */
  me: User;
  /** Users of the organisation by address, the deactivated ones too. */
  users: UserConnection;
  /** One user; null when there is none with this id. */
  user?: Maybe<User>;
  /** Sites by name. */
  sites: SiteConnection;
  /** One site; null when there is none with this id that you may see. */
  site?: Maybe<Site>;
  /** Employees, by name and code when no other order is asked for. */
  employees: EmployeeConnection;
  /** One employee; null when there is none with this id whom you may see. */
  employee?: Maybe<Employee>;
  /** All departments by name; `parent` makes them a tree. */
  departments: DepartmentConnection;
  /** One department; null when there is none with this id. */
  department?: Maybe<Department>;
  /** Your organisation. */
  organization: Organization;
  /** How the hub is doing. Users who are bound to sites see the part of it that is about their sites. */
  systemHealth: SystemHealth;
  /** Devices by name, revoked ones too. */
  devices: DeviceConnection;
  /** One device; null when there is none with this id that you may see. */
  device?: Maybe<Device>;
  /** Punches by time. */
  punches: PunchConnection;
  /** One punch, also when it counts no longer; null when there is no such. */
  punch?: Maybe<Punch>;
  /** Attendance days; newest first, then by name of the employee, when no order is given. */
  attendanceDays: AttendanceDayConnection;
  /** One employee's day: by its id, or by employee and work date. Null before it is derived. */
  attendanceDay?: Maybe<AttendanceDay>;
  /** Who is on site now. Every role may read it. */
  muster: Muster;
  /** Exceptions of days by date, those of one date by name of the employee. */
  exceptions: AttendanceExceptionConnection;
  /** One exception; null when there is no such, for example since the day was derived again. */
  exception?: Maybe<AttendanceException>;
  /** Corrections by the time of the request. */
  corrections: CorrectionConnection;
  /** One correction; null when there is no such. */
  correction?: Maybe<Correction>;
  /** Shifts, by name when no order is given; retired ones too. */
  shifts: ShiftConnection;
  /** One shift; null when there is no such. */
  shift?: Maybe<Shift>;
  /** Rosters, by employee when no order is given; no two of one employee hold on one date. */
  rosters: RosterConnection;
  /** One roster; null when there is no such. */
  roster?: Maybe<Roster>;
  /** Rule sets by name. Where none holds, the built-in rules do. */
  ruleSets: RuleSetConnection;
  /** One rule set; null when there is no such. */
  ruleSet?: Maybe<RuleSet>;
  /** Public holidays by date. */
  holidays: HolidayConnection;
  /** One public holiday; null when there is no such. */
  holiday?: Maybe<Holiday>;
  /**
   * Leave, by first date when no order is given. Its kind may tell of an illness, so role viewer may not
   * read it.
   */
  leave: LeaveConnection;
  /** One leave; null when there is no such. */
  leaveEntry?: Maybe<Leave>;
  /** API tokens, the newest first: one's own, and for owners those of everybody. */
  tokens: TokenConnection;
  /** Where the user who asks is logged in, the last used first. Owners may ask for another user. */
  sessions: Array<LoginSession>;
  /** The audit log, the newest first. Users who do not see all sites see what they did themselves. */
  auditEvents: AuditEventConnection;
  /** Sightings, newest first. */
  sightings: SightingConnection;
  /** One sighting; null when there is none with this id. */
  sighting?: Maybe<Sighting>;
  /** Sightings that somebody must look at: for review or unknown, and not reviewed yet; newest first. */
  reviewQueue: SightingConnection;
  /**
   * What was typed at kiosks and badges that were read there, newest first. What is refused of an outage's backlog is
   * only seen here: the person at the kiosk was told that it is saved.
   */
  codeEntries: CodeEntryConnection;
  /** Periods by date. */
  periods: PeriodConnection;
  /** One period; null when there is no such. */
  period?: Maybe<Period>;
  /** What is left to do before a period can be closed; null when there is no such period. */
  periodUnresolved?: Maybe<PeriodUnresolved>;
  /**
   * Totals of everybody with a day or an adjustment in a period, by name and code. Final when the period is
   * closed. Null when there is no such period.
   */
  periodTotals?: Maybe<PeriodTotalConnection>;
  /** Adjustments that a period pays, by name, code and date; those that wait for a period when none is named. */
  adjustments: AdjustmentConnection;
  /** Exports that the user asked for, the latest first. */
  exports: ExportConnection;
  /** One export that the user asked for; null when there is no such one. */
  export?: Maybe<Export>;
  /** Webhooks of the organisation, the oldest first. */
  webhooks: WebhookConnection;
  /** One webhook; null when there is no such one. */
  webhook?: Maybe<Webhook>;
  /** Deliveries of webhooks, the latest first. Kept for 7 days once taken, for 30 once dead. */
  webhookDeliveries: WebhookDeliveryConnection;
};


/** Reads. */
export type QueryUsersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<UserFilter>;
};


/** Reads. */
export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QuerySitesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. */
export type QuerySiteArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryEmployeesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<EmployeeFilter>;
  orderBy?: InputMaybe<EmployeeOrder>;
  search?: InputMaybe<Scalars['String']['input']>;
  siteId?: InputMaybe<Scalars['ID']['input']>;
};


/** Reads. */
export type QueryEmployeeArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryDepartmentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. */
export type QueryDepartmentArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryDevicesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DeviceFilter>;
};


/** Reads. */
export type QueryDeviceArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryPunchesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PunchFilter>;
  direction?: InputMaybe<OrderDirection>;
};


/** Reads. */
export type QueryPunchArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryAttendanceDaysArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter: AttendanceDayFilter;
  orderBy?: InputMaybe<AttendanceDayOrder>;
};


/** Reads. */
export type QueryAttendanceDayArgs = {
  id?: InputMaybe<Scalars['ID']['input']>;
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  workDate?: InputMaybe<Scalars['Date']['input']>;
};


/** Reads. */
export type QueryMusterArgs = {
  siteId?: InputMaybe<Scalars['ID']['input']>;
};


/** Reads. */
export type QueryExceptionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter: ExceptionFilter;
  direction?: InputMaybe<OrderDirection>;
};


/** Reads. */
export type QueryExceptionArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryCorrectionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CorrectionFilter>;
  direction?: InputMaybe<OrderDirection>;
};


/** Reads. */
export type QueryCorrectionArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryShiftsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ShiftFilter>;
  orderBy?: InputMaybe<ShiftOrder>;
};


/** Reads. */
export type QueryShiftArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryRostersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<RosterFilter>;
  orderBy?: InputMaybe<RosterOrder>;
};


/** Reads. */
export type QueryRosterArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryRuleSetsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<RuleSetFilter>;
};


/** Reads. */
export type QueryRuleSetArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryHolidaysArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<HolidayFilter>;
  direction?: InputMaybe<OrderDirection>;
};


/** Reads. */
export type QueryHolidayArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryLeaveArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<LeaveFilter>;
  orderBy?: InputMaybe<LeaveOrder>;
};


/** Reads. */
export type QueryLeaveEntryArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryTokensArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  includeEnded?: InputMaybe<Scalars['Boolean']['input']>;
};


/** Reads. */
export type QuerySessionsArgs = {
  userId?: InputMaybe<Scalars['ID']['input']>;
};


/** Reads. */
export type QueryAuditEventsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AuditEventFilter>;
};


/** Reads. */
export type QuerySightingsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<SightingFilter>;
};


/** Reads. */
export type QuerySightingArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryReviewQueueArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<SightingFilter>;
};


/** Reads. */
export type QueryCodeEntriesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CodeEntryFilter>;
};


/** Reads. */
export type QueryPeriodsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PeriodFilter>;
  direction?: InputMaybe<OrderDirection>;
};


/** Reads. */
export type QueryPeriodArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryPeriodUnresolvedArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryPeriodTotalsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  periodId: Scalars['ID']['input'];
};


/** Reads. */
export type QueryAdjustmentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  intoPeriodId?: InputMaybe<Scalars['ID']['input']>;
};


/** Reads. */
export type QueryExportsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. */
export type QueryExportArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryWebhooksArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. */
export type QueryWebhookArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. */
export type QueryWebhookDeliveriesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<WebhookDeliveryFilter>;
};

/** What recognises faces on a box. */
export type RecogniserStatus = {
  __typename?: 'RecogniserStatus';
  /** Model pack. */
  pack: Scalars['String']['output'];
  /** In how many bits it computes: `fp32`, `fp16` or `int8`. Embeddings of all are comparable. */
  precision: Scalars['String']['output'];
  /** Execution provider: `tensorrt`, `cuda`, `openvino`, `xnnpack` or `cpu`. */
  provider: Scalars['String']['output'];
};

/** Why events were left out. Read again with queries what you show; the events after it follow. */
export type ResyncReason =
  /** You took events too slowly, and those that waited were dropped. */
  | 'SLOW'
  /** The cursor that you gave is more than an hour old, or not of this hub's database. */
  | 'EXPIRED'
  /** More changed at once than is told one by one, or it could not be read. */
  | 'FLOOD';

/** Why a person has to look. */
export type ReviewCause =
  /** It may be somebody, and that is not sure enough. */
  | 'UNSURE'
  /** It is nobody who is enrolled. */
  | 'UNKNOWN_FACE';

/** What became of a sighting that a person has to look at. */
export type ReviewChange =
  /** It waits for a person. */
  | 'ADDED'
  /** A person decided. */
  | 'DECIDED';

/** A sighting that came to those that a person has to look at, or left them. */
export type ReviewQueueChange = {
  __typename?: 'ReviewQueueChange';
  /** Opaque id of the sighting. */
  sightingId: Scalars['ID']['output'];
  /** What became of it. */
  change: ReviewChange;
  /** Where it was. */
  site: Site;
  /** The camera that saw the face; null when it was removed since. */
  camera?: Maybe<Camera>;
  /** When the face was in front of the camera. */
  capturedAt: Scalars['DateTime']['output'];
  /** Why a person has to look. */
  cause: ReviewCause;
  /**
   * What made it unsure: `below_threshold`, `ambiguous`, `clock_ahead`, `clock_skew`, `low_agreement`, `pad_attack`,
   * `pad_not_checked`; null for an unknown face.
   */
  reason?: Maybe<Scalars['String']['output']>;
  /** The person it is most like; null for an unknown face, or when the viewer may not see the person. */
  employee?: Maybe<Employee>;
  /** Likeness to that person, as cosine from -1 to 1, higher is closer; null for an unknown face. */
  similarity?: Maybe<Scalars['Float']['output']>;
};

/** The sightings that a person has to look at changed. */
export type ReviewQueueChangedEvent = {
  __typename?: 'ReviewQueueChangedEvent';
  /** Give this as `after` to read on from here after a reconnect, with any live event. */
  cursor: Scalars['String']['output'];
  /** Why events up to here were left out; null when none were. Then the other fields are null. */
  resync?: Maybe<ResyncReason>;
  /** Which sighting, and how. */
  sighting?: Maybe<ReviewQueueChange>;
};

/** A review to be taken back. */
export type ReviewUndoInput = {
  /** The sighting that was reviewed. */
  sightingId: Scalars['ID']['input'];
};

/** What a person said of a sighting. */
export type ReviewVerdict =
  /** Nothing, or it was taken back. */
  | 'OPEN'
  /** It is the employee named. */
  | 'CONFIRMED'
  /** It is not whom it was taken for, or a stranger. */
  | 'REJECTED';

/** Which shift an employee has on which date, as a cycle. */
export type Roster = {
  __typename?: 'Roster';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Whose. */
  employee: Employee;
  /** Where the shifts are worked. */
  site: Site;
  /** First date. */
  from: Scalars['Date']['output'];
  /** Last date, inclusive; null without end. */
  to?: Maybe<Scalars['Date']['output']>;
  /** A date on which the cycle begins. */
  anchor: Scalars['Date']['output'];
  /** Name of the shift on each day of the cycle; null is a rest day. */
  cycle: Array<Maybe<Scalars['String']['output']>>;
  /** Whether public holidays are ordinary working days. */
  worksOnHolidays: Scalars['Boolean']['output'];
};

/** A roster for many employees. */
export type RosterAssignInput = {
  /** To whom: 1 to 10,000. */
  employeeIds: Array<Scalars['ID']['input']>;
  /** Where the shifts are worked. */
  siteId: Scalars['ID']['input'];
  /** First date. */
  from: Scalars['Date']['input'];
  /** Last date, inclusive; without end when absent. */
  to?: InputMaybe<Scalars['Date']['input']>;
  /** Date of the first day of the cycle; the first date when absent. */
  anchor?: InputMaybe<Scalars['Date']['input']>;
  /** Id of the shift of each day of the cycle, 1 to 366 days, for example seven of a week; null is a rest day. */
  cycle: Array<InputMaybe<Scalars['ID']['input']>>;
  /** Public holidays are ordinary working days. */
  worksOnHolidays?: Scalars['Boolean']['input'];
  /** Cuts what the employees have on these dates, instead of refusing. */
  replace?: Scalars['Boolean']['input'];
};

/** How much a change of rosters came to. */
export type RosterChange = {
  __typename?: 'RosterChange';
  /** Employees concerned. */
  nEmployees: Scalars['Int']['output'];
  /** Older rosters that were cut; what remains of them before and after keeps its cycle. */
  nCut: Scalars['Int']['output'];
};

/** What became of a change of rosters. */
export type RosterChangePayload = {
  __typename?: 'RosterChangePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** How much it came to; null when refused. */
  change?: Maybe<RosterChange>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** Dates to be taken out of rosters. */
export type RosterClearInput = {
  /** Whose: 1 to 10,000. */
  employeeIds: Array<Scalars['ID']['input']>;
  /** First date. */
  from: Scalars['Date']['input'];
  /** Last date, inclusive; without end when absent. */
  to?: InputMaybe<Scalars['Date']['input']>;
};

/** A page of a list. */
export type RosterConnection = {
  __typename?: 'RosterConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<RosterEdge>;
  /** The rows of this page. */
  nodes: Array<Roster>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A week of rosters to be copied to another week, for the same employees. */
export type RosterCopyWeekInput = {
  /** Whose: 1 to 10,000. */
  employeeIds: Array<Scalars['ID']['input']>;
  /** First of the seven dates that are copied. */
  fromWeek: Scalars['Date']['input'];
  /** First of the seven dates that they are copied to. */
  toWeek: Scalars['Date']['input'];
  /** Replaces what the employees have in that week; otherwise only dates without a roster are filled. */
  replace?: Scalars['Boolean']['input'];
  /** Only says what would become of it. */
  dryRun?: Scalars['Boolean']['input'];
};

/** What became of a copy of a week. */
export type RosterCopyWeekPayload = {
  __typename?: 'RosterCopyWeekPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** How much it came to; null when refused. */
  copy?: Maybe<RosterWeekCopy>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A row of a page with its cursor. */
export type RosterEdge = {
  __typename?: 'RosterEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Roster;
};

/** Which rosters. */
export type RosterFilter = {
  /** Only of this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Only of shifts at this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only those that hold on this date or a later one. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Only those that hold on this date or an earlier one. */
  to?: InputMaybe<Scalars['Date']['input']>;
};

/** In which order rosters come. */
export type RosterOrder = {
  /** By what. */
  field: RosterOrderField;
  /** Which end first. */
  direction?: OrderDirection;
};

/** By what rosters are sorted. */
export type RosterOrderField =
  /** By personnel number, then first date. */
  | 'EMPLOYEE'
  /** By first date, then personnel number. */
  | 'FROM';

/** How much a copy of a week came to. */
export type RosterWeekCopy = {
  __typename?: 'RosterWeekCopy';
  /** Employees who get something. */
  nEmployees: Scalars['Int']['output'];
  /** Dates that are written, rest days too. */
  nDays: Scalars['Int']['output'];
  /** Dates that had a roster and get the copy instead. */
  nReplaced: Scalars['Int']['output'];
  /** Dates that keep the roster that they have. */
  nKept: Scalars['Int']['output'];
  /** Nothing was written: it was only asked for. */
  isDryRun: Scalars['Boolean']['output'];
};

/** In whose favour times are rounded. */
export type RoundingMode =
  /** Not at all. */
  | 'NONE'
  /** To the nearest multiple, ties up. */
  | 'NEAREST'
  /** Ways in down, ways out up. */
  | 'EMPLOYEE'
  /** Ways in up, ways out down. */
  | 'EMPLOYER';

/** How time is counted at a site, or in the organisation where a site has no rule set of its own. */
export type RuleSet = {
  __typename?: 'RuleSet';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name for people. */
  name: Scalars['String']['output'];
  /** The site; null for the whole organisation. */
  site?: Maybe<Site>;
  /** Its versions, oldest first. The newest of those valid on a date holds. */
  versions: Array<RuleSetVersion>;
};

/** Rules that are to hold. */
export type RuleSetApplyInput = {
  /** The site; the whole organisation when absent, which only users who see all sites may. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Name of a new rule set. An existing one keeps its name. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** First date on which the rules hold; may be absent when the file says it. */
  validFrom?: InputMaybe<Scalars['Date']['input']>;
  /** The rules. */
  rules: RulesInput;
};

/** A page of a list. */
export type RuleSetConnection = {
  __typename?: 'RuleSetConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<RuleSetEdge>;
  /** The rows of this page. */
  nodes: Array<RuleSet>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type RuleSetEdge = {
  __typename?: 'RuleSetEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: RuleSet;
};

/** Which rule sets. */
export type RuleSetFilter = {
  /** Only that of this site and that of the whole organisation. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
};

/** What became of rules. */
export type RuleSetPayload = {
  __typename?: 'RuleSetPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The rule set with all its versions; null when refused. */
  ruleSet?: Maybe<RuleSet>;
  /** The version that says these rules; null when refused. */
  version?: Maybe<Scalars['Int']['output']>;
  /** The newest version said the same already: nothing was written. */
  isUnchanged: Scalars['Boolean']['output'];
  /** Versions that would have held later and do not hold any more. */
  superseded: Array<Scalars['Int']['output']>;
  /** Employees whose days are derived again. */
  nEmployees: Scalars['Int']['output'];
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A version of a rule set; written once. */
export type RuleSetVersion = {
  __typename?: 'RuleSetVersion';
  /** Counts from 1. */
  version: Scalars['Int']['output'];
  /** First date on which it holds. */
  validFrom: Scalars['Date']['output'];
  /** All rules. */
  rules: AttendanceRules;
};

/** Rules in one of two forms. What is left out is as built in. */
export type RulesInput =
  /** Rule by rule. */
  { fields: AttendanceRulesInput; toml?: never; }
  |  /** A file as `rollcall rules apply` takes it, in TOML. */
  { fields?: never; toml: Scalars['String']['input']; };

/** A paired way in and way out. */
export type Session = {
  __typename?: 'Session';
  /** Way in; null when it is missing. */
  inAt?: Maybe<Scalars['DateTime']['output']>;
  /** Way out; null when it is missing or has not happened yet. */
  outAt?: Maybe<Scalars['DateTime']['output']>;
  /** Minutes between the two, cut to whole minutes and rounded by the rules. */
  workedMinutes: Scalars['Int']['output'];
  /** The way out may still come. */
  isOpen: Scalars['Boolean']['output'];
};

/** What became of ending all other sessions. */
export type SessionRevokeOthersPayload = {
  __typename?: 'SessionRevokeOthersPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** How many sessions ended. */
  nSessions: Scalars['Int']['output'];
  /** Why it was refused; always empty. */
  problems: Array<Problem>;
};

/** What became of ending a session. */
export type SessionRevokePayload = {
  __typename?: 'SessionRevokePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The session that has ended; null when refused. */
  sessionId?: Maybe<Scalars['ID']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** When work is expected on a work date. */
export type Shift = {
  __typename?: 'Shift';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name for people, unique in the organisation. */
  name: Scalars['String']['output'];
  /** How it expects work. */
  kind: ShiftKind;
  /** Fixed: one; split: two or more, ascending; flexible: the frame; open: none. */
  segments: Array<MinuteSpan>;
  /** Flexible shifts only: when everybody must be there. */
  core?: Maybe<MinuteSpan>;
  /** Flexible and open shifts: expected minutes of work; null for others, whose segments say it. */
  expectedMinutes?: Maybe<Scalars['Int']['output']>;
  /** Earliest way in, in minutes before the first segment. */
  windowBeforeMinutes: Scalars['Int']['output'];
  /** Latest way out, in minutes after the last segment. */
  windowAfterMinutes: Scalars['Int']['output'];
  /** Breaks at fixed times. */
  breaks: Array<ShiftBreak>;
  /** Not for new rosters since then; null while it may be used. */
  retiredAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A break that a shift plans. */
export type ShiftBreak = {
  __typename?: 'ShiftBreak';
  /** When. */
  span: MinuteSpan;
  /** Counted as work, or as unpaid break. */
  isPaid: Scalars['Boolean']['output'];
};

/** A break at a fixed time. */
export type ShiftBreakInput = {
  /** When. */
  span: MinuteSpanInput;
  /** Counted as work, or as unpaid break. */
  isPaid: Scalars['Boolean']['input'];
};

/** A page of a list. */
export type ShiftConnection = {
  __typename?: 'ShiftConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<ShiftEdge>;
  /** The rows of this page. */
  nodes: Array<Shift>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new shift. Minutes count from midnight of the work date; 22:00 to 06:00 is 1320 to 1800. */
export type ShiftCreateInput = {
  /** Name for people, unique in the organisation, at most 100 characters. */
  name: Scalars['String']['input'];
  /** How it expects work. */
  kind: ShiftKind;
  /** Fixed: one; split: two or more, ascending; flexible: the frame; open: none. */
  segments?: Array<MinuteSpanInput>;
  /** Flexible shifts only: when everybody must be there. */
  core?: InputMaybe<MinuteSpanInput>;
  /** Flexible shifts always, open ones if something is expected: minutes of work. */
  expectedMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Earliest way in, in minutes before the first segment. */
  windowBeforeMinutes?: Scalars['Int']['input'];
  /** Latest way out, in minutes after the last segment. */
  windowAfterMinutes?: Scalars['Int']['input'];
  /** Breaks at fixed times. */
  breaks?: Array<ShiftBreakInput>;
};

/** A row of a page with its cursor. */
export type ShiftEdge = {
  __typename?: 'ShiftEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Shift;
};

/** Which shifts. */
export type ShiftFilter = {
  /** Part of the name, in any case. */
  search?: InputMaybe<Scalars['String']['input']>;
  /** Only retired ones, or only those that may be used; all when absent. */
  isRetired?: InputMaybe<Scalars['Boolean']['input']>;
};

/** How a shift expects work. */
export type ShiftKind =
  /** One segment from a time to a time. */
  | 'FIXED'
  /** Several segments on one work date. */
  | 'SPLIT'
  /** Any time within a frame, present during the core, expected minutes in all. */
  | 'FLEXIBLE'
  /** No times; expected minutes or nothing. */
  | 'OPEN';

/** In which order shifts come. */
export type ShiftOrder = {
  /** By what. */
  field: ShiftOrderField;
  /** Which end first. */
  direction?: OrderDirection;
};

/** By what shifts are sorted. */
export type ShiftOrderField =
  /** By name. */
  | 'NAME'
  /** By when they were made. */
  | 'CREATED_AT';

/** What became of a shift. */
export type ShiftPayload = {
  __typename?: 'ShiftPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The shift as it is now; null when refused. */
  shift?: Maybe<Shift>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A new name for a shift. */
export type ShiftRenameInput = {
  /** The shift. */
  shiftId: Scalars['ID']['input'];
  /** Name for people, unique in the organisation, at most 100 characters. */
  name: Scalars['String']['input'];
};

/** A shift to be kept out of new rosters. */
export type ShiftRetireInput = {
  /** The shift. */
  shiftId: Scalars['ID']['input'];
};

/** One face in front of a camera, and what was made of it. */
export type Sighting = {
  __typename?: 'Sighting';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Where it was. */
  site: Site;
  /** Which camera saw it; null when it is no longer known. */
  camera?: Maybe<Camera>;
  /** When it was, by the device's clock. */
  capturedAt: Scalars['DateTime']['output'];
  /** What the clock on the site's wall said, with its offset: `2026-11-22T08:58:03+01:00`. */
  localTime: Scalars['String']['output'];
  /** When the hub got it. */
  receivedAt: Scalars['DateTime']['output'];
  /** What the hub decided. */
  decision: SightingDecision;
  /**
   * Why, in a word: `below_threshold`, `ambiguous`, `low_quality`, `low_agreement`, `pad_attack`, `pad_not_checked`, `clock_ahead`,
   * `clock_skew` or `greeted_otherwise`; null when there is nothing to say.
   */
  reason?: Maybe<Scalars['String']['output']>;
  /** What the device was told. */
  outcome: SightingOutcome;
  /**
   * The best person found, also when it was not good enough; null for nobody, and when the viewer may
   * not see the employee.
   */
  employee?: Maybe<Employee>;
  /** Whom the device greeted while the hub did not answer; null for nobody, and when the viewer may not see the employee. */
  greetedEmployee?: Maybe<Employee>;
  /**
   * Where the device had greeted somebody else than the hub would: what the hub came to by itself, a decision
   * (`accept`, `unknown`, `rejected`) or a word as in `reason`; null when they agree.
   */
  ownVerdict?: Maybe<Scalars['String']['output']>;
  /** Likeness to the best template, as cosine from -1 to 1, higher is closer; null for nobody. */
  similarity?: Maybe<Scalars['Float']['output']>;
  /** By how much the best person is more like it than the second best; null without a second one. */
  margin?: Maybe<Scalars['Float']['output']>;
  /** How good the pictures were, 0 to 1. */
  quality: Scalars['Float']['output'];
  /** Whether it was a living face. */
  attackDetection: AttackDetection;
  /** What that rests on; null when the device did not say. */
  attackEvidence?: Maybe<AttackEvidence>;
  /** Pictures that were used. */
  nFrames: Scalars['Int']['output'];
  /**
   * Where its picture is, a JPEG, for the viewer's own session or token; null without one. Reading it is
   * noted in the audit log.
   */
  thumbnailUrl?: Maybe<Scalars['String']['output']>;
  /** What a person said of it; null when nobody ever did. */
  review?: Maybe<SightingReview>;
};

/** Who a sighting shows. */
export type SightingConfirmInput = {
  /** The sighting. */
  sightingId: Scalars['ID']['input'];
  /** Who it is. */
  employeeId: Scalars['ID']['input'];
};

/** A page of a list. */
export type SightingConnection = {
  __typename?: 'SightingConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<SightingEdge>;
  /** The rows of this page. */
  nodes: Array<Sighting>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** What the hub decided about a face. */
export type SightingDecision =
  /** One person, clearly: it is a punch. */
  | 'ACCEPT'
  /** Somebody must look. */
  | 'REVIEW'
  /** Nobody who is enrolled. */
  | 'UNKNOWN'
  /** Not good enough, or not a living face. */
  | 'REJECTED';

/** A row of a page with its cursor. */
export type SightingEdge = {
  __typename?: 'SightingEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Sighting;
};

/** Which sightings to list; conditions hold together. */
export type SightingFilter = {
  /** Only at this site. */
  siteId?: InputMaybe<Scalars['ID']['input']>;
  /** Only by this camera. */
  cameraId?: InputMaybe<Scalars['ID']['input']>;
  /** Only those taken for this employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  /** Only with one of these decisions. */
  decisions?: InputMaybe<Array<SightingDecision>>;
  /** Not earlier than this. */
  from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Earlier than this. */
  to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What the device was told. */
export type SightingOutcome =
  /** It is a punch. */
  | 'PUNCHED'
  /** It is a punch within the cool-down. */
  | 'REPEAT'
  /** Somebody must look. */
  | 'REVIEW'
  /** Nobody who is enrolled. */
  | 'UNKNOWN'
  /** Not used. */
  | 'REJECTED';

/** A sighting of a stranger, or of somebody else than it was taken for. */
export type SightingRejectInput = {
  /** The sighting. */
  sightingId: Scalars['ID']['input'];
};

/** What a person said of a sighting. */
export type SightingReview = {
  __typename?: 'SightingReview';
  /** What was said. */
  verdict: ReviewVerdict;
  /** Who it is, when confirmed; null otherwise, and when the viewer may not see the employee. */
  employee?: Maybe<Employee>;
  /** Name of who said so; null when no user did. */
  reviewerName?: Maybe<Scalars['String']['output']>;
  /** When it was said or taken back. */
  updatedAt: Scalars['DateTime']['output'];
  /** Id of the punch that was added; null when none was. */
  punchId?: Maybe<Scalars['ID']['output']>;
  /** Id of the punch that was voided; null when none was. */
  voidedPunchId?: Maybe<Scalars['ID']['output']>;
};

/** What became of a review. */
export type SightingReviewPayload = {
  __typename?: 'SightingReviewPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The sighting as it is now; null when refused. */
  sighting?: Maybe<Sighting>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A device of which nothing is heard. */
export type SilentDevice = {
  __typename?: 'SilentDevice';
  /** Its name. */
  name: Scalars['String']['output'];
  /** When it was last heard of; null when never. */
  lastHeardAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A place where people work; owns the time zone of everything that happens there. */
export type Site = {
  __typename?: 'Site';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name for people, unique in the organisation. */
  name: Scalars['String']['output'];
  /** IANA name, for example `Europe/Berlin`. */
  timeZone: Scalars['String']['output'];
  /** Local time at which the work date changes for people without a shift: `04:00`. */
  dayBoundary: Scalars['String']['output'];
  /** Of punches closer together than this the first counts, the rest are repeats. */
  coolDownSeconds: Scalars['Int']['output'];
  /** How ways in and ways out are told apart. */
  directionPolicy: DirectionPolicy;
  /**
   * For how many hours without the hub its devices may greet from an encrypted copy of its gallery, which they delete
   * after that; 0: they hold no copy.
   */
  offlineGreetingHours: Scalars['Int']['output'];
  /** Where it is on the earth; null when nobody said. */
  location?: Maybe<SiteLocation>;
  /** Whether the site is in use. */
  isActive: Scalars['Boolean']['output'];
  /** Out of use from then on; null while in use. */
  deactivatedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What the clock on the wall says now, with its offset: `2026-11-22T08:58:03+01:00`. */
  localTime: Scalars['String']['output'];
  /** Who is here on the present work date. */
  today: SiteToday;
};

/** A page of a list. */
export type SiteConnection = {
  __typename?: 'SiteConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<SiteEdge>;
  /** The rows of this page. */
  nodes: Array<Site>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new site. */
export type SiteCreateInput = {
  /** Name, unique in the organisation, at most 200 characters; space around it is removed. */
  name: Scalars['String']['input'];
  /** IANA name, for example `Europe/Berlin`. */
  timeZone: Scalars['String']['input'];
  /** Local time at which the work date changes for people without a shift, `HH:MM`; 04:00 when absent. */
  dayBoundary?: InputMaybe<Scalars['String']['input']>;
  /** Of punches closer together than this the first counts, 0 to 86400; 150 when absent. */
  coolDownSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** How ways in and ways out are told apart; by the camera when absent. */
  directionPolicy?: InputMaybe<DirectionPolicy>;
  /** Where it is on the earth. */
  location?: InputMaybe<SiteLocationInput>;
};

/** Which site goes out of use. */
export type SiteDeactivateInput = {
  /** Which site. */
  siteId: Scalars['ID']['input'];
  /** Since when; now when absent. */
  since?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A row of a page with its cursor. */
export type SiteEdge = {
  __typename?: 'SiteEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Site;
};

/** Where a site is on the earth (WGS 84). */
export type SiteLocation = {
  __typename?: 'SiteLocation';
  /** Degrees north. */
  latitude: Scalars['Float']['output'];
  /** Degrees east. */
  longitude: Scalars['Float']['output'];
  /** How far the site reaches from there, in metres. */
  radiusMeters: Scalars['Int']['output'];
};

/** Where a site is on the earth (WGS 84). */
export type SiteLocationInput = {
  /** Degrees north, -90 to 90. */
  latitude: Scalars['Float']['input'];
  /** Degrees east, -180 to 180. */
  longitude: Scalars['Float']['input'];
  /** How far the site reaches from there, in metres, 10 to 100000. */
  radiusMeters: Scalars['Int']['input'];
};

/** What became of a site. */
export type SitePayload = {
  __typename?: 'SitePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The site as it is now; null when refused. */
  site?: Maybe<Site>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** Counts of one site's employees on its present work date. Each employee is counted once. */
export type SiteToday = {
  __typename?: 'SiteToday';
  /** The present work date at the site. */
  workDate: Scalars['Date']['output'];
  /** Active employees of the site. */
  nEmployees: Scalars['Int']['output'];
  /** Here now: the last session of the day is at this site and open. */
  nPresent: Scalars['Int']['output'];
  /** Were here and went. */
  nLeft: Scalars['Int']['output'];
  /** Not seen here on this work date. */
  nAbsent: Scalars['Int']['output'];
};

/** What to change of a site; what is absent stays. */
export type SiteUpdateInput = {
  /** Which site. */
  siteId: Scalars['ID']['input'];
  /** Name, unique in the organisation, at most 200 characters; space around it is removed. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** IANA name of the zone that the site is in since `timeZoneSince`; before, it was in the one it has now. */
  timeZone?: InputMaybe<Scalars['String']['input']>;
  /** Since when; now when absent. */
  timeZoneSince?: InputMaybe<Scalars['DateTime']['input']>;
  /** Local time at which the work date changes, `HH:MM`. Holds for the past too. */
  dayBoundary?: InputMaybe<Scalars['String']['input']>;
  /** Of punches closer together than this the first counts, 0 to 86400. Holds for the past too. */
  coolDownSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** How ways in and ways out are told apart. Holds for the past too. */
  directionPolicy?: InputMaybe<DirectionPolicy>;
  /**
   * For how many hours without the hub its devices may greet from an encrypted copy of its gallery, 0 to 168; 0: they
   * hold no copy, and delete the one they have when they hear of it.
   */
  offlineGreetingHours?: InputMaybe<Scalars['Int']['input']>;
  /** Where it is on the earth; null takes it away. */
  location?: InputMaybe<SiteLocationInput>;
};

/** Events. */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * Each punch once it is derived, and again when it is marked and derived again. Like every live event: in the
   * order of commits, only what the viewer may see, until the session ends or the user's rights change.
   */
  punchRecorded: PunchRecordedEvent;
  /** Each attendance day that was derived and differs from before. */
  attendanceDayChanged: AttendanceDayChangedEvent;
  /** Each exception that a day did not have before, unless it is gone again when it is read. */
  exceptionRaised: ExceptionRaisedEvent;
  /** Each device whose health changes. A device that falls silent counts as offline after 90 seconds. */
  deviceHealthChanged: DeviceHealthChangedEvent;
  /** Each enrolment of a photograph that was queued or ended. */
  enrolmentProgressed: EnrolmentProgressedEvent;
  /** Each sighting that nobody was sure of when it comes, and when a person has decided. */
  reviewQueueChanged: ReviewQueueChangedEvent;
  /**
   * Looks through a camera: up to five small pictures a second, from when its device hears of it (about three seconds)
   * until you stop, for ten minutes at most unless the hub is set up otherwise. The newest picture counts: whoever
   * reads slowly gets fewer. The audit log tells who looked through which camera, when and for how long
   * (`camera.view_begin`, `camera.view_end`), and a screen at the camera shows that somebody does.
   */
  cameraLiveView: CameraLiveViewEvent;
};


/** Events. */
export type SubscriptionPunchRecordedArgs = {
  siteId?: InputMaybe<Scalars['ID']['input']>;
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Events. */
export type SubscriptionAttendanceDayChangedArgs = {
  siteId?: InputMaybe<Scalars['ID']['input']>;
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Events. */
export type SubscriptionExceptionRaisedArgs = {
  siteId?: InputMaybe<Scalars['ID']['input']>;
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Events. */
export type SubscriptionDeviceHealthChangedArgs = {
  siteId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Events. */
export type SubscriptionEnrolmentProgressedArgs = {
  employeeId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Events. */
export type SubscriptionReviewQueueChangedArgs = {
  siteId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Events. */
export type SubscriptionCameraLiveViewArgs = {
  cameraId: Scalars['ID']['input'];
};

/** How the hub is doing for your organisation. */
export type SystemHealth = {
  __typename?: 'SystemHealth';
  /** Version of the server. */
  version: Scalars['String']['output'];
  /** Number of the newest migration of the database. */
  schemaVersion: Scalars['Int']['output'];
  /** About how large the database is, all organisations together. */
  databaseSize: DatabaseSizeClass;
  /** Whether a worker is connected to the database. Without one nothing is derived and nobody is enrolled. */
  hasWorker: Scalars['Boolean']['output'];
  /** Marks of days that wait to be derived. */
  nDaysWaiting: Scalars['Int']['output'];
  /** Since when the oldest of them waits; null when none does. */
  daysWaitingSince?: Maybe<Scalars['DateTime']['output']>;
  /** Photographs that wait to be read. */
  nEnrolmentsWaiting: Scalars['Int']['output'];
  /** Devices that may call. */
  nDevices: Scalars['Int']['output'];
  /** Those of them that did not call within 90 seconds, or never. */
  nDevicesUnheard: Scalars['Int']['output'];
};

/** A named secret with which a program acts for a user. The secret is shown once, when it is made. */
export type Token = {
  __typename?: 'Token';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name for people, unique among the live tokens of the user. */
  name: Scalars['String']['output'];
  /** For whom it acts. */
  user?: Maybe<User>;
  /** What the token is allowed to, as far as its user is. */
  scopes: Array<Scalars['String']['output']>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When it ends by itself. */
  expiresAt: Scalars['DateTime']['output'];
  /** When it was last used, to the minute; null: never. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was revoked; null: it was not. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A page of a list. */
export type TokenConnection = {
  __typename?: 'TokenConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<TokenEdge>;
  /** The rows of this page. */
  nodes: Array<Token>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new token. */
export type TokenCreateInput = {
  /** Name for people, at most 100 characters, for example `payroll export`. */
  name: Scalars['String']['input'];
  /** What the token is allowed to: words of the last column of docs/access.md, for example `attendance:read`. */
  scopes: Array<Scalars['String']['input']>;
  /** When the token ends by itself, within 366 days; 90 days from now when absent. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What became of a new token. */
export type TokenCreatePayload = {
  __typename?: 'TokenCreatePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The new token; null when refused. */
  token?: Maybe<Token>;
  /** The secret, `rct_…`: send it as `Authorization: Bearer rct_…`. It is never shown again. */
  secret?: Maybe<Scalars['String']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A row of a page with its cursor. */
export type TokenEdge = {
  __typename?: 'TokenEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Token;
};

/** What became of revoking a token. */
export type TokenRevokePayload = {
  __typename?: 'TokenRevokePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The token as it is now; null when refused. */
  token?: Maybe<Token>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What became of beginning a second factor. */
export type TotpBeginPayload = {
  __typename?: 'TotpBeginPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The secret in base32, to be typed into an authenticator. It is never shown again. */
  secret?: Maybe<Scalars['String']['output']>;
  /** The same as `otpauth://…`, to be shown as a QR code. */
  uri?: Maybe<Scalars['String']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What became of confirming a second factor. */
export type TotpConfirmPayload = {
  __typename?: 'TotpConfirmPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** Codes for those who lose their authenticator, each good for one log-in. They are never shown again. */
  recoveryCodes?: Maybe<Array<Scalars['String']['output']>>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What became of removing a second factor. */
export type TotpDisablePayload = {
  __typename?: 'TotpDisablePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** Whether a code is still asked for at log-in: false; null when refused. */
  hasSecondFactor?: Maybe<Scalars['Boolean']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What is expected of people without a roster. */
export type Unrostered =
  /** Work on every date that is no rest day and no holiday. */
  | 'EXPECTED'
  /** Nothing. */
  | 'FREE';

/** A person who logs in. */
export type User = {
  __typename?: 'User';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Address used to log in. */
  email: Scalars['String']['output'];
  /** Name for people. */
  displayName: Scalars['String']['output'];
  /** What this user may do. */
  role: UserRole;
  /** The organisation that this user belongs to. */
  organization: Organization;
  /** Whether this user sees every site, also those made later; if not, those in `sites`. */
  allSites: Scalars['Boolean']['output'];
  /** The listed sites by name; empty for who sees all of them. */
  sites: Array<Site>;
  /** The same person as an employee, if any. */
  employee?: Maybe<Employee>;
  /** Whether the password was given out, and an own one has to be set at the next log-in. */
  mustChangePassword: Scalars['Boolean']['output'];
  /** Whether a code of an authenticator is asked for at log-in. */
  hasSecondFactor: Scalars['Boolean']['output'];
  /** Since when the user may not log in any more; null: may. */
  deactivatedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A page of a list. */
export type UserConnection = {
  __typename?: 'UserConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<UserEdge>;
  /** The rows of this page. */
  nodes: Array<User>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new user. */
export type UserCreateInput = {
  /** Address used to log in, unique in the organisation; in any case, kept in lower case. */
  email: Scalars['String']['input'];
  /** Name for people, at most 200 characters. */
  displayName: Scalars['String']['input'];
  /** What the user may do. */
  role: UserRole;
  /** Sees every site, also those made later. False, and not to be changed, for role EMPLOYEE. */
  allSites: Scalars['Boolean']['input'];
  /** The sites otherwise. */
  siteIds?: Array<Scalars['ID']['input']>;
  /** The same person as an employee. Required for role EMPLOYEE. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
};

/** What became of a new user. */
export type UserCreatePayload = {
  __typename?: 'UserCreatePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The new user; null when refused. */
  user?: Maybe<User>;
  /** A password for the first log-in, at which the user sets an own one. It is never shown again. */
  oneTimePassword?: Maybe<Scalars['String']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What became of shutting a user out. */
export type UserDeactivatePayload = {
  __typename?: 'UserDeactivatePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The user as it is now; null when refused. */
  user?: Maybe<User>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A row of a page with its cursor. */
export type UserEdge = {
  __typename?: 'UserEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: User;
};

/** Which users are listed. */
export type UserFilter = {
  /** Part of the name or address, in any case. */
  text?: InputMaybe<Scalars['String']['input']>;
  /** Only users with this role. */
  role?: InputMaybe<UserRole>;
  /** Only users who may log in; false: only those who may not. */
  isActive?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What became of letting a user in again. */
export type UserReactivatePayload = {
  __typename?: 'UserReactivatePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The user as it is now; null when refused. */
  user?: Maybe<User>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** What a user may do. */
export type UserRole =
  /** Everything, also users and settings. */
  | 'OWNER'
  /** Employees, enrolment, corrections. */
  | 'HR_ADMIN'
  /** Reads and corrects at sites. */
  | 'SITE_MANAGER'
  /** Reads everything. */
  | 'AUDITOR'
  /** Reads attendance. */
  | 'VIEWER'
  /** Sees what is about themselves: own days, own corrections, own consent. */
  | 'EMPLOYEE';

/** What is to be different about a user; what is absent stays. */
export type UserUpdateInput = {
  /** The user. */
  userId: Scalars['ID']['input'];
  /** Name for people, at most 200 characters. */
  displayName?: InputMaybe<Scalars['String']['input']>;
  /** What the user may do. */
  role?: InputMaybe<UserRole>;
  /** Sees every site, also those made later. */
  allSites?: InputMaybe<Scalars['Boolean']['input']>;
  /** The sites otherwise, in the place of those listed until now. */
  siteIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The same person as an employee; null: no employee. */
  employeeId?: InputMaybe<Scalars['ID']['input']>;
};

/** What became of a change of a user. */
export type UserUpdatePayload = {
  __typename?: 'UserUpdatePayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The user as it is now; null when refused. */
  user?: Maybe<User>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A URL that is told of events: ids and times only, so that it asks for the rest with rights of its own. */
export type Webhook = {
  __typename?: 'Webhook';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** What it is for, for people. */
  description: Scalars['String']['output'];
  /** Where events are sent. */
  url: Scalars['String']['output'];
  /** What it is told of. */
  events: Array<WebhookEvent>;
  /** Whether it is told anything. What happens meanwhile is not told later. */
  isActive: Scalars['Boolean']['output'];
  /** Until when the secret before the last rotation signs as well; null without a rotation. */
  previousSecretExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Name of the user who made it; null when it was made on the command line. */
  createdByName?: Maybe<Scalars['String']['output']>;
};

/** A page of a list. */
export type WebhookConnection = {
  __typename?: 'WebhookConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<WebhookEdge>;
  /** The rows of this page. */
  nodes: Array<Webhook>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A new webhook. */
export type WebhookCreateInput = {
  /** What it is for, for people; 1 to 200 characters. */
  description: Scalars['String']['input'];
  /**
   * Where events are sent: https, a public host, no user name, port 443 or one from 1024 on. An operator can
   * allow more.
   */
  url: Scalars['String']['input'];
  /** What it is told of; at least one. */
  events: Array<WebhookEvent>;
};

/** A webhook to be deleted. */
export type WebhookDeleteInput = {
  /** Which one. */
  webhookId: Scalars['ID']['input'];
};

/** One event for one webhook. */
export type WebhookDelivery = {
  __typename?: 'WebhookDelivery';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** What the header `Rollcall-Delivery` says in every attempt, so that a receiver can tell a repetition. */
  headerId: Scalars['String']['output'];
  /** For whom; null when the webhook was deleted a moment ago. */
  webhook?: Maybe<Webhook>;
  /** What happened, for example `punch.recorded`; `webhook.test` for a test. */
  kind: Scalars['String']['output'];
  /** The body, byte for byte. */
  payload: Scalars['String']['output'];
  /** How far it is. */
  state: WebhookDeliveryState;
  /** Attempts so far, since the last time that somebody asked for another try. */
  nAttempts: Scalars['Int']['output'];
  /** When it happened. */
  createdAt: Scalars['DateTime']['output'];
  /** When the next attempt is due; null unless pending. */
  nextAttemptAt?: Maybe<Scalars['DateTime']['output']>;
  /** No attempt after this. */
  giveUpAt: Scalars['DateTime']['output'];
  /** When the last attempt began; null before the first. */
  lastAttemptAt?: Maybe<Scalars['DateTime']['output']>;
  /** HTTP status of the last answer; null without one. */
  lastStatus?: Maybe<Scalars['Int']['output']>;
  /** Why the last attempt failed; null when it did not. */
  lastError?: Maybe<Scalars['String']['output']>;
  /** When the receiver took it; null before that. */
  deliveredAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A page of a list. */
export type WebhookDeliveryConnection = {
  __typename?: 'WebhookDeliveryConnection';
  /** The rows of this page, each with its cursor. */
  edges: Array<WebhookDeliveryEdge>;
  /** The rows of this page. */
  nodes: Array<WebhookDelivery>;
  /** Where this page ends. */
  pageInfo: PageInfo;
  /** Rows of the whole list, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A row of a page with its cursor. */
export type WebhookDeliveryEdge = {
  __typename?: 'WebhookDeliveryEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: WebhookDelivery;
};

/** Which deliveries. */
export type WebhookDeliveryFilter = {
  /** Only of this webhook. */
  webhookId?: InputMaybe<Scalars['ID']['input']>;
  /** Only in this state: `DEAD` shows what was given up. */
  state?: InputMaybe<WebhookDeliveryState>;
};

/** What became of a delivery. */
export type WebhookDeliveryPayload = {
  __typename?: 'WebhookDeliveryPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The delivery, to be looked at again in a moment; null when refused. */
  delivery?: Maybe<WebhookDelivery>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A delivery to be sent again. */
export type WebhookDeliveryRetryInput = {
  /** Which one, in any state. */
  deliveryId: Scalars['ID']['input'];
};

/** How far a delivery is. */
export type WebhookDeliveryState =
  /** Waits for its first or next attempt. */
  | 'PENDING'
  /** The receiver took it. */
  | 'DELIVERED'
  /** Given up after a day of attempts. `webhookDeliveryRetry` sends it again. */
  | 'DEAD';

/** A row of a page with its cursor. */
export type WebhookEdge = {
  __typename?: 'WebhookEdge';
  /** Give this as `after` to get what follows this row. */
  cursor: Scalars['String']['output'];
  /** The row itself. */
  node: Webhook;
};

/** What a webhook can be told of. See `docs/webhooks.md` for what each says. */
export type WebhookEvent =
  /** `punch.recorded`: a punch was read by the rules for the first time. */
  | 'PUNCH_RECORDED'
  /** `attendance_day.changed`: a day was derived and differs, or is gone. */
  | 'ATTENDANCE_DAY_CHANGED'
  /** `exception.raised`: a day has an exception that it had not. */
  | 'EXCEPTION_RAISED'
  /** `correction.requested`: somebody asks for a correction. */
  | 'CORRECTION_REQUESTED'
  /** `correction.decided`: a correction was approved, rejected or withdrawn. */
  | 'CORRECTION_DECIDED'
  /** `employee.changed`: an employee was made or changed, or their sites. */
  | 'EMPLOYEE_CHANGED'
  /** `device.silent`: a device has not been heard of for two minutes. */
  | 'DEVICE_SILENT';

/** What became of a webhook. */
export type WebhookPayload = {
  __typename?: 'WebhookPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The webhook as it is now, or as it was before it was deleted; null when refused. */
  webhook?: Maybe<Webhook>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A rotation of a secret. */
export type WebhookRotateSecretInput = {
  /** Of which webhook. */
  webhookId: Scalars['ID']['input'];
  /** How long the secret before signs as well, in hours: 0 to 168. It ends the one before that at once. */
  keepPreviousHours?: Scalars['Int']['input'];
};

/** What became of a secret. */
export type WebhookSecretPayload = {
  __typename?: 'WebhookSecretPayload';
  /** What became of it. */
  status: ChangeStatus;
  /** The webhook as it is now; null when refused. */
  webhook?: Maybe<Webhook>;
  /** The key of the signature, shown here once; null when refused. */
  secret?: Maybe<Scalars['String']['output']>;
  /** Why it was refused; empty when done. */
  problems: Array<Problem>;
};

/** A webhook to be tested. */
export type WebhookTestInput = {
  /** Which one; it need not be active. */
  webhookId: Scalars['ID']['input'];
};

/** What is to change about a webhook; what is absent stays. */
export type WebhookUpdateInput = {
  /** Which one. */
  webhookId: Scalars['ID']['input'];
  /** What it is for, for people; 1 to 200 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** Where events are sent, also those that wait already. */
  url?: InputMaybe<Scalars['String']['input']>;
  /** What it is told of; at least one. */
  events?: InputMaybe<Array<WebhookEvent>>;
  /** Whether it is told anything. */
  isActive?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A day of the week. */
export type Weekday =
  /** Monday. */
  | 'MONDAY'
  /** Tuesday. */
  | 'TUESDAY'
  /** Wednesday. */
  | 'WEDNESDAY'
  /** Thursday. */
  | 'THURSDAY'
  /** Friday. */
  | 'FRIDAY'
  /** Saturday. */
  | 'SATURDAY'
  /** Sunday. */
  | 'SUNDAY';

/** A step of how a day came about. */
export type WhyStep = {
  __typename?: 'WhyStep';
  /** Rule of the attendance rules, for example `R14`; null for days of earlier versions. */
  rule?: Maybe<Scalars['String']['output']>;
  /** Ids of the punches behind it, in order of time. */
  punchIds: Array<Scalars['ID']['output']>;
  /** Begin, where it is about a span of time. */
  from?: Maybe<Scalars['DateTime']['output']>;
  /** End of the span. */
  to?: Maybe<Scalars['DateTime']['output']>;
  /** Minutes, where it is about a figure. */
  minutes?: Maybe<Scalars['Int']['output']>;
  /** What happened, as a sentence. */
  text: Scalars['String']['output'];
};

export type CamerasQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type CamerasQuery = { __typename?: 'Query', devices: { __typename?: 'DeviceConnection', nodes: Array<{ __typename?: 'Device', id: string, name: string, health: DeviceHealth, seenAt?: string | null, site: { __typename?: 'Site', id: string, name: string, timeZone: string }, cameras: Array<{ __typename?: 'Camera', id: string, name: string, direction: CameraDirection }>, status?: { __typename?: 'DeviceStatus', cameras: Array<{ __typename?: 'CameraStatus', name: string, state: CameraState, remoteView?: boolean | null }> } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor?: string | null } } };

export type CameraLiveViewSubscriptionVariables = Exact<{
  cameraId: Scalars['ID']['input'];
}>;


export type CameraLiveViewSubscription = { __typename?: 'Subscription', cameraLiveView: { __typename?: 'CameraLiveViewEvent', state: LiveViewState, jpegBase64?: string | null, takenAt?: string | null, cameraState?: CameraState | null, secondsLeft: number } };

export type RefusedCodesQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  siteId?: InputMaybe<Scalars['ID']['input']>;
}>;


export type RefusedCodesQuery = { __typename?: 'Query', codeEntries: { __typename?: 'CodeEntryConnection', nodes: Array<{ __typename?: 'CodeEntry', id: string, localTime: string, capturedAt: string, receivedAt: string, method: CodeMethod, employeeCode?: string | null, direction?: Direction | null, employee?: { __typename?: 'Employee', id: string, displayName: string, code: string } | null, site: { __typename?: 'Site', id: string, name: string }, device?: { __typename?: 'Device', id: string, name: string } | null, refusal?: { __typename?: 'CodeRefusal', reason: CodeRefusalReason, sentence: string } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor?: string | null } } };

export type EmployeesQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
  siteId?: InputMaybe<Scalars['ID']['input']>;
}>;


export type EmployeesQuery = { __typename?: 'Query', employees: { __typename?: 'EmployeeConnection', nodes: Array<{ __typename?: 'Employee', id: string, code: string, displayName: string, isActive: boolean, createdAt: string, sites: Array<{ __typename?: 'Site', id: string, name: string }>, enrolment: { __typename?: 'Enrolment', state: EnrolmentState, nPhotos: number, nTemplates: number, problem?: string | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor?: string | null } } };

export type SiteNamesQueryVariables = Exact<{
  first: Scalars['Int']['input'];
}>;


export type SiteNamesQuery = { __typename?: 'Query', sites: { __typename?: 'SiteConnection', nodes: Array<{ __typename?: 'Site', id: string, name: string }> } };

export type EmployeeCreateMutationVariables = Exact<{
  input: EmployeeCreateInput;
}>;


export type EmployeeCreateMutation = { __typename?: 'Mutation', employeeCreate: { __typename?: 'EmployeeCreatePayload', status: ChangeStatus, employee?: { __typename?: 'Employee', id: string, displayName: string, code: string } | null, problems: Array<{ __typename?: 'Problem', field?: string | null, code: ProblemCode, message: string }> } };

export type EmployeeCodesQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type EmployeeCodesQuery = { __typename?: 'Query', employee?: { __typename?: 'Employee', id: string, codes: { __typename?: 'EmployeeCodes', pinSetAt?: string | null, pinLockedUntil?: string | null, badgeSetAt?: string | null } } | null };

export type EmployeePinSetMutationVariables = Exact<{
  input: EmployeePinSetInput;
}>;


export type EmployeePinSetMutation = { __typename?: 'Mutation', employeePinSet: { __typename?: 'EmployeePinPayload', status: ChangeStatus, pin?: string | null, problems: Array<{ __typename?: 'Problem', message: string, hint?: string | null }> } };

export type EmployeePinRemoveMutationVariables = Exact<{
  employeeId: Scalars['ID']['input'];
}>;


export type EmployeePinRemoveMutation = { __typename?: 'Mutation', employeePinRemove: { __typename?: 'EmployeeCodePayload', status: ChangeStatus, problems: Array<{ __typename?: 'Problem', message: string, hint?: string | null }> } };

export type EmployeeBadgeSetMutationVariables = Exact<{
  input: EmployeeBadgeSetInput;
}>;


export type EmployeeBadgeSetMutation = { __typename?: 'Mutation', employeeBadgeSet: { __typename?: 'EmployeeCodePayload', status: ChangeStatus, problems: Array<{ __typename?: 'Problem', message: string, hint?: string | null }> } };

export type EmployeeBadgeRemoveMutationVariables = Exact<{
  employeeId: Scalars['ID']['input'];
}>;


export type EmployeeBadgeRemoveMutation = { __typename?: 'Mutation', employeeBadgeRemove: { __typename?: 'EmployeeCodePayload', status: ChangeStatus, problems: Array<{ __typename?: 'Problem', message: string, hint?: string | null }> } };

export type ReviewQueueQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ReviewQueueQuery = { __typename?: 'Query', reviewQueue: { __typename?: 'SightingConnection', nodes: Array<{ __typename?: 'Sighting', id: string, localTime: string, decision: SightingDecision, reason?: string | null, similarity?: number | null, attackDetection: AttackDetection, thumbnailUrl?: string | null, attackEvidence?: { __typename?: 'AttackEvidence', signs: Array<AttackSign>, nLooks: number, eyeDistancePx: number } | null, site: { __typename?: 'Site', id: string, name: string }, camera?: { __typename?: 'Camera', id: string, name: string } | null, employee?: { __typename?: 'Employee', id: string, displayName: string, code: string } | null, greetedEmployee?: { __typename?: 'Employee', id: string, displayName: string } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor?: string | null } } };

export type SightingConfirmMutationVariables = Exact<{
  input: SightingConfirmInput;
}>;


export type SightingConfirmMutation = { __typename?: 'Mutation', sightingConfirm: { __typename?: 'SightingReviewPayload', status: ChangeStatus, problems: Array<{ __typename?: 'Problem', message: string }> } };

export type SightingRejectMutationVariables = Exact<{
  input: SightingRejectInput;
}>;


export type SightingRejectMutation = { __typename?: 'Mutation', sightingReject: { __typename?: 'SightingReviewPayload', status: ChangeStatus, problems: Array<{ __typename?: 'Problem', message: string }> } };

export type ReviewUndoMutationVariables = Exact<{
  input: ReviewUndoInput;
}>;


export type ReviewUndoMutation = { __typename?: 'Mutation', reviewUndo: { __typename?: 'SightingReviewPayload', status: ChangeStatus, problems: Array<{ __typename?: 'Problem', message: string }> } };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { __typename?: 'Query', me: { __typename?: 'User', id: string, email: string, displayName: string, role: UserRole, mustChangePassword: boolean, organization: { __typename?: 'Organization', id: string, name: string } } };

export type PasswordChangeMutationVariables = Exact<{
  currentPassword: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
}>;


export type PasswordChangeMutation = { __typename?: 'Mutation', passwordChange: { __typename?: 'PasswordChangePayload', status: ChangeStatus, problems: Array<{ __typename?: 'Problem', field?: string | null, message: string }> } };

export type ArrivalPunchFragment = { __typename?: 'Punch', id: string, occurredAt: string, timeZone: string, source: PunchSource, direction?: Direction | null, directionReason?: string | null, isCounted?: boolean | null, similarity?: number | null, employee: { __typename?: 'Employee', id: string, displayName: string, code: string }, site: { __typename?: 'Site', id: string, name: string }, camera?: { __typename?: 'Camera', id: string, name: string } | null };

export type SitesTodayQueryVariables = Exact<{
  first: Scalars['Int']['input'];
}>;


export type SitesTodayQuery = { __typename?: 'Query', sites: { __typename?: 'SiteConnection', nodes: Array<{ __typename?: 'Site', id: string, name: string, timeZone: string, today: { __typename?: 'SiteToday', workDate: string, nEmployees: number, nPresent: number, nLeft: number, nAbsent: number } }> } };

export type ArrivalsQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  siteId?: InputMaybe<Scalars['ID']['input']>;
  from: Scalars['DateTime']['input'];
}>;


export type ArrivalsQuery = { __typename?: 'Query', punches: { __typename?: 'PunchConnection', nodes: Array<{ __typename?: 'Punch', id: string, occurredAt: string, timeZone: string, source: PunchSource, direction?: Direction | null, directionReason?: string | null, isCounted?: boolean | null, similarity?: number | null, employee: { __typename?: 'Employee', id: string, displayName: string, code: string }, site: { __typename?: 'Site', id: string, name: string }, camera?: { __typename?: 'Camera', id: string, name: string } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean } } };

export type PunchRecordedSubscriptionVariables = Exact<{
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type PunchRecordedSubscription = { __typename?: 'Subscription', punchRecorded: { __typename?: 'PunchRecordedEvent', cursor: string, resync?: ResyncReason | null, punch?: { __typename?: 'Punch', id: string, occurredAt: string, timeZone: string, source: PunchSource, direction?: Direction | null, directionReason?: string | null, isCounted?: boolean | null, similarity?: number | null, employee: { __typename?: 'Employee', id: string, displayName: string, code: string }, site: { __typename?: 'Site', id: string, name: string }, camera?: { __typename?: 'Camera', id: string, name: string } | null } | null } };

export const ArrivalPunchFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ArrivalPunch"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Punch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"directionReason"}},{"kind":"Field","name":{"kind":"Name","value":"isCounted"}},{"kind":"Field","name":{"kind":"Name","value":"similarity"}},{"kind":"Field","name":{"kind":"Name","value":"employee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"site"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"camera"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<ArrivalPunchFragment, unknown>;
export const CamerasDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Cameras"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"devices"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"health"}},{"kind":"Field","name":{"kind":"Name","value":"seenAt"}},{"kind":"Field","name":{"kind":"Name","value":"site"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cameras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cameras"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"remoteView"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<CamerasQuery, CamerasQueryVariables>;
export const CameraLiveViewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"CameraLiveView"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"cameraId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cameraLiveView"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"cameraId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"cameraId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"jpegBase64"}},{"kind":"Field","name":{"kind":"Name","value":"takenAt"}},{"kind":"Field","name":{"kind":"Name","value":"cameraState"}},{"kind":"Field","name":{"kind":"Name","value":"secondsLeft"}}]}}]}}]} as unknown as DocumentNode<CameraLiveViewSubscription, CameraLiveViewSubscriptionVariables>;
export const RefusedCodesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RefusedCodes"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"siteId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"codeEntries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"siteId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"siteId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"refusedOnly"},"value":{"kind":"BooleanValue","value":true}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"localTime"}},{"kind":"Field","name":{"kind":"Name","value":"capturedAt"}},{"kind":"Field","name":{"kind":"Name","value":"receivedAt"}},{"kind":"Field","name":{"kind":"Name","value":"method"}},{"kind":"Field","name":{"kind":"Name","value":"employeeCode"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"employee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"site"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"device"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"refusal"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"sentence"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<RefusedCodesQuery, RefusedCodesQueryVariables>;
export const EmployeesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Employees"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"search"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"siteId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"employees"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"search"},"value":{"kind":"Variable","name":{"kind":"Name","value":"search"}}},{"kind":"Argument","name":{"kind":"Name","value":"siteId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"siteId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"isActive"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"sites"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"enrolment"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"nPhotos"}},{"kind":"Field","name":{"kind":"Name","value":"nTemplates"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<EmployeesQuery, EmployeesQueryVariables>;
export const SiteNamesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SiteNames"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sites"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<SiteNamesQuery, SiteNamesQueryVariables>;
export const EmployeeCreateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EmployeeCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmployeeCreateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"employeeCreate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"employee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<EmployeeCreateMutation, EmployeeCreateMutationVariables>;
export const EmployeeCodesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"EmployeeCodes"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"employee"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"codes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pinSetAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinLockedUntil"}},{"kind":"Field","name":{"kind":"Name","value":"badgeSetAt"}}]}}]}}]}}]} as unknown as DocumentNode<EmployeeCodesQuery, EmployeeCodesQueryVariables>;
export const EmployeePinSetDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EmployeePinSet"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmployeePinSetInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"employeePinSet"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"pin"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}}]}}]} as unknown as DocumentNode<EmployeePinSetMutation, EmployeePinSetMutationVariables>;
export const EmployeePinRemoveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EmployeePinRemove"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"employeeId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"employeePinRemove"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"employeeId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"employeeId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}}]}}]} as unknown as DocumentNode<EmployeePinRemoveMutation, EmployeePinRemoveMutationVariables>;
export const EmployeeBadgeSetDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EmployeeBadgeSet"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmployeeBadgeSetInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"employeeBadgeSet"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}}]}}]} as unknown as DocumentNode<EmployeeBadgeSetMutation, EmployeeBadgeSetMutationVariables>;
export const EmployeeBadgeRemoveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EmployeeBadgeRemove"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"employeeId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"employeeBadgeRemove"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"employeeId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"employeeId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}}]}}]} as unknown as DocumentNode<EmployeeBadgeRemoveMutation, EmployeeBadgeRemoveMutationVariables>;
export const ReviewQueueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReviewQueue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reviewQueue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"localTime"}},{"kind":"Field","name":{"kind":"Name","value":"decision"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"similarity"}},{"kind":"Field","name":{"kind":"Name","value":"attackDetection"}},{"kind":"Field","name":{"kind":"Name","value":"attackEvidence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"signs"}},{"kind":"Field","name":{"kind":"Name","value":"nLooks"}},{"kind":"Field","name":{"kind":"Name","value":"eyeDistancePx"}}]}},{"kind":"Field","name":{"kind":"Name","value":"thumbnailUrl"}},{"kind":"Field","name":{"kind":"Name","value":"site"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"camera"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"employee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"greetedEmployee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ReviewQueueQuery, ReviewQueueQueryVariables>;
export const SightingConfirmDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SightingConfirm"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SightingConfirmInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sightingConfirm"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SightingConfirmMutation, SightingConfirmMutationVariables>;
export const SightingRejectDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SightingReject"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SightingRejectInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sightingReject"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<SightingRejectMutation, SightingRejectMutationVariables>;
export const ReviewUndoDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReviewUndo"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReviewUndoInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reviewUndo"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<ReviewUndoMutation, ReviewUndoMutationVariables>;
export const MeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"me"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"role"}},{"kind":"Field","name":{"kind":"Name","value":"mustChangePassword"}},{"kind":"Field","name":{"kind":"Name","value":"organization"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<MeQuery, MeQueryVariables>;
export const PasswordChangeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PasswordChange"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"currentPassword"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"newPassword"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"passwordChange"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"currentPassword"},"value":{"kind":"Variable","name":{"kind":"Name","value":"currentPassword"}}},{"kind":"Argument","name":{"kind":"Name","value":"newPassword"},"value":{"kind":"Variable","name":{"kind":"Name","value":"newPassword"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<PasswordChangeMutation, PasswordChangeMutationVariables>;
export const SitesTodayDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SitesToday"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sites"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}},{"kind":"Field","name":{"kind":"Name","value":"today"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workDate"}},{"kind":"Field","name":{"kind":"Name","value":"nEmployees"}},{"kind":"Field","name":{"kind":"Name","value":"nPresent"}},{"kind":"Field","name":{"kind":"Name","value":"nLeft"}},{"kind":"Field","name":{"kind":"Name","value":"nAbsent"}}]}}]}}]}}]}}]} as unknown as DocumentNode<SitesTodayQuery, SitesTodayQueryVariables>;
export const ArrivalsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Arrivals"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"siteId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"punches"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"siteId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"siteId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ArrivalPunch"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ArrivalPunch"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Punch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"directionReason"}},{"kind":"Field","name":{"kind":"Name","value":"isCounted"}},{"kind":"Field","name":{"kind":"Name","value":"similarity"}},{"kind":"Field","name":{"kind":"Name","value":"employee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"site"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"camera"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<ArrivalsQuery, ArrivalsQueryVariables>;
export const PunchRecordedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"PunchRecorded"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"punchRecorded"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"resync"}},{"kind":"Field","name":{"kind":"Name","value":"punch"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ArrivalPunch"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ArrivalPunch"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Punch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"timeZone"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"direction"}},{"kind":"Field","name":{"kind":"Name","value":"directionReason"}},{"kind":"Field","name":{"kind":"Name","value":"isCounted"}},{"kind":"Field","name":{"kind":"Name","value":"similarity"}},{"kind":"Field","name":{"kind":"Name","value":"employee"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}},{"kind":"Field","name":{"kind":"Name","value":"site"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"camera"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<PunchRecordedSubscription, PunchRecordedSubscriptionVariables>;