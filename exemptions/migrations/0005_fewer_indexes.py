"""Indexes that another index of the same table makes superfluous: each row written had to be entered in all of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exemptions", "0004_lz4_for_assessments"),
    ]

    operations = [
        migrations.AlterField(
            model_name="applicationpaper",
            name="application",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="exemptions.application",
                verbose_name="免除申請",
            ),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="application",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assessments",
                to="exemptions.application",
                verbose_name="免除申請",
            ),
        ),
        migrations.AlterField(
            model_name="statechange",
            name="application",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="exemptions.application",
                verbose_name="免除申請",
            ),
        ),
    ]
