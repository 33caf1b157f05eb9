import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("people", "0004_search_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("dated_on", models.DateField(blank=True, null=True, verbose_name="書類の日付")),
                (
                    "paper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="people.paper",
                        verbose_name="書類",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="people.person",
                        verbose_name="人",
                    ),
                ),
            ],
            options={
                "verbose_name": "スキャン",
                "verbose_name_plural": "スキャン",
            },
        ),
        migrations.CreateModel(
            name="DocumentWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("withdrawn_at", models.DateTimeField(verbose_name="取り下げ日時")),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="people.document",
                        verbose_name="スキャン",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="取り下げた職員",
                    ),
                ),
            ],
            options={
                "verbose_name": "スキャンの取り下げ",
                "verbose_name_plural": "スキャンの取り下げ",
            },
        ),
        migrations.CreateModel(
            name="DocumentFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(editable=False, max_length=80, unique=True, verbose_name="保管名")),
                (
                    "content_type",
                    models.CharField(
                        choices=[
                            ("application/pdf", "PDF"),
                            ("image/jpeg", "JPEG"),
                            ("image/png", "PNG"),
                            ("image/tiff", "TIFF"),
                        ],
                        max_length=20,
                        verbose_name="形式",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="大きさ（バイト）")),
                ("pages", models.PositiveSmallIntegerField(verbose_name="ページ数")),
                ("sha256", models.CharField(db_index=True, max_length=64, verbose_name="照合値（SHA-256）")),
                ("uploaded_at", models.DateTimeField(verbose_name="登録日時")),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="file",
                        to="people.document",
                        verbose_name="スキャン",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登録者",
                    ),
                ),
            ],
            options={
                "verbose_name": "スキャンのファイル",
                "verbose_name_plural": "スキャンのファイル",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pages__gte", 1), ("size__gte", 1)), name="scan_has_pages"
                    )
                ],
            },
        ),
    ]
