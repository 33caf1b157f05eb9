"""The six consents of the form (EX-60): one missing makes exemption impossible, except for death and disappearance."""

from __future__ import annotations

from collections.abc import Collection

from exemptions.enums import CONSENT_NUMBERS, EX_OFFICIO_GROUNDS, Ground
from exemptions.inquiry import Inquiry
from rulebook.findings import Finding
from rulebook.rules import Check

FACT = "application:consents"
DO_NOT_NEED_CONSENTS = (Ground.DEATH, Ground.DISAPPEARANCE, *EX_OFFICIO_GROUNDS)
"""The borrower can no longer consent, or nobody applied: family or council start these (EX-50, EX-51, EX-54 … EX-56)."""

_CIRCLED = "①②③④⑤⑥"


def consents_check(inquiry: Inquiry, asked: Collection[Ground]) -> Check | None:
    """Return the look at the consents; None while there is no application to judge, or none that needs them."""
    application = inquiry.facts.application
    if application is None or all(ground in DO_NOT_NEED_CONSENTS for ground in asked):
        return None
    lacking = "".join(_CIRCLED[no - 1] for no in CONSENT_NUMBERS if no not in application.consents)
    if lacking:
        value, because = f"{lacking}の印がない", f"同意欄{lacking}に印がないため、免除できない。"
        would_change = f"同意欄{lacking}に印があれば、満たす。"
    else:
        value, because = "①～⑥すべて", "同意欄①～⑥のすべてに印がある。"
        would_change = "1つでも印がなければ、満たさなくなる。"
    return inquiry.check(
        "EX-60",
        Finding.of(not lacking),
        None,
        value=value,
        because=because,
        would_change=would_change,
        change_fact=FACT,
        facts=(FACT,),
    )
