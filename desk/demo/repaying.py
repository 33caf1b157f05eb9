"""How people repay: on the day, late, in small sums that do not keep up, for a while, or never.

A loan is walked instalment by instalment in the order of its due dates; what of an instalment was exempted is not asked
for. Amounts are whole yen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto
from random import Random

from desk.demo.lending import Loan, Movement
from japan.bankdays import collection_date, next_bank_day
from repayment.position import exempted_by_instalment
from repayment.schedule import due_month

DEBIT, SLIP, TRANSFER, EARLY = "口座振替", "払込票（コンビニ）", "銀行振込", "繰上償還"


class Conduct(Enum):
    """How somebody pays."""

    PUNCTUAL = auto()
    """Every debit goes through."""
    REGULAR = auto()
    """One debit in fifty fails; the slip that follows is paid."""
    LATE = auto()
    """Each instalment with the slip of the following month."""
    PARTIAL = auto()
    """A small sum a month that does not keep up with the instalments, so that arrears grow."""
    STOPS = auto()
    RESUMES = auto()
    """Stops for some months, then pays double until nothing is in arrears."""
    SILENT = auto()
    LUMP = auto()
    """Pays everything that is left at once."""
    GENEROUS = auto()
    """Rounds up, so that something is always paid ahead, and in the end too much."""


@dataclass(frozen=True, slots=True)
class Payment:
    on: date
    amount: int
    how: str


@dataclass(slots=True)
class Payer:
    """One loan being repaid. ``paid`` and ``exempted`` are yen so far, ``next_no`` the instalment to come."""

    loan: Loan
    conduct: Conduct
    stops_after: int
    resumes_after: int
    small_sum: int
    next_no: int = 1
    paid: int = 0
    exempted: int = 0
    in_arrears: int = 0
    spared: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, rng: Random, loan: Loan, conduct: Conduct) -> Payer:
        """A payer with habits of their own."""
        count = loan.instalments
        stops = 0 if conduct == Conduct.SILENT else rng.randrange(1, max(2, min(count, 30)))
        return cls(
            loan=loan,
            conduct=conduct,
            stops_after=stops,
            resumes_after=stops + rng.randrange(3, 9),
            small_sum=rng.choice((1000, 1000, 2000, 3000)),
            spared=[0] * count,
        )

    @property
    def left(self) -> int:
        """Yen neither paid nor exempted."""
        return self.loan.principal - self.paid - self.exempted

    def exempt(self, movement: Movement) -> None:
        """Take an exempted row into account: its instalments are not asked for any more."""
        self.exempted += movement.amount
        self.spared = exempted_by_instalment(
            self.loan.plans[0].plan, [(row.first_no, row.last_no, row.amount) for row in self._exempted_rows()]
        )

    def _exempted_rows(self) -> list[Movement]:
        return [row for row in self.loan.movements if row.kind == "exempted"]

    def pay_until(self, rng: Random, day: date, *, rests_from: date | None = None) -> None:
        """Write the payments of the instalments collected up to a day.

        Instalments collected from ``rests_from`` on are not asked for yet; they are in arrears.
        """
        plan, shifts = self.loan.plans[0].plan, self.loan.shifts
        while self.next_no <= plan.count and self.left > 0:
            no = self.next_no
            due_on = collection_date(due_month(plan, shifts, no), self.loan.debit_day)
            if due_on > day:
                return
            self.next_no += 1
            owed = plan.amount(no) - self.spared[no - 1]
            if owed <= 0:
                continue
            self.in_arrears += owed
            if rests_from is not None and due_on >= rests_from:
                continue
            for payment in self._payments(rng, no, due_on, owed):
                if payment.on <= day:
                    self._write(payment)

    def catch_up(self, rng: Random, day: date, until: date) -> None:
        """Pay what was left open while collection rested, if this payer pays at all."""
        if self.conduct in (Conduct.PUNCTUAL, Conduct.REGULAR, Conduct.LATE, Conduct.GENEROUS) and self.in_arrears > 0:
            on = next_bank_day(day + timedelta(days=rng.randrange(20, 45)))
            if on <= until:
                self._write(Payment(on, self.in_arrears, SLIP))

    def _write(self, payment: Payment) -> None:
        amount = min(payment.amount, self.left)
        if amount <= 0:
            return
        number = len(self.loan.movements)
        self.loan.movements.append(
            Movement(
                "paid",
                amount,
                payment.on,
                f"{_CHANNEL_KEYS[payment.how]}:{self.loan.code}:{payment.on:%Y%m%d}:{number}",
                note=payment.how,
                lag=_LAGS[payment.how],
            )
        )
        self.paid += amount
        self.in_arrears -= amount

    def _payments(self, rng: Random, no: int, due_on: date, owed: int) -> Iterator[Payment]:
        conduct = self.conduct
        if conduct == Conduct.SILENT:
            return
        if conduct in (Conduct.STOPS, Conduct.RESUMES, Conduct.LUMP) and no <= self.stops_after:
            yield Payment(due_on, owed, DEBIT)
        elif conduct == Conduct.PUNCTUAL:
            yield Payment(due_on, owed, DEBIT)
        elif conduct == Conduct.REGULAR:
            if rng.random() < 0.98:
                yield Payment(due_on, owed, DEBIT)
            else:
                yield Payment(next_bank_day(due_on + timedelta(days=rng.randrange(18, 33))), owed, SLIP)
        elif conduct == Conduct.LATE:
            yield Payment(next_bank_day(due_on + timedelta(days=rng.randrange(16, 40))), owed, SLIP)
        elif conduct == Conduct.PARTIAL:
            if rng.random() < 0.9:
                yield Payment(next_bank_day(due_on + timedelta(days=rng.randrange(0, 4))), self.small_sum, SLIP)
        elif conduct == Conduct.RESUMES and no > self.resumes_after:
            yield Payment(due_on, min(owed * 2, max(owed, self.in_arrears)), TRANSFER)
        elif conduct == Conduct.LUMP:
            yield Payment(due_on, self.left, EARLY)
        elif conduct == Conduct.GENEROUS:
            yield Payment(due_on, -(-(owed + 1) // 1000) * 1000, TRANSFER)


_CHANNEL_KEYS = {DEBIT: "debit", SLIP: "slip", TRANSFER: "transfer", EARLY: "early"}
_LAGS = {DEBIT: 3, SLIP: 6, TRANSFER: 1, EARLY: 1}
