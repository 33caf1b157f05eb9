"""The work list of applications for loans, as it may be taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from accounts.enums import OfficeKind
from accounts.models import Office, User
from japan.eras import era_date
from jobs.exporting.kinds import Cell, ExportKind, Line
from loans.intake.small_forms import WorklistForm
from loans.intake.worklist import Row, page


def form_of(query: QueryDict) -> WorklistForm:
    """The filters in the address of the work list, read as the page reads them."""
    councils = Office.objects.exclude(kind=OfficeKind.AGENCY).order_by("code")
    return WorklistForm(query, offices=councils.values_list("pk", "name"))


def applications(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    filters, today, after = form_of(query).filters(), timezone.localtime(at).date(), ""
    while True:
        found = page(user, filters, today=today, after=after)
        yield from (Line(row.application.pk, cells(row)) for row in found.rows)
        if not found.after:
            return
        after = found.after


def cells(row: Row) -> tuple[Cell, ...]:
    application = row.application
    remarks = [
        ("支援措置", row.protected),
        ("至急", application.urgent),
        ("確認あり", row.has_task),
        (f"不備{application.deficiency_count}件", bool(application.deficiency_count)),
    ]
    return (
        str(application),
        era_date(application.applied_on),
        row.age_days,
        application.applicant.name,
        application.applicant.kana,
        application.get_fund_display(),
        application.office.name,
        application.amount_asked if not application.monthly_amount else "",
        application.monthly_amount,
        application.months,
        application.get_state_display(),
        row.acceptable or "まだ",
        "、".join(words for words, holds in remarks if holds),
    )


def in_words(user: User, query: QueryDict) -> str:
    """The filters that are set, as the form calls them."""
    told = []
    for name, field in form_of(query).fields.items():
        given = query.get(name)
        if given:
            words = {str(value): str(label) for value, label in getattr(field, "choices", ())}
            told.append(f"{field.label}：{words[given]}" if given in words else str(field.label))
    return "、".join(told)


APPLICATIONS = ExportKind(
    code="loan-applications",
    label="借入申込みの一覧",
    subject="lending_application",
    columns=(
        "番号", "申込日", "経過日数", "申込人", "カナ氏名", "資金", "受付事業所", "希望額", "希望月額",
        "希望月数", "状態", "判定", "注意",
    ),
    filters=("state", "office", "fund", "urgent", "with_task"),
    rows=applications,
    in_words=in_words,
)  # fmt: skip
