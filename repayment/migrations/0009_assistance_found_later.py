# Whoever turns out to receive public assistance, and what was found out about it.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0008_those_who_consented"),
        ("repayment", "0008_unpaid_months"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssistanceCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "began",
                    models.CharField(
                        choices=[
                            ("before", "借入申込みの時にはすでに受給していた"),
                            ("after", "貸付の後に受給が始まった"),
                            ("never", "受給していない（記録の誤り）"),
                        ],
                        max_length=10,
                        verbose_name="受給の始まり",
                    ),
                ),
                ("note", models.CharField(max_length=300, verbose_name="確かめた方法")),
                ("by", models.CharField(max_length=150, verbose_name="操作者")),
                ("at", models.DateTimeField(verbose_name="日時")),
                (
                    "by_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確かめた職員",
                    ),
                ),
                (
                    "loan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistance_check",
                        to="loans.loan",
                        verbose_name="貸付",
                    ),
                ),
            ],
            options={
                "verbose_name": "生活保護の受給の確認",
                "verbose_name_plural": "生活保護の受給の確認",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("began__in", ["before", "after", "never"])),
                        name="assistance_check_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), _negated=True), name="assistance_check_has_a_note"
                    ),
                ],
            },
        ),
    ]
