-- Dates of employment, a home site, sites that close or change their zone, punches with their doubts.
set lock_timeout = '5s';

alter table app.employee
  add column hired_on date,
  add column left_on date,
  add column home_site_id uuid,
  add constraint employee_home_site_fkey foreign key (organization_id, home_site_id) references app.site (organization_id, site_id),
  add constraint employee_left_check check (left_on >= hired_on);
comment on column app.employee.hired_on is 'First day of employment; null when unknown. Punches before it are kept and not paid.';
comment on column app.employee.left_on is 'Last day of employment; null while employed.';
comment on column app.employee.home_site_id is 'Where days without punches and roster belong; null: the first of the employee''s sites.';

alter table app.site
  add column deactivated_at timestamptz,
  drop constraint site_direction_policy_check,
  add constraint site_direction_policy_check check (direction_policy in ('camera', 'key', 'alternate', 'first_last'));
comment on column app.site.direction_policy is 'camera: direction of camera or key, else alternation; key: only what a person pressed, else alternation; alternate: face punches always alternate; first_last: first punch of the date is IN, last is OUT.';
comment on column app.site.deactivated_at is 'Not in use from then on: later punches are kept and raise an exception.';

create table app.site_zone_change (
  organization_id uuid not null,
  site_id uuid not null,
  changed_at timestamptz not null,
  earlier_time_zone text not null,
  constraint site_zone_change_pkey primary key (organization_id, site_id, changed_at),
  constraint site_zone_change_site_fkey foreign key (organization_id, site_id) references app.site (organization_id, site_id)
);
comment on table app.site_zone_change is 'Zones that a site had before app.site.time_zone, each until an instant.';

alter table app.organization add column corrections_need_four_eyes boolean not null default false;
comment on column app.organization.corrections_need_four_eyes is 'Nobody may approve a correction that they requested themselves.';

alter table attendance.punch add column clock_skew_seconds integer;
comment on column attendance.punch.clock_skew_seconds is 'Server time minus device time when the sighting was sent; null when there was no device.';
