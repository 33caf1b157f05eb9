import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0009_contract_rate_of_late_interest"),
        ("repayment", "0013_month_closings"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoanTotals",
            fields=[
                (
                    "loan",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="totals",
                        serialize=False,
                        to="loans.loan",
                    ),
                ),
                ("lent", models.PositiveIntegerField(verbose_name="貸付金額")),
                ("rate_bp", models.PositiveSmallIntegerField(verbose_name="契約の延滞利子の年率（0.01%単位）")),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="repayment.repaymentplan",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版")),
                ("plan_since", models.DateField(verbose_name="この版になった日（版が一つなら0001-01-01）")),
                ("principal", models.PositiveIntegerField(verbose_name="対象元金")),
                ("count", models.PositiveSmallIntegerField(verbose_name="回数")),
                ("first_month", models.PositiveIntegerField(verbose_name="開始月")),
                ("first_amount", models.PositiveIntegerField(verbose_name="初回額")),
                ("regular_amount", models.PositiveIntegerField(verbose_name="月額")),
                ("debit_day", models.PositiveSmallIntegerField(verbose_name="引落日")),
                ("one_shift", models.BooleanField(verbose_name="猶予はなし又は一続き")),
                ("defer_from", models.PositiveIntegerField(verbose_name="猶予の開始月（なければ0）")),
                ("defer_months", models.PositiveSmallIntegerField(verbose_name="猶予の月数（なければ0）")),
                ("deadline_on", models.DateField(verbose_name="最終回の月の末日")),
                ("net", models.BigIntegerField(default=0, verbose_name="入金の合計（取消と返金を除く）")),
                ("exempted", models.BigIntegerField(default=0, verbose_name="免除の合計（取消の前）")),
                ("exemptions", models.PositiveSmallIntegerField(default=0, verbose_name="免除の数")),
                ("revocations", models.PositiveSmallIntegerField(default=0, verbose_name="免除の取消の数")),
                (
                    "exempted_plan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="repayment.repaymentplan",
                    ),
                ),
                ("first_no", models.PositiveSmallIntegerField(null=True, verbose_name="免除の最初の回")),
                ("last_no", models.PositiveSmallIntegerField(null=True, verbose_name="免除の最後の回")),
                ("exempted_on", models.DateField(null=True, verbose_name="免除の日")),
                ("last_on", models.DateField(verbose_name="台帳の最後の日（なければ0001-01-01）")),
                ("late_weight", models.BigIntegerField(default=0, verbose_name="期限後の入金×日数")),
                ("late_odd", models.PositiveIntegerField(default=0, verbose_name="期限後の取消と返金の数")),
                (
                    "is_plain",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(
                                ("exemptions__lte", 1),
                                ("one_shift", True),
                                ("revocations", 0),
                                models.Q(
                                    ("last_on__lte", models.F("deadline_on")),
                                    models.Q(
                                        ("late_odd", 0),
                                        (
                                            "net__lte",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("lent"), "-", models.F("exempted")
                                            ),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            output_field=models.BooleanField(),
                        ),
                        output_field=models.BooleanField(),
                        verbose_name="この行だけで足りる",
                    ),
                ),
            ],
            options={
                "verbose_name": "貸付ごとの合計",
                "verbose_name_plural": "貸付ごとの合計",
            },
        ),
    ]
