"""What may follow what (LN-23, LN-30 to LN-35): small loan, initial loan, extension, re-loan; once for a household.

Source: MHLW Q&A vol. 17, questions 7-1 to 8-9 and 14-2. Loans of every member count, and so does what was lent by
another prefecture's council once its history is entered.
"""

from __future__ import annotations

from japan.eras import era_date, era_month
from japan.months import first_day, month_index, month_of
from loans.enums import FundKind
from loans.lending.facts import PriorLoan
from loans.lending.inquiry import Inquiry
from loans.rules import AGENCY_CONSENT_BEGAN
from rulebook.findings import Finding
from rulebook.rules import Check

LAST_THIRD_MONTH = month_of(2021, 6)
"""The third month of an initial loan that is extended falls in this month at the latest (question 14-2)."""


def look(inquiry: Inquiry) -> tuple[Check, ...]:
    """Look at the loans before this one."""
    if not inquiry.is_special:
        return ()
    found: list[Check | None] = [_same_month_check(inquiry)]
    match inquiry.facts.fund:
        case FundKind.SP_SMALL:
            found.append(_second_small_check(inquiry))
        case FundKind.SP_GS_INITIAL:
            found += [_order_check(inquiry), _no_top_up_check(inquiry)]
        case FundKind.SP_GS_EXTENSION:
            found += [_third_month_check(inquiry), _once_extended_check(inquiry), _extension_support_check(inquiry)]
        case FundKind.SP_GS_RELOAN:
            found += [
                _ended_check(inquiry, FundKind.SP_SMALL),
                _ended_check(inquiry, FundKind.SP_GS_INITIAL),
                _ended_check(inquiry, FundKind.SP_GS_EXTENSION),
                _consulted_check(inquiry),
                _once_per_household_check(inquiry),
                _where_check(inquiry),
            ]
    return tuple(check for check in found if check is not None)


def of_kind(inquiry: Inquiry, *kinds: FundKind) -> list[PriorLoan]:
    """Return the loans of these kinds that the household has had."""
    return [loan for loan in inquiry.facts.prior if loan.fund in kinds]


def whose(loan: PriorLoan) -> str:
    """Who borrowed, for a sentence: 「本人」「世帯員」「世帯員（転居前の社協）」."""
    who = "本人" if loan.by_applicant else "世帯員"
    return f"{who}（転居前の社協）" if loan.elsewhere else who


def _same_month_check(inquiry: Inquiry) -> Check | None:
    pairs = {FundKind.SP_SMALL: FundKind.SP_GS_INITIAL, FundKind.SP_GS_INITIAL: FundKind.SP_SMALL}
    other = pairs.get(inquiry.facts.fund)
    month = month_index(inquiry.facts.applied_on)
    earlier = of_kind(inquiry, other) if other is not None else []
    if other is None or not earlier:
        return None
    used = ("prior", "applied_on")
    if not any(month_index(loan.applied_on) == month for loan in earlier):
        because = f"{other.label}の申込みと同じ月ではない。"
        return inquiry.check("LN-23", True, value=era_month(month), because=because, facts=used)
    policy = inquiry.settings.same_month_small_and_general
    finding = {"NOTE": Finding.MET, "REVIEW": Finding.UNKNOWN, "REFUSE": Finding.NOT_MET}[policy]
    because = {
        "NOTE": "同じ月の申込みだが、送金までのつなぎとして行われるものとして記録だけする。",
        "REVIEW": "同じ月の申込みのため、設定により個別に確認する。",
        "REFUSE": "同じ月の申込みは、設定により受け付けない。",
    }[policy]
    open_point = finding is not Finding.MET
    return inquiry.check(
        "LN-23",
        finding,
        value=f"{era_month(month)}に{other.label}も申込み",
        because=because,
        would_change=f"{era_date(first_day(month + 1))}以後の申込みであれば、受け付けられる。" if open_point else "",
        change_fact="applied_on" if open_point else "",
        facts=used,
    )


def _second_small_check(inquiry: Inquiry) -> Check:
    earlier = of_kind(inquiry, FundKind.SP_SMALL)
    if not earlier:
        return inquiry.check(
            "LN-35",
            True,
            value="1回目",
            because="緊急小口資金の特例を借りたことがない。",
            would_change="借りたことがあれば、個別に確認する。",
            change_fact="prior",
            facts=("prior",),
        )
    return inquiry.check(
        "LN-35",
        None,
        value=f"{era_date(earlier[0].applied_on)}に{whose(earlier[0])}が申込み",
        because="緊急小口資金の特例を借りたことがある。再度の貸付は本則の取扱いと同様で、個別に確認する（問8-1）。",
        would_change="緊急小口資金の特例を借りたことがなければ、確認は要らない。",
        change_fact="prior",
        facts=("prior",),
    )


def _order_check(inquiry: Inquiry) -> Check:
    small = of_kind(inquiry, FundKind.SP_SMALL)
    if small:
        because = "緊急小口資金の後の申込み。償還の有無は問わず、同じ書類は求めない（問7-1・問24）。"
    else:
        because = "緊急小口資金より先の申込み。本人の希望を記録すれば、先に借りてよい（問7-2）。"
    return inquiry.check(
        "LN-30",
        Finding.MET,
        value="緊急小口資金の後" if small else "総合支援資金から",
        because=because,
        facts=("prior",),
    )


def _no_top_up_check(inquiry: Inquiry) -> Check:
    earlier = of_kind(inquiry, FundKind.SP_GS_INITIAL)
    if not earlier:
        return inquiry.check(
            "LN-35",
            True,
            value="初回",
            because="初回貸付を受けたことがない。",
            would_change="初回貸付を受けたことがあれば、満たさなくなる。",
            change_fact="prior",
            facts=("prior",),
        )
    return inquiry.check(
        "LN-35",
        False,
        value=f"{era_date(earlier[0].applied_on)}に{whose(earlier[0])}が申込み",
        because="初回貸付を受けている。期間中は月数と額を変更できるが、終了後に残額を改めて借りることはできない。",
        would_change="初回貸付を受けたことがなければ、満たす。",
        change_fact="prior",
        facts=("prior",),
    )


def _third_month_check(inquiry: Inquiry) -> Check:
    initial = next(iter(of_kind(inquiry, FundKind.SP_GS_INITIAL)), None)
    used = ("prior", "applied_on")
    if initial is None:
        return inquiry.check(
            "LN-31",
            False,
            value="初回貸付なし",
            because="延長の前提となる初回貸付を受けていない。",
            would_change="令和3年6月までに3月目となる初回貸付を受けていれば、満たす。",
            change_fact="prior",
            facts=used,
        )
    third = initial.last_month
    if third is None:
        return inquiry.check(
            "LN-31",
            None,
            value="初回貸付の最後の月は未確認",
            because="初回貸付の3月目がいつかが、確認されていない。",
            would_change="3月目が令和3年6月までとわかれば、満たす。",
            change_fact="prior",
            facts=used,
            missing=("prior",),
        )
    in_time = third <= LAST_THIRD_MONTH
    arrived = month_index(inquiry.facts.applied_on) >= third
    if not in_time:
        because = f"初回貸付の3月目が{era_month(third)}で、令和3年6月までに到来しない。"
        change = "3月目が令和3年6月までであれば、満たす。"
    elif not arrived:
        because = f"初回貸付の3月目（{era_month(third)}）が、申込みの時にまだ来ていない。"
        change = f"{era_date(first_day(third))}以後の申込みであれば、満たす。"
    else:
        because = f"初回貸付の3月目（{era_month(third)}）が来ており、令和3年6月までである。"
        change = "3月目が令和3年7月以後であれば、満たさなくなる。"
    return inquiry.check(
        "LN-31",
        in_time and arrived,
        value=f"3月目は{era_month(third)}",
        because=because,
        would_change=change,
        change_fact="applied_on" if in_time and not arrived else "prior",
        facts=used,
    )


def _once_extended_check(inquiry: Inquiry) -> Check:
    earlier = of_kind(inquiry, FundKind.SP_GS_EXTENSION)
    return inquiry.check(
        "LN-31",
        not earlier,
        value=f"{era_date(earlier[0].applied_on)}に延長" if earlier else "延長なし",
        because="延長は1回だけで、すでに受けている。" if earlier else "延長をまだ受けていない。",
        would_change="延長を受けたことがなければ、満たす。" if earlier else "延長を受けていれば、満たさなくなる。",
        change_fact="prior",
        facts=("prior", "fund"),
    )


def _extension_support_check(inquiry: Inquiry) -> Check:
    facts = inquiry.facts
    consented = facts.applied_on >= AGENCY_CONSENT_BEGAN and bool(facts.agency_support_consent)
    used = ("agency_consulted_on", "agency_support_consent")
    if consented:
        return inquiry.check(
            "LN-31",
            True,
            value="支援への同意あり",
            because="令和2年10月以降の申込みで、自立相談支援機関の支援を受けることに同意している。",
            would_change="" if facts.agency_consulted_on else "同意がなければ、満たさなくなる。",
            change_fact="" if facts.agency_consulted_on else "agency_support_consent",
            facts=used,
        )
    consulted = facts.agency_consulted_on
    return inquiry.check(
        "LN-31",
        consulted is not None,
        value=f"{era_date(consulted)}に相談" if consulted else "相談の記録なし",
        because="自立相談支援機関の支援を受けている。" if consulted else "自立相談支援機関の支援を受けた記録がない。",
        would_change="相談の記録がなければ、満たさなくなる。"
        if consulted
        else "自立相談支援機関の支援を受ければ、満たす。",
        change_fact="agency_consulted_on",
        facts=used,
    )


def _ended_check(inquiry: Inquiry, kind: FundKind) -> Check | None:
    """Whether the loan of one kind has ended: by the end of its last month (question 8-7). No extension is needed."""
    loans = of_kind(inquiry, kind)
    label = str(kind.label)
    used = ("prior", kind.value)
    if not loans:
        if kind == FundKind.SP_GS_EXTENSION:
            return None
        small = kind == FundKind.SP_SMALL
        return inquiry.check(
            "LN-32",
            False,
            value=f"{label}なし",
            because="緊急小口資金を借りていない。先に緊急小口資金を申し込む（問8-8）。"
            if small
            else "総合支援資金を借りていない。再貸付ではなく、初回の貸付を申し込む（問8-2）。",
            would_change=f"{label}が終了していれば、満たす。",
            change_fact=f"prior:{kind.value}",
            facts=used,
        )
    last_months = [loan.last_month for loan in loans]
    last = max((month for month in last_months if month is not None), default=None)
    if last is None or None in last_months:
        return inquiry.check(
            "LN-32",
            None,
            value=f"{label}の最後の月は未確認",
            because=f"{label}がいつ終了したかが、確認されていない。",
            would_change="申込みの前の月までに終了したとわかれば、満たす。",
            change_fact=f"prior:{kind.value}",
            facts=used,
            missing=("prior",),
        )
    ended = last < month_index(inquiry.facts.applied_on)
    because = f"{label}は{era_month(last)}の末日で終了{'している' if ended else 'する'}。"
    return inquiry.check(
        "LN-32",
        ended,
        value=f"{whose(loans[0])}、{era_month(last)}まで",
        because=because if ended else f"{because}申込みの時には、まだ終了していない。",
        would_change="申込みの月にまだ続いていれば、満たさなくなる。"
        if ended
        else f"{era_date(first_day(last + 1))}以後の申込みであれば、満たす。",
        change_fact=f"prior:{kind.value}" if ended else "applied_on",
        facts=used,
    )


def _consulted_check(inquiry: Inquiry) -> Check:
    consulted, applied_on = inquiry.facts.agency_consulted_on, inquiry.facts.applied_on
    before = consulted is not None and consulted <= applied_on
    if consulted is None:
        because = "申請の前に自立相談支援機関の相談支援を受けた記録がない。"
    elif before:
        because = f"申請の前（{era_date(consulted)}）に、自立相談支援機関の相談支援を受けている。"
    else:
        because = f"相談（{era_date(consulted)}）が申請（{era_date(applied_on)}）より後である。"
    return inquiry.check(
        "LN-32",
        before,
        value=f"{era_date(consulted)}に相談" if consulted else "相談の記録なし",
        because=because,
        would_change="相談の記録がなければ、満たさなくなる。"
        if before
        else f"{era_date(applied_on)}までに相談していれば、満たす。電話・郵送・メールでもよい（問8-3）。",
        change_fact="agency_consulted_on",
        facts=("agency_consulted_on", "applied_on"),
    )


def _once_per_household_check(inquiry: Inquiry) -> Check:
    earlier = of_kind(inquiry, FundKind.SP_GS_RELOAN)
    return inquiry.check(
        "LN-33",
        not earlier,
        value=f"{whose(earlier[0])}が{era_date(earlier[0].applied_on)}に申込み" if earlier else "再貸付なし",
        because="世帯ですでに再貸付を受けている。自立支援金などの利用を案内する。"
        if earlier
        else "世帯のだれも再貸付を受けていない。",
        would_change="世帯のだれも再貸付を受けていなければ、満たす。"
        if earlier
        else "世帯のだれかが再貸付を受けていれば、満たさなくなる。",
        change_fact="prior",
        facts=("prior", "fund"),
    )


def _where_check(inquiry: Inquiry) -> Check | None:
    here = inquiry.facts.lives_in_prefecture
    if here is None:
        return None
    return inquiry.check(
        "LN-34",
        here,
        value="県内に居住" if here else "県外に居住",
        because="今の住所の都道府県の社協への申請である。" if here else "転居後の都道府県の社協に申請する。",
        would_change="ほかの都道府県に転居していれば、転居後の社協に申請する。"
        if here
        else "県内に住んでいれば、満たす。",
        change_fact="lives_in_prefecture",
        facts=("lives_in_prefecture",),
    )
