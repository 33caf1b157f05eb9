"""Whether the regular emergency small-sum loan may be lent (RS-01 to RS-32; K-1, K-3, K-5, K-6). Yen, months, years.

Source: the guide in force (``loans.lending.guide``). Only the amount and the terms are judged where the application
told nothing else.
"""

from __future__ import annotations

from datetime import date

from japan.eras import age_on, era_date, era_month
from japan.months import last_day, month_index
from japan.yen import yen
from loans.enums import FundKind
from loans.lending import exclusions
from loans.lending.enums import BridgeTo, Condition, Involvement, LendingCause, Residence
from loans.lending.facts import RegularFacts
from loans.lending.inquiry import Inquiry
from loans.lending.involvement import PROVING_PAPER
from rulebook.rules import Check


def look(inquiry: Inquiry) -> tuple[Check, ...]:
    """Look at everything the regular loan's guide asks."""
    if inquiry.facts.fund != FundKind.REG_SMALL:
        return ()
    found: list[Check | None] = [
        _amount_check(inquiry),
        _grace_check(inquiry),
        _instalments_check(inquiry),
        _start_check(inquiry),
        _age_check(inquiry),
    ]
    regular = inquiry.facts.regular
    if regular is not None:
        found += [
            _condition_check(inquiry, regular, Condition.STEADY_INCOME, "RS-02"),
            _income_check(inquiry, regular),
            _condition_check(inquiry, regular, Condition.ONE_OFF, "RS-05"),
            _recent_check(inquiry, regular),
            _cause_check(inquiry, regular),
            *_bridge_checks(inquiry, regular),
            _condition_check(inquiry, regular, Condition.CONTINUED_SUPPORT_CONSENT, "RS-10"),
            _involvement_check(inquiry, regular),
            _condition_check(inquiry, regular, Condition.REPAYMENT_IN_SIGHT, "RS-12"),
            _prefecture_check(inquiry),
            _address_check(inquiry),
        ]
    found += exclusions.look(inquiry)
    return tuple(check for check in found if check is not None)


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has no such day."""
    last = last_day(month_index(day) + months)
    return last.replace(day=min(day.day, last.day))


def _amount_check(inquiry: Inquiry) -> Check | None:
    asked, most, unit = inquiry.facts.amount, inquiry.guide.maximum, inquiry.guide.unit
    if asked is None:
        return None
    met = 0 < asked <= most and asked % unit == 0
    if met:
        because = f"{yen(most)}以内で、{unit:,}円単位である。"
    elif asked % unit:
        because = f"{unit:,}円単位でない。"
    else:
        because = f"{yen(most)}を超えている。" if asked else "希望額がない。"
    return inquiry.check(
        "RS-01",
        met,
        value=yen(asked),
        because=because,
        would_change=f"{yen(most)}を超えるか端数があれば、満たさなくなる。"
        if met
        else f"{yen(most)}以内の{unit:,}円単位の額であれば、満たす。",
        change_fact="amount",
        facts=("amount",),
    )


def _grace_check(inquiry: Inquiry) -> Check | None:
    grace, most = inquiry.facts.grace_months, inquiry.guide.most_grace_months
    if grace is None:
        return None
    met = grace <= most
    return inquiry.check(
        "RS-14",
        met,
        value=f"据置{grace}か月",
        because=f"据置期間は{most}か月以内。",
        would_change=f"{most}か月を超えれば、満たさなくなる。" if met else f"{most}か月以内であれば、満たす。",
        change_fact="grace_months",
        facts=("grace_months",),
    )


def _instalments_check(inquiry: Inquiry) -> Check | None:
    count, most = inquiry.facts.instalments, inquiry.guide.most_instalments
    if count is None:
        return None
    met = 1 <= count <= most
    return inquiry.check(
        "RS-15",
        met,
        value="一括償還" if count == 1 else f"{count}回",
        because=f"返済は{most}回以内の月賦、または一括。",
        would_change=f"{most}回を超えれば、満たさなくなる。" if met else f"{most}回以内であれば、満たす。",
        change_fact="instalments",
        facts=("instalments",),
    )


def _start_check(inquiry: Inquiry) -> Check | None:
    first, within = inquiry.facts.first_due_month, inquiry.guide.start_within_months
    if first is None:
        return None
    lent = month_index(inquiry.facts.applied_on)
    latest = lent + within - 1
    met = lent <= first <= latest
    return inquiry.check(
        "RS-12",
        met,
        value=f"{era_month(first)}から返済",
        because=f"申込みの月に貸し付けるとして、貸付月を含む{within}か月以内は{era_month(latest)}まで。",
        would_change=f"{era_month(latest)}より後であれば、満たさなくなる。"
        if met
        else f"{era_month(latest)}までに返済を始めれば、満たす。",
        change_fact="first_due_month",
        facts=("first_due_month", "applied_on"),
    )


def _age_check(inquiry: Inquiry) -> Check | None:
    birth, limit = inquiry.facts.birth_date, inquiry.guide.age_below
    if birth is None:
        if inquiry.facts.regular is None:
            return None
        return inquiry.check(
            "RS-04",
            None,
            value="未確認",
            because="借入申込人の年齢が確認されていない。",
            would_change=f"{limit}歳未満とわかれば、満たす。",
            change_fact="birth_date",
            facts=("birth_date", "applied_on"),
            missing=("birth_date",),
        )
    age = age_on(birth, inquiry.facts.applied_on)
    met = age < limit
    return inquiry.check(
        "RS-04",
        met,
        value=f"申込みの時に{age}歳",
        because=f"原則として{limit}歳未満。" if met else f"原則として{limit}歳未満だが、{limit}歳以上である。",
        would_change=f"{limit}歳以上であれば、満たさなくなる。" if met else f"{limit}歳未満であれば、満たす。",
        change_fact="birth_date",
        facts=("birth_date", "applied_on"),
    )


def _condition_check(inquiry: Inquiry, regular: RegularFacts, condition: Condition, code: str) -> Check:
    said = regular.conditions.get(condition)
    name = f"regular:conditions:{condition.value}"
    because = {
        None: f"「{condition.label}」かどうかが確認されていない。",
        True: f"{condition.label}。",
        False: f"「{condition.label}」に当てはまらない。",
    }[said]
    return inquiry.check(
        code,
        said,
        value="未確認" if said is None else ("はい" if said else "いいえ"),
        because=because,
        would_change="当てはまらなければ、満たさなくなる。" if said else "当てはまれば、満たす。",
        change_fact=name,
        facts=(name,),
        missing=(name,) if said is None else (),
    )


def _income_check(inquiry: Inquiry, regular: RegularFacts) -> Check:
    name = "regular:monthly_income"
    used = (name, "household_size", "regular:with_disabled_or_care_needing")
    purpose_only = inquiry.settings.regular_household_condition == "LOW_INCOME_OR_DISABLED_OR_CARE"
    if purpose_only and regular.with_disabled_or_care_needing:
        return inquiry.check(
            "RS-03",
            True,
            value="障害者または要介護の高齢者のいる世帯",
            because="設定により、収入基準額は問わない。",
            would_change="そのような世帯員がいなければ、収入基準額で判定する。",
            facts=used,
        )
    most = ceiling_for(inquiry.settings.regular_income_ceiling, inquiry.facts.household_size)
    income = regular.monthly_income
    if most is None or income is None:
        because = (
            "世帯の月収が確認されていない。"
            if income is None
            else "世帯人数が確認されていない。"
            if inquiry.settings.regular_income_ceiling
            else "収入基準額が設定されていないため、個別に確認する。"
        )
        return inquiry.check(
            "RS-03",
            None,
            value="未確認" if income is None else f"月収{yen(income)}",
            because=because,
            facts=used,
            missing=(name,) if income is None else (),
        )
    met = income <= most
    size = inquiry.facts.household_size
    return inquiry.check(
        "RS-03",
        met,
        value=f"月収{yen(income)}",
        because=f"{size}人世帯の収入基準額は{yen(most)}で、{'これを超えない' if met else 'これを超えている'}。",
        would_change=f"{yen(most)}を超えれば、満たさなくなる。" if met else f"{yen(most)}以下であれば、満たす。",
        change_fact=name,
        facts=used,
    )


def ceiling_for(ceilings: tuple[int, ...], household_size: int | None) -> int | None:
    """Return the income ceiling for a household: the last amount stands for all larger ones; None where none is set."""
    if not ceilings or household_size is None:
        return None
    return ceilings[min(household_size, len(ceilings)) - 1]


def _recent_check(inquiry: Inquiry, regular: RegularFacts) -> Check:
    happened, months, applied_on = regular.cause_on, inquiry.guide.cause_within_months, inquiry.facts.applied_on
    name = "regular:cause_on"
    if happened is None:
        return inquiry.check(
            "RS-06",
            None,
            value="未確認",
            because="事由がいつ発生したかが、確認されていない。",
            would_change=f"{months}か月以内の事由とわかれば、満たす。",
            change_fact=name,
            facts=(name, "applied_on"),
            missing=(name,),
        )
    met = happened <= applied_on <= add_months(happened, months)
    until = era_date(add_months(happened, months))
    because = f"事由の発生から{months}か月程度（{until}まで）の申込みで{'ある' if met else 'ない'}。"
    if happened > applied_on:
        because = "事由の発生が、申込みより後である。"
    return inquiry.check(
        "RS-06",
        met,
        value=f"{era_date(happened)}に発生",
        because=because,
        would_change=f"発生から{months}か月を過ぎていれば、満たさなくなる。"
        if met
        else f"申込みの前{months}か月以内に発生していれば、満たす。",
        change_fact=name,
        facts=(name, "applied_on"),
    )


def _cause_check(inquiry: Inquiry, regular: RegularFacts) -> Check:
    cause = regular.cause
    known = cause is not None and cause in inquiry.guide.cause_papers
    return inquiry.check(
        "RS-07",
        None if cause is None else known,
        value=str(cause.label) if cause is not None else "未確認",
        because="貸付対象理由に当てはまる。" if known else "貸付対象理由のどれに当てはまるかが、確認されていない。",
        would_change="" if known else "①～⑨のいずれかに当てはまれば、満たす。",
        change_fact="" if known else "regular:cause",
        facts=("regular:cause",),
        missing=("regular:cause",) if cause is None else (),
    )


def _bridge_checks(inquiry: Inquiry, regular: RegularFacts) -> tuple[Check, ...]:
    """Look at K-5: causes ③ and ④ where they bridge to a first wage."""
    bridge = regular.bridge
    if bridge is None:
        if regular.cause != LendingCause.BRIDGE_TO_FIRST_PAYMENT:
            return ()
        return (
            inquiry.check(
                "RS-08",
                None,
                value="未確認",
                because="何の初回支給日までのつなぎかが、確認されていない。",
                would_change="年金・公的給付か、初回給与かがわかれば、判定できる。",
                change_fact="regular:bridge",
                facts=("regular:bridge",),
                missing=("regular:bridge",),
            ),
        )
    least = inquiry.guide.expected_at_least_months
    if regular.cause not in (LendingCause.BRIDGE_TO_FIRST_PAYMENT, LendingCause.REDUCED_INCOME):
        return ()
    if bridge.to == BridgeTo.WAGE_OF_FIRST_JOB:
        return (_months_check(inquiry, "RS-09", "expected_months", bridge.expected_months, least, "雇用の見込み"),)
    if bridge.to != BridgeTo.WAGE_OF_NEXT_JOB:
        because = "年金や公的給付までのつなぎで、雇用の期間は問わない。"
        return (inquiry.check("RS-08", True, value=str(bridge.to.label), because=because, facts=("regular:bridge",)),)
    held = inquiry.guide.held_at_least_months
    return (
        _months_check(inquiry, "RS-08", "held_months", bridge.held_months, held, "前の仕事の期間"),
        _left_check(inquiry, regular),
        _months_check(inquiry, "RS-08", "expected_months", bridge.expected_months, least, "雇用の見込み"),
    )


def _months_check(inquiry: Inquiry, code: str, field: str, months: int | None, least: int, label: str) -> Check:
    name = f"regular:bridge:{field}"
    met = None if months is None else months >= least
    return inquiry.check(
        code,
        met,
        value="未確認" if months is None else f"{label}{months}か月",
        because=f"{label}は{least}か月以上が必要。",
        would_change=f"{least}か月未満であれば、満たさなくなる。" if met else f"{least}か月以上であれば、満たす。",
        change_fact=name,
        facts=(name,),
        missing=(name,) if months is None else (),
    )


def _left_check(inquiry: Inquiry, regular: RegularFacts) -> Check:
    name = "regular:bridge:left_on"
    years = inquiry.guide.left_within_years
    left = regular.bridge.left_on if regular.bridge is not None else None
    hired = regular.bridge.hired_on if regular.bridge is not None else None
    decided = hired or inquiry.facts.applied_on
    used = (name, "regular:bridge:hired_on", "applied_on")
    if left is None:
        return inquiry.check(
            "RS-08",
            None,
            value="離職日は未確認",
            because="前の仕事をいつ離職したかが、確認されていない。",
            would_change=f"就労先の決定まで{years}年以内とわかれば、満たす。",
            change_fact=name,
            facts=used,
            missing=(name,),
        )
    until = add_months(left, 12 * years)
    met = left <= decided <= until
    return inquiry.check(
        "RS-08",
        met,
        value=f"{era_date(left)}に離職、{era_date(decided)}に就労先が決定",
        because=f"離職から{years}年以内は{era_date(until)}まで。",
        would_change=f"離職から{years}年を過ぎていれば、満たさなくなる。"
        if met
        else f"離職から{years}年以内に就労先が決まっていれば、満たす。",
        change_fact=name,
        facts=used,
    )


def _involvement_check(inquiry: Inquiry, regular: RegularFacts) -> Check:
    outcome = regular.involvement
    name = "regular:involvement"
    if outcome is None:
        return inquiry.check(
            "RS-11",
            None,
            value="未確認",
            because="自立相談支援機関の利用が必要かどうかが、確認されていない。",
            would_change="関わりの確認（6問以内）を終えれば、判定できる。",
            change_fact=name,
            facts=(name,),
            missing=(name,),
        )
    paper = PROVING_PAPER[outcome]
    because = (
        "一過性の事由で、利用は要らない。"
        if outcome == Involvement.NOT_NEEDED
        else f"{paper.label if paper else ''}で確認する。"
    )
    return inquiry.check("RS-11", True, value=str(outcome.label), because=because, facts=(name,))


def _prefecture_check(inquiry: Inquiry) -> Check:
    here = inquiry.facts.lives_in_prefecture
    return inquiry.check(
        "RS-13",
        here,
        value="未確認" if here is None else ("県内に居住" if here else "県外に居住"),
        because={
            None: "県内に住んでいるかどうかが、確認されていない。",
            True: "県内に住んでいる。",
            False: "県内に住んでいない。今の住所の都道府県の社協を案内する。",
        }[here],
        would_change="県外に住んでいれば、満たさなくなる。" if here else "県内に住んでいれば、満たす。",
        change_fact="lives_in_prefecture",
        facts=("lives_in_prefecture",),
        missing=("lives_in_prefecture",) if here is None else (),
    )


def _address_check(inquiry: Inquiry) -> Check:
    residence = inquiry.facts.residence
    finding = {
        None: None,
        Residence.REGISTERED: True,
        Residence.EVACUATED: None,
        Residence.ELSEWHERE: False,
        Residence.NO_ADDRESS: False,
    }[residence]
    because = {
        None: "住民票の住所に住んでいるかどうかが、確認されていない。",
        Residence.REGISTERED: "住民票の住所と現住所が一致している。",
        Residence.EVACUATED: "避難しているため住民票を移せない事情を、個別に確認する。",
        Residence.ELSEWHERE: "住民票の住所と現住所が一致していない。",
        Residence.NO_ADDRESS: "住所がない。自立相談支援機関や福祉事務所につなぐ。",
    }[residence]
    return inquiry.check(
        "RS-13",
        finding,
        value=str(residence.label) if residence is not None else "未確認",
        because=because,
        would_change="住民票の住所と異なる所に住んでいれば、満たさなくなる。"
        if finding
        else "住民票の住所と現住所が一致すれば、満たす。",
        change_fact="residence",
        facts=("residence",),
        missing=("residence",) if residence is None else (),
    )
