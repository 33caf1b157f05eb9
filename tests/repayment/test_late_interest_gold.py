"""Late interest to the yen (LI-01 … LI-07): worked out by hand, each sum written beside its case.

The loan is 200,000 yen in 24 parts from January 2023 (8,330 a month, 8,410 in the last); its deadline is 31 December 2024
unless the case moves it. Domain reference 4.3: LI-A and LI-B are its worked examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from japan.months import month_of
from repayment.ageing import age_loans
from repayment.entries import Entry
from repayment.position import PlanVersion, Policy
from repayment.schedule import make_plan
from tests.people.builders import a_person
from tests.repayment.histories import Grant, History
from tests.repayment.stored import store


def day(text: str) -> date:
    return date.fromisoformat(text)


def paid(on: str, amount: int) -> Entry:
    return Entry("paid", amount, day(on), f"paid:{on}:{amount}")


def exempted(on: str, amount: int, first_no: int, last_no: int) -> Entry:
    return Entry("exempted", amount, day(on), "decision", first_no, last_no, 1)


def revoked(on: str, amount: int, due_on: str) -> Entry:
    return Entry("exemption_revoked", amount, day(on), "revocation", reverses="decision", due_on=day(due_on))


@dataclass(frozen=True)
class Case:
    rule: str
    says: str
    as_of: str
    yen: int
    entries: tuple[Entry, ...] = ()
    count: int = 24
    grants: tuple[Grant, ...] = ()
    policy: Policy = Policy()

    @property
    def history(self) -> History:
        plan = make_plan(principal=200_000, count=self.count, first_month=month_of(2023, 1))
        return History(
            principal=200_000,
            plans=(PlanVersion(1, day("2022-06-10"), plan),),
            grants=self.grants,
            entries=self.entries,
            policy=self.policy,
            as_of=day(self.as_of),
            is_disordered=False,
        )


SEVENTEEN = tuple(paid(f"{2023 + no // 12}-{no % 12 + 1:02d}-26", 8_330) for no in range(17))
"""17 instalments paid, 141,610 yen: 58,390 are left."""
WHOLE_YEAR = Grant(month_of(2023, 1), 12, day("2022-12-05"))
ON_THE_WAY = Grant(month_of(2023, 7), 12, day("2023-06-05"))
EACH = Policy(late_interest_rounding="FLOOR_EACH")
KEEP = Policy(late_interest_on_exemption="KEEP")

CASES = [
    Case("LI-01", "two years of missed instalments cost nothing up to the deadline", "2024-12-31", 0),
    # 200,000 x 0.03 x 1 / 365 = 16.44
    Case("LI-01", "the day after the deadline is the first that counts", "2025-01-01", 16),
    Case("LI-01", "what is paid on the deadline bears nothing", "2025-06-30", 0, (*SEVENTEEN, paid("2024-12-31", 58_390))),
    # 200,000 x 0.03 x 365 / 365
    Case("LI-02", "a whole year is 3 % simple", "2025-12-31", 6_000),
    # 200,000 x 0.03 x 730 / 365: no interest on interest
    Case("LI-02", "two years are twice as much", "2026-12-31", 12_000),
    # 58,390 x 0.1075 x 181 / 365 = 3,112.66
    Case("LI-03", "an old contract at 10.75 %", "2025-06-30", 3_112, SEVENTEEN, policy=Policy(late_interest_rate_bp=1075)),
    # 58,390 x 0.05 x 181 / 365 = 1,447.75
    Case("LI-03", "a contract at 5 %", "2025-06-30", 1_447, SEVENTEEN, policy=Policy(late_interest_rate_bp=500)),
    Case("LI-03", "a contract without late interest", "2025-06-30", 0, SEVENTEEN, policy=Policy(late_interest_rate_bp=0)),
    # 58,390 x 0.03 x 181 / 365 = 868.65
    Case("LI-04", "LI-A: paid in full after 181 days", "2025-06-30", 868, (*SEVENTEEN, paid("2025-06-30", 58_390))),
    # 58,390 x 0.03 x 186 / 365 = 892.65
    Case("LI-04", "LI-A with the deadline on the last debit day", "2025-06-30", 892, SEVENTEEN,
         policy=Policy(final_deadline_basis="LAST_INSTALMENT_DATE")),
    # 58,390 x 0.03 x 1 / 365 = 4.80
    Case("LI-04", "the day of payment counts", "2025-03-31", 4, (*SEVENTEEN, paid("2025-01-01", 58_390))),
    # 200,000 x 0.03 x 366 / 365 = 6,016.44 (deadline 31 December 2023)
    Case("LI-04", "366 days of a leap year are divided by 365", "2024-12-31", 6_016, count=12),
    # 200,000 x 0.03 x 60 / 365 = 986.30 (31 + 29)
    Case("LI-04", "the 29th of February is a day", "2024-02-29", 986, count=12),
    Case("LI-05", "DF-A: deferred for a year, the deadline is a year later", "2025-12-31", 0, grants=(WHOLE_YEAR,)),
    # 200,000 x 0.03 x 31 / 365 = 509.59
    Case("LI-05", "DF-B: interest runs from January 2026", "2026-01-31", 509, grants=(ON_THE_WAY,)),
    # The deadline is 30 June 2025: 200,000 x 0.03 x 31 / 365 = 509.59
    Case("LI-05", "ended after six months it runs from July 2025", "2025-07-31", 509,
         grants=(Grant(month_of(2023, 7), 12, day("2023-06-05"), month_of(2023, 12)),)),
    # 431.93 + 287.14 = 719.07
    Case("LI-06", "LI-B floored once", "2025-06-30", 719,
         (*SEVENTEEN, paid("2025-03-31", 20_000), paid("2025-06-30", 38_390))),
    # 431 + 287
    Case("LI-06", "LI-B floored for each segment", "2025-06-30", 718,
         (*SEVENTEEN, paid("2025-03-31", 20_000), paid("2025-06-30", 38_390)), policy=EACH),
    # (200,000 x 31 + 150,000 x 28 + 50,000 x 31) x 0.03 / 365 = 11,950,000 x 0.03 / 365 = 982.19
    Case("LI-06", "three segments", "2025-03-31", 982, (paid("2025-01-31", 50_000), paid("2025-02-28", 100_000))),
    # 100,000 x 0.03 x 365 / 365: the exempted half bears nothing, also not for the days before the decision
    Case("LI-07", "exempted during delay, waived with the principal", "2025-12-31", 3_000,
         (exempted("2025-06-30", 100_000, 13, 24),)),
    # (200,000 x 181 + 100,000 x 184) x 0.03 / 365 = 54,600,000 x 0.03 / 365 = 4,487.67
    Case("LI-07", "exempted during delay, what had accrued is kept", "2025-12-31", 4_487,
         (exempted("2025-06-30", 100_000, 13, 24),), policy=KEEP),
    # 200,000 x 0.03 x 181 / 365 = 2,975.34
    Case("LI-07", "wholly exempted, what had accrued is kept and grows no more", "2026-12-31", 2_975,
         (exempted("2025-06-30", 200_000, 1, 24),), policy=KEEP),
    # 200,000 x 0.03 x 30 / 365 = 493.15: from the new date on
    Case("LI-07", "revoked, interest runs again from the new date", "2025-04-30", 493,
         (exempted("2024-06-01", 200_000, 1, 24), revoked("2025-03-01", 200_000, "2025-03-31"))),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.says}")
def test_late_interest_is_to_the_yen_what_was_worked_out_by_hand(case: Case) -> None:
    assert case.history.position().late_interest_accrued == case.yen


@pytest.mark.django_db
def test_ageing_says_the_same_of_every_case() -> None:
    histories = [case.history for case in CASES]
    for case, history, loan in zip(CASES, histories, store(histories, a_person()), strict=True):
        (aged,) = age_loans(as_of=history.as_of, policy=history.policy, loans=[loan])
        assert (case.says, aged.late_interest_accrued) == (case.says, case.yen)
