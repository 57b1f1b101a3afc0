-- Devices of a site may hold a copy of its gallery, to greet while the hub does not answer; and what a sighting says of that.
set lock_timeout = '5s';

alter table app.site add column offline_greeting_hours integer not null default 0,
  add constraint site_offline_greeting_hours_check check (offline_greeting_hours between 0 and 168);
comment on column app.site.offline_greeting_hours is
  'For how long without the hub devices of the site may greet from an encrypted copy of its gallery, which they delete after that. 0: they hold no copy.';

alter table attendance.sighting add column greeted_employee_id uuid, add column own_verdict text;
comment on column attendance.sighting.greeted_employee_id is
  'Whom the device greeted while the hub did not answer; null: nobody, or nobody whom the organisation knows.';
comment on column attendance.sighting.own_verdict is
  'What the hub made of a sighting whose device had greeted somebody else: its decision, or the reason of its decision. Null: they agreed, or the device greeted nobody.';
