import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("exemptions", "0006_candidates"),
        ("jobs", "0005_statistics_after_imports"),
        ("repayment", "0017_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("RESIDENCE_TAX", "要件① 住民税非課税（判定年度）"),
                            ("RESIDENCE_TAX_LATER_YEAR", "要件①' 住民税非課税（判定年度より後の年度）"),
                            ("PUBLIC_ASSISTANCE", "要件② 生活保護の受給"),
                            ("DISABILITY", "要件③ 障害者手帳の交付"),
                            ("LONG_ARREARS", "要件④ 12か月分以上の償還未済"),
                            ("DEATH", "死亡"),
                            ("DISAPPEARANCE", "失踪宣告"),
                            ("BANKRUPTCY_DISCHARGE", "自己破産の免責確定"),
                            ("CIVIL_REHABILITATION_DISCHARGE", "個人再生の免責確定"),
                        ],
                        max_length=40,
                        verbose_name="要件",
                    ),
                ),
                (
                    "fund",
                    models.CharField(
                        choices=[
                            ("SP_SMALL", "緊急小口資金（特例）"),
                            ("SP_GS_INITIAL", "総合支援資金（初回貸付）"),
                            ("SP_GS_EXTENSION", "総合支援資金（延長貸付）"),
                            ("SP_GS_RELOAN", "総合支援資金（再貸付）"),
                            ("REG_SMALL", "緊急小口資金（本則）"),
                        ],
                        max_length=20,
                        verbose_name="資金の種類",
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField(null=True, verbose_name="住民税の年度")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looking", "試算中"),
                            ("looked", "承認待ち"),
                            ("approving", "承認中"),
                            ("approved", "承認済み"),
                            ("taking_back", "取消中"),
                            ("taken_back", "すべて取消済み"),
                            ("discarded", "破棄"),
                        ],
                        default="looking",
                        max_length=12,
                        verbose_name="状態",
                    ),
                ),
                ("drawn_at", models.DateTimeField(verbose_name="試算日時")),
                ("looked_on", models.DateField(verbose_name="判定日")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="承認日時")),
                ("undo_at", models.DateTimeField(null=True, verbose_name="取消日時")),
                ("undo_reason", models.CharField(blank=True, max_length=200, verbose_name="取消の理由")),
            ],
            options={
                "verbose_name": "一括承認",
                "verbose_name_plural": "一括承認",
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "試算前"),
                            ("in", "対象"),
                            ("out", "対象外"),
                            ("approved", "承認済み"),
                            ("left_out", "承認時に除外"),
                            ("taken_back", "取消済み"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="状態",
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list, size=None, verbose_name="理由"
                    ),
                ),
                ("amount", models.PositiveIntegerField(default=0, verbose_name="免除額")),
                ("remaining", models.PositiveIntegerField(default=0, verbose_name="残る額")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="版")),
                ("fingerprint", models.CharField(blank=True, max_length=20, verbose_name="判定の照合値")),
                ("former_since", models.DateTimeField(null=True, verbose_name="承認前の状態になった日時")),
            ],
            options={
                "verbose_name": "一括承認の行",
                "verbose_name_plural": "一括承認の行",
            },
        ),
        migrations.CreateModel(
            name="TakenBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("at", models.DateTimeField(verbose_name="日時")),
            ],
            options={
                "verbose_name": "発送前の承認の取消",
                "verbose_name_plural": "発送前の承認の取消",
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="round",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="決定の回"),
        ),
        migrations.AlterField(
            model_name="decision",
            name="application",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="exemptions.application",
                verbose_name="免除申請",
            ),
        ),
        migrations.AlterField(
            model_name="statechange",
            name="move",
            field=models.CharField(
                choices=[
                    ("save_draft", "下書き保存"),
                    ("receive", "受付"),
                    ("correct", "入力の訂正"),
                    ("report_deficiencies", "不備の返送"),
                    ("answer_deficiencies", "不備への回答の受付"),
                    ("prepare", "起案"),
                    ("return", "起案の差し戻し"),
                    ("send_back", "不備としての差し戻し"),
                    ("approve", "承認"),
                    ("refuse", "不承認"),
                    ("withdraw", "取下げ"),
                    ("take_back", "一括承認の取消"),
                ],
                max_length=20,
                verbose_name="操作",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("application", "round"), name="one_decision_per_application_and_round"
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="approval",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="jobs.run",
                verbose_name="承認の処理",
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="承認した人",
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="drawn_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="試算した人",
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="look",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="jobs.run",
                verbose_name="試算の処理",
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="office",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.office",
                verbose_name="受付事業所",
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="undo",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="jobs.run",
                verbose_name="取消の処理",
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="undo_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="取り消した人",
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exemptions.application",
                verbose_name="免除申請",
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="bulk",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="exemptions.bulk",
                verbose_name="一括承認",
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="decision",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exemptions.decision",
                verbose_name="決定",
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="former_assessment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exemptions.assessment",
                verbose_name="承認前の判定",
            ),
        ),
        migrations.AddField(
            model_name="takenback",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="取り消した人",
            ),
        ),
        migrations.AddField(
            model_name="takenback",
            name="counter",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="repayment.ledgerentry",
                verbose_name="台帳の取消",
            ),
        ),
        migrations.AddField(
            model_name="takenback",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_back",
                to="exemptions.decision",
                verbose_name="決定",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["looking", "looked", "discarded"]),
                        ("approved_at__isnull", True),
                        ("approved_by__isnull", True),
                    ),
                    models.Q(
                        models.Q(("state__in", ["looking", "looked", "discarded"]), _negated=True),
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="bulk_approved_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["taking_back", "taken_back"]), _negated=True),
                    models.Q(
                        ("undo_at__isnull", False),
                        ("undo_by__isnull", False),
                        models.Q(("undo_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="bulk_taken_back_has_who_and_why",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(models.F("bulk"), models.F("state"), models.F("id"), name="bulk_row_state"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.UniqueConstraint(fields=("bulk", "application"), name="application_once_in_a_bulk"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision__isnull", False), ("state__in", ["approved", "taken_back"])),
                    models.Q(
                        models.Q(("state__in", ["approved", "taken_back"]), _negated=True), ("decision__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="bulk_row_approved_has_its_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="takenback",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="taken_back_has_a_reason"
            ),
        ),
    ]
