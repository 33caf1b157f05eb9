"""The letters of deferral: papers wanted, granted, refused, ending soon, ended early.

A refusal states no reason; its facts have no field for one. The notice that a deferral ends goes out some months ahead
(setting ``deferral_end_notice_months``; Kanagawa council: about two).
"""

from __future__ import annotations

from notices.kinds import LetterFacts, LetterKind
from notices.sources import LetterSource
from repayment.deferring import letter_facts as facts
from repayment.deferring import letter_sources as sources


def _kind(code: str, label: str, facts_type: type[LetterFacts]) -> LetterKind:
    return LetterKind(code, label, 1, facts_type, f"notices/{code}/v1.html")


KINDS = (
    _kind("deferral_deficiency", "償還猶予の申請書類のお願い", facts.DeferralDeficiencyFacts),
    _kind("deferral_approved", "償還猶予承認決定通知書", facts.DeferralApprovedFacts),
    _kind("deferral_refused", "償還猶予不承認決定通知書", facts.DeferralRefusedFacts),
    _kind("deferral_ending", "償還猶予期間の終了のお知らせ", facts.DeferralEndingFacts),
    _kind("deferral_ended", "償還猶予の途中終了のお知らせ", facts.DeferralEndedFacts),
)

_MAKERS: dict[str, sources.LendingLetters | sources.Ending] = {
    "deferral_deficiency": sources.Deficient(),
    "deferral_approved": sources.Approved(),
    "deferral_refused": sources.Refused(),
    "deferral_ending": sources.Ending(),
    "deferral_ended": sources.Ended(),
}

SOURCES = tuple(
    LetterSource(
        declared.code,
        declared.label_ja,
        due=_MAKERS[declared.code].due,
        due_rows=_MAKERS[declared.code].due_rows,
        draft=_MAKERS[declared.code].draft,
        describe=_MAKERS[declared.code].describe,
    )
    for declared in KINDS
)
