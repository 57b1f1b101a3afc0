-- What people do about faces: look at photographs and thumbnails, record consents, review sightings.
set lock_timeout = '5s';

create index enrolment_job_photo_idx on biometric.enrolment_job (organization_id, photo_id, created_at);
-- Sightings are listed by their ids, which have the time of capture; of the queue only few are of interest.
create index sighting_review_idx on attendance.sighting (organization_id, sighting_id) where decision in ('review', 'unknown');

alter table biometric.consent
  add column recorded_at timestamptz not null default now(),
  add column recorded_by uuid,
  add column withdrawn_by uuid;
comment on column biometric.consent.evidence is 'How it is known that the person agreed, for example the number of a signed form.';
comment on column biometric.consent.recorded_by is 'The user; null when an administrator recorded it on the command line.';

-- One row a sighting that was ever reviewed. An undone review stays, as open: what was done is in the audit log.
-- No foreign key to the sighting, so that retention can drop months of sightings.
create table attendance.sighting_review (
  organization_id uuid not null,
  sighting_id uuid not null,
  site_id uuid not null,
  verdict text not null default 'open',
  employee_id uuid,
  punch_id uuid,
  voided_punch_id uuid,
  reviewed_by uuid,
  updated_at timestamptz not null default now(),
  constraint sighting_review_pkey primary key (organization_id, sighting_id),
  constraint sighting_review_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id),
  constraint sighting_review_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint sighting_review_verdict_check check (verdict in ('open', 'confirmed', 'rejected')),
  constraint sighting_review_employee_check check ((verdict = 'confirmed') = (employee_id is not null)),
  constraint sighting_review_voided_check check (verdict <> 'open' or voided_punch_id is null)
);
create index sighting_review_updated_idx on attendance.sighting_review (organization_id, updated_at);
comment on table attendance.sighting_review is 'What a person said of a sighting. Confirmed: it is this employee. Rejected: not the one it was taken for, or a stranger.';
comment on column attendance.sighting_review.punch_id is 'The punch that the confirmation added, or that taking a review back added again.';
comment on column attendance.sighting_review.voided_punch_id is 'The punch of the accepted sighting that the review voided.';

alter table attendance.sighting_review enable row level security, force row level security;
create policy sighting_review_organization_policy on attendance.sighting_review
  using (organization_id = (select app.current_organization_id()))
  with check (organization_id = (select app.current_organization_id()));
create policy sighting_review_site_policy on attendance.sighting_review as restrictive for all to rollcall_api
  using ((select app.sees_all_sites()) or site_id = any ((select app.visible_site_ids())::uuid[]));
grant select, insert on attendance.sighting_review to rollcall_api;
grant update (verdict, employee_id, punch_id, voided_punch_id, reviewed_by, updated_at) on attendance.sighting_review to rollcall_api;

-- Whether there is a thumbnail; what it shows is for attendance.thumbnail_read.
grant select (organization_id, sighting_id) on attendance.sighting_thumbnail to rollcall_api;
-- Removing a photograph removes its templates.
grant delete on biometric.photo, biometric.enrolment_job, biometric.template, biometric.template_code to rollcall_api;
grant select (organization_id, template_id) on biometric.template_code to rollcall_api;
