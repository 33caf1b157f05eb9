"""The call script: whole texts as written out, a hundred more by what must hold for each, and the page (N-24)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.enums import Role
from japan.yen import yen
from repayment.script.facts import LoanFacts, ScriptFacts
from repayment.script.words import SETTLED, asks, script_of
from tests.canary.watching import seen
from tests.desk.builders import a_letter, a_plan
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, is_protected, lives_at
from tests.repayment.script_cases import CASES, GOLD_FACTS
from tests.scenes import HIDDEN_PLACE, HIDDEN_WORDS

WRITTEN = Path(__file__).with_name("script_gold.txt").read_text()
GOLD = {name: text.rstrip("\n") for name, text in re.findall(r"^# (\w+)\n(.*?)(?=^# |\Z)", WRITTEN, flags=re.M | re.S)}
NEVER_SAID = ("住所", "支援措置", "保護", "転居", "不承認", "理由", "None", "repaying", "  ")


@pytest.mark.parametrize("name", GOLD_FACTS)
def test_the_whole_text_is_the_one_written_out(name: str):
    assert script_of(GOLD_FACTS[name]).text == GOLD[name]


def test_there_are_a_hundred_cases_and_no_two_of_the_gold_ones_say_the_same():
    assert len(CASES) >= 100 and set(GOLD) == set(GOLD_FACTS)
    assert len(set(GOLD.values())) == len(GOLD)


def sums_of(facts: ScriptFacts) -> set[str]:
    """Every amount that may be said: the loans' own, and the sums of what is owed and overdue."""
    owed = [loan for loan in facts.loans if loan.status not in SETTLED]
    allowed = {yen(sum(loan.outstanding for loan in owed)), yen(sum(loan.arrears for loan in owed if asks(loan)))}
    for loan in facts.loans:
        allowed |= {yen(amount) for amount in own_amounts(loan)}
    return allowed


def own_amounts(loan: LoanFacts) -> list[int]:
    amounts = [
        loan.principal, loan.outstanding, loan.arrears, loan.exempted, loan.paid_ahead, loan.surplus,
        loan.late_interest, loan.instalment,
    ]  # fmt: skip
    if loan.next is not None:
        amounts.append(loan.next.amount)
    if loan.agreed is not None:
        amounts += [loan.agreed.monthly_amount, loan.instalment - loan.agreed.monthly_amount]
    return amounts


@pytest.mark.parametrize("name", CASES)
def test_every_script_says_what_is_so_and_nothing_else(name: str):
    facts = CASES[name]
    script = script_of(facts)
    text = script.text

    assert script_of(facts).text == text
    assert set(re.findall(r"[0-9][0-9,]*円", text)) <= sums_of(facts)
    assert not [word for word in NEVER_SAID if word in text]
    assert all(line.endswith("。") for section in script.sections for line in section.lines)
    by_title = {section.title: "".join(section.lines) for section in script.sections}
    for loan, section in zip(facts.loans, script.sections[1:], strict=False):
        said = "".join(section.lines)
        assert section.title == f"{loan.fund}　{loan.code}"
        if loan.status not in SETTLED:
            assert yen(loan.outstanding) in said
        if not asks(loan):
            assert "お支払いが必要" not in said and "納まっていない" not in said and "次は" not in said
        if loan.deferred is not None:
            assert "後ろに延びます" in said
            assert "滞納にも、返した回数にも数えません" in by_title["数え方"]
        if loan.surplus:
            assert "お返しする手続き" in said
    if facts.letters:
        assert all(f"「{letter}」" in by_title["次にお送りするもの"] for letter in facts.letters)


# --- the page ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_page_reads_out_what_is_owed_and_works_for_a_protected_person(client, django_assert_num_queries):
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    person = a_person("東浜 かくれ", "ヒガシハマ カクレ", office=clerk.office)
    lives_at(person, HIDDEN_PLACE)
    is_protected(person)
    a_plan(a_loan(person, code="0200001"))
    a_letter(person, kind="small_repayment", state="drafted")
    a_letter(person, state="held", hold_cause="protected", hold_detail="支援措置", held_on="2026-11-18")
    client.force_login(clerk)
    url = reverse("repayment:script", args=[person.pk])
    page = client.get(url).content.decode()

    assert "東浜 かくれ様の貸付について、令和8年11月20日現在の内容" in page
    assert "期日が来ていて納まっていない分が230,000円（46か月分）" in page
    assert "「少額返済承認通知書」をご用意しています" in page
    assert "読み上げない：保留になっている通知が 1通" in page
    assert seen(page, HIDDEN_WORDS) == []

    with django_assert_num_queries(28):
        client.get(url)
    a_plan(a_loan(person))
    with django_assert_num_queries(28):
        client.get(url)


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_for_somebody_who_died_there_is_nothing_to_read(client):
    clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
    person = a_person(office=clerk.office, died_on="2026-10-01")
    a_plan(a_loan(person))
    client.force_login(clerk)
    page = client.get(reverse("repayment:script", args=[person.pk])).content.decode()
    assert "読み上げる台本はありません" in page and "残っている元金" not in page
