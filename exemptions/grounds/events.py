"""Death, adjudication of disappearance, and final discharges (EX-50 … EX-53): the outstanding principal, whole or in part.

Sources: Hokkaido exemption guide of 2024, 「返済免除のポイント」; Osaka council's exemption guide (discharges). They
are open to the regular loan too. Their decision waits until repayment begins where ``other_grounds_wait_for_start`` is
set.
"""

from __future__ import annotations

from exemptions.assessment import GroundOutcome
from exemptions.enums import EventKind, Ground
from exemptions.grounds.whole import whole_outstanding
from exemptions.inquiry import Inquiry
from japan.eras import era_date

_RULES = {
    EventKind.DEATH: ("EX-50", "借受人の死亡"),
    EventKind.DISAPPEARANCE: ("EX-51", "失踪宣告"),
    EventKind.BANKRUPTCY_DISCHARGE: ("EX-52", "自己破産の免責の確定"),
    EventKind.CIVIL_REHABILITATION_DISCHARGE: ("EX-53", "個人再生の計画の完了と免責の確定"),
}


def look(inquiry: Inquiry) -> list[GroundOutcome]:
    """Look at the four events, each a ground of its own."""
    return [_look(inquiry, kind) for kind in _RULES]


def event_fact(kind: EventKind) -> str:
    """Return the name of a fact: ``"event:DEATH"``."""
    return f"event:{kind.value}"


def _look(inquiry: Inquiry, kind: EventKind) -> GroundOutcome:
    ground = Ground(kind.value)
    rule, named = _RULES[kind]
    on = min((event.on for event in inquiry.facts.events if event.kind == kind), default=None)
    if on is None:
        value, because = "なし", f"{named}は確認されていない。"
        would_change = f"{named}が確認されれば、満たす。"
    else:
        value, because = era_date(on), f"{named}（{era_date(on)}）が確認されている。"
        would_change = f"{named}の記録が誤りであれば、満たさなくなる。"
    check = inquiry.check(
        rule,
        on is not None,
        ground,
        value=value,
        because=because,
        would_change=would_change,
        change_fact=event_fact(kind),
        facts=(event_fact(kind),),
    )
    waits = inquiry.settings.other_grounds_wait_for_start
    return whole_outstanding(inquiry, ground, on is not None, on, (check,), waits=waits, part=inquiry.part)
