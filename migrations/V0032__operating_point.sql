-- Where an organisation's threshold comes from: a report of measured errors, for a gallery of a stated size.
set lock_timeout = '5s';

create table biometric.operating_point (
  organization_id uuid not null,
  operating_point_id uuid not null default uuidv7(),
  space_id uuid not null,
  threshold real not null,
  margin real not null,
  fpir_target double precision not null,
  fpir double precision not null,
  fnir double precision not null,
  n_people integer not null,
  n_measured integer not null,
  n_photos smallint not null,
  n_strangers integer not null,
  set_at timestamptz not null default now(),
  constraint operating_point_pkey primary key (organization_id, operating_point_id),
  constraint operating_point_space_fkey foreign key (organization_id, space_id) references biometric.space (organization_id, space_id),
  constraint operating_point_rates_check check (
    fpir_target > 0 and fpir_target < 1 and fpir between 0 and 1 and fnir between 0 and 1),
  constraint operating_point_counts_check check (
    n_people between n_measured and 100000000 and n_measured > 0 and n_photos > 0 and n_strangers > 0)
);
create index operating_point_space_idx on biometric.operating_point (organization_id, space_id, set_at desc);
comment on table biometric.operating_point is 'Operating points that were set, newest last: threshold and margin with the measured errors that speak for them.';
comment on column biometric.operating_point.fpir_target is 'Share of strangers who may be given a name.';
comment on column biometric.operating_point.fpir is 'The same as measured, or computed for n_people from n_measured.';
comment on column biometric.operating_point.fnir is 'Share of enrolled people who are not given theirs by one photograph, as measured.';
comment on column biometric.operating_point.n_people is 'People in the largest gallery for which it holds.';
comment on column biometric.operating_point.n_measured is 'People in the galleries that were measured; with fewer than n_people the rate was computed, comparisons taken for independent.';
comment on column biometric.operating_point.n_photos is 'Photographs of each person in them.';
comment on column biometric.operating_point.n_strangers is 'How many people were the strangers: what the rate rests on.';

alter table biometric.operating_point enable row level security, force row level security;
create policy operating_point_organization_policy on biometric.operating_point
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
