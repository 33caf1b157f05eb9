import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("people", "0005_document"),
    ]

    operations = [
        migrations.CreateModel(
            name="TransitBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("packing", "梱包中"),
                            ("sent", "送付済み"),
                            ("checked", "照合済み"),
                            ("discarded", "取りやめ"),
                        ],
                        default="packing",
                        max_length=10,
                        verbose_name="状態",
                    ),
                ),
                ("packed_at", models.DateTimeField(verbose_name="作成日時")),
                ("carrier", models.CharField(blank=True, max_length=60, verbose_name="送り方")),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="送付日")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="照合日")),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="照合者",
                    ),
                ),
                (
                    "packed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="作成者",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                        verbose_name="受け取る事業所",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.office",
                        verbose_name="送る事業所",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="送付者",
                    ),
                ),
            ],
            options={
                "verbose_name": "送付便",
                "verbose_name_plural": "送付便",
            },
        ),
        migrations.CreateModel(
            name="TransitExtra",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=120, verbose_name="入っていたもの")),
                ("sheets", models.PositiveSmallIntegerField(verbose_name="枚数")),
                ("noted_on", models.DateField(verbose_name="記録日")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extras",
                        to="people.transitbatch",
                        verbose_name="送付便",
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="記録者",
                    ),
                ),
            ],
            options={
                "verbose_name": "送付便の余り",
                "verbose_name_plural": "送付便の余り",
            },
        ),
        migrations.CreateModel(
            name="TransitItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="番号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("exemption_form", "償還免除申請書"),
                            ("residence_record", "住民票（世帯全員）"),
                            ("tax_certificate", "課税（非課税）証明書"),
                            ("public_assistance_notice", "生活保護受給証明書"),
                            ("disability_certificate", "障害者手帳の写し"),
                            ("circumstances", "事情を確認できる書類"),
                            ("death_record", "死亡を確認できる書類"),
                            ("opinion_letter", "意見書"),
                            ("lending_form", "借入申込書"),
                            ("loan_deed", "借用書（日付は未記入）"),
                            ("debit_request", "口座振替依頼書"),
                            ("identity", "本人確認書類"),
                            ("income_declaration", "収入減少の申立書"),
                            ("payslip", "給与明細書・通帳など収入のわかるもの"),
                            ("guardian_consent", "親権者または後見人の同意書"),
                            ("status_sheet", "状況確認シート"),
                            ("disability_pension", "障害年金額のわかるもの"),
                            ("disability_services", "障害福祉サービスの利用状況等のわかるもの"),
                            ("care_insurance_card", "介護保険証の写し"),
                            ("income_proof", "収入の状況がわかる書類"),
                            ("expense_proof", "支出の状況がわかる書類"),
                            ("bankbook", "預貯金通帳等の写し（直近6か月分）"),
                            ("benefit_proof", "ほかの公的給付・公的貸付の状況がわかる書類"),
                            ("agency_slip", "相談受付・申込票の写し（受付印のあるもの）"),
                            ("loan_mediation", "貸付あっせん書"),
                            ("own_account", "振込先通帳の写し（借受人本人の口座）"),
                            ("bill", "請求書の写し"),
                            ("receipt", "領収書の写し"),
                            ("dunning_letter", "督促状の写し"),
                            ("fire_certificate", "火災証明書の写し"),
                            ("disaster_certificate", "被災証明書の写し"),
                            ("unemployment_eligibility", "雇用保険受給資格者証の写し"),
                            ("pension_decision", "老齢年金決定通知書の写し"),
                            ("pension_receipt_slip", "老齢年金受給申請時の受理票の写し"),
                            ("disability_pension_ruling", "障害年金の裁定通知書の写し"),
                            ("sickness_allowance_form", "傷病手当の申請書の写し（受付印の押印があるもの）"),
                            ("child_allowance_form", "児童手当・児童扶養手当の申請書の写し（受付印の押印があるもの）"),
                            ("child_allowance_slip", "児童手当・児童扶養手当の受理票の写し"),
                            ("training_decision", "職業訓練受講決定通知書の写し"),
                            ("work_conditions", "労働（雇用）条件通知書の写し"),
                            ("employment_certificate", "雇用証明書の写し"),
                            ("labour_contract", "労働契約書の写し"),
                            ("resignation_certificate", "退職証明書の写し"),
                            ("leaving_slip", "離職票の写し"),
                            ("theft_report", "盗難届出報告書"),
                            ("unavoidable_expense", "真にやむを得ない最小限の経費がわかる書類"),
                            ("other", "その他"),
                        ],
                        max_length=30,
                        verbose_name="種類",
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=60, verbose_name="申請・貸付")),
                ("sheets", models.PositiveSmallIntegerField(verbose_name="枚数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("on_the_way", "未着"),
                            ("received", "受領"),
                            ("found", "所在を確認"),
                            ("taken_out", "取り出し"),
                        ],
                        default="on_the_way",
                        max_length=10,
                        verbose_name="状態",
                    ),
                ),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="確認日")),
                ("found_where", models.CharField(blank=True, max_length=120, verbose_name="見つかった場所")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="people.transitbatch",
                        verbose_name="送付便",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="transit_items",
                        to="people.paper",
                        verbose_name="書類",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transit_items",
                        to="people.person",
                        verbose_name="人",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確認者",
                    ),
                ),
            ],
            options={
                "verbose_name": "送付便の書類",
                "verbose_name_plural": "送付便の書類",
                "ordering": ["batch", "number"],
            },
        ),
        migrations.CreateModel(
            name="TransitStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("move", models.CharField(max_length=12, verbose_name="操作")),
                ("at", models.DateTimeField(verbose_name="日時")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="people.transitbatch",
                        verbose_name="送付便",
                    ),
                ),
                (
                    "by_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作者",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.transititem",
                        verbose_name="書類",
                    ),
                ),
            ],
            options={
                "verbose_name": "送付便の経過",
                "verbose_name_plural": "送付便の経過",
            },
        ),
        migrations.AddIndex(
            model_name="transitbatch",
            index=models.Index(fields=["sender", "-id"], name="transit_of_sender"),
        ),
        migrations.AddIndex(
            model_name="transitbatch",
            index=models.Index(fields=["receiver", "-id"], name="transit_of_receiver"),
        ),
        migrations.AddConstraint(
            model_name="transitbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("sender", models.F("receiver")), _negated=True),
                name="transit_goes_to_another_office",
                violation_error_message="送る事業所と受け取る事業所が同じです。",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("packing", "discarded")),
                    models.Q(
                        ("sent_by__isnull", False),
                        ("sent_on__isnull", False),
                        models.Q(("carrier", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="transit_sent_says_who_when_and_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "checked"), _negated=True),
                    models.Q(("checked_by__isnull", False), ("checked_on__isnull", False)),
                    _connector="OR",
                ),
                name="transit_checked_says_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by__isnull", True),
                    models.Q(("checked_by", models.F("sent_by")), _negated=True),
                    _connector="OR",
                ),
                name="transit_checked_by_a_second_person",
                violation_error_message="送った人は受け取りの照合ができません。",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "packing")),
                fields=("sender", "receiver"),
                name="one_parcel_packed_at_a_time",
                violation_error_message="この宛先の梱包中の送付便がすでにあります。",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitextra",
            constraint=models.CheckConstraint(condition=models.Q(("sheets__gte", 1)), name="transit_extra_has_sheets"),
        ),
        migrations.AddConstraint(
            model_name="transititem",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="transit_item_number"),
        ),
        migrations.AddConstraint(
            model_name="transititem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "on_the_way")),
                fields=("paper",),
                name="paper_in_one_open_batch",
                violation_error_message="この書類は、まだ届いていない別の送付便に入っています。",
            ),
        ),
        migrations.AddConstraint(
            model_name="transititem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("paper__isnull", True), ("state", "on_the_way")),
                fields=("person", "kind", "label"),
                name="piece_in_one_open_batch",
                violation_error_message="この書類は、まだ届いていない別の送付便に入っています。",
            ),
        ),
        migrations.AddConstraint(
            model_name="transititem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_by__isnull", True), ("settled_on__isnull", True), ("state", "on_the_way")),
                    models.Q(
                        models.Q(("state", "on_the_way"), _negated=True),
                        ("settled_by__isnull", False),
                        ("settled_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="transit_item_settled_says_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="transititem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "found"), ("found_where", ""), _connector="XOR"),
                name="transit_item_found_says_where",
            ),
        ),
        migrations.AddConstraint(
            model_name="transititem",
            constraint=models.CheckConstraint(condition=models.Q(("sheets__gte", 1)), name="transit_item_has_sheets"),
        ),
        migrations.AddIndex(
            model_name="transitstep",
            index=models.Index(fields=["batch", "id"], name="transit_timeline"),
        ),
    ]
