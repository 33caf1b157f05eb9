"""Which candidates a loan makes: what the portfolio statement thought of, confirmed by the rules themselves."""

from __future__ import annotations

from datetime import date

from exemptions.candidates import arrears, tax, whole
from exemptions.candidates.enums import CandidateKind as K
from exemptions.candidates.known import Found, Known
from exemptions.enums import EventKind
from exemptions.inquiry import Inquiry
from rulebook.settings import Settings


def find(known: Known, *, settings: Settings, on: date) -> list[Found]:
    """The candidates of one loan on a day. Where ② or ③ holds, ④ is not looked at (EX-42); the dead are not silent."""
    inquiry = Inquiry(known.facts, settings, on)
    if not inquiry.position.outstanding:
        return []
    months = min(settings.arrears_notice_months)
    found: list[Found | None] = []
    if K.LEARNED in known.asked:
        found += whole.find_learned(known, inquiry, silent_months=months)
    if any(each.event == EventKind.DEATH for each in known.learned):
        return [each for each in found if each]
    if K.SILENT in known.asked and not found:
        found.append(arrears.find_silent(known, inquiry, silent_months=months))
    if inquiry.is_special:
        if {K.OTHER_FUND, K.NEW_TAX_YEAR} & known.asked:
            found.append(tax.find(known, inquiry))
        before = [
            whole.find_assistance(known, inquiry) if K.ASSISTANCE in known.asked else None,
            whole.find_handbook(known, inquiry) if K.HANDBOOK in known.asked else None,
        ]
        found += before
        if K.LONG_ARREARS in known.asked and not any(each and whole.GRADE not in each.missing for each in before):
            found.append(arrears.find_long_arrears(known, inquiry))
    return [each for each in found if each]
