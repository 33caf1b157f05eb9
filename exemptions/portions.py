"""What an exemption changes, seen from the loan: which months go, which stay, before and after. Yen and month indexes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from exemptions.facts import Facts
from japan.eras import era_month
from repayment.entries import EXEMPTED, Entry
from repayment.position import InstalmentLine, Policy, Position, position
from rulebook.settings import Settings


@dataclass(frozen=True)
class Portion:
    """Part of a loan: yen, and the instalment months it covers (month indexes; None: open at that end)."""

    amount: int = field(metadata={"label": "金額"})
    first_month: int | None = field(metadata={"label": "最初の月", "unit": "month"})
    last_month: int | None = field(metadata={"label": "最後の月", "unit": "month"})

    @property
    def period_ja(self) -> str:
        """The months in words: 「令和5年9月分から12月分まで」, 「令和6年1月分以降」, 「令和5年9月分」, or nothing."""
        first = "" if self.first_month is None else era_month(self.first_month)
        last = "" if self.last_month is None else era_month(self.last_month)
        if first == last:
            return f"{first}分" if first else ""
        if not last:
            return f"{first}分以降"
        if not first:
            return f"{last}分まで"
        year = first[: first.index("年") + 1]
        return f"{first}分から{last.removeprefix(year)}分まで"


@dataclass(frozen=True, slots=True)
class Change:
    """A loan before and after an exemption on one day; ``remaining`` is None where nothing is left to repay."""

    before: Position
    after: Position
    exempted: Portion
    remaining: Portion | None

    @property
    def overdue(self) -> int:
        """Yen of what remains that is past due."""
        return self.after.arrears


def change(
    facts: Facts, *, settings: Settings, as_of: date, amount: int, first_no: int | None, last_no: int | None
) -> Change:
    """Return what exempting ``amount`` yen of instalments ``first_no`` … ``last_no`` on a day would leave.

    An amount of 0 changes nothing; ``exempted`` is then an empty portion.
    """
    before = _position(facts, settings, as_of)
    if not amount or first_no is None or last_no is None:
        return Change(before, before, Portion(0, None, None), _unpaid(before))
    entry = Entry(
        kind=EXEMPTED,
        amount=amount,
        effective_on=as_of,
        source_key="exemption:proposed",
        first_no=first_no,
        last_no=last_no,
        plan_version=before.plan_version.version,
    )
    with_entry = replace(facts, loan=replace(facts.loan, entries=(*facts.loan.entries, entry)))
    after = _position(with_entry, settings, as_of)
    touched = [line for line, was in zip(after.lines, before.lines, strict=True) if line.exempted > was.exempted]
    to_the_end = touched[-1].seq == after.plan.count
    exempted = Portion(amount, touched[0].due_month, None if to_the_end else touched[-1].due_month)
    return Change(before, after, exempted, _unpaid(after))


def _unpaid(at: Position) -> Portion | None:
    open_lines: list[InstalmentLine] = [line for line in at.lines if line.unpaid]
    if not open_lines:
        return None
    return Portion(at.outstanding, open_lines[0].due_month, open_lines[-1].due_month)


def _position(facts: Facts, settings: Settings, as_of: date) -> Position:
    loan = facts.loan
    return position(
        principal=loan.principal,
        plans=loan.plans,
        deferrals=loan.deferrals,
        entries=loan.entries,
        policy=Policy.of(settings),
        as_of=as_of,
    )
