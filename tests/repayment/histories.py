"""Random lives of loans: payments, backdated ones, reversals, refunds, exemptions, revocations, deferrals, plan changes.

An *orderly* life follows what the services allow: an exemption never exceeds what is unpaid in its range, a refund
never the surplus, a plan change spreads what is outstanding. A *disordered* one breaks that, on purpose or because a
payment bounced after it had been refunded or planned with: every figure must still be defined, and Python and SQL must
still agree on it.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from japan.months import month_index
from repayment.entries import Entry
from repayment.position import PlanVersion, Policy, Position, plan_in_force, position
from repayment.schedule import Deferral, make_plan

EARLIEST, LATEST = date(2022, 1, 1), date(2029, 12, 31)


@dataclass(frozen=True)
class Grant:
    """A deferral as it is stored: it shifts the plan in force on the day it was granted, to its end if it ends early."""

    from_month: int
    months: int
    granted_on: date
    ends_after: int | None = None

    @property
    def in_force(self) -> int:
        """The months it moves instalments by."""
        return self.months if self.ends_after is None else self.ends_after + 1 - self.from_month


@dataclass(frozen=True)
class History:
    principal: int
    plans: tuple[PlanVersion, ...]
    grants: tuple[Grant, ...]
    entries: tuple[Entry, ...]
    policy: Policy
    as_of: date
    is_disordered: bool

    @property
    def deferrals(self) -> list[Deferral]:
        return [
            Deferral(grant.from_month, grant.in_force, plan_in_force(self.plans, grant.granted_on).version)
            for grant in self.grants
            if grant.in_force
        ]

    def position(self, as_of: date | None = None, policy: Policy | None = None) -> Position:
        return position(
            principal=self.principal,
            plans=self.plans,
            deferrals=self.deferrals,
            entries=self.entries,
            policy=policy or self.policy,
            as_of=as_of or self.as_of,
        )


FIGURES = (
    "due", "paid", "exempted", "arrears", "months_in_arrears", "outstanding", "paid_ahead", "surplus", "deadline",
    "late_interest", "late_interest_accrued", "late_interest_paid", "instalments_due", "scheduled", "exempted_due",
    "settled_before",
)  # fmt: skip


def figures(at: Position) -> dict[str, object]:
    """What a position says, by name, without how it came about."""
    return {name: getattr(at, name) for name in FIGURES} | {"version": at.plan_version.version}


def random_policy(random: Random) -> Policy:
    return Policy(
        holiday_roll=random.choice(["NEXT_BUSINESS_DAY", "NONE"]),
        final_deadline_basis=random.choice(["MONTH_END", "LAST_INSTALMENT_DATE"]),
        late_interest_rate_bp=random.choice([0, 300, 500, 1075]),
        late_interest_rounding=random.choice(["FLOOR_TOTAL", "FLOOR_EACH"]),
        allocation_order=random.choice(["PRINCIPAL_FIRST", "LATE_INTEREST_FIRST"]),
        late_interest_on_exemption=random.choice(["WAIVE_WITH_PRINCIPAL", "KEEP"]),
    )


def random_day(random: Random, first: date = EARLIEST, last: date = LATEST) -> date:
    return first + timedelta(days=random.randint(0, max(0, (last - first).days)))


def random_history(random: Random, *, policy: Policy | None = None, as_of: date | None = None) -> History:
    """Return one life of a loan; the same random numbers give the same life."""
    return _Life(random, policy or random_policy(random), as_of or random_day(random)).history()


class _Life:
    def __init__(self, random: Random, policy: Policy, as_of: date) -> None:
        self.random, self.policy, self.as_of = random, policy, as_of
        self.disordered = random.random() < 0.3
        self.principal = random.choice([95_000, 100_000, 200_000, 450_000, 600_000, random.randint(1, 600_000)])
        self.grants: list[Grant] = []
        self.entries: list[Entry] = []
        self.plans = [self._plan(1, self.principal, random_day(random, EARLIEST, date(2022, 12, 1)))]

    def history(self) -> History:
        random = self.random
        for today in sorted(random_day(random) for _ in range(random.choice([0, 1, 3, 8, 14]))):
            random.choice(
                [self.pay, self.pay, self.pay, self.pay_off, self.reverse, self.exempt, self.exempt, self.revoke]
                + [self.refund, self.defer, self.end_deferral, self.change_plan]
            )(today)
        random.shuffle(self.entries)
        kinds = {entry.kind for entry in self.entries}
        bounced_too_late = "paid_reversed" in kinds and ("refunded" in kinds or len(self.plans) > 1)
        return History(
            principal=self.principal,
            plans=tuple(self.plans),
            grants=tuple(self.grants),
            entries=tuple(self.entries),
            policy=self.policy,
            as_of=self.as_of,
            is_disordered=self.disordered or bounced_too_late,
        )

    def _plan(self, version: int, principal: int, effective_on: date) -> PlanVersion:
        random = self.random
        plan = make_plan(
            principal=principal,
            count=random.choice([1, 2, 12, 24, 24, 36, 60]),
            first_month=month_index(effective_on) + random.randint(0, 14),
            unit=random.choice([1, 10, 100]),
            remainder=random.choice(["LAST", "FIRST"]),
        )
        return PlanVersion(version, effective_on, plan, random.randint(1, 28))

    def _key(self) -> str:
        return f"{self.random.choice('abcABC-あ')}{len(self.entries)}"

    def _stand(self, today: date) -> Position:
        return History(
            self.principal, tuple(self.plans), tuple(self.grants), tuple(self.entries), self.policy, today, False
        ).position()

    def pay(self, today: date) -> None:
        random = self.random
        amount = random.choice([1_000, 5_000, self.plans[-1].plan.month_worth or 1, random.randint(1, 100_000)])
        on = today - timedelta(days=random.choice([0, 0, 0, 3, 200]))
        self.entries.append(Entry("paid", amount, on, self._key()))

    def pay_off(self, today: date) -> None:
        at = self._stand(today)
        amount = at.outstanding + self.random.choice([0, at.late_interest, at.late_interest + 1])
        if amount:
            self.entries.append(Entry("paid", amount, today, self._key()))

    def _open(self, kind: str) -> list[Entry]:
        taken_back = {entry.reverses for entry in self.entries}
        return [entry for entry in self.entries if entry.kind == kind and entry.source_key not in taken_back]

    def reverse(self, today: date) -> None:
        if payments := self._open("paid"):
            payment = self.random.choice(payments)
            on = self.random.choice([payment.effective_on, today, today])
            self.entries.append(Entry("paid_reversed", payment.amount, on, self._key(), reverses=payment.source_key))

    def exempt(self, today: date) -> None:
        random = self.random
        version = random.choice(self.plans) if self.disordered else plan_in_force(self.plans, today)
        first = random.randint(1, version.plan.count)
        last = random.choice([version.plan.count, random.randint(first, version.plan.count)])
        if self.disordered:
            last += random.choice([0, 5])
            amount = random.randint(1, 300_000)
        else:
            at = self._stand(today)
            unpaid = sum(line.unpaid for line in at.lines[first - 1 : last])
            amount = min(random.choice([unpaid, unpaid // 2]), at.outstanding)
        if amount:
            exempted = Entry("exempted", amount, today, self._key(), first, last, version.version)
            self.entries.append(exempted)

    def revoke(self, today: date) -> None:
        if decisions := self._open("exempted"):
            decision = self.random.choice(decisions)
            due_on = self.random.choice([None, today + timedelta(days=30)])
            on = today if self.disordered else max(today, decision.effective_on)
            key = self._key()
            self.entries.append(
                Entry("exemption_revoked", decision.amount, on, key, reverses=decision.source_key, due_on=due_on)
            )
            self.disordered = self.disordered or due_on is not None or len(self.plans) > 1

    def refund(self, today: date) -> None:
        surplus = self.random.randint(1, 20_000) if self.disordered else self._stand(today).surplus
        if surplus:
            self.entries.append(Entry("refunded", surplus, today, self._key()))

    def defer(self, today: date) -> None:
        from_month = month_index(today) + self.random.randint(-20 if self.disordered else 0, 6)
        if all(grant.from_month != from_month or not grant.in_force for grant in self.grants):
            self.grants.append(Grant(from_month, self.random.choice([1, 6, 12, 12]), today))

    def end_deferral(self, today: date) -> None:
        running = [grant for grant in self.grants if grant.ends_after is None]
        if running:
            grant = self.random.choice(running)
            last = grant.from_month + grant.months - 1
            ends_after = self.random.randint(grant.from_month - 1, last)
            self.grants[self.grants.index(grant)] = replace(grant, ends_after=ends_after)

    def change_plan(self, today: date) -> None:
        outstanding = self._stand(today).outstanding
        principal = self.random.randint(0, self.principal) if self.disordered else outstanding
        if principal and len(self.plans) < 4:
            effective_on = today + timedelta(days=self.random.choice([0, 0, 20]))
            self.plans.append(self._plan(len(self.plans) + 1, principal, effective_on))


HISTORIES = st.one_of(
    st.builds(random_history, st.randoms(use_true_random=False)),
    st.integers(0, 2**32).map(lambda seed: random_history(Random(seed))),
)
