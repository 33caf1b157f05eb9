"""The rate of late interest belongs to the contract; loans on record have that of the settings of their day (LI-03)."""

from django.db import migrations, models

FROM_THE_SETTINGS_OF_THE_DAY = """
update loans_loan l
set late_interest_rate_bp = s.rate_bp
from (
    select l.id, (
               select (r.value #>> '{}')::integer from rulebook_settingrow r
               where r.key = 'late_interest_rate_bp' and r.approved_at is not null and r.withdrawn_at is null
                 and r.valid_from <= coalesce(l.decided_on, l.applied_on)
               order by r.valid_from desc limit 1
           ) as rate_bp
    from loans_loan l
) as s
where s.id = l.id and s.rate_bp <> l.late_interest_rate_bp
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0008_those_who_consented"),
        ("rulebook", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="loan",
            name="late_interest_rate_bp",
            field=models.PositiveSmallIntegerField(
                db_default=300, default=300, verbose_name="契約の延滞利子の年率（0.01%単位）"
            ),
        ),
        migrations.RunSQL(FROM_THE_SETTINGS_OF_THE_DAY, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.CheckConstraint(
                condition=models.Q(("late_interest_rate_bp__lte", 1500)), name="loan_late_interest_rate_range"
            ),
        ),
    ]
