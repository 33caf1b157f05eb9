"""The letters of lending: decided, refused, papers missing, deed given back, ratification, changes, sanctions.

A refusal states no reason and tells instead where the person was pointed to (MHLW Q&A vol. 17, question 2-9). A sanction
states the ground that the rules of the fund give for it and nothing of what was found out (question 28).
"""

from loans import letter_facts as facts
from loans import letter_sources as sources
from loans.deciding.enums import SanctionKind
from notices.kinds import LetterFacts, LetterKind
from notices.sources import LetterSource


def _kind(code: str, label: str, facts_type: type[LetterFacts], *, enclosure: str = "") -> LetterKind:
    return LetterKind(code, label, 1, facts_type, f"notices/{code}/v1.html", enclosure)


KINDS = (
    _kind("lending_approved", "貸付決定通知書", facts.LendingApprovedFacts),
    _kind("lending_refused", "貸付不承認決定通知書", facts.LendingRefusedFacts),
    _kind("lending_deficiency", "借入申込書類の不備のお知らせ", facts.LendingDeficiencyFacts),
    _kind("deed_return", "借用書返却書", facts.DeedReturnFacts, enclosure="お預かりした借用書（原本）"),
    _kind("lending_ratification", "貸付契約の追認のお願い", facts.RatificationFacts),
    _kind("lending_changed", "貸付内容変更決定通知書", facts.LendingChangedFacts),
    _kind("lending_lump_sum", "一括償還請求書", facts.PayBackFacts),
    _kind("lending_stop", "貸付停止決定通知書", facts.SanctionFacts),
    _kind("lending_cancel", "貸付契約解除通知書", facts.PayBackFacts),
)

_MAKERS: dict[str, sources.LendingLetters] = {
    "lending_approved": sources.Approved(),
    "lending_refused": sources.Refused(),
    "lending_deficiency": sources.Deficient(),
    "deed_return": sources.DeedReturns(),
    "lending_ratification": sources.Ratifications(),
    "lending_changed": sources.Changed(),
    "lending_lump_sum": sources.Sanctioned(SanctionKind.LUMP_SUM),
    "lending_stop": sources.Sanctioned(SanctionKind.STOP),
    "lending_cancel": sources.Sanctioned(SanctionKind.CANCEL),
}

SOURCES = tuple(
    LetterSource(
        declared.code,
        declared.label_ja,
        due=_MAKERS[declared.code].due,
        draft=_MAKERS[declared.code].draft,
        describe=_MAKERS[declared.code].describe,
        due_rows=_MAKERS[declared.code].due_rows,
    )
    for declared in KINDS
)
