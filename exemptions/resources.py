"""What can be taken in about exemptions, and the lists that may be taken out: the queue, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from accounts.models import User
from exemptions.candidates.taking_out import CANDIDATES
from exemptions.enums import Result
from exemptions.filters import Filters
from exemptions.forms import QueueForm
from exemptions.queue import Row, page
from exemptions.taking_in.decisions import (
    PriorDecisionResource,
    check_prior_decisions,
    commit_prior_decisions,
    opened_since,
)
from exemptions.taking_out import DECISIONS
from japan.eras import era_date
from jobs.exporting.kinds import Cell, ExportKind, Line
from jobs.importing.kinds import ImportKind
from repayment.taking_in.payments import counter_entries


def filters_of(query: QueryDict) -> Filters:
    """The filters in the address of the queue, read as the page reads them."""
    return QueueForm(query).filters()


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
        application.subject,
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
    form = QueueForm(query)
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
    DECISIONS,
    CANDIDATES,
)  # fmt: skip

IMPORTS = (
    ImportKind(
        code="prior_decisions",
        label="免除の決定（他システムからの移行）",
        hint="移行前に決定と通知が済んだもの。貸付の取込が先です。免除は台帳に記帳し、開始残高の免除済額とは二重に数えません。",
        resource=PriorDecisionResource,
        key=lambda values: str(values["number"]),
        check=check_prior_decisions,
        commit=commit_prior_decisions,
        takers={"repayment_ledgerentry": counter_entries},
        dependents=opened_since,
        counters="反対の記帳で取り消します（元の記帳は残ります）。",
        sample=(
            (
                "R5-0123", "9900001", "要件①", "2023", "承認", "150,000円", "令和5年9月15日", "令和5年9月20日",
                "旧システムの免除台帳 第12冊",
            ),
            ("R5-0124", "9900002", "要件②", "", "不承認", "0円", "R5.10.3", "R5.10.6", "旧システムの免除台帳 第12冊"),
        ),
    ),
)  # fmt: skip
