"""The one input behind the findings that name none themselves: amounts, the cap, who is judged, from which month. Pure.

Some rules only say *how* (whose tax, from which month, in or out of the window): their finding is always met, and what
turns is their value. Where no single input would turn a finding, nothing is named: a trace never promises more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from exemptions.enums import CertificateKind, Ground
from exemptions.grades import counts
from exemptions.grounds.ex_officio import MAIL_RETURNED, NOT_COLLECTABLE
from exemptions.inquiry import tax_fixed_on, tax_known_from
from exemptions.persons import IS_HEAD, UNOBTAINABLE, WAS_SEPARATE
from exemptions.trace.questions import Question, Turn
from japan.eras import era_date, era_month
from japan.months import first_day, last_day, month_index
from japan.yen import yen
from repayment.entries import DISBURSED, EXEMPTED, EXEMPTION_REVOKED, PAID, Entry
from rulebook.findings import Finding
from rulebook.rules import Check

LEDGER = "payments"
RECEIVED = "application:received_on"
ASSISTANCE = "public_assistance_from"


def unnamed_turn(check: Check, question: Question) -> Turn | None:
    """Return the input that turns a finding which names none itself; None where no single one does."""
    look = _NAMES.get(check.rule.code)
    return look(check, question) if look is not None else None


def _years(check: Check, question: Question) -> Turn | None:
    years = question.inquiry.cohort.judgement_years
    if check.finding is not Finding.MET or not years:
        return None
    day = tax_fixed_on(years[0]) - timedelta(days=1)
    sentence = f"{era_month(tax_known_from(years[0]))}より前であれば、まだ判定できない。"
    return Turn("as_of", sentence, question.looked_at_on(day))


def _who_is_judged(check: Check, question: Question) -> Turn | None:
    household = question.facts.household
    if check.finding is not Finding.MET:
        return None
    holding = [reason for reason in _REASONS if getattr(household, reason[1])]
    if len(holding) > 1:
        return None
    for name, field, sentence in holding:
        return Turn(name, sentence, question.with_household(**{field: False}))
    alone = question.with_household(borrower_is_head=True)
    return Turn(IS_HEAD, "借受人が世帯主であれば、借受人だけで判定する。", alone)


_REASONS = (
    (IS_HEAD, "borrower_is_head", "借受人が世帯主でなければ、世帯主も判定することがある。"),
    (WAS_SEPARATE, "head_was_separate_at_loan", "世帯主が貸付申請時に同じ世帯だったなら、世帯主も判定する。"),
    (UNOBTAINABLE, "head_certificate_unobtainable", "世帯主の証明書を取れるなら、世帯主も判定する。"),
)
"""The three facts that each leave the borrower to be judged alone; where two hold, neither turns anything by itself."""


def _window(check: Check, question: Question) -> Turn | None:
    years = question.inquiry.cohort.judgement_years
    _opens, closes = question.settings.exemption_window.in_year(years[-1])
    if question.inquiry.received_on > closes:
        return Turn(RECEIVED, f"{era_date(closes)}までの受付であれば、期限内となる。", question.received_on(closes))
    after = closes + timedelta(days=1)
    return Turn(RECEIVED, f"{era_date(after)}以後の受付であれば、期限後となる。", question.received_on(after))


def _something_left(check: Check, question: Question) -> Turn | None:
    """The amount of a ground: something of it, or nothing."""
    if check.finding is Finding.MET:
        left = question.inquiry.position.outstanding
        on = min(question.inquiry.received_on, question.as_of)
        return Turn(LEDGER, "対象の金額がすべて返済済みであれば、免除できる金額がなくなる。", question.paid(left, on))
    if not question.inquiry.position.outstanding:
        return _as_if_nothing_had_come_in(check, question)
    received = _LAST_RECEIPT[check.rule.code](question) if check.rule.code in _LAST_RECEIPT else None
    if received is None:
        return None
    return Turn(
        RECEIVED, f"{era_date(received)}までに受け付けていれば、免除できる金額がある。", question.received_on(received)
    )


def _as_if_nothing_had_come_in(check: Check, question: Question) -> Turn | None:
    """Where everything is settled: what there would be to exempt if nothing had been paid or exempted before."""
    turned = question.with_entries(lambda entry: entry.kind == DISBURSED)
    lines = turned.inquiry.position.lines
    last = _LAST_RECEIPT[check.rule.code](turned) if check.rule.code in _LAST_RECEIPT else None
    if not lines or (check.rule.code in _LAST_RECEIPT and (last is None or last < question.inquiry.received_on)):
        return None
    return Turn(LEDGER, "返済または免除されていない元金があれば、免除できる金額がある。", turned)


def _before_the_last_instalment(question: Question) -> date | None:
    """The last day of receipt on which something was not yet due (EX-16)."""
    unpaid = [line.collection_date for line in question.inquiry.position.lines if line.unpaid]
    return max(unpaid, default=None)


def _before_the_last_anniversary(question: Question) -> date | None:
    """The last day of receipt whose cut-off month still has something after it (EX-23)."""
    inquiry = question.inquiry
    unpaid = [line.due_month for line in inquiry.position.lines if line.unpaid]
    if not unpaid:
        return None
    cut_off = max(unpaid) - (max(unpaid) - inquiry.loan.first_month) % 12
    day = last_day(cut_off if inquiry.settings.later_year_anniversary_inclusive else cut_off - 1)
    judged = inquiry.cohort.judgement_years[-1]
    return day if day >= tax_fixed_on(judged + 1) else None


_LAST_RECEIPT: dict[str, Callable[[Question], date | None]] = {
    "EX-16": _before_the_last_instalment,
    "EX-23": _before_the_last_anniversary,
}


def _arrears(check: Check, question: Question) -> Turn | None:
    """The amount of requirement ④: arrears on the day of receipt."""
    received = question.inquiry.received_on
    if check.finding is Finding.MET:
        arrears = question.inquiry.position.outstanding
        return Turn(LEDGER, "滞納額がすべて入金されれば、免除できる金額がなくなる。", question.paid(arrears, received))
    turned = question.unpaid()
    if not question.inquiry.position.outstanding or not turned.inquiry.position_on(received).arrears:
        return None
    return Turn(LEDGER, "入金がなければ、滞納額がある。", turned)


def _twelve_months(check: Check, question: Question) -> Turn | None:
    """The arrears of requirement ④ that fall short of twelve months' worth."""
    if "payments" not in check.facts or check.finding is not Finding.NOT_MET:
        return None
    inquiry = question.inquiry
    at = inquiry.position_on(inquiry.received_on)
    wanted = inquiry.settings.req4_months * at.plan.month_worth
    assisted_since = inquiry.facts.public_assistance_from
    later_is_another_ground = assisted_since is not None and assisted_since > inquiry.received_on
    if not wanted or not inquiry.position.outstanding or later_is_another_ground:
        return None
    if reached := day_of_arrears(question, wanted):
        return Turn(
            RECEIVED,
            f"このまま入金がなければ{era_date(reached)}に{yen(wanted)}となり、その日以後の受付であれば満たす。",
            question.received_on(reached),
        )
    turned = question.unpaid()
    if turned.inquiry.position_on(inquiry.received_on).arrears < wanted:
        return None
    return Turn(LEDGER, f"入金がなく、滞納額が{yen(wanted)}以上であれば、満たす。", turned)


def day_of_arrears(question: Question, wanted: int) -> date | None:
    """The day on which arrears reach *wanted* yen if nothing more is paid, today at the earliest; None if never."""
    at = question.inquiry.position
    lacking = wanted - at.arrears
    for line in at.lines:
        if lacking <= 0:
            break
        if line.collection_date > at.as_of:
            lacking -= line.unpaid
            if lacking <= 0:
                return line.collection_date
    return at.as_of if lacking <= 0 else None


def _growth(check: Check, question: Question) -> Turn | None:
    """Arrears that did not grow: they would have, had next to nothing been paid."""
    if check.finding is not Finding.NOT_MET or not question.inquiry.position.outstanding:
        return None
    received = question.inquiry.received_on
    turned = question.unpaid(Entry(PAID, 1, received, "turned"))
    then = turned.inquiry.position_on(received - timedelta(days=365)).arrears
    if turned.inquiry.position_on(received).arrears <= then:
        return None
    return Turn(LEDGER, "その間の入金が滞納の増える程度に少なければ、満たす。", turned)


def _cap(check: Check, question: Question) -> Turn | None:
    inquiry = question.inquiry
    if check.finding is Finding.NOT_MET:
        turned = question.with_entries(lambda entry: entry.kind not in (EXEMPTED, EXEMPTION_REVOKED))
        return Turn(LEDGER, "以前の免除がなければ、上限額まで免除できる。", turned)
    cap = inquiry.cohort.cap(inquiry.loan.household_size)
    if cap is None or inquiry.position.outstanding < cap - inquiry.position.exempted:
        return None
    count = inquiry.position.plan.count
    on = inquiry.position.plan_version.effective_on
    whole = Entry(EXEMPTED, cap - inquiry.position.exempted, on, "turned", first_no=1, last_no=count)
    return Turn(
        LEDGER,
        "上限額まで免除済みであれば、免除できる残りがなくなる。",
        question.with_entries(lambda entry: True, whole),
    )


def _cut_off(check: Check, question: Question) -> Turn | None:
    later = month_index(question.inquiry.received_on) + 12
    sentence = f"{era_month(later)}の受付であれば、免除はその1年後の月からとなる。"
    return Turn(RECEIVED, sentence, question.received_on(first_day(later)))


def _what_stays(check: Check, question: Question) -> Turn | None:
    left = question.inquiry.position.outstanding
    return Turn(LEDGER, "全額が返済済みであれば、残る額はない。", question.paid(left, question.as_of))


def _accepted(check: Check, question: Question) -> Turn | None:
    """A certificate that the prefecture does not accept: the setting is the one input (EX-33)."""
    held = [it for it in question.inquiry.facts.certificates if it.kind == CertificateKind.INTELLECTUAL]
    if not any(counts(it.kind, it.grade) for it in held):
        return None
    key = "accept_intellectual_severe"
    return Turn(f"setting:{key}", "設定で療育手帳を対象とすれば、満たす。", question.with_setting(key, True))


def _earliest(check: Check, question: Question) -> Turn | None:
    """Which of ② and ③ is ticked: the one met first (EX-36)."""
    since = question.facts.public_assistance_from
    issued = min(it.issued_on for it in question.facts.certificates if counts(it.kind, it.grade))
    assert since is not None
    if since <= issued:
        turned, sentence = issued + timedelta(days=1), "生活保護の受給の開始が手帳の交付より後であれば、手帳による。"
    else:
        turned, sentence = (
            issued - timedelta(days=1),
            "生活保護の受給の開始が手帳の交付より前であれば、生活保護による。",
        )
    if turned > question.inquiry.received_on:
        return None
    return Turn(ASSISTANCE, sentence, question.with_facts(public_assistance_from=turned))


def _not_asked(check: Check, question: Question) -> Turn | None:
    """Requirement ④ is not looked at because ② or ③ holds: without the one that holds, it is (EX-42)."""
    answered = question.answered()
    holding = [
        it.ground for it in answered.grounds if it.holds and it.ground in (Ground.PUBLIC_ASSISTANCE, Ground.DISABILITY)
    ]
    if holding == [Ground.PUBLIC_ASSISTANCE]:
        return Turn(
            ASSISTANCE,
            "生活保護を受給していなければ、要件④を判定する。",
            question.with_facts(public_assistance_from=None),
        )
    kinds = {it.kind for it in question.facts.certificates if counts(it.kind, it.grade)}
    if holding == [Ground.DISABILITY] and len(kinds) == 1:
        (kind,) = kinds
        rest = tuple(it for it in question.facts.certificates if it.kind != kind)
        sentence = f"{kind.label}の交付を受けていなければ、要件④を判定する。"
        return Turn(f"certificate:{kind.value}", sentence, question.with_facts(certificates=rest))
    return None


def _mail(check: Check, question: Question) -> Turn | None:
    """A dunning letter that came back (EX-54)."""
    begun = question.facts.ex_officio
    if check.finding is not Finding.MET or MAIL_RETURNED not in check.facts or begun is None:
        return None
    turned = question.with_facts(ex_officio=replace(begun, mail_returned_on=None))
    return Turn(MAIL_RETURNED, "督促状が返送されていなければ、満たさなくなる。", turned)


def _not_collectable(check: Check, question: Question) -> Turn | None:
    """That nobody else can be made to pay (EX-55)."""
    begun = question.facts.ex_officio
    if check.finding is not Finding.MET or begun is None or not begun.not_collectable:
        return None
    turned = question.with_facts(ex_officio=replace(begun, not_collectable=False))
    return Turn(NOT_COLLECTABLE, "相続人等から償還を受けられるなら、満たさなくなる。", turned)


_NAMES: dict[str, Callable[[Check, Question], Turn | None]] = {
    "EX-03": _something_left,
    "EX-08": _cap,
    "EX-10": _years,
    "EX-12": _who_is_judged,
    "EX-15": _window,
    "EX-16": _something_left,
    "EX-17": _something_left,
    "EX-21": _cut_off,
    "EX-22": _what_stays,
    "EX-23": _something_left,
    "EX-25": _cut_off,
    "EX-33": _accepted,
    "EX-36": _earliest,
    "EX-40": _twelve_months,
    "EX-41": _arrears,
    "EX-42": _not_asked,
    "EX-43": _growth,
    "EX-54": _mail,
    "EX-55": _not_collectable,
    "EX-56": _arrears,
}
