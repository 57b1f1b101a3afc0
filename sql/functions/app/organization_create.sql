-- Makes an organisation and its partitions of the gallery. Returns its id.
-- Called when provisioning, as rollcall_owner. Leaves rollcall.organization_id set to it until the
-- transaction ends. Locks: the partitioned gallery tables, briefly.
create or replace function app.organization_create(p_name text) returns uuid
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_organization_id uuid := uuidv7();
  v_table text;
  v_partition text;
begin
  perform set_config('rollcall.organization_id', v_organization_id::text, true);
  insert into app.organization (organization_id, name) values (v_organization_id, p_name);
  insert into attendance.day_opening (organization_id, opened_through) values (v_organization_id, '-infinity');
  foreach v_table in array array['template', 'template_code'] loop
    v_partition := v_table || '_' || replace(v_organization_id::text, '-', '');
    execute format('create table biometric.%I partition of biometric.%I for values in (%L)',
      v_partition, v_table, v_organization_id);
    execute format('alter table biometric.%I enable row level security, force row level security', v_partition);
  end loop;
  return v_organization_id;
end
$$;
