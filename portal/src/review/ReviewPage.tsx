/** Screen Review: faces that somebody must look at, with what speaks for and against them. */
import { Button, Skeleton } from "@mantine/core";
import { useReducer, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CombinedError, useMutation, useQuery } from "urql";
import { afterCursor, FIRST_PAGE, pageNumber, pages } from "../ui/pages.ts";
import {
  ReviewQueueDocument,
  type ReviewQueueQuery,
  ReviewUndoDocument,
  SightingConfirmDocument,
  SightingRejectDocument,
} from "../gql/graphql.ts";
import { intlLocale } from "../i18n/index.ts";
import { dayInWords } from "../time/format.ts";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { Page } from "../ui/Page.tsx";
import { Pager } from "../ui/Pager.tsx";
import { Tag } from "../ui/Tag.tsx";
import ui from "../ui/ui.module.css";
import { knownReason, signTone, verdictTone, wallClock } from "./evidence.ts";
import styles from "./review.module.css";

type Sighting = ReviewQueueQuery["reviewQueue"]["nodes"][number];

type Candidate = NonNullable<Sighting["greetedEmployee"]>;

const PAGE_SIZE = 20;
/** What a review changes is the queue, which holds nothing when it is empty. */
const CONTEXT = { additionalTypenames: ["Sighting"] };

/** What was done last, so that it can be taken back. */
interface Done {
  id: string;
  text: string;
}

export default function ReviewPage() {
  const { t } = useTranslation();
  const [state, turn] = useReducer(pages, FIRST_PAGE);
  const [{ data, error, fetching }, read] = useQuery({
    query: ReviewQueueDocument,
    variables: { first: PAGE_SIZE, after: afterCursor(state) },
    requestPolicy: "cache-and-network",
    context: CONTEXT,
  });
  const [{ fetching: isConfirming }, confirm] = useMutation(SightingConfirmDocument);
  const [{ fetching: isRejecting }, reject] = useMutation(SightingRejectDocument);
  const [{ fetching: isUndoing }, undo] = useMutation(ReviewUndoDocument);
  const [done, setDone] = useState<Done | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [failed, setFailed] = useState<CombinedError | undefined>();
  const queue = data?.reviewQueue;
  const isBusy = isConfirming || isRejecting || isUndoing;

  const finish = (
    outcome: { error?: CombinedError | undefined; payload: { status: string; problems: readonly { message: string }[] } | undefined },
    next: Done | null,
  ) => {
    setFailed(outcome.error);
    setProblem(outcome.payload?.problems[0]?.message ?? null);
    if (outcome.payload?.status !== "DONE") return;
    setDone(next);
    read({ requestPolicy: "network-only" });
  };
  const onConfirm = async (sighting: Sighting, employee: Candidate) => {
    const { data, error } = await confirm({ input: { sightingId: sighting.id, employeeId: employee.id } });
    finish(
      { error, payload: data?.sightingConfirm },
      { id: sighting.id, text: t("review.confirmed", { name: employee.displayName }) },
    );
  };
  const onReject = async (sighting: Sighting) => {
    const { data, error } = await reject({ input: { sightingId: sighting.id } });
    finish({ error, payload: data?.sightingReject }, { id: sighting.id, text: t("review.rejected") });
  };
  const onUndo = async (sightingId: string) => {
    const { data, error } = await undo({ input: { sightingId } });
    finish({ error, payload: data?.reviewUndo }, null);
  };

  return (
    <Page title={t("review.title")} lead={t("review.lead")}>
      <Failure error={error ?? failed} retry={() => read({ requestPolicy: "network-only" })} />
      {problem ? (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      ) : null}
      <div role="status">
        {done ? (
          <p className={styles.done}>
            {done.text}
            <Button size="compact-sm" variant="default" loading={isUndoing} onClick={() => void onUndo(done.id)}>
              {t("review.undo")}
            </Button>
          </p>
        ) : null}
      </div>
      {!queue && !error ? <Skeleton height={260} radius={10} /> : null}
      {queue && queue.nodes.length === 0 ? (
        <div className={ui.panel}>
          <Empty title={t("review.empty.title")} level="h2">
            <p>{t("review.empty.text")}</p>
          </Empty>
        </div>
      ) : null}
      <ul className={styles.queue} data-testid="review-queue" aria-busy={fetching}>
        {queue?.nodes.map((sighting) => (
          <li key={sighting.id} className={`${ui.panel} ${styles.item}`}>
            <Picture sighting={sighting} />
            <div className={styles.what}>
              <Head sighting={sighting} />
              <Evidence sighting={sighting} />
            </div>
            <div className={styles.actions}>
              {candidates(sighting).map((employee) => (
                <Button key={employee.id} size="xs" disabled={isBusy} onClick={() => void onConfirm(sighting, employee)}>
                  {t("review.itIs", { name: employee.displayName })}
                </Button>
              ))}
              <Button size="xs" variant="default" disabled={isBusy} onClick={() => void onReject(sighting)}>
                {t(candidates(sighting).length > 0 ? "review.somebodyElse" : "review.stranger")}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <Pager
        label={t("review.pagination")}
        number={pageNumber(state)}
        found={queue ? t("review.found", { count: queue.nodes.length }) : null}
        hasNext={queue?.pageInfo.hasNextPage ?? false}
        isBusy={fetching}
        onPrevious={() => turn({ type: "previous" })}
        onNext={() => turn({ type: "next", endCursor: queue?.pageInfo.endCursor })}
      />
    </Page>
  );
}

/** Whom it may be: the hub's best, and whom the box had greeted meanwhile. */
function candidates({ employee, greetedEmployee }: Sighting): Candidate[] {
  const found = [employee, greetedEmployee].flatMap((candidate) => candidate ?? []);
  return found.filter((candidate, index) => found.findIndex(({ id }) => id === candidate.id) === index);
}

function Picture({ sighting }: { sighting: Sighting }) {
  const { t } = useTranslation();
  const [isBroken, setBroken] = useState(false);
  if (!sighting.thumbnailUrl || isBroken) return <div className={styles.noPicture}>{t("review.noPicture")}</div>;
  return (
    <img
      className={styles.picture}
      src={sighting.thumbnailUrl}
      alt={t("review.picture", { camera: sighting.camera?.name ?? sighting.site.name })}
      loading="lazy"
      width={96}
      height={96}
      onError={() => setBroken(true)}
    />
  );
}

function Head({ sighting }: { sighting: Sighting }) {
  const { t, i18n } = useTranslation();
  const { day, time, offset } = wallClock(sighting.localTime);
  const reason = knownReason(sighting.reason);
  const likeness = sighting.similarity?.toLocaleString(intlLocale(i18n.language), { maximumFractionDigits: 2 });
  return (
    <>
      <h2 className={styles.who}>
        {sighting.employee ? t("review.maybe", { name: sighting.employee.displayName }) : t("review.nobody")}
        {sighting.employee ? <span className={ui.dim}>{sighting.employee.code}</span> : null}
      </h2>
      <p className={`${ui.dim} ${ui.number}`}>
        <time dateTime={sighting.localTime}>
          {dayInWords(day, intlLocale(i18n.language))}, {time} {offset}
        </time>
        {" · "}
        {sighting.site.name}
        {sighting.camera ? ` · ${sighting.camera.name}` : null}
        {likeness ? ` · ${t("review.similarity", { value: likeness })}` : null}
      </p>
      {sighting.greetedEmployee ? <p>{t("review.greeted", { name: sighting.greetedEmployee.displayName })}</p> : null}
      {sighting.reason ? <p>{reason ? t(`review.reasons.${reason}`) : sighting.reason}</p> : null}
    </>
  );
}

/** The verdict of attack detection and, in words, what it rests on. */
function Evidence({ sighting }: { sighting: Sighting }) {
  const { t, i18n } = useTranslation();
  const evidence = sighting.attackEvidence;
  const verdict = sighting.attackDetection;
  return (
    <div className={styles.evidence} data-testid="evidence">
      <Tag tone={verdictTone(verdict)} title={t(`review.verdictHints.${verdict}`)}>
        {t(`review.verdicts.${verdict}`)}
      </Tag>
      {evidence?.signs.map((sign) => (
        <Tag key={sign} tone={signTone(sign)} title={t(`review.signHints.${sign}`)}>
          {t(`review.signs.${sign}`)}
        </Tag>
      ))}
      <span className={ui.dim}>
        {evidence
          ? t(evidence.signs.length > 0 ? "review.looks" : "review.nothingMeasured", {
              count: evidence.nLooks,
              px: evidence.eyeDistancePx.toLocaleString(intlLocale(i18n.language), { maximumFractionDigits: 0 }),
            })
          : t("review.notSaid")}
      </span>
    </div>
  );
}
