-- The gallery of a site: the templates that may be searched there, and no others. Only with a valid
-- consent, an active employee, the site in scope and an active embedding space.
-- Callers: biometric.match, which asks here for every template before it names a person.
create or replace view biometric.gallery with (security_invoker = true) as
select
  template.organization_id,
  employee_site.site_id,
  template.space_id,
  template.template_id,
  template.employee_id,
  template.embedding
from biometric.template
join biometric.space on space.organization_id = template.organization_id
  and space.space_id = template.space_id
join app.employee on employee.organization_id = template.organization_id
  and employee.employee_id = template.employee_id
join app.employee_site on employee_site.organization_id = template.organization_id
  and employee_site.employee_id = template.employee_id
where space.is_active
  and employee.deactivated_at is null
  and exists (
    select
    from biometric.consent
    where consent.organization_id = template.organization_id
      and consent.employee_id = template.employee_id
      and consent.purpose = 'attendance'
      and consent.withdrawn_at is null
      and consent.given_at <= now()
      and (consent.expires_at is null or consent.expires_at > now())
  );
comment on view biometric.gallery is 'Templates that may be searched, by site: valid consent, active employee, site in scope, active space.';
