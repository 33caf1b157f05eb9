"""Which loans a borrower took and when: the windows, sequences, amounts and start months of the real scheme.

Money is whole yen, months are month indexes. Sources: windows and sequences as in MHLW Q&A vol. 17 (questions 7, 8, 14,
15) and the notices that prolonged them; amounts and terms from :mod:`loans.funds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto
from random import Random

from desk.demo.people import a_day
from japan.bankdays import add_bank_days, next_bank_day
from japan.months import month_index
from loans.enums import FundKind, IntakeChannel, LoanState
from loans.funds import cohort_of, fund
from loans.lending.windows import WINDOWS
from repayment.entries import Entry
from repayment.enums import HoldReason, PlanReason
from repayment.position import PlanVersion
from repayment.schedule import Deferral, make_plan
from rulebook.settings import Settings

SMALL, INITIAL, EXTENSION, RELOAN, REGULAR = (
    FundKind.SP_SMALL, FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN, FundKind.REG_SMALL,
)  # fmt: skip


def _days_of(kind: FundKind) -> tuple[date, date]:
    """The first and the last day on which a special fund took applications."""
    window = next(window for window in WINDOWS if kind in window.funds)
    return window.opens_on, window.closes_on


OPENED, CLOSED = _days_of(SMALL)
EXTENSION_OPENED, EXTENSION_CLOSED = _days_of(EXTENSION)
RELOAN_OPENED, RELOAN_CLOSED = _days_of(RELOAN)


@dataclass(frozen=True, slots=True)
class Grant:
    """A deferral that was granted."""

    from_month: int
    months: int
    granted_on: date


@dataclass(slots=True)
class Movement:
    """One row of the ledger. ``key`` is its source key; ``reverses`` the key of the row it takes back.

    ``lag`` is how many days later we learned of it; ``by`` who wrote it down.
    """

    kind: str
    amount: int
    on: date
    key: str
    note: str = ""
    lag: int = 1
    by: str = "system:demo"
    first_no: int | None = None
    last_no: int | None = None
    version: int = 1
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """A collection hold. ``filing`` is the number of the application it belongs to, in the borrower's own list."""

    reason: HoldReason
    since: date
    until: date | None
    by: str
    filing: int | None = None


@dataclass(slots=True)
class Loan:
    """One loan as lent and what became of it. ``borrower`` is the person's place in the family."""

    code: str
    kind: FundKind
    applied_on: date
    household_size: int
    principal: int
    instalments: int
    first_month: int
    office: str
    borrower: int = 0
    state: LoanState = LoanState.LENT
    channel: IntakeChannel = IntakeChannel.MUNICIPAL_COUNCIL
    decided_on: date | None = None
    paid_out: list[tuple[date, int]] = field(default_factory=list)
    debit_day: int = 26
    plans: list[PlanVersion] = field(default_factory=list)
    replanned_for: PlanReason = PlanReason.PLAN_CHANGE
    deferrals: list[Grant] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)

    @property
    def is_lent(self) -> bool:
        return self.state == LoanState.LENT

    @property
    def is_special(self) -> bool:
        return self.kind != FundKind.REG_SMALL

    @property
    def shifts(self) -> tuple[Deferral, ...]:
        """The deferrals as the schedule takes them."""
        return tuple(Deferral(grant.from_month, grant.months) for grant in self.deferrals)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The ledger as the pure functions read it."""
        return tuple(
            Entry(
                row.kind,
                row.amount,
                row.on,
                row.key,
                first_no=row.first_no,
                last_no=row.last_no,
                plan_version=row.version if row.first_no else None,
                reverses=row.reverses or None,
            )
            for row in self.movements
        )

    @property
    def disbursed_on(self) -> date | None:
        """The last disbursement; None while nothing has been paid out."""
        return self.paid_out[-1][0] if self.paid_out else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a borrower asked for: funds in the order of their applications, each with its day."""

    kind: FundKind
    applied_on: date


class Applied(Enum):
    """When the first loan was applied for."""

    EARLY = auto()
    """In the first four months."""
    USUAL = auto()
    LATE = auto()
    """In the cohort from April 2022 on, where the chain allows it."""


_CHAINS: dict[tuple[FundKind, ...], int] = {
    (SMALL,): 29,
    (SMALL, INITIAL): 24,
    (INITIAL,): 3,
    (SMALL, INITIAL, EXTENSION): 12,
    (SMALL, INITIAL, RELOAN): 10,
    (SMALL, INITIAL, EXTENSION, RELOAN): 22,
}


def a_chain(rng: Random) -> tuple[FundKind, ...]:
    """The special loans of one borrower; 2.4 on average (Kawasaki: 48,000 loans, about 20,000 people)."""
    return rng.choices(tuple(_CHAINS), tuple(_CHAINS.values()))[0]


def wishes(rng: Random, chain: Sequence[FundKind], *, applied: Applied | None = None) -> list[Wish]:
    """When each loan of a chain was applied for."""
    if applied is None:
        applied = Applied.LATE if rng.random() < 0.06 else Applied.USUAL
    if applied == Applied.EARLY:
        first, last = OPENED, date(2020, 7, 31)
    elif EXTENSION in chain or RELOAN in chain:
        first, last = OPENED, date(2020, 12, 20)
    elif applied == Applied.LATE:
        first, last = date(2022, 4, 1), date(2022, 7, 31)
    else:
        first, last = OPENED, date(2021, 11, 30) if rng.random() < 0.8 else date(2022, 3, 20)
    # Half of all applications came in the first fifth of the time.
    span = (last - first).days
    days = [next_bank_day(first + timedelta(days=int(span * rng.random() ** 2.2)))]
    for kind in chain[1:]:
        before = days[-1]
        if kind == EXTENSION:
            day = before + timedelta(days=rng.randrange(62, 85))
            days.append(next_bank_day(min(max(day, EXTENSION_OPENED), EXTENSION_CLOSED - timedelta(days=5))))
        elif kind == RELOAN:
            day = before + timedelta(days=rng.randrange(95, 150))
            days.append(next_bank_day(min(max(day, a_day(rng, RELOAN_OPENED, date(2021, 6, 30))), RELOAN_CLOSED)))
        else:
            days.append(next_bank_day(min(before + timedelta(days=rng.randrange(28, 80)), CLOSED)))
    return [Wish(kind, day) for kind, day in zip(chain, days, strict=True)]


def lend(
    rng: Random,
    wish: Wish,
    *,
    code: str,
    office: str,
    household_size: int,
    settings: Settings,
    early_start: bool = False,
    debit_day: int | None = None,
    full_term: bool = False,
) -> Loan:
    """One special loan: decided, paid out month by month, and divided into its plan."""
    lent = fund(wish.kind)
    decided_on = add_bank_days(wish.applied_on, rng.randrange(2, 12))
    first_out = add_bank_days(decided_on, rng.randrange(1, 5))
    paid_out: list[tuple[date, int]] = []
    if lent.monthly_single is None or lent.monthly_multi is None:
        principal = rng.choices((200_000, 100_000, 150_000, 50_000, 120_000), (74, 15, 6, 3, 2))[0]
        paid_out.append((first_out, principal))
    else:
        most = lent.monthly_single if household_size == 1 else lent.monthly_multi
        monthly = most if rng.random() < 0.86 else rng.randrange(5, most // 10_000) * 10_000
        months = rng.choices((3, 2, 1), (90, 6, 4))[0]
        day = first_out
        for _ in range(months):
            paid_out.append((day, monthly))
            day = next_bank_day(day + timedelta(days=30))
        principal = monthly * months
    term = lent.most_instalments
    if not full_term and rng.random() < 0.05:
        term = rng.choice((12, 18)) if term == 24 else rng.choice((36, 60, 96))
    loan = Loan(
        code=code,
        kind=wish.kind,
        applied_on=wish.applied_on,
        household_size=household_size,
        principal=principal,
        instalments=term,
        first_month=_first_month(rng, wish, paid_out[-1][0], early=early_start),
        office=office,
        channel=_channel(rng, wish),
        decided_on=decided_on,
        paid_out=paid_out,
        debit_day=debit_day if debit_day is not None else settings.debit_day,
    )
    put_on_plan(loan, settings)
    return loan


def _first_month(rng: Random, wish: Wish, last_paid_out: date, *, early: bool) -> int:
    """The cohort's month, unless the grace was chosen shorter or it is a plain year (January to March 2022)."""
    usual = cohort_of(wish.kind, wish.applied_on).first_month
    assert usual is not None
    if early:
        return month_index(last_paid_out) + rng.randrange(3, 7)
    if wish.kind in (SMALL, INITIAL) and date(2022, 1, 1) <= wish.applied_on <= date(2022, 3, 31):
        return max(usual, month_index(last_paid_out) + 13)
    return usual


def _channel(rng: Random, wish: Wish) -> IntakeChannel:
    if wish.kind == SMALL and wish.applied_on <= date(2020, 9, 30):
        return rng.choices(
            (
                IntakeChannel.MUNICIPAL_COUNCIL,
                IntakeChannel.MAIL,
                IntakeChannel.LABOUR_BANK,
                IntakeChannel.POST_OFFICE,
            ),
            (62, 18, 13, 7),
        )[0]
    return IntakeChannel.MAIL if rng.random() < 0.3 else IntakeChannel.MUNICIPAL_COUNCIL


def put_on_plan(loan: Loan, settings: Settings) -> None:
    """The plan a loan was lent with, and what was paid out, as rows of the ledger."""
    plan = make_plan(
        principal=loan.principal,
        count=loan.instalments,
        first_month=loan.first_month,
        unit=settings.instalment_unit,
        remainder=settings.remainder_position,
    )
    assert loan.decided_on is not None
    loan.plans = [PlanVersion(1, loan.decided_on, plan, loan.debit_day)]
    loan.movements = [
        Movement("disbursed", amount, day, f"disbursement:{loan.code}:{number}", lag=0)
        for number, (day, amount) in enumerate(loan.paid_out, start=1)
    ]


def a_regular_loan(
    rng: Random, *, state: LoanState, code: str, office: str, household_size: int, settings: Settings, as_of: date
) -> Loan:
    """A regular emergency small loan (本則) that was asked for in the last weeks and stands in a given state."""
    days = {LoanState.APPLIED: 2, LoanState.APPROVED: 6, LoanState.DISBURSING: 9}.get(state, 25)
    applied_on = add_bank_days(as_of, -days)
    principal = rng.randrange(30, 101) * 1000
    decided_on = None if state == LoanState.APPLIED else add_bank_days(applied_on, 3)
    loan = Loan(
        code=code,
        kind=REGULAR,
        applied_on=applied_on,
        household_size=household_size,
        principal=principal,
        instalments=12 if principal >= 60_000 else 6,
        first_month=month_index(applied_on) + 2,
        office=office,
        state=state,
        decided_on=decided_on,
        debit_day=settings.debit_day,
    )
    if state == LoanState.LENT:
        assert decided_on is not None
        loan.paid_out = [(add_bank_days(decided_on, 2), principal)]
        put_on_plan(loan, settings)
    return loan
