"""The lines of a transfer file as a list that may be taken out; nothing of any account is in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from accounts.models import User
from accounts.roles import Permission
from japan.eras import era_date, era_month
from jobs.exporting.kinds import ExportKind, Line
from loans.disbursement.enums import LineOutcome
from loans.models import TransferFile
from repayment.transfers import desk

LOOK = frozenset({Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS, Permission.SEE_AUDIT})
CHUNK = 500


def file_asked(user: User, query: QueryDict) -> TransferFile | None:
    key = query.get("file", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19) or not any(user.can(each) for each in LOOK):
        return None
    return TransferFile.objects.filter(pk=int(key)).first()


def transfer_lines(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    file = file_asked(user, query)
    if file is None:
        return
    for line in desk.lines(file, query.get("show", "")).iterator(chunk_size=CHUNK):
        yield Line(
            line.loan_id,
            (
                line.number,
                line.loan.code,
                line.loan.borrower.name,
                line.payee_kana,
                f"{era_month(line.tranche.month)}分",
                f"第{line.tranche.number}回",
                "再送金" if line.attempt > 1 else "",
                line.amount,
                line.get_outcome_display(),
                era_date(line.outcome_on) if line.outcome_on else "",
                line.get_return_reason_display(),
            ),
        )


def in_words(user: User, query: QueryDict) -> str:
    file = file_asked(user, query)
    if file is None:
        return ""
    shown = dict(LineOutcome.choices).get(query.get("show", ""), "すべての結果")
    return f"{era_date(file.pay_on)}の送金 {desk.counted(file.count, file.total)}（{shown}）"


TRANSFER_LINES = ExportKind(
    code="transfer-lines",
    label="送金の明細",
    subject="loan",
    columns=(
        "番号", "貸付コード", "受取人", "受取人名（カナ）", "対象月", "回", "再送金", "金額", "結果", "結果の日",
        "送金不能の理由",
    ),
    filters=("file", "show"),
    rows=transfer_lines,
    permissions=LOOK,
    is_there=lambda user, query: file_asked(user, query) is not None,
    in_words=in_words,
)  # fmt: skip
