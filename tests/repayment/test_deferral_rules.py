"""What the rules of deferral find, without a database: grounds and papers, months, cut-off, overlaps, both examples."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from japan.months import month_of
from people.enums import PaperKind
from repayment.deferring import assess, evidence, forms, preview, timing, transcript
from repayment.deferring.assess import AskedDeferral, AskedLoan, Verdict, about_application, about_loan
from repayment.deferring.evidence import EVIDENCE
from repayment.deferring.rules import RULES
from repayment.deferring.selectors import Phase, phase_of
from repayment.entries import PAID, Entry
from repayment.enums import DeferralGround
from repayment.models import DeferralApplication, DeferralInterview
from repayment.position import PlanVersion, Policy
from repayment.schedule import Deferral, make_plan
from rulebook.findings import Finding
from rulebook.settings import Settings

SETTINGS = Settings.defaults()
SMALL = make_plan(principal=200_000, count=24, first_month=month_of(2023, 1))


def asked(received_on: date = date(2023, 6, 5), **changes: object) -> AskedDeferral:
    """An application of somebody out of work whose leaving slip is there."""
    return replace(
        AskedDeferral(
            received_on=received_on,
            ground=DeferralGround.UNEMPLOYED,
            situation="5月に離職し、求職中です。",
            papers=frozenset({PaperKind.LEAVING_SLIP}),
        ),
        **changes,  # type: ignore[arg-type]
    )


def a_small_loan(from_month: int = month_of(2023, 7), months: int = 12, **changes: object) -> AskedLoan:
    """The loan of both examples: 200,000 yen in 24 instalments from January 2023, nothing paid."""
    return replace(
        AskedLoan(
            code="0100001",
            principal=200_000,
            plans=(PlanVersion(1, date(2020, 6, 1), SMALL),),
            deferrals=(),
            entries=(),
            from_month=from_month,
            months=months,
        ),
        **changes,  # type: ignore[arg-type]
    )


def look(application: AskedDeferral, loan: AskedLoan, as_of: date, settings: Settings = SETTINGS):
    return about_loan(application, loan, settings=settings, policy=Policy(), as_of=as_of)


def finding(found: assess.LoanFindings, code: str) -> Finding:
    return next(check.finding for check in found.checks if check.rule.code == code)


def test_example_df_a_in_time_moves_every_instalment_by_a_year() -> None:
    found = look(asked(date(2022, 12, 5)), a_small_loan(month_of(2023, 1)), date(2022, 12, 20))
    seen = found.preview
    assert found.verdict is Verdict.GRANTABLE and seen is not None
    assert [(shift.no, shift.after) for shift in seen.shifts] == [(no, month_of(2023, 12) + no) for no in range(1, 25)]
    assert [shift.amount for shift in seen.shifts] == [8_330] * 23 + [8_410]
    assert seen.moved == 24 and seen.arrears_stay == 0
    assert (seen.before.deadline, seen.after.deadline) == (date(2024, 12, 31), date(2025, 12, 31))


def test_example_df_b_late_leaves_six_instalments_and_moves_the_others() -> None:
    found = look(asked(date(2023, 6, 5)), a_small_loan(), date(2023, 6, 27))
    seen = found.preview
    assert found.verdict is Verdict.GRANTABLE and seen is not None
    assert [(part.first_no, part.last_no, part.after) for part in seen.stretches] == [
        (1, 6, (month_of(2023, 1), month_of(2023, 6))),
        (7, 24, (month_of(2024, 7), month_of(2025, 12))),
    ]
    assert seen.arrears_stay == 49_980 and seen.moved == 18
    assert seen.after.deadline == date(2025, 12, 31)
    assert seen.after.outstanding == seen.before.outstanding == 200_000


@pytest.mark.parametrize(
    ("received", "decided", "wanted", "begins"),
    [
        (date(2023, 6, 10), date(2023, 6, 20), month_of(2023, 7), month_of(2023, 7)),
        (date(2023, 6, 11), date(2023, 6, 20), month_of(2023, 7), month_of(2023, 8)),
        (date(2023, 6, 5), date(2023, 7, 3), month_of(2023, 7), month_of(2023, 8)),
        (date(2023, 12, 11), date(2023, 12, 28), month_of(2024, 1), month_of(2024, 2)),
        (date(2023, 6, 5), date(2023, 6, 20), month_of(2023, 10), month_of(2023, 10)),
    ],
)
def test_a_deferral_begins_after_the_cut_off_and_after_the_decision(received, decided, wanted, begins) -> None:
    assert look(asked(received), a_small_loan(wanted), decided).from_month == begins


def test_the_cut_off_day_is_a_setting() -> None:
    late = SETTINGS.with_values({"deferral_cutoff_day": 20})
    assert look(asked(date(2023, 6, 15)), a_small_loan(), date(2023, 6, 20), late).from_month == month_of(2023, 7)


@pytest.mark.parametrize("ground", DeferralGround.values)
def test_each_ground_waits_for_one_of_its_papers_and_is_never_refused_for_want_of_it(ground: str) -> None:
    bare = asked(ground=ground, papers=frozenset(), other_debt_is_housing=False)
    found = look(bare, a_small_loan(), date(2023, 6, 20))
    assert found.verdict is Verdict.NOT_YET and not found.against
    for kind in EVIDENCE[ground]:
        shown = replace(bare, papers=frozenset({kind}))
        assert look(shown, a_small_loan(), date(2023, 6, 20)).verdict is Verdict.GRANTABLE
    others = frozenset(PaperKind) - set(EVIDENCE[ground])
    assert look(replace(bare, papers=others), a_small_loan(), date(2023, 6, 20)).verdict is Verdict.NOT_YET


def test_a_deferred_housing_loan_is_not_the_ground_of_other_debts() -> None:
    housing = asked(
        ground=DeferralGround.OTHER_DEFERRAL,
        papers=frozenset({PaperKind.OTHER_DEBT_DEFERRAL}),
        other_debt_is_housing=True,
    )
    assert look(housing, a_small_loan(), date(2023, 6, 20)).verdict is Verdict.NOT_GRANTABLE


@pytest.mark.parametrize(
    ("loan", "code", "says"),
    [
        (a_small_loan(months=0), "DF-10", "1か月から12か月まで"),
        (a_small_loan(months=13), "DF-10", "1か月から12か月まで"),
        (a_small_loan(month_of(2022, 12)), "DF-12", "令和5年1月からです"),
        (a_small_loan(month_of(2023, 6)), "DF-12", "さかのぼって"),
        (a_small_loan(month_of(2024, 7)), "DF-12", "12か月先"),
        (a_small_loan(deferrals=(Deferral(month_of(2023, 12), 12),)), "DF-04", "二重に猶予"),
        (a_small_loan(entries=(Entry(PAID, 200_000, date(2023, 5, 1), "paid"),)), "DF-13", "完済"),
        (a_small_loan(plans=()), "DF-13", "償還計画が登録されていない"),
    ],
)
def test_what_cannot_be_deferred_is_named(loan: AskedLoan, code: str, says: str) -> None:
    found = look(asked(), loan, date(2023, 6, 20))
    assert found.verdict is Verdict.NOT_GRANTABLE
    assert [check.rule.code for check in found.against] == [code]
    assert says in found.against[0].because


def test_after_the_last_instalment_nothing_is_left_to_move() -> None:
    found = look(asked(date(2025, 1, 5)), a_small_loan(month_of(2025, 2)), date(2025, 1, 20))
    assert [check.rule.code for check in found.against] == ["DF-13"]
    assert "移るものがありません" in found.against[0].because


def test_a_renewal_needs_no_more_than_a_new_application_unless_the_council_limits_it() -> None:
    renewed = a_small_loan(month_of(2024, 7), deferrals=(Deferral(month_of(2023, 7), 12),), earlier=1)
    application = asked(date(2024, 6, 3))
    assert look(application, renewed, date(2024, 6, 20)).verdict is Verdict.GRANTABLE
    never = SETTINGS.with_values({"deferral_renewals_max": 0})
    assert finding(look(application, renewed, date(2024, 6, 20), never), "DF-11") is Finding.NOT_MET


def test_exemption_is_explained_first_but_may_be_asked_for_at_the_same_time() -> None:
    both = asked(exemption_pending=True)
    assert {c.rule.code: c.finding for c in about_application(both, as_of=date(2023, 6, 5))}["DF-03"] is Finding.MET
    unexplained = look(asked(exemption_explained=False), a_small_loan(), date(2023, 6, 20))
    assert unexplained.verdict is Verdict.GRANTABLE


def test_no_field_and_no_rule_asks_for_prospects_of_repayment() -> None:
    """DF-02, circular on follow-up support: present hardship is enough."""
    prospects = re.compile(r"prospect|future|afterwards|able_to|ability|expected|outlook|recover", re.IGNORECASE)
    names = [field.name for each in (AskedDeferral, AskedLoan) for field in dataclasses.fields(each)]
    names += [field.name for each in (transcript.Transcript, transcript.Heard) for field in dataclasses.fields(each)]
    names += [f.name for model in (DeferralApplication, DeferralInterview) for f in model._meta.get_fields()]
    for form in (forms.ApplicationForm, forms.InterviewForm):
        names += list(form.base_fields)
    assert not [name for name in names if prospects.search(name)]
    asking = re.compile("見通し|見込み|今後の収入|返済能力")
    for rule in RULES:
        assert rule.code == "DF-02" or not asking.search(rule.wording_ja)
    for module in (assess, evidence, preview, timing):
        source = Path(module.__file__ or "").read_text()
        assert not re.search(r"\b\w*(prospect|ability|outlook)\w*\s*[:=(]", source, re.IGNORECASE)
    labels = [
        str(field.label)
        for form in (forms.ApplicationForm, forms.InterviewForm)
        for field in form.base_fields.values()
    ]
    assert not [label for label in labels if asking.search(label)]


def test_every_rule_of_deferral_has_a_source_and_is_there() -> None:
    assert [rule.code for rule in RULES] == [
        "DF-01", "DF-02", "DF-03", "DF-04", *(f"DF-{number}" for number in range(10, 20)),
    ]  # fmt: skip
    assert all(rule.source.title for rule in RULES)


@pytest.mark.parametrize(
    ("on", "phase"),
    [
        (date(2022, 12, 31), Phase.COMING),
        (date(2023, 1, 1), Phase.ACTIVE),
        (date(2023, 10, 31), Phase.ACTIVE),
        (date(2023, 11, 1), Phase.ENDING),
        (date(2023, 12, 31), Phase.ENDING),
        (date(2024, 1, 1), Phase.ENDED),
    ],
)
def test_running_ending_and_ended_are_told_from_the_day(on: date, phase: Phase) -> None:
    assert phase_of(month_of(2023, 1), month_of(2023, 12), on, ahead=2) is phase
