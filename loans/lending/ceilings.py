"""The most an application could be granted, and whether what it asks for fits (LN-10, LA-02 to LA-05; yen, months).

Sources: MHLW Q&A vol. 17, questions 4, 12, 13 and the table 参考2; the regular loan's guide is looked at in ``regular``.
"""

from __future__ import annotations

from japan.yen import yen
from loans.enums import FundKind
from loans.funds import fund as fund_of
from loans.lending.enums import ChildAbsence, SmallLoanGround
from loans.lending.facts import LendingFacts
from loans.lending.guide import Guide
from loans.lending.inquiry import Inquiry
from rulebook.rules import Check

SMALL_PLAIN = 100_000
SMALL_RAISED = 200_000
MANY_MEMBERS = 4
MOST_MONTHS = 3
MONTHLY_UNIT = 10_000


def raising_grounds(facts: LendingFacts) -> frozenset[SmallLoanGround]:
    """Return the grounds of LN-10 that hold: those told, and four or more members by the size alone.

    A child kept at home by the parents' own choice is no ground エ unless the principal recognised it (question 13).
    """
    told = set(facts.grounds)
    if facts.household_size is not None and facts.household_size >= MANY_MEMBERS:
        told.add(SmallLoanGround.FOUR_OR_MORE_MEMBERS)
    if facts.child_absence == ChildAbsence.OWN_CHOICE:
        told.discard(SmallLoanGround.CHILD_CARE)
    return frozenset(told)


def ceiling(facts: LendingFacts, guide: Guide) -> int:
    """Return the most this application could be granted, in yen; for general support the monthly maximum times three."""
    if facts.fund == FundKind.REG_SMALL:
        return guide.maximum
    if facts.fund == FundKind.SP_SMALL:
        return SMALL_RAISED if raising_grounds(facts) else SMALL_PLAIN
    return monthly_maximum(facts) * MOST_MONTHS


def monthly_maximum(facts: LendingFacts) -> int:
    """Return the monthly maximum of general support in yen; that of one person while the size is not established."""
    fund = fund_of(facts.fund)
    most = fund.monthly_multi if (facts.household_size or 1) > 1 else fund.monthly_single
    return most or 0


def look(inquiry: Inquiry) -> tuple[Check, ...]:
    """Look at the amount, the months and the terms of repayment asked for; what is not asked for is not judged."""
    facts = inquiry.facts
    found: list[Check | None] = []
    if facts.fund == FundKind.SP_SMALL:
        found = [_grounds_check(inquiry)]
    elif inquiry.is_general_support:
        found = [_size_check(inquiry), _monthly_check(inquiry), _unit_check(inquiry), _months_check(inquiry)]
    if inquiry.is_special:
        found.append(_instalments_check(inquiry))
    return tuple(check for check in found if check is not None)


def _grounds_check(inquiry: Inquiry) -> Check:
    facts, amount = inquiry.facts, inquiry.facts.amount
    grounds = raising_grounds(facts)
    names = "、".join(str(ground.label) for ground in SmallLoanGround if ground in grounds)
    value = yen(amount) if amount is not None else "希望額は未記入"
    used = ("amount", "grounds", "household_size", "child_absence")
    by_size = (facts.household_size or 0) >= MANY_MEMBERS
    if amount is not None and (amount == 0 or amount > SMALL_RAISED):
        return inquiry.check(
            "LN-10",
            False,
            value=value,
            because=f"緊急小口資金は{yen(SMALL_RAISED)}以内で、希望額が{'ない' if not amount else 'これを超えている'}。",
            would_change=f"希望額が1円以上{yen(SMALL_PLAIN)}以内であれば、満たす。",
            change_fact="amount",
            facts=used,
        )
    if amount is not None and amount <= SMALL_PLAIN:
        beyond = SMALL_RAISED + 1 if grounds else SMALL_PLAIN + 1
        return inquiry.check(
            "LN-10",
            True,
            value=value,
            because=f"希望額が{yen(SMALL_PLAIN)}以内で、要件ア～カは問われない。",
            would_change=f"希望額が{yen(beyond)}以上であれば、満たさなくなる。",
            change_fact="amount",
            facts=used,
        )
    if grounds == {SmallLoanGround.OTHER}:
        return inquiry.check(
            "LN-10",
            None,
            value=f"{value}（{names}）",
            because="要件カだけに当てはまるため、資金需要の内容を個別に確認する。",
            would_change="要件ア～オのいずれかに当てはまれば、満たす。",
            change_fact="grounds",
            facts=used,
            missing=("other_ground",),
        )
    if grounds:
        return inquiry.check(
            "LN-10",
            True,
            value=f"{value}（{names}）",
            because=f"要件ア～カに当てはまり、{yen(SMALL_RAISED)}以内で貸し付けられる。診断書などは求めない（問12）。",
            would_change="" if by_size or amount is None else "どの要件にも当てはまらなければ、満たさなくなる。",
            change_fact="" if by_size or amount is None else "grounds",
            facts=used,
        )
    own_choice = facts.child_absence == ChildAbsence.OWN_CHOICE and SmallLoanGround.CHILD_CARE in facts.grounds
    because = f"要件ア～カのいずれにも当てはまらず、{yen(SMALL_PLAIN)}以内となる。"
    if own_choice:
        because = f"保護者の判断で休ませた場合は要件エに当てはまらず（問13）、{yen(SMALL_PLAIN)}以内となる。"
    if amount is None:
        return inquiry.check("LN-10", True, value=value, because=because, facts=used)
    return inquiry.check(
        "LN-10",
        False,
        value=value,
        because=because,
        would_change="校長が特別に認めた休みであれば、満たす。"
        if own_choice
        else "要件ア～オのいずれかに当てはまれば、満たす。",
        change_fact="child_absence" if own_choice else "grounds",
        facts=used,
    )


def _size_check(inquiry: Inquiry) -> Check | None:
    if inquiry.facts.household_size is not None:
        return None
    return inquiry.check(
        "LA-02",
        None,
        value="世帯人数は未確認",
        because="世帯人数が確認されていないため、月額の上限が決まらない。上限は単身の額で示す。",
        facts=("household_size",),
        missing=("household_size",),
    )


def _monthly_check(inquiry: Inquiry) -> Check | None:
    asked, most = inquiry.facts.monthly_amount, monthly_maximum(inquiry.facts)
    if asked is None:
        return None
    size = inquiry.facts.household_size
    met = 0 < asked <= most
    return inquiry.check(
        "LA-02",
        met,
        value=f"月額{yen(asked)}",
        because=f"世帯人数{size or '未確認'}{'人' if size else ''}の月額の上限は{yen(most)}。",
        would_change=f"月額が{yen(most)}を超えれば、満たさなくなる。"
        if met
        else f"月額が{yen(most)}以内であれば、満たす。",
        change_fact="monthly_amount",
        facts=("monthly_amount", "household_size"),
    )


def _unit_check(inquiry: Inquiry) -> Check | None:
    asked = inquiry.facts.monthly_amount
    if not asked:
        return None
    met = asked % MONTHLY_UNIT == 0
    return inquiry.check(
        "LA-04",
        met,
        value=f"月額{yen(asked)}",
        because="月額は1万円単位である。" if met else "月額が1万円単位でない。",
        would_change="1万円未満の端数があれば、満たさなくなる。" if met else "1万円未満の端数をなくせば、満たす。",
        change_fact="monthly_amount",
        facts=("monthly_amount",),
    )


_MONTHS_RULE = {
    FundKind.SP_GS_INITIAL: "LA-03",
    FundKind.SP_GS_EXTENSION: "LN-31",
    FundKind.SP_GS_RELOAN: "LN-32",
}


def _months_check(inquiry: Inquiry) -> Check | None:
    months = inquiry.facts.months
    if months is None:
        return None
    met = 1 <= months <= MOST_MONTHS
    return inquiry.check(
        _MONTHS_RULE[inquiry.facts.fund],
        met,
        value=f"{months}か月",
        because=f"貸付期間は1か月から{MOST_MONTHS}か月まで。",
        would_change=f"{MOST_MONTHS + 1}か月以上であれば、満たさなくなる。"
        if met
        else f"{MOST_MONTHS}か月以内であれば、満たす。",
        change_fact="months",
        facts=("months",),
    )


def _instalments_check(inquiry: Inquiry) -> Check | None:
    count, most = inquiry.facts.instalments, fund_of(inquiry.facts.fund).most_instalments
    if count is None:
        return None
    met = 1 <= count <= most
    return inquiry.check(
        "LA-05",
        met,
        value=f"{count}回",
        because=f"償還は1回から{most}回まで。",
        would_change=f"{most}回を超えれば、満たさなくなる。" if met else f"{most}回以内であれば、満たす。",
        change_fact="instalments",
        facts=("instalments",),
    )
