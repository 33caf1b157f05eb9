"""The lists of papers of the regular loan against the guide's own table, and the papers by household (K-4, K-7, K-8)."""

from __future__ import annotations

from itertools import product

import pytest

from loans.lending.enums import Involvement, LendingCause, OtherScheme
from loans.lending.facts import APPLICANT, Member
from loans.lending.guide import NAGASAKI
from loans.lending.involvement import EXAMPLES, PROVING_PAPER, Question, walk
from loans.lending.papers import HeldPaper, has_to_show_income, papers_needed, refusal_of_record, still_asked
from people.enums import PaperKind
from tests.loans.lending.situations import day, regular

K = PaperKind

# 緊急小口資金のご案内（長崎県社会福祉協議会）, table at 添付書類⑧, as it stands there: cause, then the papers by bullet.
GUIDE_TABLE = {
    "①医療費又は介護費の支払等臨時の生活費": ("請求書の写し、領収書の写し",),
    "②火災等被災による生活費": ("火災証明書の写し、被災証明書の写し",),
    "③年金、保険、公的給付及び給与等の初回支給日までの生活費": (
        "雇用保険受給資格者証の写し",
        "老齢年金決定通知書の写し、老齢年金受給申請時の受理票の写し",
        "障害年金の裁定通知書の写し",
        "傷病手当の申請書の写し（受付印の押印があるもの）",
        "児童手当・児童扶養手当の申請書の写し（受付印の押印があるもの）または受理票の写し",
        "職業訓練受講決定通知書の写し",
        "労働（雇用）条件通知書の写し",
    ),
    "④会社からの解雇、休業等による収入減による生活費": ("雇用証明書の写し、労働契約書の写し", "退職証明書の写し"),
    "⑤滞納していた税金、国民健康保険料等の支払いによる生活費": ("請求書の写し、領収書の写し、督促状の写し",),
    "⑥公共料金の滞納により日常生活に支障が生じるため": ("督促状の写し、請求書の写し",),
    "⑦法に基づく継続的な支援を受けての就職活動費": ("雇用保険受給資格者証の写し、離職票の写し",),
    "⑧給与等の盗難": ("盗難届出報告書",),
    "⑨その他": ("請求書の写し", "その他生計を維持するために真にやむを得ない最小限の経費がわかる書類"),
}
SHORTENED = {
    "児童手当・児童扶養手当の受理票の写し": "受理票の写し",
    "真にやむを得ない最小限の経費がわかる書類": "その他生計を維持するために真にやむを得ない最小限の経費がわかる書類",
}


def in_the_guides_words(line: tuple[PaperKind, ...]) -> list[str]:
    return [SHORTENED.get(str(kind.label), str(kind.label)) for kind in line]


@pytest.mark.parametrize(("cause", "row"), list(zip(LendingCause, GUIDE_TABLE.items(), strict=True)))
def test_k4_each_cause_has_the_papers_of_the_guides_table(cause, row):
    name, bullets = row
    ours = [in_the_guides_words(line) for line in NAGASAKI.cause_papers[cause].lines]

    assert cause.label[0] == name[0]
    assert ours == [bullet.replace("または", "、").split("、") for bullet in bullets]


@pytest.mark.parametrize("cause", list(LendingCause))
def test_k4_choosing_a_cause_shows_exactly_its_papers_of_which_one_suffices(cause):
    needs = papers_needed(regular(asks={"cause": cause}))
    of_cause = [need for need in needs if need.group == "cause"]

    assert [need.kind for need in of_cause] == list(NAGASAKI.cause_papers[cause].kinds)
    assert all(str(need.source).endswith(f"添付書類⑧ {cause.label[0]}") for need in of_cause)
    for kind in NAGASAKI.cause_papers[cause].kinds:
        after = papers_needed(regular(asks={"cause": cause}), [HeldPaper(kind, day("2026-11-20"))])
        assert not [need for need in still_asked(after) if need.group == "cause"]


def test_k9_form_deed_and_debit_request_belong_to_every_application():
    first = [need.kind for need in papers_needed(regular())][:3]

    assert first == [K.LENDING_FORM, K.LOAN_DEED, K.DEBIT_REQUEST]


def of_member(needs, key):
    return {need.kind for need in needs if need.member == key}


def test_k8_papers_follow_the_household():
    family = (
        Member(APPLICANT, age=44, earns=True),
        Member("長男", age=17, in_school=True, earns=False),
        Member("長女", age=17, in_school=True, earns=True),
        Member("次女", age=15, in_school=True, earns=False),
        Member("母", age=71, has_disability=True, has_handbook=True),
        Member("弟", age=40, has_disability=True, has_handbook=False, needs_care=False),
    )
    needs = papers_needed(regular(members=family))

    assert of_member(needs, APPLICANT) == {K.INCOME_PROOF}
    assert of_member(needs, "長男") == set()
    assert of_member(needs, "長女") == {K.INCOME_PROOF}
    assert of_member(needs, "次女") == set()
    assert of_member(needs, "母") == {
        K.INCOME_PROOF, K.DISABILITY_CERTIFICATE, K.DISABILITY_PENSION, K.CARE_INSURANCE_CARD,
    }  # fmt: skip
    assert of_member(needs, "弟") == {K.INCOME_PROOF, K.DISABILITY_SERVICES}
    of_household = of_member(needs, "")
    assert {K.RESIDENCE_RECORD, K.EXPENSE_PROOF, K.BANKBOOK, K.OWN_ACCOUNT} <= of_household


@pytest.mark.parametrize(
    ("age", "in_school", "earns", "wanted"),
    [
        (16, False, False, True),
        (15, False, False, False),
        (15, True, True, True),
        (16, True, False, False),
        (16, None, None, True),
        (None, None, None, True),
        (None, True, False, False),
    ],
)
def test_k8_income_is_shown_from_16_unless_in_school_and_by_whoever_earns(age, in_school, earns, wanted):
    assert has_to_show_income(Member("a", age, in_school, earns)) is wanted


def test_k8_other_benefits_are_shown_when_there_are_some():
    with_benefit = papers_needed(regular(other_schemes=frozenset({OtherScheme.HOUSING_BENEFIT})))

    assert K.BENEFIT_PROOF in {need.kind for need in with_benefit}
    assert K.BENEFIT_PROOF not in {need.kind for need in papers_needed(regular())}


@pytest.mark.parametrize(
    ("issued", "received", "satisfied"),
    [
        ("2026-08-20", "2026-11-20", True),
        ("2026-08-19", "2026-11-20", False),
        ("2026-08-20", "2026-11-21", False),
        ("2026-11-20", "2026-11-20", True),
        (None, "2026-11-20", False),
    ],
)
def test_k8_a_residence_record_of_more_than_three_months_is_refused(issued, received, satisfied):
    held = [HeldPaper(K.RESIDENCE_RECORD, day(received), day(issued) if issued else None)]
    need = next(it for it in papers_needed(regular(), held) if it.kind == K.RESIDENCE_RECORD)

    assert need.satisfied is satisfied
    assert bool(need.held_ja)
    assert satisfied or "使えません" in need.held_ja or "発行日を確認" in need.held_ja


def test_k8_a_record_from_tomorrow_is_refused_and_the_newest_good_one_counts():
    assert "先の日付" in refusal_of_record(day("2026-11-21"), day("2026-11-20"), 3)
    held = [
        HeldPaper(K.RESIDENCE_RECORD, day("2026-11-20"), day("2026-05-01")),
        HeldPaper(K.RESIDENCE_RECORD, day("2026-11-10"), day("2026-11-01"), member="配偶者"),
    ]
    assert next(it for it in papers_needed(regular(), held) if it.kind == K.RESIDENCE_RECORD).satisfied


def test_papers_of_another_member_do_not_stand_for_ones_own():
    held = [
        HeldPaper(K.OWN_ACCOUNT, day("2026-11-20"), member="配偶者"),
        HeldPaper(K.INCOME_PROOF, day("2026-11-20"), member="配偶者"),
    ]
    family = (Member(APPLICANT, age=44), Member("配偶者", age=43))
    asked = {(need.kind, need.member) for need in still_asked(papers_needed(regular(members=family), held))}

    assert (K.OWN_ACCOUNT, "") in asked
    assert (K.INCOME_PROOF, APPLICANT) in asked
    assert (K.INCOME_PROOF, "配偶者") not in asked


def test_a_council_may_ask_for_further_papers_by_its_settings():
    needs = papers_needed(regular(), local=("車検証の写し",))

    assert [need.name_ja for need in needs if need.kind == K.OTHER] == ["車検証の写し"]


# --- K-7 --------------------------------------------------------------------------------------------


def test_k7_every_way_through_the_questions_ends_after_six_at_most_and_in_its_paper():
    ends = {}
    for answers in product([True, False], repeat=len(Question)):
        end = walk(dict(zip(Question.values, answers, strict=True)))
        assert end.outcome is not None
        assert len(end.asked) <= 6
        assert end.paper == PROVING_PAPER[end.outcome]
        ends[end.asked, end.outcome] = answers

    assert {outcome for _, outcome in ends} == set(Involvement)
    assert max(len(asked) for asked, _ in ends) == 6


def test_k7_a_steady_income_and_a_passing_cause_need_no_agency():
    calm = {"COMPLEX": False, "STABLE": True, "TRANSIENT": True, "ON_THE_WAY": True}

    assert (walk(calm).outcome, walk(calm).paper) == (Involvement.NOT_NEEDED, None)
    assert walk(calm | {"COMPLEX": True}).question == Question.STRAINED_BUDGET
    for one in ("STABLE", "TRANSIENT", "ON_THE_WAY"):
        troubled = calm | {one: False, "STRAINED_BUDGET": False}
        assert (walk(troubled).outcome, walk(troubled).paper) == (Involvement.AGENCY, K.AGENCY_SLIP)


def test_k7_budget_support_is_what_the_agency_found_needed():
    strained = {"COMPLEX": True, "STRAINED_BUDGET": True}

    assert walk(strained).question == Question.BUDGET_SUPPORT_FOUND_NEEDED
    assert walk(strained | {"BUDGET_SUPPORT_FOUND_NEEDED": True}).paper == K.LOAN_MEDIATION
    assert walk(strained | {"BUDGET_SUPPORT_FOUND_NEEDED": False}).paper == K.AGENCY_SLIP


def test_k7_the_first_question_comes_first_and_the_guides_examples_stand_beside():
    assert walk({}).question == Question.COMPLEX
    assert (len(EXAMPLES[Question.TRANSIENT]), len(EXAMPLES[Question.STRAINED_BUDGET])) == (5, 5)


@pytest.mark.parametrize("outcome", list(Involvement))
def test_k7_the_outcome_sets_the_paper_on_the_list(outcome):
    listed = {need.kind for need in papers_needed(regular(asks={"involvement": outcome}))}
    paper = PROVING_PAPER[outcome]

    assert listed & {K.AGENCY_SLIP, K.LOAN_MEDIATION} == ({paper} if paper else set())
