"""The ledger of a loan as a list that may be taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from japan.eras import DateError, era_date, parse_date
from jobs.exporting.kinds import ExportKind, Line
from loans.models import Loan
from repayment.account import account_of


def loan_asked(user: User, query: QueryDict) -> Loan | None:
    key = query.get("loan", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Loan.objects.visible_to(user).select_related("borrower", "office").filter(pk=int(key)).first()


def day_of(query: QueryDict, at: datetime) -> date:
    """The day the page was asked for; today where it says none that can be read."""
    try:
        return parse_date(query.get("on", ""))
    except DateError:
        return timezone.localtime(at).date()


def known_of(query: QueryDict) -> date | None:
    """The day of the second clock; None where none can be read."""
    try:
        return parse_date(query.get("known", ""))
    except DateError:
        return None


def ledger(user: User, query: QueryDict, at: datetime) -> Iterator[Line]:
    loan = loan_asked(user, query)
    if loan is None:
        return
    account = account_of(loan, on=day_of(query, at), known_on=known_of(query))
    for line in chain.from_iterable(account.ledger):
        entry = line.entry
        corrects = f"{era_date(line.takes_back.effective_on)}の行を取消" if line.takes_back else ""
        yield Line(
            loan.pk,
            (
                loan.code,
                era_date(entry.effective_on),
                entry.get_kind_display(),
                entry.amount,
                line.step.outstanding if line.step else None,
                entry.get_channel_display(),
                corrects or ("取消済み" if line.taken_back_by else ""),
                f"第{entry.first_no}回〜第{entry.last_no}回" if entry.first_no else "",
                entry.note,
                entry.source_key,
                era_date(timezone.localtime(entry.recorded_at).date()),
                entry.recorded_by,
            ),
        )


def in_words(user: User, query: QueryDict) -> str:
    loan = loan_asked(user, query)
    if loan is None:
        return ""
    known = known_of(query)
    told = f"、{era_date(known)}までの記録" if known else ""
    return f"貸付 {loan.code}、{era_date(day_of(query, timezone.now()))}現在{told}"


LEDGER = ExportKind(
    code="ledger",
    label="貸付の台帳",
    subject="loan",
    columns=(
        "貸付コード",
        "発生日",
        "種別",
        "金額",
        "元金の残り",
        "入金の方法",
        "訂正",
        "対象の回",
        "摘要",
        "出所",
        "記録日",
        "記録者",
    ),
    filters=("loan", "on", "known"),
    rows=ledger,
    is_there=lambda user, query: loan_asked(user, query) is not None,
    in_words=in_words,
)
