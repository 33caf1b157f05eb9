"""Whether an application is equal to the others it would be approved with: pure, one sentence for each thing that is not.

Equal means that nobody has to think about it any more: the same ground, fund and year, complete papers, nothing to
notice, every finding met by the rules as they stand now, the whole amount that the formula gives, nothing changed since
it was proposed, and a proposer who is not the one deciding. Whatever deviates is decided alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from exemptions.enums import Flag, Ground, Result
from japan.eras import fiscal_year_text
from japan.yen import yen
from loans.enums import FundKind
from rulebook.findings import Finding
from rulebook.rules import Check


class Deviation(Enum):
    """What can keep an application out."""

    MOVED = "moved"
    OTHER_FUND = "other_fund"
    OTHER_YEAR = "other_year"
    NOT_ELIGIBLE = "not_eligible"
    OTHER_GROUND = "other_ground"
    FINDING_OPEN = "finding_open"
    DEFICIENT = "deficient"
    FLAGGED = "flagged"
    CAPPED = "capped"
    ASKED_FOR_LESS = "asked_for_less"
    FACTS_CHANGED = "facts_changed"
    FINDINGS_CHANGED = "findings_changed"
    REMARK = "remark"
    HELD = "held"
    PROTECTED = "protected"
    OWN_WORK = "own_work"


@dataclass(frozen=True, slots=True)
class Group:
    """What the applications of one approval have in common. ``fiscal_year`` is None for grounds without one."""

    ground: Ground
    fund: str
    fiscal_year: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """One application, as far as it matters whether it is equal to others. Yen.

    ``proposed``: it waits for a decision, and its proposal was the last step. ``checks`` are those the result
    rests on (:func:`rests_on`). ``whole`` is what the formula gives before any cap. ``same_facts`` and ``same_findings``
    compare with what was stored when it was proposed; ``remark``: somebody wrote something beside the form or the proposal.
    ``makers`` entered, corrected or proposed it.
    """

    proposed: bool
    fund: str
    fiscal_year: int | None
    result: Result
    ground: Ground | None
    checks: Sequence[Check]
    amount: int
    whole: int
    requested: int | None
    deficiencies: int
    flags: Sequence[Flag]
    same_facts: bool
    same_findings: bool
    remark: bool
    held_by_another: bool
    protected: bool
    makers: frozenset[int]


ONE_IS_ENOUGH = frozenset({"EX-31", "EX-32", "EX-33"})
"""Certificates of which the ground asks for one."""


def rests_on(checks: Sequence[Check], ground: Ground | None, fiscal_year: int | None) -> tuple[Check, ...]:
    """Return the checks that a result on *ground* rests on, of the form and of the ground, in their order.

    What the ground would have been content with instead stands back: the tax of its other judgement year (EX-10), the
    certificates it did not need (EX-31 … EX-33).
    """
    own = [check for check in checks if check.subject in ("", ground.value if ground else None)]
    one_met = any(check.rule.code in ONE_IS_ENOUGH and check.finding == Finding.MET for check in own)
    return tuple(
        check
        for check in own
        if not (one_met and check.rule.code in ONE_IS_ENOUGH and check.finding != Finding.MET)
        and not _of_another_year(check, fiscal_year)
    )


def _of_another_year(check: Check, fiscal_year: int | None) -> bool:
    taxes = [name for name in check.facts if name.startswith("residence_tax:")]
    years = {name.rpartition(":")[2] for name in taxes}
    return fiscal_year is not None and len(taxes) == len(check.facts) > 0 and str(fiscal_year) not in years


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that keeps an application out, in a sentence without personal data."""

    deviation: Deviation
    text: str


def deviations(case: Case, group: Group, *, decider: int | None) -> tuple[Found, ...]:
    """Return everything that keeps *case* out of an approval of *group*; nothing where it is equal.

    ``decider`` is the key of the member of staff who would decide, None where that is not known yet.
    """
    return tuple(_deviations(case, group, decider))


def _deviations(case: Case, group: Group, decider: int | None) -> Iterator[Found]:
    if not case.proposed:
        yield Found(Deviation.MOVED, "起案された後に、別の操作がされています。")
    if case.fund != group.fund:
        yield Found(Deviation.OTHER_FUND, f"資金の種類が{FundKind(case.fund).label}です。")
    if case.fiscal_year != group.fiscal_year:
        year = fiscal_year_text(case.fiscal_year) if case.fiscal_year else "なし"
        yield Found(Deviation.OTHER_YEAR, f"住民税の年度が{year}です。")
    if case.result != Result.ELIGIBLE or not case.amount:
        yield Found(Deviation.NOT_ELIGIBLE, f"今の判定は「{case.result.label}」です。")
    elif case.ground != group.ground and case.ground is not None:
        yield Found(Deviation.OTHER_GROUND, f"免除の要件が「{case.ground.label}」です。")
    for check in case.checks:
        if check.finding != Finding.MET:
            word = "未確認" if check.finding == Finding.UNKNOWN else "満たさない"
            yield Found(Deviation.FINDING_OPEN, f"規則{check.rule.code}が「{word}」です。")
    if case.deficiencies:
        yield Found(Deviation.DEFICIENT, f"不備が{case.deficiencies}件あります。")
    for flag in case.flags:
        yield Found(Deviation.FLAGGED, f"注意があります：{flag.label}")
    if case.amount < case.whole:
        yield Found(Deviation.CAPPED, f"上限額により、{yen(case.whole)}のうち{yen(case.amount)}だけの免除になります。")
    if case.requested is not None and case.requested < case.amount:
        yield Found(
            Deviation.ASKED_FOR_LESS, f"申請額{yen(case.requested)}が、免除できる額{yen(case.amount)}より少ないです。"
        )
    if not case.same_facts:
        yield Found(Deviation.FACTS_CHANGED, "起案の後に、入金や書類などの登録内容が変わっています。")
    if not case.same_findings:
        yield Found(Deviation.FINDINGS_CHANGED, "起案の後に、判定が変わっています。")
    if case.remark:
        yield Found(Deviation.REMARK, "受付メモまたは起案の理由が書かれています。")
    if case.held_by_another:
        yield Found(Deviation.HELD, "ほかの人が審査中です。")
    if case.protected:
        yield Found(Deviation.PROTECTED, "支援措置の対象です。送付方法を確かめてください。")
    if decider is not None and decider in case.makers:
        yield Found(Deviation.OWN_WORK, "決裁する人が登録または起案した申請です。")
