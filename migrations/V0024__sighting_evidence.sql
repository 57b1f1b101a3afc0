-- What a sighting rests on besides its picture: the device's clock, and whether its shots agree.
set lock_timeout = '5s';

alter table attendance.sighting add column clock_offset_ms integer, add column agreement real;
comment on column attendance.sighting.clock_offset_ms is
  'By how much the device''s clock was ahead of the server''s; captured_at is corrected by it where the device knew it. Null: not known, or stored before this was noted.';
comment on column attendance.sighting.agreement is
  'Mean cosine of the shots to their aggregate: low when the shots are of several people, or poor. Null: the device did not say.';

-- Two of six shots of another person give 0.75, one gives 0.85; shots of one person in the demo's clips give 0.93 to 0.96.
alter table biometric.space add column min_agreement real not null default 0.78,
  add constraint space_min_agreement_check check (min_agreement between 0 and 1);
comment on column biometric.space.min_agreement is 'A sighting whose shots agree less is never accepted.';
