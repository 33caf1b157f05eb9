import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0007_steps_in_words"),
        ("repayment", "0005_refund_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeferralEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_after", models.PositiveIntegerField(verbose_name="最後の月")),
                ("reason", models.CharField(max_length=120, verbose_name="理由")),
                ("recorded_at", models.DateTimeField(verbose_name="記録日時")),
                ("recorded_by", models.CharField(max_length=150, verbose_name="記録者")),
                ("source_key", models.CharField(max_length=120, unique=True, verbose_name="出所")),
            ],
            options={
                "verbose_name": "償還猶予の終了",
                "verbose_name_plural": "償還猶予の終了",
            },
        ),
        migrations.RemoveConstraint(
            model_name="deferral",
            name="one_deferral_per_loan_and_month",
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("direct_debit", "口座振替"),
                    ("slip", "払込票"),
                    ("transfer", "銀行振込"),
                    ("counter", "窓口"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="入金経路",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel", ""),
                    models.Q(("channel__in", ["direct_debit", "slip", "transfer", "counter"]), ("kind", "paid")),
                    _connector="OR",
                ),
                name="ledger_channel_belongs_to_a_payment",
            ),
        ),
        migrations.AddField(
            model_name="deferralend",
            name="deferral",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="end",
                to="repayment.deferral",
                verbose_name="償還猶予",
            ),
        ),
    ]
