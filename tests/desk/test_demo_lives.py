"""The stories of the demonstration, before they are written: no database."""

from __future__ import annotations

from datetime import date

import pytest

from desk.demo.applying import Desk
from desk.demo.cast import CAST
from desk.demo.lives import Life, lives, loan_code
from desk.demo.places import MUNICIPALITIES, PREFECTURAL_CODE
from desk.demo.signins import signins
from exemptions.enums import ApplicationState
from japan.bankdays import add_bank_days
from loans.enums import FundKind
from loans.funds import fund
from repayment.position import position
from rulebook.settings import Settings

DAYS = [date(2023, 4, 1), date(2024, 2, 29), date(2025, 6, 1), date(2026, 11, 20), date(2031, 12, 31)]


def told(count: int, *, seed: int = 1, as_of: date = date(2026, 11, 20)) -> list[Life]:
    return list(lives(count, seed=seed, as_of=as_of, settings=Settings.defaults(), cast=CAST))


@pytest.fixture(scope="module", params=DAYS, ids=str)
def stories(request: pytest.FixtureRequest) -> list[Life]:
    return told(130, as_of=request.param)


def test_nothing_happens_after_the_day_of_the_demonstration(stories: list[Life]) -> None:
    as_of = stories[0].as_of
    for life in stories:
        days = [loan.applied_on for loan in life.loans]
        days += [row.on for loan in life.loans for row in loan.movements]
        days += [rest.since for loan in life.loans for rest in loan.rests]
        days += [step.at.date() for filing in life.filings for step in filing.steps]
        days += [paper.received_on for paper in (*life.papers, *life.extra_papers)]
        days += [individual.died_on for individual in life.family.people if individual.died_on]
        assert max(days) <= as_of, life.number


def test_loans_keep_to_the_funds_and_their_windows(stories: list[Life]) -> None:
    for loan in (loan for life in stories for loan in life.loans if loan.is_special):
        lent = fund(loan.kind)
        most = lent.maximum_single if loan.household_size == 1 else lent.maximum_multi
        assert 0 < loan.principal <= most
        assert loan.instalments <= lent.most_instalments
        assert date(2020, 3, 25) <= loan.applied_on <= date(2022, 9, 30)
        if loan.kind == FundKind.SP_GS_EXTENSION:
            assert loan.applied_on <= date(2021, 6, 30)
        if loan.kind == FundKind.SP_GS_RELOAN:
            assert date(2021, 2, 19) <= loan.applied_on <= date(2021, 12, 31)


def test_steps_of_an_application_follow_each_other_and_papers_are_older_than_their_receipt(
    stories: list[Life],
) -> None:
    for life in stories:
        for filing in life.filings:
            moments = [step.at for step in filing.steps]
            assert moments == sorted(set(moments)), (life.number, moments)
            assert filing.received_on <= moments[0].date()
        for paper in (*life.papers, *life.extra_papers):
            assert paper.issued_on is None or paper.issued_on <= paper.received_on


def test_only_complete_forms_are_approved_and_by_somebody_who_did_not_make_them(stories: list[Life]) -> None:
    decided = [filing for life in stories for filing in life.filings if filing.ruling]
    assert decided
    for filing in decided:
        assert filing.ruling and filing.ruling.by not in (filing.entered_by, filing.prepared_by)
        if filing.state == ApplicationState.APPROVED:
            assert filing.deficiencies == ()


def test_what_is_paid_never_exceeds_what_was_lent_unless_the_story_says_so(stories: list[Life]) -> None:
    for life in stories[len(CAST) :]:
        for loan in (loan for loan in life.loans if loan.is_lent):
            at = position(
                principal=loan.principal,
                plans=loan.plans,
                deferrals=loan.shifts,
                entries=loan.entries,
                as_of=life.as_of,
            )
            assert at.surplus == 0


def test_a_life_depends_on_the_seed_and_its_number_only() -> None:
    few, many = told(70), told(150)
    assert [_essence(life) for life in few] == [_essence(life) for life in many[: len(few)]]
    assert [_essence(life) for life in few] != [_essence(life) for life in told(70, seed=2)]


@pytest.mark.parametrize("count", [1, 2, 3, 40, 100])
def test_exactly_so_many_people_have_loans(count: int) -> None:
    assert sum(life.borrowers for life in told(count)) == count


def test_no_two_loans_share_a_code() -> None:
    codes = {loan_code(7, number) for number in range(200_000)}
    assert len(codes) == 200_000
    assert all(len(code) == 7 for code in codes)


def test_the_prefecture_is_none_of_the_47() -> None:
    assert PREFECTURAL_CODE.startswith("48")
    assert all(each.code.startswith("48") and each.postal_prefix.startswith("008") for each in MUNICIPALITIES)
    assert sum(each.share for each in MUNICIPALITIES) == 100


def test_every_role_can_be_tried_and_both_pairs_of_eyes() -> None:
    roles = [line.role_ja for line in signins()]
    assert set(roles) == {
        "市区町村社協 職員", "都道府県社協 職員", "決裁者", "自立相談支援機関 支援員", "監査担当", "システム管理者",
    }  # fmt: skip
    assert roles.count("決裁者") >= 2 and roles.count("都道府県社協 職員") >= 2


def _essence(life: Life) -> tuple[object, ...]:
    return (
        [individual.name for individual in life.family.people],
        [(loan.code, loan.principal, [(row.on, row.amount) for row in loan.movements]) for loan in life.loans],
        [(filing.received_on, filing.state) for filing in life.filings],
    )


@pytest.mark.parametrize("days_ago", range(4))
def test_on_a_day_without_banks_nobody_has_come_to_a_desk_yet_to_come(days_ago: int) -> None:
    saturday = date(2026, 11, 21)
    desk = Desk(saturday, None, None, None, None, 1)  # type: ignore[arg-type]
    assert desk.day(days_ago) == add_bank_days(date(2026, 11, 20), -days_ago)
