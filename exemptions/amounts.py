"""How much an exemption takes, and from which instalments (EX-08, EX-13, EX-16, EX-22, EX-41). Whole yen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exemptions.enums import Ground
from exemptions.inquiry import Inquiry
from japan.yen import yen
from repayment.position import InstalmentLine
from rulebook.rules import Check


@dataclass(frozen=True, slots=True)
class Takes:
    """What an exemption would take on ``as_of``.

    ``amount`` is after the cap and the part asked for, ``uncapped`` before both; ``first_no`` … ``last_no`` is the range
    the ledger row covers (it fills that range from its last instalment backwards), None where there is nothing to take.
    """

    amount: int
    uncapped: int
    first_no: int | None
    last_no: int | None

    @property
    def is_capped(self) -> bool:
        """Whether less is taken than what the ground covers."""
        return self.amount < self.uncapped


def takes(
    inquiry: Inquiry, covers: Callable[[InstalmentLine], bool] = lambda line: True, *, part: int | None = None
) -> Takes:
    """Return what is unpaid of the instalments that *covers* picks, at most what the cap still allows (EX-08).

    ``part`` is the most that is asked for (yen), where only a part is to be exempted: the last instalments go first.
    """
    picked = [line for line in inquiry.position.lines if line.unpaid and covers(line)]
    unpaid = min(sum(line.unpaid for line in picked), inquiry.position.outstanding)
    room = cap_left(inquiry)
    amount = min(value for value in (unpaid, room, part) if value is not None)
    if not amount:
        return Takes(0, unpaid, None, None)
    return Takes(amount, unpaid, picked[0].seq, picked[-1].seq)


def cap_left(inquiry: Inquiry) -> int | None:
    """Return the cap of the loan's kind less what was exempted of it before; None where the kind has no cap."""
    cap = inquiry.cohort.cap(inquiry.loan.household_size)
    return None if cap is None else max(0, cap - inquiry.position.exempted)


def cap_check(inquiry: Inquiry, ground: Ground, taken: Takes) -> Check:
    """Return the look at the cap: met unless nothing of it is left (EX-08)."""
    left = cap_left(inquiry)
    if left is None:
        return inquiry.check(
            "EX-08",
            True,
            ground,
            value="上限なし",
            because="この資金の種類には、免除上限額の定めがない。",
            facts=("loan",),
        )
    because = f"上限額から既に免除した額を引いた残りは{yen(left)}で、"
    because += f"免除額は{yen(taken.amount)}までとなる。" if taken.is_capped else "免除額はその範囲内である。"
    return inquiry.check("EX-08", left > 0, ground, value=f"残り{yen(left)}", because=because, facts=("loan",))
