"""What the Ministry's questions and answers (vol. 17) say about lending, question by question: 10 to 28 and the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from loans.enums import FundKind, IntakeChannel
from loans.funds import fund
from loans.lending.enums import Burden, ChildAbsence, IncomeProof, LendingPurpose, MinorWay, OtherScheme, Residence
from loans.lending.enums import SmallLoanGround as Ground
from loans.lending.minors import Majority, is_minor, majority_age, of_age_from, ratification_due_on
from loans.lending.papers import HeldPaper, papers_needed, still_asked
from people.enums import PaperKind
from rulebook.findings import Finding
from rulebook.setting_keys import BY_KEY, SettingError
from rulebook.settings import Settings
from tests.loans.lending.situations import (
    INITIAL_LENT,
    SMALL_LENT,
    answer,
    assessed,
    check_of,
    day,
    extension,
    findings,
    general,
    lent,
    regular,
    reloan,
    small,
    stopped_by,
)

K = PaperKind


def test_q10_labour_banks_and_post_offices_took_applications_too():
    assert set(IntakeChannel.values) == {"MUNICIPAL_COUNCIL", "MAIL", "LABOUR_BANK", "POST_OFFICE"}


OTHER_COUNTERS = [IntakeChannel.LABOUR_BANK, IntakeChannel.POST_OFFICE]


@pytest.mark.parametrize("channel", OTHER_COUNTERS)
def test_q10_they_took_the_small_loan_until_the_end_of_september_2020(channel):
    last, after = (small(applied, channel=channel) for applied in ("2020-09-30", "2020-10-01"))

    assert answer(last) == "yes"
    assert stopped_by(after) == {"LN-02"}
    assert "令和2年9月30日で終了" in check_of(after, "LN-02").rule.wording_ja
    assert answer(replace(after, channel=IntakeChannel.MAIL)) == "yes"


@pytest.mark.parametrize("channel", OTHER_COUNTERS)
@pytest.mark.parametrize("facts", [general(applied="2020-09-30"), regular()], ids=lambda it: it.fund.value)
def test_q10_they_took_no_other_loan(facts, channel):
    assert answer(facts) == "yes"
    assert stopped_by(replace(facts, channel=channel)) == {"LN-02"}


def test_q10_an_application_that_names_no_counter_is_not_asked_about_it():
    assert findings(assessed(small()), "LN-02") == set()
    assert check_of(small(channel=IntakeChannel.MUNICIPAL_COUNCIL), "LN-02").finding is Finding.MET


def test_q11_business_capital_is_not_lent():
    assert stopped_by(small(purpose=LendingPurpose.BUSINESS)) == {"LN-21"}
    assert "相談先を案内" in check_of(small(purpose=LendingPurpose.BUSINESS), "LN-21").because


def test_q12_ground_a_needs_no_paper():
    facts = small(amount=200_000, grounds=frozenset({Ground.INFECTED_MEMBER}), income_proof=IncomeProof.DECLARATION)

    assert answer(facts) == "yes"
    assert len(papers_needed(facts)) == len(papers_needed(small(income_proof=IncomeProof.DECLARATION)))


@pytest.mark.parametrize(
    ("absence", "acceptable", "ceiling"),
    [
        (ChildAbsence.CLOSED, "yes", 200_000),
        (ChildAbsence.ASKED_TO_STAY_AWAY, "yes", 200_000),
        (ChildAbsence.CHILD_ILL, "yes", 200_000),
        (ChildAbsence.RECOGNISED, "yes", 200_000),
        (ChildAbsence.OWN_CHOICE, "no", 100_000),
        (None, "yes", 200_000),
    ],
)
def test_q13_the_parents_own_choice_is_no_ground_unless_the_principal_recognised_it(absence, acceptable, ceiling):
    found = assessed(small(amount=200_000, grounds=frozenset({Ground.CHILD_CARE}), child_absence=absence))

    assert (found.acceptable.value, found.ceiling) == (acceptable, ceiling)


WITHOUT_CONSENT = [general(applied="2020-10-01"), extension("2020-10-15"), reloan("2021-07-01")]


@pytest.mark.parametrize("facts", WITHOUT_CONSENT, ids=lambda it: it.fund.value)
@pytest.mark.parametrize("consent", [False, None])
def test_q14_1_from_october_2020_no_general_support_without_consent(facts, consent):
    assert answer(facts) == "yes"
    assert "LN-25" in stopped_by(replace(facts, agency_support_consent=consent))


def test_q14_1_until_september_2020_no_consent_was_asked_and_the_small_loan_never_needs_it():
    assert answer(general(applied="2020-09-30", agency_support_consent=None)) == "yes"
    assert answer(general(applied="2020-10-01", agency_support_consent=None)) == "no"
    assert answer(small("2021-10-01", agency_support_consent=None)) == "yes"


def initial_until(last: str) -> tuple:
    return (SMALL_LENT, lent("SP_GS_INITIAL", "2020-08-01", last))


@pytest.mark.parametrize(
    ("third", "applied", "wanted"), [("2021-06", "2021-06-30", "yes"), ("2021-07", "2021-06-30", "no")]
)
def test_q14_2_the_third_month_falls_by_june_2021(third, applied, wanted):
    assert answer(extension(applied, prior=initial_until(third))) == wanted


def test_q14_2_an_extension_needs_its_third_month_support_and_an_initial_loan_and_happens_once():
    before_october = extension("2020-09-10", prior=initial_until("2020-09"), agency_support_consent=None)

    assert stopped_by(before_october) == {"LN-31"}
    assert answer(replace(before_october, agency_consulted_on=day("2020-09-01"))) == "yes"
    assert stopped_by(extension("2020-09-30", agency_consulted_on=day("2020-09-01"))) == {"LN-31"}
    assert stopped_by(extension(prior=(SMALL_LENT,))) == {"LN-31"}
    again = (*initial_until("2020-10"), lent("SP_GS_EXTENSION", "2020-10-05", "2021-01"))
    assert stopped_by(extension(prior=again)) == {"LN-31"}
    assert stopped_by(extension(months=4)) == {"LN-31"}
    assert answer(extension(prior=(SMALL_LENT, replace(INITIAL_LENT, last_month=None)))) == "review"


@pytest.mark.parametrize(
    ("applied", "changed", "wanted"),
    [
        ("2020-03-25", None, "yes"),
        ("2020-03-24", True, "yes"),
        ("2020-03-24", False, "no"),
        ("2020-03-24", None, "review"),
        ("2020-01-16", True, "yes"),
        ("2020-01-16", None, "review"),
        ("2020-01-15", True, "no"),
        ("2020-01-15", None, "no"),
    ],
)
def test_q15_which_loans_fall_under_the_special_terms(applied, changed, wanted):
    facts = small(applied, contract_changed=changed)

    assert answer(facts) == wanted
    if applied == "2020-01-15":
        assert "償還の猶予" in check_of(facts, "LN-01").because


def test_q16_the_single_parent_loan_does_not_come_first():
    assert answer(small(other_schemes=frozenset({OtherScheme.SINGLE_PARENT_LOAN}))) == "yes"


MINOR: dict[str, Any] = {"birth_date": day("2002-06-01"), "married": False}


@pytest.mark.parametrize("way", list(MinorWay))
def test_q17_1_a_minor_may_borrow_by_each_of_four_ways(way):
    assert answer(small(**MINOR)) == "no"
    assert stopped_by(small(**MINOR)) == {"LN-18"}
    assert answer(small(**MINOR, minor_way=way)) == "yes"


def test_q17_1_a_married_minor_needs_none_and_an_unanswered_one_is_looked_at():
    assert answer(small(birth_date=MINOR["birth_date"], married=True)) == "yes"
    assert answer(small(birth_date=MINOR["birth_date"], married=None)) == "review"


@pytest.mark.parametrize(
    ("way", "paper"),
    [
        (MinorWay.GUARDIAN_CONSENT, K.GUARDIAN_CONSENT),
        (MinorWay.CARER_OPINION, K.OPINION_LETTER),
        (MinorWay.SUPPORT_BODY_OPINION, K.OPINION_LETTER),
        (MinorWay.INTERVIEW, None),
    ],
)
def test_q17_1_each_way_has_its_paper_and_the_interview_none(way, paper):
    asked = {need.kind for need in papers_needed(small(**MINOR, minor_way=way))}

    assert asked & {K.GUARDIAN_CONSENT, K.OPINION_LETTER} == ({paper} if paper else set())


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        ("2002-03-31", "2022-03-31"),
        ("2002-04-01", "2022-04-01"),
        ("2003-10-10", "2022-04-01"),
        ("2004-04-01", "2022-04-01"),
        ("2004-04-02", "2022-04-02"),
        ("2000-02-29", "2020-02-29"),
        ("2008-02-29", "2026-03-01"),
    ],
)
def test_q17_1_majority_is_a_dated_fact(born, of_age):
    assert of_age_from(day(born)) == day(of_age)


def test_q17_1_an_applicant_of_19_was_a_minor_until_march_2022_and_is_none_from_april():
    born: dict[str, Any] = {"birth_date": day("2002-10-01"), "married": False}

    assert is_minor(small("2022-03-31", **born))
    assert not is_minor(small("2022-04-01", **born))
    assert (majority_age(date(2022, 3, 31)), majority_age(date(2022, 4, 1))) == (20, 18)
    assert "20歳未満" in check_of(small("2022-03-31", **born), "LN-18").rule.wording_ja
    assert "18歳未満" in check_of(small("2022-04-01", **born), "LN-18").rule.wording_ja
    assert of_age_from(day("2002-10-01"), (Majority(date(1898, 7, 16), 20),)) == date(2022, 10, 1)


@pytest.mark.parametrize("way", [it for it in MinorWay if it != MinorWay.GUARDIAN_CONSENT])
def test_q17_2_ratification_is_asked_for_at_majority(way):
    assert ratification_due_on(small(**MINOR, minor_way=way)) == date(2022, 4, 1)
    assert ratification_due_on(small(**MINOR, minor_way=MinorWay.GUARDIAN_CONSENT)) is None
    assert ratification_due_on(small(birth_date=day("1980-01-01"), minor_way=way)) is None


def test_q19_sole_traders_may_have_200_000():
    assert assessed(small(amount=200_000, grounds=frozenset({Ground.SELF_EMPLOYED}))).acceptable == "yes"


@pytest.mark.parametrize("burden", list(Burden))
def test_q20_1_1_and_2_no_burden_refuses_by_itself(burden):
    found = assessed(small(burdens=frozenset({burden})))

    assert (found.acceptable.value, found.in_the_way) == ("review", ())


def test_q20_1_1_the_court_deposit_is_not_lent_and_other_debt_settlement_is_looked_at():
    assert stopped_by(small(purpose=LendingPurpose.COURT_DEPOSIT)) == {"LN-21"}
    assert answer(small(purpose=LendingPurpose.DEBT_SETTLEMENT)) == "review"


def test_q20_2_a_special_loan_does_not_block_the_regular_one():
    assert answer(regular(prior=(SMALL_LENT, INITIAL_LENT))) == "yes"


def test_q21_papers_of_an_urgent_small_loan_may_follow_the_money():
    urgent = papers_needed(small(urgent=True))

    assert {need.kind for need in urgent if not need.may_follow} == {K.LENDING_FORM}
    assert not any(need.may_follow for need in papers_needed(small()))
    assert not any(need.may_follow for need in papers_needed(general(urgent=True)))


@pytest.mark.parametrize(("policy", "wanted"), [("NOTE", "yes"), ("REVIEW", "review"), ("REFUSE", "no")])
def test_q21_small_and_general_in_the_same_month_as_the_council_has_set(policy, wanted):
    settings = Settings.defaults().with_values({"same_month_small_and_general": policy})
    same = lent("SP_SMALL", "2020-08-03", "2020-08")

    assert answer(general(applied="2020-08-20", prior=(same,)), settings=settings) == wanted
    assert answer(general(applied="2020-09-01", prior=(same,)), settings=settings) == "yes"


@pytest.mark.parametrize(
    "scheme", [OtherScheme.UNEMPLOYMENT_BENEFIT, OtherScheme.PENSION, OtherScheme.TRAINING_BENEFIT]
)
def test_q22_benefits_and_pensions_are_weighed_and_never_refuse(scheme):
    assert answer(general(other_schemes=frozenset({scheme}))) == "review"


def test_q22_public_assistance_stops_unless_somebody_departs_from_it_with_a_reason():
    found = assessed(general(on_public_assistance=True))

    assert found.acceptable == "no"
    assert found.overridable == {"LN-14"}
    assert found.with_exceptions({"LN-14"}) == "yes"
    assert found.with_exceptions({"LN-32"}) == "no"
    assert answer(general(on_public_assistance=None)) == "review"


@pytest.mark.parametrize("key", ["local_papers_small", "local_papers_general", "local_papers_regular"])
@pytest.mark.parametrize("words", ["印鑑登録証明書", "印鑑証明（3か月以内）", "実印の押された申込書"])
def test_q23_a_seal_certificate_cannot_be_asked_for(key, words):
    with pytest.raises(SettingError) as refused:
        BY_KEY[key].read(["在留カードの写し", words])

    assert "問23" in refused.value.message_ja
    assert refused.value.key == f"{key}[1]"


def test_q24_general_support_after_the_small_loan_takes_a_declaration_only():
    needs = papers_needed(general(income_proof=IncomeProof.PAPERS))
    names = {need.kind: need for need in still_asked(needs)}

    assert set(names) == {K.LENDING_FORM, K.LOAN_DEED, K.INCOME_DECLARATION, K.OWN_ACCOUNT}
    assert "参考1-2" in names[K.INCOME_DECLARATION].name_ja
    assert K.LEAVING_SLIP not in {need.kind for need in needs}


def test_q24_a_small_loan_of_another_council_is_proved_by_its_decision_notice():
    needs = papers_needed(general(prior=(replace(SMALL_LENT, elsewhere=True),)))

    assert [need.name_ja for need in needs if need.kind == K.OTHER] == ["緊急小口資金の貸付決定通知書の写し"]


def test_q24_the_deed_comes_with_the_form_and_that_of_an_earlier_application_does_not_count():
    held = [HeldPaper(K.LOAN_DEED, day("2020-06-12")), HeldPaper(K.LENDING_FORM, day("2020-08-02"))]
    needs = {need.kind: need for need in papers_needed(general(applied="2020-08-01"), held)}

    assert not needs[K.LOAN_DEED].satisfied
    assert needs[K.LENDING_FORM].satisfied


def test_q25_an_evacuee_is_taken_in_where_she_lives():
    found = assessed(small(residence=Residence.EVACUATED))

    assert found.acceptable == "yes"
    assert "移すことは求めない" in check_of(small(residence=Residence.EVACUATED), "LN-19").because
    assert answer(small(residence=Residence.ELSEWHERE)) == "review"


def test_q26_without_an_address_first_to_the_agency_or_the_welfare_office():
    assert answer(small(residence=Residence.NO_ADDRESS)) == "review"
    assert answer(small(residence=Residence.NO_ADDRESS, referred_for_housing=True)) == "yes"


def test_q27_ability_is_not_asked_except_after_grossly_dishonest_conduct():
    assert check_of(small(), "LN-22").finding is Finding.MET
    assert answer(small(conduct_flag=True)) == "review"


def test_q28_gambling_is_looked_at():
    assert answer(small(purpose=LendingPurpose.GAMBLING)) == "review"


@pytest.mark.parametrize(
    ("kind", "size", "ceiling", "most_instalments"),
    [
        ("SP_SMALL", 1, 100_000, 24),
        ("SP_GS_INITIAL", 1, 450_000, 120),
        ("SP_GS_INITIAL", 2, 600_000, 120),
        ("SP_GS_EXTENSION", 1, 450_000, 120),
        ("SP_GS_RELOAN", 5, 600_000, 120),
    ],
)
def test_reference_2_limits_and_terms(kind, size, ceiling, most_instalments):
    facts = replace(general(kind), household_size=size, monthly_amount=None, amount=None)

    assert assessed(facts).ceiling == ceiling
    assert fund(kind).most_instalments == most_instalments
    assert "LA-05" in stopped_by(replace(facts, instalments=most_instalments + 1))
    assert "LA-05" not in stopped_by(replace(facts, instalments=most_instalments))


@pytest.mark.parametrize(("size", "asked", "stops"), [
    (1, 150_000, set()), (1, 160_000, {"LA-02"}), (2, 200_000, set()), (2, 210_000, {"LA-02"}), (2, 0, {"LA-02"}),
    (2, 155_000, {"LA-04"}),
])  # fmt: skip
def test_reference_2_the_monthly_amount(size, asked, stops):
    found = assessed(general(household_size=size, monthly_amount=asked))

    assert {check.rule.code for check in found.in_the_way} == stops
    assert found.overridable == stops & {"LA-04"}


def test_the_size_of_the_household_has_to_be_known_for_general_support():
    assert answer(general(household_size=None, monthly_amount=150_000)) == "review"
    assert FundKind.SP_GS_INITIAL == general().fund
