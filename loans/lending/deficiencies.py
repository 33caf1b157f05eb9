"""What is missing on an application (不備): answers nobody gave, and papers that are not there.

Pure: the same list is shown while a clerk types, is sent back to the applicant, and is looked at before the proposal.
What a rule forbids is no deficiency but a finding (:mod:`loans.lending.assess`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from japan.eras import era_date
from loans.enums import FundKind
from loans.lending.enums import SmallLoanGround
from loans.lending.papers import PaperNeed
from loans.lending.transcript import Transcript

SMALL = frozenset({FundKind.SP_SMALL, FundKind.REG_SMALL})
GENERAL = frozenset({FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN})


@dataclass(frozen=True, slots=True)
class Deficiency:
    """One thing that is missing. ``text`` is the sentence for the applicant, ``field`` the form's field."""

    code: str
    text: str
    field: str = ""
    subject: str = ""

    def to_json(self) -> dict[str, str]:
        """Return what is kept with the step that sent it back."""
        return {"code": self.code, "subject": self.subject, "text": self.text}


def find_deficiencies(
    fund: FundKind, told: Transcript, needs: Iterable[PaperNeed], *, today: date
) -> tuple[Deficiency, ...]:
    """Return everything that is missing, in the order of the form, papers last."""
    return (*_answers(fund, told, today), *_papers(needs))


def _answers(fund: FundKind, told: Transcript, today: date) -> Iterator[Deficiency]:
    if told.applied_on > today:
        yield Deficiency(
            "applied_on", f"借入申込日（{era_date(told.applied_on)}）がまだ来ていない日です。", "applied_on"
        )
    if told.household_size is None:
        yield Deficiency("household_size", "世帯の人数を確かめてください。", "household_size")
    if fund in SMALL and told.amount_asked is None:
        yield Deficiency("amount_asked", "借入希望額を記入してください。", "amount_asked")
    if fund in GENERAL and told.monthly_amount is None:
        yield Deficiency("monthly_amount", "1か月の借入希望額を記入してください。", "monthly_amount")
    if fund in GENERAL and told.months is None:
        yield Deficiency("months", "借入を希望する月数を記入してください。", "months")
    if told.instalments is None:
        yield Deficiency("instalments", "償還の回数を記入してください。", "instalments")
    if not told.purpose:
        yield Deficiency("purpose", "借入金の使いみちを確かめてください。", "purpose")
    if fund == FundKind.REG_SMALL:
        yield from _regular(told)
    else:
        yield from _special(told)


def _regular(told: Transcript) -> Iterator[Deficiency]:
    if not told.cause:
        yield Deficiency("cause", "貸付対象理由（①～⑨）を確かめてください。", "cause")
    if told.cause_on is None:
        yield Deficiency("cause_on", "理由が生じた日を確かめてください。", "cause_on")


def _special(told: Transcript) -> Iterator[Deficiency]:
    if not any(line.before_amount is not None and line.after_amount is not None for line in told.incomes):
        yield Deficiency("incomes", "減収の前と後の手取り月額を記入してください。", "incomes-0-before_amount")
    if not told.income_proof:
        yield Deficiency("income_proof", "収入の減少を何で確認したかを選んでください。", "income_proof")
    if SmallLoanGround.OTHER in told.grounds and not told.other_ground.strip():
        yield Deficiency("other_ground", "「カ そのほか」の内容を記入してください。", "other_ground")


def _papers(needs: Iterable[PaperNeed]) -> Iterator[Deficiency]:
    groups: dict[str, list[PaperNeed]] = {}
    for number, need in enumerate(needs):
        if not need.satisfied:
            groups.setdefault(need.group or str(number), []).append(need)
    for alternatives in groups.values():
        first = alternatives[0]
        names = "、".join(need.name_ja for need in alternatives)
        which = f"{names}のいずれか" if len(alternatives) > 1 else names
        whose = f"（{first.member}）" if first.member else ""
        text = f"{which}{whose}を出してください（{first.why_ja}）。{first.held_ja}"
        yield Deficiency("paper", text, subject=first.kind.value)
