"""The cells of the grounds of exemption: what the rules found, read as what can be done. Pure.

Where the rules find a fact not established, a paper is missing. Public assistance and certificates of disability are
asked for by paper too while nothing speaks against them: whoever has one can prove it today. What only an event opens
(death, a court's decision) is a no as long as no event is on file.
"""

from __future__ import annotations

from collections.abc import Callable

from exemptions.assessment import GroundOutcome
from exemptions.enums import Ground, Person
from exemptions.inquiry import newest_fixed_year, tax_known_from
from exemptions.reliefs.asking import Asked
from exemptions.reliefs.cells import GROUND_OF, Cell, Chance, Relief
from exemptions.trace.naming import day_of_arrears
from exemptions.trace.questions import Question
from japan.eras import era_date, era_month, fiscal_year_text
from japan.months import month_index
from japan.yen import yen
from rulebook.findings import Finding
from rulebook.rules import Check

ASSISTANCE_PAPER = "生活保護受給証明書"
CARD_PAPER = "障害者手帳の写し（精神1級、身体1・2級、療育 重度）"
HOUSEHOLD_PAPER = "住民票（世帯全員）"
COMPOSITION_PAPER = "世帯の種類を確認できる書類"
COURT_PAPERS = {
    Relief.DEATH: "死亡を確認できる書類",
    Relief.DISAPPEARANCE: "失踪宣告を確認できる書類",
    Relief.BANKRUPTCY: "免責の確定を確認できる書類",
    Relief.REHABILITATION: "個人再生の完了と免責を確認できる書類",
}


def exempting_cell(relief: Relief, asked: Asked) -> Cell:
    """Return the cell of one ground of exemption for one loan."""
    if not asked.position.outstanding:
        return Cell(relief, Chance.NO, "残っている元金がありません。", "EX-03")
    if asked.pending:
        return Cell(relief, Chance.NO, f"免除申請 {asked.pending} を審査しています。決定を待ってください。", "EX-02")
    if relief == Relief.EX_OFFICIO:
        return _untraceable(asked)
    if asked.is_dead and relief not in WITHOUT_CONSENT:
        return Cell(relief, Chance.NO, "借受人が亡くなっています。死亡による免除で受け付けます。", "EX-50")
    ground = GROUND_OF[relief]
    (outcome,) = (it for it in asked.answer.grounds if it.ground == ground)
    if not asked.inquiry.is_special and relief in _OF_SPECIAL_LOANS:
        return Cell(relief, Chance.NO, "本則の貸付には、この要件がありません。", "EX-10")
    if outcome.holds:
        return _holds(relief, outcome, asked)
    return _READINGS[relief](relief, outcome, asked)


WITHOUT_CONSENT = (Relief.DEATH, Relief.DISAPPEARANCE)
"""The dead consent to nothing: the other grounds need the six consents of the borrower (EX-60)."""

_OF_SPECIAL_LOANS = (
    Relief.RESIDENCE_TAX,
    Relief.LATER_YEAR,
    Relief.PUBLIC_ASSISTANCE,
    Relief.DISABILITY,
    Relief.LONG_ARREARS,
)


def _holds(relief: Relief, outcome: GroundOutcome, asked: Asked) -> Cell:
    rule = outcome.checks[0].rule.code
    if outcome.waits_until is not None:
        because = f"申請は今できます。決定は、償還が始まる{era_date(outcome.waits_until)}以後です。"
        return Cell(
            relief, Chance.FROM, because, "EX-35", month=month_index(outcome.waits_until), amount=outcome.amount
        )
    stays = asked.position.outstanding - outcome.amount
    because = f"{yen(outcome.amount)}を免除できます。" + (f"{yen(stays)}は残ります。" if stays else "")
    return Cell(relief, Chance.NOW, because, rule, amount=outcome.amount)


def _against(outcome: GroundOutcome) -> Check:
    """The check that speaks against the ground, the first in order."""
    return next(check for check in outcome.checks if check.finding is Finding.NOT_MET)


def _tax(relief: Relief, outcome: GroundOutcome, asked: Asked) -> Cell:
    if not outcome.amount:
        return Cell(relief, Chance.NO, "期日の来ていない分がなく、免除できる金額がありません。", "EX-16")
    if outcome.known_from is not None:
        because = f"判定年度の住民税は{era_month(outcome.known_from)}に決まります。"
        return Cell(relief, Chance.FROM, because, "EX-10", month=outcome.known_from)
    if outcome.finding is Finding.UNKNOWN:
        return _papers(relief, outcome, "EX-11")
    return Cell(relief, Chance.NO, _against(outcome).because, "EX-11")


def _later_year(relief: Relief, outcome: GroundOutcome, asked: Asked) -> Cell:
    judged = asked.inquiry.cohort.judgement_years[-1]
    newest = newest_fixed_year(asked.as_of)
    next_year = max(newest, judged) + 1
    if newest > judged and not outcome.amount:
        return Cell(relief, Chance.NO, "免除の開始月より後に期日の来る分がありません。", "EX-23")
    if outcome.finding is Finding.UNKNOWN:
        return _papers(relief, outcome, "EX-20")
    if not _something_after_the_next_cut_off(asked, next_year):
        return Cell(relief, Chance.NO, "次の年度の税額が決まる頃には、免除の開始月より後の分が残りません。", "EX-23")
    opens = tax_known_from(next_year)
    because = f"{fiscal_year_text(next_year)}の住民税が{era_month(opens)}に決まると、改めて申請できます。"
    if newest > judged:
        because = _against(outcome).because + because
    return Cell(relief, Chance.FROM, because, "EX-24", month=opens)


def _something_after_the_next_cut_off(asked: Asked, fiscal_year: int) -> bool:
    opens = tax_known_from(fiscal_year)
    earliest = opens if asked.settings.later_year_anniversary_inclusive else opens + 1
    cut_off = earliest + (asked.inquiry.loan.first_month - earliest) % 12
    return any(line.unpaid and line.due_month >= cut_off for line in asked.position.lines)


def _assistance(relief: Relief, outcome: GroundOutcome, asked: Asked) -> Cell:
    if asked.inquiry.facts.public_assistance_from is None:
        because = "受給の記録がありません。受給していれば、証明書で申請できます。"
        return Cell(relief, Chance.PAPER, because, "EX-30", papers=(ASSISTANCE_PAPER,))
    return Cell(relief, Chance.NO, _against(outcome).because, "EX-30")


def _card(relief: Relief, outcome: GroundOutcome, asked: Asked) -> Cell:
    if not asked.inquiry.facts.certificates:
        because = "手帳の記録がありません。対象の等級の手帳があれば、写しで申請できます。"
        return Cell(relief, Chance.PAPER, because, "EX-34", papers=(CARD_PAPER,))
    held = {it.kind.value for it in asked.inquiry.facts.certificates}
    check = next(it for it in outcome.checks if it.facts and it.facts[0].partition(":")[2] in held)
    return Cell(relief, Chance.NO, check.because, check.rule.code)


def _arrears(relief: Relief, outcome: GroundOutcome, asked: Asked) -> Cell:
    found = {(check.rule.code, check.facts[:1]): check for check in outcome.checks}
    months = found.get(("EX-40", ("payments",)))
    if months is None:  # EX-42: ② or ③ holds
        return Cell(relief, Chance.NO, outcome.checks[0].because, "EX-42")
    growth = found["EX-43", ("payments",)]
    others = [it for it in outcome.checks if it.rule.code == "EX-40" and it is not months]
    for check in (growth, *others):
        if check.finding is Finding.NOT_MET:
            return Cell(relief, Chance.NO, check.because, check.rule.code)
    if months.finding is Finding.NOT_MET:
        wanted = asked.settings.req4_months * asked.position.plan.month_worth
        day = day_of_arrears(Question(asked.facts, asked.settings, asked.as_of), wanted)
        if day is None or not asked.position.arrears:
            return Cell(relief, Chance.NO, months.because, "EX-40")
        because = f"滞納がこのまま増えれば、早くて{era_month(month_index(day))}に{yen(wanted)}になります。"
        papers = papers_for(outcome.missing)
        return Cell(relief, Chance.FROM, because, "EX-40", month=month_index(day), papers=papers)
    if outcome.finding is Finding.UNKNOWN:
        return _papers(relief, outcome, "EX-40")
    return Cell(relief, Chance.NO, _against(outcome).because, _against(outcome).rule.code)


def _event(relief: Relief, outcome: GroundOutcome, asked: Asked) -> Cell:
    paper, rule = COURT_PAPERS[relief], outcome.checks[0].rule.code
    if relief in (Relief.BANKRUPTCY, Relief.REHABILITATION) and asked.in_court:
        because = "手続き中です。免責が確定すれば申請できます。"
        return Cell(relief, Chance.PAPER, because, rule, papers=(paper,))
    if outcome.checks[0].finding is Finding.MET:
        return Cell(relief, Chance.NO, _against(outcome).because, _against(outcome).rule.code)
    because = f"記録がありません。該当すれば、{paper}で受け付けます。"
    return Cell(relief, Chance.NO, because, rule)


def _untraceable(asked: Asked) -> Cell:
    relief = Relief.EX_OFFICIO
    (outcome,) = (it for it in asked.answer_if_untraceable.grounds if it.ground == Ground.UNTRACEABLE)
    if outcome.holds:
        because = "12か月分以上の滞納があり、郵便が返送されています。都道府県社協が個別に判断します。"
        return Cell(relief, Chance.NOW, because, "EX-54", amount=outcome.amount)
    against = [check for check in outcome.checks if check.finding is not Finding.MET]
    if len(against) == 1 and against[0].change_fact == "as_of" and asked.returned_since is not None:
        lapse = asked.settings.untraceable_lapse_months
        month = month_index(asked.returned_since) + lapse
        because = f"郵便の返送から{lapse}か月が経つ{era_month(month)}から、職権で免除を起案できます。"
        return Cell(relief, Chance.FROM, because, "EX-54", month=month)
    return Cell(relief, Chance.NO, against[0].because, against[0].rule.code)


def _papers(relief: Relief, outcome: GroundOutcome, rule: str) -> Cell:
    papers = papers_for(outcome.missing)
    return Cell(relief, Chance.PAPER, f"{'、'.join(papers)}で確認できます。", rule, papers=papers)


def papers_for(missing: frozenset[str]) -> tuple[str, ...]:
    """The papers that establish facts: certificates by person (any of several years), residence record, household."""
    found = []
    for person in Person:
        years = sorted(
            name.rpartition(":")[2] for name in missing if name.startswith(f"residence_tax:{person.value}:")
        )
        if years:
            named = "または".join(fiscal_year_text(int(year)) for year in years)
            found.append(f"{person.label}の{named}の課税（非課税）証明書")
    household = {name for name in missing if name.startswith("household:")}
    if household - {"household:composition"}:
        found.append(HOUSEHOLD_PAPER)
    if "household:composition" in household:
        found.append(COMPOSITION_PAPER)
    return tuple(found)


_READINGS: dict[Relief, Callable[[Relief, GroundOutcome, Asked], Cell]] = {
    Relief.RESIDENCE_TAX: _tax,
    Relief.LATER_YEAR: _later_year,
    Relief.PUBLIC_ASSISTANCE: _assistance,
    Relief.DISABILITY: _card,
    Relief.LONG_ARREARS: _arrears,
    Relief.DEATH: _event,
    Relief.DISAPPEARANCE: _event,
    Relief.BANKRUPTCY: _event,
    Relief.REHABILITATION: _event,
}
