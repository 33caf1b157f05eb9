"""The exemption queue as a list that may be taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from accounts.enums import OfficeKind
from accounts.models import Office, User
from exemptions.enums import Result
from exemptions.forms import QueueForm
from exemptions.queue import Filters, Row, page
from japan.eras import era_date, fiscal_year_text
from jobs.exporting.kinds import Cell, ExportKind, Line


def filters_of(query: QueryDict) -> Filters:
    """The filters in the address of the queue, read as the page reads them."""
    councils = Office.objects.exclude(kind=OfficeKind.AGENCY).order_by("code")
    return QueueForm(query, offices=councils.values_list("pk", "name")).filters()


def queued(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    filters, after = filters_of(query), ""
    while True:
        found = page(user, filters, at=at, after=after)
        yield from (Line(row.application.pk, cells(row)) for row in found.rows)
        if not found.after:
            return
        after = found.after


def cells(row: Row) -> tuple[Cell, ...]:
    application = row.application
    loan, assessment = application.loan, application.assessment
    judged = "未判定" if assessment is None else "" if eligible(row) else assessment.get_result_display()
    remarks = ["支援措置"] if row.protected else []
    remarks += [f"不備{application.deficiency_count}件"] if application.deficiency_count else []
    return (
        str(application),
        era_date(application.received_on),
        row.age_days,
        loan.borrower.name,
        loan.borrower.kana,
        loan.get_fund_display(),
        loan.code,
        fiscal_year_text(application.fiscal_year),
        assessment.amount if assessment is not None and eligible(row) else "",
        judged,
        application.get_state_display(),
        "、".join([*remarks, *row.flags]),
        "私" if row.is_mine else row.holder,
    )


def eligible(row: Row) -> bool:
    assessment = row.application.assessment
    return assessment is not None and assessment.result == Result.ELIGIBLE


def in_words(user: User, query: QueryDict) -> str:
    """The filters that are set, as the form calls them."""
    form = QueueForm(query, offices=Office.objects.exclude(kind=OfficeKind.AGENCY).values_list("pk", "name"))
    told = []
    for name, field in form.fields.items():
        given = query.get(name)
        if given:
            words = dict((str(value), str(label)) for value, label in getattr(field, "choices", ()))
            told.append(f"{field.label}：{words[given]}" if given in words else str(field.label))
    return "、".join(told)


EXPORTS = (
    ExportKind(
        code="exemption-queue",
        label="免除審査の一覧",
        subject="application",
        columns=(
            "申請", "受付", "経過日数", "借受人", "カナ氏名", "資金", "貸付コード", "年度", "免除額", "判定", "状態",
            "注意", "担当",
        ),
        filters=("state", "office", "fund", "age", "holder", "ready", "answered"),
        rows=queued,
        in_words=in_words,
    ),
)  # fmt: skip
