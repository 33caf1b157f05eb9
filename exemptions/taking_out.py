"""The decisions as a list that may be taken out, under the filters of their page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from accounts.models import User
from exemptions.decided import decided, rows_of
from exemptions.decided_form import DecidedForm
from exemptions.enums import Outcome
from japan.eras import era_date
from jobs.exporting.kinds import ExportKind, Line

CHUNK = 500


def decision_lines(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    for row in rows_of(decided(user, DecidedForm(query).wanted()).iterator(chunk_size=CHUNK)):
        yield Line(
            row.loan_id,
            (
                era_date(row.decided_on),
                row.name,
                row.loan_code,
                row.fund_label,
                row.borrower,
                row.ground_label,
                row.year,
                row.outcome_label,
                row.amount,
                row.decided_by,
                era_date(row.notified_on) if row.notified_on else "",
                row.source,
            ),
        )


def in_words(user: User, query: QueryDict) -> str:
    wanted = DecidedForm(query).wanted()
    told = [f"{era_date(wanted.since)}から"] if wanted.since else []
    told += [f"{era_date(wanted.until)}まで"] if wanted.until else []
    told += [str(Outcome(wanted.outcome).label)] if wanted.outcome else []
    return "、".join(told)


DECISIONS = ExportKind(
    code="exemption-decisions",
    label="免除の決定の一覧",
    subject="loan",
    columns=(
        "決定日", "番号", "貸付コード", "資金", "借受人", "要件", "年度", "決定", "免除額", "決裁者", "移行前の通知日", "出所",
    ),
    filters=("since", "until", "outcome"),
    rows=decision_lines,
    in_words=in_words,
)  # fmt: skip
