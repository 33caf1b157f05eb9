"""The decision letters on exemption: approved in full, approved in part, refused; and, from ``revoking``, taken back.

One loan, one decision, one letter that states the amount (rules EX-02 and EX-03; MHLW Q&A vol. 17, part 2, questions 1
and 4). A refusal gives no reason (rule EX-05; consent 5 of the Hokkaido exemption form 2024): its facts class has no
field that could carry one.
"""

from dataclasses import dataclass, field
from datetime import date

from exemptions.decision_letters import APPROVED, APPROVED_IN_PART, REFUSED, describe
from exemptions.guiding import letters as guiding
from exemptions.portions import Portion
from exemptions.revoking import letters as revoking
from notices.kinds import Desk, LetterFacts, LetterKind
from notices.sources import LetterSource


@dataclass(frozen=True, kw_only=True)
class ExemptionDecisionFacts(LetterFacts):
    """What all three letters say. `principal` in yen; `desks` are the places to turn to, in the order printed."""

    fund_name: str = field(metadata={"label": "資金の種類"})
    fund_code: str = field(metadata={"label": "資金コード"})
    loan_code: str = field(metadata={"label": "貸付コード"})
    principal: int = field(metadata={"label": "貸付金額"})
    application_received_on: date = field(metadata={"label": "申請受付日"})
    decided_on: date = field(metadata={"label": "決定日"})
    desks: tuple[Desk, ...]


@dataclass(frozen=True, kw_only=True)
class ExemptionApprovedFacts(ExemptionDecisionFacts):
    """All that was still owed is exempted: `exempted_amount` yen."""

    exempted_amount: int = field(metadata={"label": "免除額"})


@dataclass(frozen=True, kw_only=True)
class ExemptionApprovedInPartFacts(ExemptionDecisionFacts):
    """One portion is exempted, the other stays payable (rules EX-20 to EX-22)."""

    exempted: Portion = field(metadata={"label": "免除"})
    remaining: Portion = field(metadata={"label": "引き続き返済"})


@dataclass(frozen=True, kw_only=True)
class ExemptionRefusedFacts(ExemptionDecisionFacts):
    """The application was refused. There is nothing more to say than that, and where to get help."""


KINDS = (
    *guiding.KINDS,
    LetterKind(
        code="exemption_approved",
        label_ja="償還免除承認決定通知書",
        version=1,
        facts_type=ExemptionApprovedFacts,
        template="notices/exemption_approved/v1.html",
    ),
    LetterKind(
        code="exemption_approved_in_part",
        label_ja="償還免除一部承認決定通知書",
        version=1,
        facts_type=ExemptionApprovedInPartFacts,
        template="notices/exemption_approved_in_part/v1.html",
    ),
    LetterKind(
        code="exemption_refused",
        label_ja="償還免除不承認決定通知書",
        version=1,
        facts_type=ExemptionRefusedFacts,
        template="notices/exemption_refused/v1.html",
    ),
    *revoking.KINDS,
)

SOURCES = (
    *guiding.SOURCES,
    LetterSource(
        "exemption_approved",
        "償還免除承認決定通知書",
        due=APPROVED.due,
        draft=APPROVED.draft,
        describe=describe,
        due_rows=APPROVED.due_rows,
    ),
    LetterSource(
        "exemption_approved_in_part",
        "償還免除一部承認決定通知書",
        due=APPROVED_IN_PART.due,
        draft=APPROVED_IN_PART.draft,
        describe=describe,
        due_rows=APPROVED_IN_PART.due_rows,
    ),
    LetterSource(
        "exemption_refused",
        "償還免除不承認決定通知書",
        due=REFUSED.due,
        draft=REFUSED.draft,
        describe=describe,
        due_rows=REFUSED.due_rows,
    ),
    *revoking.SOURCES,
)
