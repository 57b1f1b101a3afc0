-- Embedding spaces, consents, photos and enrolment jobs. The gallery itself is in the next file.
set lock_timeout = '5s';

create table biometric.space (
  organization_id uuid not null,
  space_id uuid not null default uuidv7(),
  digest text not null,
  pack text not null,
  dimensions smallint not null,
  threshold real not null,
  review_floor real not null,
  margin real not null,
  radius smallint,
  min_quality real not null default 0.2,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  constraint space_pkey primary key (organization_id, space_id),
  constraint space_digest_key unique (organization_id, digest),
  constraint space_organization_fkey foreign key (organization_id) references app.organization (organization_id),
  constraint space_dimensions_check check (dimensions between 1 and 512),
  constraint space_threshold_check check (review_floor between -1 and threshold and threshold between -1 and 1),
  -- So people below the floor cannot change a decision, and the search may ignore them.
  constraint space_margin_check check (margin >= 0 and review_floor <= threshold - margin + 1e-6),
  constraint space_radius_check check (radius between 1 and 512)
);
create unique index space_active_idx on biometric.space (organization_id) where is_active;
comment on table biometric.space is 'Embedding space: model digest and transform version. Only equal spaces are comparable.';
comment on column biometric.space.threshold is 'Similarity (cosine) at and above which a probe is accepted.';
comment on column biometric.space.review_floor is 'Similarity at and above which a person must look at the sighting.';
comment on column biometric.space.margin is 'Least distance in similarity from the best person to the second-best for an accept.';
comment on column biometric.space.radius is 'Hamming radius of the fast path, calibrated on real pairs; null means plain exact scan.';

create table biometric.consent (
  organization_id uuid not null,
  consent_id uuid not null default uuidv7(),
  employee_id uuid not null,
  purpose text not null default 'attendance',
  text_version text not null,
  evidence text not null,
  given_at timestamptz not null default now(),
  expires_at timestamptz,
  withdrawn_at timestamptz,
  constraint consent_pkey primary key (organization_id, consent_id),
  constraint consent_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id)
);
create index consent_employee_idx on biometric.consent (organization_id, employee_id);
comment on table biometric.consent is 'Without a row that is neither withdrawn nor expired a person is not in the gallery.';

create table biometric.photo (
  organization_id uuid not null,
  photo_id uuid not null default uuidv7(),
  employee_id uuid not null,
  sha256 bytea not null,
  content bytea not null,
  created_at timestamptz not null default now(),
  constraint photo_pkey primary key (organization_id, photo_id),
  constraint photo_sha256_key unique (organization_id, employee_id, sha256),
  constraint photo_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint photo_content_check check (length(content) between 1 and 33554432)
);

create table biometric.enrolment_job (
  organization_id uuid not null,
  job_id uuid not null default uuidv7(),
  photo_id uuid not null,
  state text not null default 'queued',
  reason text,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint enrolment_job_pkey primary key (organization_id, job_id),
  constraint enrolment_job_photo_fkey foreign key (organization_id, photo_id) references biometric.photo (organization_id, photo_id),
  constraint enrolment_job_state_check check (state in ('queued', 'done', 'refused', 'failed'))
);
create index enrolment_job_queued_idx on biometric.enrolment_job (created_at) where state = 'queued';
comment on column biometric.enrolment_job.state is 'queued; done: a template exists; refused: the photograph cannot be used (see reason); failed: our fault, after retries.';
