-- Which way a person went over the line of a camera that sees both ways.
set lock_timeout = '5s';

alter table attendance.sighting add column direction text,
  add constraint sighting_direction_check check (direction in ('in', 'out'));
comment on column attendance.sighting.direction is
  'Which way the person went over the camera''s line, as the device saw it. Null: it did not, or there is no line. Counts where the camera sees both ways.';
comment on column attendance.punch.direction is
  'Direction known at the source (camera, line, key); null when it must be inferred.';
