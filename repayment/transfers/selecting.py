"""抽出: which tranches may go out by a day, and for every other one the reason. A question, asked anew each time.

Nothing is told to the desk: a sanction, a hold, a death or a change simply stands in the rows that this asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from japan.zengin.kana import BankTextError, FieldClass, bank_kana, same_holder
from loans.deciding.enums import ProposalState
from loans.disbursement.enums import LineOutcome
from loans.disbursement.files import Payable
from loans.enums import LoanState
from loans.models import LendingChange, LendingSanction, Tranche, TransferFile, TransferLine
from people.bank_accounts import accounts_on
from people.enums import AccountUse
from people.models import BankAccount, in_force
from repayment.enums import HoldReason
from repayment.models import CollectionHold

PAYEE_LENGTH = 30
OPEN_LOANS = (LoanState.APPROVED, LoanState.DISBURSING)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tranche that is due but does not go out, and why, in a sentence."""

    tranche: Tranche
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What may go out by a day, and what may not."""

    payable: tuple[Payable, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def total(self) -> int:
        """Yen of everything that may go out."""
        return sum(item.tranche.amount for item in self.payable)

    @property
    def left_out_total(self) -> int:
        return sum(item.tranche.amount for item in self.left_out)


def due_tranches(pay_on: date) -> QuerySet[Tranche]:
    """Tranches planned for a day or before it that are neither paid, ended, nor on their way."""
    on_its_way = TransferLine.objects.filter(tranche=OuterRef("pk"), outcome__in=(LineOutcome.OPEN, LineOutcome.PAID))
    return (
        Tranche.objects.filter(~Exists(on_its_way), pay_on__lte=pay_on, paid_on__isnull=True, ended_on__isnull=True)
        .select_related("loan__borrower", "loan__office")
        .order_by("pay_on", "loan__code", "number")
    )


def select(pay_on: date, *, tranches: QuerySet[Tranche] | None = None) -> Selection:
    """Sort what is due by a day into what may go out and what may not (three queries).

    Of a loan with several months due, only the earliest goes out: months are never merged (LN-36).
    """
    due = due_tranches(pay_on) if tranches is None else tranches
    rows = list(_with_obstacles(due, pay_on))
    accounts = accounts_on({row.loan.borrower_id for row in rows}, AccountUse.TRANSFER, pay_on)
    payable: list[Payable] = []
    left_out: list[LeftOut] = []
    for row in rows:
        account = accounts.get(row.loan.borrower_id)
        reason = obstacle(row, account)
        if reason:
            left_out.append(LeftOut(row, reason))
        elif account is not None:
            payable.append(Payable(row, account, payee(account)))
    return Selection(tuple(payable), tuple(left_out))


def obstacles_of(file: TransferFile) -> list[tuple[TransferLine, str]]:
    """Lines of a file that should not go out (any more), each with its reason: the stop list of the file."""
    lines = list(file.lines.filter(outcome=LineOutcome.OPEN).select_related("loan__borrower", "account"))
    tranches = Tranche.objects.filter(pk__in=[line.tranche_id for line in lines]).select_related("loan__borrower")
    rows = {row.pk: row for row in _with_obstacles(tranches, file.pay_on)}
    accounts = accounts_on({line.loan.borrower_id for line in lines}, AccountUse.TRANSFER, file.pay_on)
    found = []
    for line in lines:
        account = accounts.get(line.loan.borrower_id)
        reason = obstacle(rows[line.tranche_id], account)
        if not reason and account is not None and account.pk != line.account_id:
            reason = "確定したあとで、送金先の口座が変わりました。"
        if not reason and rows[line.tranche_id].amount != line.amount:
            reason = "確定したあとで、金額が変わりました。"
        if reason:
            found.append((line, reason))
    return found


def _with_obstacles(rows: QuerySet[Tranche], pay_on: date) -> QuerySet[Tranche]:
    sanctions = LendingSanction.objects.filter(loan=OuterRef("loan"))
    changes = LendingChange.objects.filter(loan=OuterRef("loan"), state=ProposalState.PROPOSED)
    holds = CollectionHold.objects.filter(in_force(pay_on), loan=OuterRef("loan")).order_by("since")
    earlier = Tranche.objects.filter(
        loan=OuterRef("loan"), number__lt=OuterRef("number"), paid_on__isnull=True, ended_on__isnull=True
    )
    return rows.annotate(
        sanctioned=Exists(sanctions.filter(state=ProposalState.AGREED)),
        sanction_proposed=Exists(sanctions.filter(state=ProposalState.PROPOSED)),
        change_proposed=Exists(changes),
        hold_reason=holds.values("reason")[:1],
        waits_for_another=Exists(earlier),
    )


def obstacle(row: Tranche, account: BankAccount | None) -> str:
    """Why a tranche (with its annotations) does not go out to an account; empty where it does."""
    loan = row.loan
    if row.sanctioned:  # type: ignore[attr-defined]
        return "不正への措置（一括償還・停止・解除）が決定しています。"
    if row.sanction_proposed:  # type: ignore[attr-defined]
        return "不正への措置の決裁を待っています。"
    if loan.state not in OPEN_LOANS:
        return f"貸付の状態が「{loan.get_state_display()}」です。"
    if loan.borrower.died_on is not None:
        return "借受人が亡くなっています。"
    if row.hold_reason:  # type: ignore[attr-defined]
        return f"「{HoldReason(row.hold_reason).label}」として止めています。"  # type: ignore[attr-defined]
    if row.change_proposed:  # type: ignore[attr-defined]
        return "貸付内容の変更の決裁を待っています。"
    if row.waits_for_another:  # type: ignore[attr-defined]
        return "前の月の送金が済んでいません。月ごとに分けて送金します。"
    if account is None:
        return "送金先の口座が登録されていません。"
    return holder_problem(loan.borrower.kana, account)


def holder_problem(kana: str, account: BankAccount) -> str:
    """Why an account cannot take the money of somebody with this reading (K-10: the borrower's own account)."""
    try:
        if not same_holder(kana, account.holder_kana):
            return f"口座名義「{account.holder_kana}」が借受人のカナ氏名と違います。"
        bank_kana(account.holder_kana, FieldClass.NAME, length=PAYEE_LENGTH)
    except BankTextError as error:
        return str(error)
    return ""


def payee(account: BankAccount) -> str:
    """The payee as the file writes it."""
    return bank_kana(account.holder_kana, FieldClass.NAME, length=PAYEE_LENGTH).text
