"""Indexes that another index of the same table makes superfluous: each row written had to be entered in all of them.

Databases sort by code points (C.UTF-8), so that the unique index finds beginnings as well as the one for LIKE.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("people", "0012_papers_of_deferral"),
    ]

    operations = [
        migrations.AlterField(
            model_name="caseload",
            name="office",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.office",
                verbose_name="事業所",
            ),
        ),
        migrations.AlterField(
            model_name="caseload",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="caseloads",
                to="people.person",
                verbose_name="人",
            ),
        ),
        migrations.AlterField(
            model_name="householdmember",
            name="household",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="people.household",
                verbose_name="世帯",
            ),
        ),
        migrations.AlterField(
            model_name="householdmember",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="people.person",
                verbose_name="人",
            ),
        ),
        migrations.RunSQL(
            "drop index if exists people_paper_source_key_a83c28b5_like",
            "create index people_paper_source_key_a83c28b5_like on people_paper (source_key varchar_pattern_ops)",
        ),
    ]
