"""What the planner knows about a table is refreshed right after a large import, though serving owns no table."""

from django.db import migrations

FORWARD = """
create function refresh_statistics(tables text[]) returns void language plpgsql security definer
   set search_path = pg_catalog, public as $$
declare
    name text;
begin
    for name in select c.relname from pg_class c
                 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname = any (tables)
    loop
        execute format('analyze (skip_locked) public.%I', name);
    end loop;
end $$;
comment on function refresh_statistics(text[]) is
    'Analyzes tables of this application for a role that does not own them; skips one that somebody analyzes already.';
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_column_mappings")]

    operations = [migrations.RunSQL(FORWARD, "drop function refresh_statistics(text[])")]
