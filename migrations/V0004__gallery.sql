-- The gallery: LIST partition per organisation, so that a search reads only its own tenant.
-- In a distributed database the shard gives the locality and this file alone would differ.
set lock_timeout = '5s';

create table biometric.template (
  organization_id uuid not null,
  template_id uuid not null default uuidv7(),
  employee_id uuid not null,
  space_id uuid not null,
  photo_id uuid,
  embedding halfvec(512) not null,
  quality real not null,
  created_at timestamptz not null default now(),
  constraint template_pkey primary key (organization_id, template_id),
  constraint template_photo_key unique (organization_id, space_id, photo_id),
  constraint template_employee_fkey foreign key (organization_id, employee_id) references app.employee (organization_id, employee_id),
  constraint template_space_fkey foreign key (organization_id, space_id) references biometric.space (organization_id, space_id),
  constraint template_photo_fkey foreign key (organization_id, photo_id) references biometric.photo (organization_id, photo_id)
) partition by list (organization_id);
alter table biometric.template alter column embedding set storage plain;
comment on column biometric.template.embedding is 'Unit vector, padded with zeros to 512 dimensions.';

-- Narrow and cache-resident; written only together with biometric.template (biometric.template_add).
-- The code has 512 sign bits and 512 zeros. The zeros change no distance: they make the value longer than
-- 127 bytes, because a shorter one is stored in a packed form that every comparison copies first
-- (measured: three quarters of the time of the Hamming join).
create table biometric.template_code (
  organization_id uuid not null,
  template_id uuid not null,
  space_id uuid not null,
  code bit(1024) not null,
  constraint template_code_pkey primary key (organization_id, template_id)
) partition by list (organization_id);
comment on table biometric.template_code is 'Sign bits of each template: the fast path finds candidates here within a Hamming radius.';
