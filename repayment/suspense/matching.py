"""To which loan a receipt may belong, and why: the account it came from, the name, the loan code, the amount.

A proposal is help for a person, never a posting. What speaks for a loan is named, and so is what speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from accounts.models import User
from japan.kana import kana_key
from loans.enums import LoanState
from loans.models import Loan
from people.models import BankAccount, Person
from repayment.models import DebitLine, SuspenseItem
from repayment.position import Position
from repayment.selectors import positions_of

MOST = 10
MOST_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was compared: what a person reads, and how much it weighs."""

    text: str
    weight: int


@dataclass(slots=True)
class Proposal:
    """A loan that a receipt may belong to, the strongest first."""

    loan: Loan
    evidence: list[Evidence] = field(default_factory=list)
    against: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        return sum(each.weight for each in self.evidence)


def amount_evidence(at: Position, amount: int) -> Evidence | None:
    """What an amount says about a loan as it stands on the day of the receipt."""
    if amount == at.plan.regular_amount:
        return Evidence("金額が償還月額と同じ", 2)
    if at.arrears and amount == at.arrears:
        return Evidence("金額が滞納額と同じ", 3)
    if at.outstanding and amount == at.outstanding:
        return Evidence("金額が残額と同じ", 3)
    if at.plan.regular_amount and amount % at.plan.regular_amount == 0:
        return Evidence(f"金額が償還月額の{amount // at.plan.regular_amount}か月分", 1)
    return None


def nearly(code: str, other: str) -> bool:
    """Whether two loan codes differ by one character, or by two neighbours that changed places."""
    if len(code) != len(other) or code == other:
        return False
    places = [place for place, (one, two) in enumerate(zip(code, other, strict=True)) if one != two]
    if len(places) == 1:
        return True
    first, last = places[0], places[-1]
    return len(places) == 2 and last == first + 1 and code[first] == other[last] and code[last] == other[first]


def proposals(item: SuspenseItem, *, user: User, on: date) -> list[Proposal]:
    """The loans a receipt may belong to, with why; a constant number of queries."""
    by_account = set(_persons_by_account(item))
    payer_key = kana_key(item.payer_kana)
    by_name = set(
        Person.objects.visible_to(user).filter(kana_key=payer_key).values_list("pk", flat=True)[:MOST_LOOKED_AT]
        if payer_key
        else ()
    )
    of_debit = DebitLine.objects.filter(pk=item.debit_line_id or 0).values_list("loan__borrower", flat=True)
    people = by_account | by_name | set(of_debit)
    candidates = (
        Loan.objects.visible_to(user)
        .filter(Q(borrower__in=people) | _codes_like(item.loan_code))
        .filter(state__in=(LoanState.LENT, LoanState.DISBURSING))
        .select_related("borrower")
        .order_by("code")[:MOST_LOOKED_AT]
    )
    loans = list(candidates)
    standing = positions_of([loan.pk for loan in loans], on)
    found = [
        judged(loan, item, payer_key=payer_key, by_account=by_account, at=standing.get(loan.pk)) for loan in loans
    ]
    found.sort(key=lambda each: (-each.weight, each.loan.code))
    return [each for each in found if each.weight > 0][:MOST]


def judged(
    loan: Loan, item: SuspenseItem, *, payer_key: str, by_account: Iterable[int], at: Position | None
) -> Proposal:
    """What speaks for and against a loan."""
    proposal = Proposal(loan)
    if loan.borrower_id in by_account:
        proposal.evidence.append(Evidence("登録された口座からの支払い", 5))
    if payer_key and loan.borrower.kana_key == payer_key:
        proposal.evidence.append(Evidence("支払人の名前が借受人と同じ", 4))
    elif payer_key:
        proposal.against.append("支払人の名前が借受人と違う")
    if item.loan_code and item.loan_code == loan.code:
        proposal.evidence.append(Evidence("書かれていた貸付コードと同じ", 4))
    elif item.loan_code and nearly(item.loan_code, loan.code):
        proposal.evidence.append(Evidence("書かれていた貸付コードと1か所だけ違う", 3))
    if at is not None:
        told = amount_evidence(at, item.amount)
        if told is not None and proposal.evidence:
            proposal.evidence.append(told)
        if not at.outstanding:
            proposal.against.append("残額がない")
    return proposal


def _persons_by_account(item: SuspenseItem) -> list[int]:
    if not item.number_hash:
        return []
    rows = BankAccount.objects.filter(number_hash=item.number_hash)
    if item.bank_code:
        rows = rows.filter(bank_code=item.bank_code)
    if item.branch_code:
        rows = rows.filter(branch_code=item.branch_code)
    return list(rows.values_list("person", flat=True)[:MOST_LOOKED_AT])


def _codes_like(code: str) -> Q:
    """Loans whose code is this one, or differs from it in one place or by two neighbours."""
    if not code:
        return Q(pk__in=())
    swapped = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(len(code) - 1)}
    one_off = "|".join(f"{_quoted(code[:i])}.{_quoted(code[i + 1 :])}" for i in range(len(code)))
    return Q(code__in={code, *swapped}) | Q(code__regex=f"^({one_off})$")


def _quoted(text: str) -> str:
    return "".join(character if character.isalnum() else f"\\{character}" for character in text)
