-- Row-level security, on and forced, for the tables since V0006; then the rights of the hub's roles.
set lock_timeout = '5s';

do $$
declare
  v_table regclass;
begin
  for v_table in
    select c.oid::regclass
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('app', 'attendance') and c.relkind in ('r', 'p') and not c.relispartition and not c.relrowsecurity
  loop
    execute format('alter table %s enable row level security, force row level security', v_table);
    execute format(
      'create policy %I on %s using (organization_id = (select app.current_organization_id())) with check (organization_id = (select app.current_organization_id()))',
      split_part(v_table::text, '.', 2) || '_organization_policy', v_table);
  end loop;
end
$$;

-- The worker finds work of all organisations in the queues, then sets the organisation for each piece.
create policy due_day_worker_policy on attendance.due_day for select to rollcall_worker using (true);
create policy day_opening_worker_policy on attendance.day_opening for select to rollcall_worker using (true);

grant select on app.site_zone_change to rollcall_api, rollcall_worker;
grant insert on app.site_zone_change to rollcall_api;
grant select on attendance.shift, attendance.roster, attendance.roster_day, attendance.rule_set, attendance.rule_set_version,
  attendance.holiday, attendance.leave, attendance.overtime_approval, attendance.day_interval, attendance.day_exception,
  attendance.exception_waiver, attendance.due_day, attendance.day_opening, attendance.correction, attendance.period,
  attendance.adjustment, attendance.punch_import to rollcall_api;
grant insert, delete on attendance.roster, attendance.roster_day, attendance.holiday, attendance.leave,
  attendance.overtime_approval, attendance.exception_waiver to rollcall_api;
grant insert on attendance.shift, attendance.rule_set, attendance.rule_set_version, attendance.correction, attendance.period,
  attendance.punch_import to rollcall_api;
grant update (name, retired_at) on attendance.shift to rollcall_api;
grant update (minutes, note, approved_at, approved_by) on attendance.overtime_approval to rollcall_api;
grant update (state, decided_at, decided_by, decision_comment, new_punch_id) on attendance.correction to rollcall_api;
grant update (state, reviewed_at, reviewed_by, closed_at, closed_by) on attendance.period to rollcall_api;
grant update (into_period_id) on attendance.adjustment to rollcall_api;

grant select on app.site_zone_change, attendance.shift, attendance.roster, attendance.roster_day, attendance.rule_set,
  attendance.rule_set_version, attendance.holiday, attendance.leave, attendance.overtime_approval, attendance.period to rollcall_worker;
grant select, insert, update, delete on attendance.day_interval, attendance.day_exception, attendance.due_day, attendance.day_opening,
  attendance.adjustment to rollcall_worker;
