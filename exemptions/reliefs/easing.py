"""The cells of paying otherwise: deferral, small repayment, change of the plan. Pure; the rules are those of their desks."""

from __future__ import annotations

from exemptions.reliefs.asking import Asked
from exemptions.reliefs.cells import Cell, Chance, Relief
from japan.eras import era_date, era_month
from japan.months import month_index
from japan.yen import yen
from people.enums import PaperKind
from repayment.deferring.assess import AskedDeferral, AskedLoan, about_loan
from repayment.deferring.evidence import EVIDENCE
from repayment.deferring.timing import MONTHS_AHEAD, first_month_possible
from repayment.position import Policy
from repayment.replanning.planning import limits_of
from repayment.schedule import shifted_month
from rulebook.findings import Finding

AGREEMENT_AHEAD = 12
"""A small repayment is agreed at most a year before its first month (``repayment.agreements``)."""

DEFERRAL_PAPERS: frozenset[PaperKind] = frozenset(kind for kinds in EVIDENCE.values() for kind in kinds)
DEFERRAL_PAPER = "猶予の事由を確認する書類（離職票、診断書、罹災証明書、意見書など）"


def easing_cell(relief: Relief, asked: Asked) -> Cell:
    """Return the cell of one way of paying otherwise for one loan."""
    rule = _RULES[relief]
    if not asked.position.outstanding:
        return Cell(relief, Chance.NO, "残っている元金がありません。", rule)
    if asked.is_dead:
        return Cell(relief, Chance.NO, "借受人が亡くなっています。", rule)
    return {
        Relief.DEFERRAL: _deferral,
        Relief.SMALL_REPAYMENT: _small_repayment,
        Relief.PLAN_CHANGE: _plan_change,
    }[relief](asked)


_RULES = {Relief.DEFERRAL: "DF-01", Relief.SMALL_REPAYMENT: "SR-02", Relief.PLAN_CHANGE: "PC-01"}


def _first_due(asked: Asked) -> int:
    """The month of the first instalment after the deferrals there are."""
    return shifted_month(asked.position.plan.first_month, list(asked.position.deferrals))


def _deferral(asked: Asked) -> Cell:
    relief, settings = Relief.DEFERRAL, asked.settings
    if asked.deferral_waits:
        return Cell(relief, Chance.NO, "猶予の申請を審査しています。", "DF-04")
    ends = [shift.from_month + shift.months for shift in asked.position.deferrals]
    possible = first_month_possible(asked.as_of, cutoff_day=settings.deferral_cutoff_day)
    month = max([possible, _first_due(asked), *ends])
    opens = month - MONTHS_AHEAD
    if opens > month_index(asked.as_of):
        because = f"{era_month(month)}分からの猶予を、{era_month(opens)}から受け付けます。"
        return Cell(relief, Chance.FROM, because, "DF-04", month=opens)
    loan = asked.facts.loan
    found = about_loan(
        AskedDeferral(received_on=asked.as_of, ground="", situation=""),
        AskedLoan(
            code=loan.code,
            principal=loan.principal,
            plans=loan.plans,
            deferrals=loan.deferrals,
            entries=loan.entries,
            from_month=month,
            months=settings.deferral_max_months,
            earlier=asked.deferrals_had,
        ),
        settings=settings,
        policy=Policy.of(settings),
        as_of=asked.as_of,
    )
    against = next((check for check in found.checks if check.finding is Finding.NOT_MET), None)
    if against is not None:
        return Cell(relief, Chance.NO, against.because, against.rule.code)
    because = f"{era_month(found.from_month)}分から{found.months}か月まで猶予できます。"
    if asked.papers & DEFERRAL_PAPERS:
        return Cell(relief, Chance.NOW, because, "DF-01")
    return Cell(
        relief, Chance.PAPER, because + "電話で聞き取り、書類は後から受け取れます。", "DF-01", papers=(DEFERRAL_PAPER,)
    )


def _small_repayment(asked: Asked) -> Cell:
    relief, at = Relief.SMALL_REPAYMENT, asked.position
    least, instalment = asked.settings.small_repayment_min, at.plan.month_worth
    if asked.agreement_waits:
        return Cell(relief, Chance.NO, "少額返済の起案が決裁を待っています。", "SR-02")
    if instalment <= least:
        return Cell(
            relief, Chance.NO, f"約定の月額（{yen(instalment)}）が最低の月額（{yen(least)}）以下です。", "SR-02"
        )
    now = month_index(asked.as_of)
    month = max([now, at.plan.first_month])
    for shift in sorted(at.deferrals, key=lambda shift: shift.from_month):
        if shift.from_month <= month < shift.from_month + shift.months:
            month = shift.from_month + shift.months
    if month > now + AGREEMENT_AHEAD:
        opens = month - AGREEMENT_AHEAD
        because = f"{era_month(month)}分からの少額返済を、{era_month(opens)}から受け付けます。"
        return Cell(relief, Chance.FROM, because, "SR-02", month=opens)
    if asked.agreement_until is not None:
        because = f"{era_month(asked.agreement_until)}までの約束があります。見直して改められます。"
        return Cell(relief, Chance.NOW, because, "SR-02")
    return Cell(relief, Chance.NOW, f"月額{yen(least)}から、{era_month(month)}分以後で約束できます。", "SR-02")


def _plan_change(asked: Asked) -> Cell:
    relief, at = Relief.PLAN_CHANGE, asked.position
    if asked.change_waits:
        return Cell(relief, Chance.NO, "計画の変更の起案が決裁を待っています。", "PC-01")
    if at.as_of > at.deadline:
        return Cell(relief, Chance.NO, f"最終償還期限（{era_date(at.deadline)}）を過ぎています。", "PC-01")
    limits = limits_of(
        at,
        agreed_first_month=asked.facts.loan.first_month,
        most_instalments=asked.most_instalments,
        deferred_months=sum(shift.months for shift in asked.facts.loan.deferrals),
    )
    months = limits.last_month - limits.first_month + 1
    if months < 1:
        because = f"この資金の償還は最長{limits.most_instalments}回で、{era_month(limits.last_month)}までです。"
        return Cell(relief, Chance.NO, because, "PC-01")
    because = f"{era_month(limits.first_month)}分から、{months}回までの計画に改められます。"
    return Cell(relief, Chance.NOW, because, "PC-01")
