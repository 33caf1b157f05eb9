"""The figures of a month as lists that may be taken out: the sums of every cell, and every loan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from accounts.models import User
from accounts.roles import Permission
from jobs.exporting.kinds import ExportKind, Line
from repayment.closing.asking import part_of, source_asked, source_words
from repayment.closing.counting import BUCKETS, FIGURES, MOVEMENTS
from repayment.closing.selectors import cells, loan_rows

MAY_SEE = frozenset({Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS, Permission.SEE_AUDIT})
LABELS = tuple(f"当月の{figure.label}" if figure in MOVEMENTS else figure.label for figure in FIGURES)


def cell_lines(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    source = source_asked(query)
    if source is None:
        return
    for cell in cells(source, "cell", part_of(query).chosen):
        yield Line(
            cell.office_id or 0,
            (
                cell.fund_label,
                cell.office,
                cell.state_label,
                cell.loans,
                *(cell.sums[figure.name] for figure in FIGURES),
                cell.in_arrears,
                *(number for bucket in cell.buckets for number in bucket),
            ),
        )


def loan_lines(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    source = source_asked(query)
    if source is None:
        return
    asked = part_of(query)
    for row in loan_rows(source, asked.chosen, user=user, figure=asked.figure):
        sums = (row.sums[figure.name] for figure in FIGURES)
        cells_of = (row.code, row.borrower, row.fund_label, row.office, row.state_label, row.months)
        yield Line(row.loan_id, (*cells_of, *sums))


def in_words(user: User, query: QueryDict) -> str:
    source = source_asked(query)
    return f"{source_words(source)}　{part_of(query).words}" if source else ""


CLOSING_CELLS = ExportKind(
    code="closing-cells",
    label="月次統計（資金・事業所・状態）",
    subject="statistics",
    columns=(
        "資金", "事業所", "状態", "貸付の数", *LABELS, "滞納のある貸付",
        *(f"滞納{label}の{what}" for _, _, label in BUCKETS for what in ("件数", "金額")),
    ),
    filters=("closing", "month", "fund", "office", "state"),
    rows=cell_lines,
    permissions=MAY_SEE,
    is_there=lambda user, query: source_asked(query) is not None,
    in_words=in_words,
)  # fmt: skip

CLOSING_LOANS = ExportKind(
    code="closing-loans",
    label="月次統計の貸付",
    subject="loan",
    columns=("貸付コード", "借受人", "資金", "事業所", "状態", "滞納月数", *LABELS),
    filters=("closing", "month", "fund", "office", "state", "bucket", "figure"),
    rows=loan_lines,
    permissions=MAY_SEE,
    is_there=lambda user, query: source_asked(query) is not None,
    in_words=in_words,
)
