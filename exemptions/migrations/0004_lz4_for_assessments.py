"""An assessment is some 15 kB of JSON: lz4 packs and unpacks it several times faster than PostgreSQL's own method.

A server that was built without lz4 keeps its own method; what is stored already stays as it is.
"""

from django.db import migrations

FORWARD = """
do $$
begin
    alter table exemptions_assessment
        alter column facts set compression lz4, alter column settings_used set compression lz4,
        alter column checks set compression lz4;
exception when feature_not_supported then
    raise notice 'this server knows no lz4';
end $$
"""
BACKWARD = """
alter table exemptions_assessment
    alter column facts set compression default, alter column settings_used set compression default,
    alter column checks set compression default
"""


class Migration(migrations.Migration):
    dependencies = [("exemptions", "0003_prior_decisions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
