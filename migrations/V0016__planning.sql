-- Who may plan and correct attendance: users bound to sites change what belongs to these, and nobody decides
-- about themselves by being linked to an employee.
set lock_timeout = '5s';

alter table attendance.punch
  add column reason text,
  add constraint punch_reason_check check (reason = btrim(reason) and reason <> '' and length(reason) <= 1000);
comment on column attendance.punch.reason is 'Why a person entered it; null for other sources.';

do $$
declare
  v_sees_all constant text := '(select app.sees_all_sites())';
  v_site constant text := 'site_id = any ((select app.visible_site_ids())::uuid[])';
  v_table text;
  v_managed text;
begin
  -- Rosters belong to the site where the shifts are worked.
  execute format('create policy roster_site_insert_policy on attendance.roster as restrictive for insert to rollcall_api with check (%s or %s)', v_sees_all, v_site);
  execute format('create policy roster_site_delete_policy on attendance.roster as restrictive for delete to rollcall_api using (%s or %s)', v_sees_all, v_site);
  -- Days of a roster follow it: seen with it, changed with it.
  execute format('create policy roster_day_site_insert_policy on attendance.roster_day as restrictive for insert to rollcall_api
    with check (%1$s or exists (select from attendance.roster r where r.organization_id = roster_day.organization_id and r.roster_id = roster_day.roster_id and r.%2$s))', v_sees_all, v_site);
  -- Seen also about oneself and about guests; changed only for those who work at a site of the user.
  foreach v_table in array array['roster', 'leave', 'overtime_approval'] loop
    v_managed := format('%1$s or exists (select from app.employee_site es where es.organization_id = %2$I.organization_id
      and es.employee_id = %2$I.employee_id and es.%3$s)', v_sees_all, v_table, v_site);
    execute format('create policy %I on attendance.%I as restrictive for insert to rollcall_api with check (%s)', v_table || '_managed_insert_policy', v_table, v_managed);
    execute format('create policy %I on attendance.%I as restrictive for update to rollcall_api using (%s)', v_table || '_managed_update_policy', v_table, v_managed);
    execute format('create policy %I on attendance.%I as restrictive for delete to rollcall_api using (%s)', v_table || '_managed_delete_policy', v_table, v_managed);
  end loop;
  -- A punch is voided where it happened, not by whom it is about.
  execute format('create policy punch_void_site_insert_policy on attendance.punch_void as restrictive for insert to rollcall_api
    with check (%1$s or exists (select from attendance.punch p where p.organization_id = punch_void.organization_id and p.punch_id = punch_void.punch_id and p.%2$s))', v_sees_all, v_site);
  -- Of what is about oneself one only takes the own request back.
  execute format($policy$create policy correction_decision_policy on attendance.correction as restrictive for update to rollcall_api
    using (true)
    with check (%1$s
      or exists (select from app.employee e where e.organization_id = correction.organization_id and e.employee_id = correction.employee_id
        and e.employee_id is distinct from (select app.own_employee_id()))
      or exists (select from app.employee_site es where es.organization_id = correction.organization_id and es.employee_id = correction.employee_id and es.%2$s)
      or (state = 'withdrawn' and requested_by = (select app.current_user_id())))$policy$, v_sees_all, v_site);
end
$$;
