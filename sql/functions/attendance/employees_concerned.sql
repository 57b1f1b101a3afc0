-- Employees whose days something about a site concerns, or about all sites when none is named: those who may be
-- recognised there, are at home there, are rostered there or have days or punches there.
-- Callers: store::mark. Locks: none. Notifications: none.
-- Security definer: also those whom the user does not see, because their days must be marked all the same; the
-- ids go to attendance.mark_days and nowhere else. The policy of the organisation applies.
create or replace function attendance.employees_concerned(p_site_id uuid)
  returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select e.employee_id
  from app.employee e
  where e.organization_id = app.current_organization_id()
    and (p_site_id is null
      or e.home_site_id = p_site_id
      or exists (select from app.employee_site es where es.organization_id = e.organization_id
                   and es.employee_id = e.employee_id and es.site_id = p_site_id)
      or exists (select from attendance.roster r where r.organization_id = e.organization_id
                   and r.employee_id = e.employee_id and r.site_id = p_site_id)
      or exists (select from attendance.punch p where p.organization_id = e.organization_id
                   and p.employee_id = e.employee_id and p.site_id = p_site_id)
      or exists (select from attendance.day d where d.organization_id = e.organization_id
                   and d.employee_id = e.employee_id and d.site_id = p_site_id))
  order by e.employee_id
$$;
comment on function attendance.employees_concerned(uuid) is 'Employees whose days something about a site concerns.';
revoke execute on function attendance.employees_concerned(uuid) from public;
grant execute on function attendance.employees_concerned(uuid) to rollcall_api, rollcall_worker;
