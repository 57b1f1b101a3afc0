-- What follows when a picture of a face is held before a camera, and what a sighting's verdict rests on.
set lock_timeout = '5s';

alter table app.camera add column pad_policy text not null default 'ignore',
  add constraint camera_pad_policy_check check (pad_policy in ('ignore', 'review', 'reject', 'require_live'));
comment on column app.camera.pad_policy is
  'What follows from the verdict of presentation attack detection. ignore: nothing, it is noted. review: an attack is looked at by a person. reject: an attack is rejected. require_live: so is an attack, and whatever is not live is looked at by a person.';

alter table attendance.sighting add column pad_evidence jsonb,
  add constraint sighting_pad_evidence_check check (length(pad_evidence::text) <= 1024);
comment on column attendance.sighting.pad_evidence is
  'What the PAD verdict rests on (rollcall_store::pad::PadEvidence): measures that were taken, each with a number. Null: the device did not say.';
