"""What the Ministry's questions and answers (vol. 17) say about lending, question by question: 1 to 8-9."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loans.enums import IncomeKind
from loans.lending.enums import IncomeProof, OtherScheme, SmallLoanGround
from loans.lending.facts import Income
from loans.lending.five_points import Point, is_asked, not_confirmed
from loans.lending.papers import HeldPaper, papers_needed, still_asked
from loans.lending.windows import WINDOWS
from loans.rules import RULES
from people.enums import PaperKind
from rulebook.findings import Finding
from rulebook.setting_keys import BY_KEY, KEYS, SettingError
from tests.loans.lending.situations import (
    INITIAL_LENT,
    SMALL_LENT,
    answer,
    assessed,
    check_of,
    day,
    findings,
    general,
    lent,
    regular,
    reloan,
    small,
    stopped_by,
)

K = PaperKind


def kinds(facts, held=()):
    return [need.kind for need in papers_needed(facts, held)]


def test_q1_the_statement_on_the_form_proves_the_cause():
    asked = {need.kind for need in papers_needed(small(income_proof=IncomeProof.DECLARATION))}

    assert asked == {K.LENDING_FORM, K.LOAN_DEED, K.IDENTITY, K.RESIDENCE_RECORD, K.INCOME_DECLARATION, K.OWN_ACCOUNT}
    assert answer(small()) == "yes"


def test_q2_1_a_declaration_takes_the_place_of_payslips():
    either = [need for need in papers_needed(small()) if need.group == "income"]

    assert [need.kind for need in either] == [K.PAYSLIP, K.INCOME_DECLARATION]
    assert K.PAYSLIP not in kinds(small(income_proof=IncomeProof.DECLARATION))
    assert K.INCOME_DECLARATION not in kinds(small(income_proof=IncomeProof.PAPERS))


def test_q2_1_a_doubt_keeps_the_answer_open_until_the_applicant_was_asked():
    doubtful = small(income_proof=IncomeProof.DECLARATION, doubt_open=True)

    assert answer(doubtful) == "review"
    assert answer(replace(doubtful, doubt_open=False)) == "yes"


@pytest.mark.parametrize("fall", [1, 250_000])
def test_q2_2_the_degree_of_the_fall_is_not_asked(fall):
    facts = small(income_before=250_000, income_after=250_000 - fall)

    assert answer(facts) == "yes"
    assert "問2-2" in check_of(facts, "LN-11").because


@pytest.mark.parametrize("key", ["local_papers_small", "local_papers_general"])
def test_q2_3_a_threshold_of_our_own_is_refused_with_the_question(key):
    with pytest.raises(SettingError) as refused:
        BY_KEY[key].read(["収入が２割以上減少したことのわかる書類"])

    assert "問2-3" in refused.value.message_ja
    assert not [it.key for it in KEYS if it.group_ja == "貸付" and "fall" in it.key]


@pytest.mark.parametrize("key", ["local_papers_small", "local_papers_general"])
def test_q2_4_a_number_of_months_of_payslips_is_refused_with_the_question(key):
    with pytest.raises(SettingError) as refused:
        BY_KEY[key].read(["給与明細書（３か月分）"])

    assert "問2-4" in refused.value.message_ja


@pytest.mark.parametrize("kind", [IncomeKind.REMITTANCE, IncomeKind.SCHOLARSHIP])
def test_q2_5_a_student_whose_remittance_or_scholarship_ended_passes(kind):
    lines = (Income("本人", kind, 60_000, 0),)

    assert answer(small(income_before=None, income_after=None, incomes=lines)) == "yes"


def test_q2_6_the_fall_of_another_member_counts():
    lines = (Income("本人", IncomeKind.WAGE, 200_000, 200_000), Income("配偶者", IncomeKind.WAGE, 80_000, 30_000))

    assert answer(small(income_before=None, income_after=None, incomes=lines)) == "yes"


def test_q2_6_a_household_that_has_split_is_counted_again():
    lines = (Income("本人", IncomeKind.WAGE, 90_000, 90_000), Income("元配偶者", IncomeKind.WAGE, 250_000, 0))
    split = small(income_before=None, income_after=None, incomes=lines)

    assert check_of(split, "LN-11").value == "340,000円から90,000円"
    assert answer(split) == "yes"


def test_q2_7_less_child_support_passes():
    lines = (Income("本人", IncomeKind.WAGE, 120_000, 120_000), Income("本人", IncomeKind.CHILD_SUPPORT, 50_000, 0))

    assert answer(small(income_before=None, income_after=None, incomes=lines)) == "yes"


CHANGING_NOTHING = [
    OtherScheme.EMPLOYMENT_SUBSIDY,
    OtherScheme.LEAVE_SUPPORT,
    OtherScheme.SCHOOL_CLOSURE_SUPPORT,
    OtherScheme.HOUSING_BENEFIT,
]


@pytest.mark.parametrize("scheme", CHANGING_NOTHING)
def test_q2_8_and_q3_another_scheme_changes_no_outcome(scheme):
    without, with_it = assessed(small()), assessed(small(other_schemes=frozenset({scheme})))

    assert (with_it.acceptable, with_it.ceiling) == (without.acceptable, without.ceiling)


def test_q2_9_five_points_are_confirmed_before_a_special_loan_is_refused():
    all_of_them = {point.value: True for point in Point}
    some = {Point.DEGREE.value: True, Point.STUDENT.value: True, Point.ABILITY.value: False}

    assert len(Point) == 5
    assert not_confirmed(all_of_them) == ()
    assert not_confirmed(some) == (Point.OTHER_MEMBERS, Point.SHORT_JOBS, Point.ABILITY)
    assert is_asked(small().fund)
    assert not is_asked(regular().fund)


def test_q2_10_the_self_employed_pass_with_a_declaration_and_need_not_be_out_of_work():
    lines = (Income("本人", IncomeKind.BUSINESS, 300_000, 120_000),)
    facts = small(income_before=None, income_after=None, incomes=lines, income_proof=IncomeProof.DECLARATION)

    assert answer(facts) == "yes"
    assert not {K.PAYSLIP, K.LEAVING_SLIP} & set(kinds(facts))


def test_q2_11_a_fall_in_any_later_month_counts():
    january, march = 2021 * 12, 2021 * 12 + 2
    lines = (Income("本人", IncomeKind.WAGE, 200_000, 150_000, january, march),)
    same = (Income("本人", IncomeKind.WAGE, 200_000, 200_000, january, january + 1),)

    assert answer(small(income_before=None, income_after=None, incomes=lines)) == "yes"
    assert answer(small(income_before=None, income_after=None, incomes=same)) == "no"


@pytest.mark.parametrize("ground", [it for it in SmallLoanGround if it != SmallLoanGround.OTHER])
def test_q4_each_ground_from_a_to_o_allows_200_000(ground):
    found = assessed(small(amount=200_000, grounds=frozenset({ground})))

    assert (found.acceptable.value, found.ceiling) == ("yes", 200_000)


def test_q4_without_a_ground_100_000_is_the_ceiling_and_ka_is_looked_at():
    none = assessed(small(amount=200_000))
    other = assessed(small(amount=200_000, grounds=frozenset({SmallLoanGround.OTHER})))

    assert (none.acceptable.value, none.ceiling) == ("no", 100_000)
    assert (other.acceptable.value, other.ceiling) == ("review", 200_000)
    assert answer(small(amount=100_000)) == "yes"
    assert answer(small(amount=200_001, grounds=frozenset({SmallLoanGround.INFECTED_MEMBER}))) == "no"


@pytest.mark.parametrize(("size", "ceiling"), [(3, 100_000), (4, 200_000), (5, 200_000)])
def test_q4_four_members_are_a_ground_by_themselves(size, ceiling):
    assert assessed(small(amount=None, household_size=size)).ceiling == ceiling


def test_q6_the_amount_is_not_tied_to_the_fall():
    facts = small(
        amount=200_000,
        grounds=frozenset({SmallLoanGround.INFECTED_MEMBER}),
        income_before=250_000,
        income_after=249_000,
    )

    assert answer(facts) == "yes"
    assert check_of(facts, "LN-13").finding is Finding.MET


def test_q6_deleted_keeps_its_number():
    (deleted,) = [rule for rule in RULES if "問6（2つ目" in rule.source.where]

    assert "削除" in deleted.wording_ja


def test_q7_1_after_the_small_loan_no_paper_is_asked_twice():
    later = general(prior=(SMALL_LENT,))
    needs = {need.kind: need for need in papers_needed(later)}
    fresh = {need.kind for need in still_asked(papers_needed(general(prior=())))}

    assert needs[K.RESIDENCE_RECORD].satisfied
    assert needs[K.IDENTITY].satisfied
    assert "問7-1" in needs[K.IDENTITY].held_ja
    assert {K.RESIDENCE_RECORD, K.IDENTITY} <= fresh
    assert answer(later) == "yes"


def test_q7_1_what_came_in_already_is_named_with_its_day():
    held = [HeldPaper(K.OWN_ACCOUNT, day("2020-06-12"))]
    needs = {need.kind: need for need in papers_needed(general(), held)}

    assert needs[K.OWN_ACCOUNT].satisfied
    assert needs[K.OWN_ACCOUNT].held_ja == "令和2年6月12日に受領済み"


def test_q7_2_general_support_may_come_first():
    first = general(prior=())

    assert answer(first) == "yes"
    assert "先に借りてよい" in check_of(first, "LN-30").because


def test_q8_1_a_re_loan_needs_both_loans_ended_and_a_consultation_before():
    assert answer(reloan()) == "yes"
    assert stopped_by(reloan(agency_consulted_on=None)) == {"LN-32"}
    assert stopped_by(
        reloan(agency_consulted_on=day("2021-07-02")),
    ) == {"LN-32"}
    assert stopped_by(reloan(months=4)) == {"LN-32"}
    assert stopped_by(reloan(months=0)) == {"LN-32"}
    running = lent("SP_GS_INITIAL", "2021-05-10", "2021-07")
    assert stopped_by(reloan(prior=(SMALL_LENT, running))) == {"LN-32"}
    assert answer(reloan(prior=(SMALL_LENT, running), applied_on=day("2021-08-01"))) == "yes"


def test_q8_1_a_further_small_loan_is_looked_at():
    assert answer(small("2021-07-01", prior=(SMALL_LENT,))) == "review"


def test_q8_2_the_extension_need_not_have_been_used():
    extended = lent("SP_GS_EXTENSION", "2020-10-20", "2021-01")

    assert answer(reloan()) == "yes"
    assert answer(reloan(prior=(SMALL_LENT, INITIAL_LENT, extended))) == "yes"
    unended = lent("SP_GS_EXTENSION", "2021-05-20", "2021-08")
    assert stopped_by(reloan(prior=(SMALL_LENT, INITIAL_LENT, unended))) == {"LN-32"}


def test_q8_2_who_had_only_the_small_loan_takes_an_initial_loan():
    only_small = reloan(prior=(SMALL_LENT,))

    assert stopped_by(only_small) == {"LN-32"}
    assert "初回の貸付" in next(it.because for it in assessed(only_small).in_the_way)
    assert answer(general(applied="2021-07-01")) == "yes"


def test_q8_3_light_support_is_enough_and_the_status_sheet_is_attached():
    assert K.STATUS_SHEET in kinds(reloan())
    assert "電話・郵送・メール" in check_of_consultation(reloan(agency_consulted_on=None)).would_change


def check_of_consultation(facts):
    return next(it for it in assessed(facts).checks if it.change_fact == "agency_consulted_on")


def test_q8_5_history_of_another_prefecture_counts_and_the_new_council_is_asked():
    elsewhere = (replace(SMALL_LENT, elsewhere=True), replace(INITIAL_LENT, elsewhere=True))

    assert answer(reloan(prior=elsewhere, lives_in_prefecture=True)) == "yes"
    assert stopped_by(reloan(prior=elsewhere, lives_in_prefecture=False)) == {"LN-34"}


@pytest.mark.parametrize("by_applicant", [True, False])
def test_q8_6_a_second_re_loan_is_refused_to_every_member(by_applicant):
    earlier = lent("SP_GS_RELOAN", "2021-02-22", "2021-05", by_applicant=by_applicant)

    assert stopped_by(reloan(prior=(SMALL_LENT, INITIAL_LENT, earlier))) == {"LN-33"}


def test_q8_7_what_was_left_of_the_maximum_is_not_lent_later():
    again = general(applied="2021-03-01", prior=(SMALL_LENT, INITIAL_LENT))

    assert stopped_by(again) == {"LN-35"}
    assert "期間中は月数と額を変更できる" in next(it.because for it in assessed(again).in_the_way)


def test_q8_8_general_first_still_needs_the_small_loan_before_a_re_loan():
    without_small = reloan(prior=(INITIAL_LENT,))

    assert stopped_by(without_small) == {"LN-32"}
    assert "先に緊急小口資金" in next(it.because for it in assessed(without_small).in_the_way)


def test_q8_9_whoever_applied_by_the_moved_closing_day_counts():
    late_initial = lent("SP_GS_INITIAL", "2021-04-20", "2021-06")
    before = [replace(it, closings=it.closings[:2]) for it in WINDOWS]

    facts = reloan("2021-08-20", prior=(SMALL_LENT, late_initial))
    assert answer(facts) == "yes"
    assert findings(assessed(facts, windows_in_force=before), "LA-01") == {Finding.NOT_MET}
    assert answer(reloan("2022-01-01", prior=(SMALL_LENT, late_initial))) == "no"
