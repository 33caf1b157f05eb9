"""Indexes that another index of the same table makes superfluous: each row written had to be entered in all of them.

Databases sort by code points (C.UTF-8), so that the unique index finds beginnings as well as the one for LIKE.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0009_contract_rate_of_late_interest"),
        ("repayment", "0016_deferral_applications"),
    ]

    operations = [
        migrations.AlterField(
            model_name="debitfailure",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="failures",
                to="repayment.debitrun",
                verbose_name="口座振替",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="loan",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="loans.loan",
                verbose_name="貸付",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="repayment.repaymentplan",
                verbose_name="償還計画",
            ),
        ),
        migrations.AlterField(
            model_name="repaymentplan",
            name="loan",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="loans.loan",
                verbose_name="貸付",
            ),
        ),
        migrations.RunSQL(
            "drop index if exists repayment_ledgerentry_source_key_9ea90c2b_like",
            "create index repayment_ledgerentry_source_key_9ea90c2b_like on repayment_ledgerentry (source_key varchar_pattern_ops)",
        ),
        migrations.RunSQL(
            "drop index if exists repayment_repaymentplan_source_key_acf0cb88_like",
            "create index repayment_repaymentplan_source_key_acf0cb88_like on repayment_repaymentplan (source_key varchar_pattern_ops)",
        ),
    ]
