"""Worked example EX-C carried through the services: from the paper to the ledger, and what the letter may say."""

from datetime import date

import pytest

from exemptions.enums import ApplicationState, Ground, Outcome, Result
from exemptions.models import Decision
from japan.months import month_of
from repayment.enums import HoldReason, LedgerKind
from repayment.models import CollectionHold, LedgerEntry
from repayment.selectors import position_of
from tests.exemptions.builders import RECEIVED, Story, a_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return a_story()


def test_entering_the_form_assesses_it_and_lets_collection_rest(story: Story) -> None:
    application = story.application
    assessment = application.assessment
    assert application.state == ApplicationState.RECEIVED
    assert application.deficiency_count == 0
    assert assessment is not None
    assert assessment.result == Result.ELIGIBLE
    assert assessment.ground == Ground.RESIDENCE_TAX_LATER_YEAR
    assert (assessment.amount, assessment.remaining) == (540_000, 20_000)
    assert assessment.cut_off == month_of(2024, 1)
    assert (assessment.first_no, assessment.last_no) == (13, 120)
    hold = CollectionHold.objects.get(loan=story.loan)
    assert (hold.reason, hold.since, hold.until) == (HoldReason.EXEMPTION_PENDING, RECEIVED, None)


def test_the_approval_takes_effect_in_the_ledger_for_exactly_those_instalments(story: Story) -> None:
    story.prepare()
    story.approve()
    entry = LedgerEntry.objects.get(loan=story.loan, kind=LedgerKind.EXEMPTED)
    assert (entry.amount, entry.first_no, entry.last_no) == (540_000, 13, 120)
    assert entry.effective_on == date(2023, 9, 20)
    assert entry.source_key == f"exemption:{story.application.pk}"
    at = position_of(story.loan.pk, date(2023, 9, 20))
    assert (at.exempted, at.outstanding, at.arrears) == (540_000, 20_000, 0)
    months = [(line.due_month, line.unpaid) for line in at.lines if line.unpaid]
    assert months == [(month_of(2023, month), 5_000) for month in (9, 10, 11, 12)]


def test_the_decision_rests_on_the_assessment_of_its_own_day_and_ends_the_hold(story: Story) -> None:
    story.prepare()
    story.approve()
    decision = Decision.objects.get(application=story.application)
    assert (decision.outcome, decision.amount, decision.remaining) == (Outcome.APPROVED, 540_000, 20_000)
    assert decision.assessment.as_of == date(2023, 9, 20)
    assert decision.decided_by == story.staff.supervisor
    assert (decision.entered_by, decision.prepared_by) == (story.staff.clerk, story.staff.preparer)
    assert CollectionHold.objects.get(loan=story.loan).until == date(2023, 9, 20)


def test_a_payment_made_while_the_case_was_open_reduces_what_remains_not_what_is_exempted(story: Story) -> None:
    from datetime import datetime

    from repayment.services import post_payment
    from tests.exemptions.builders import MACHINE, TOKYO

    story.prepare()
    post_payment(
        loan=story.loan,
        amount=5_000,
        effective_on=date(2023, 9, 26),
        source_key="paid:september",
        by=MACHINE,
        at=datetime(2023, 9, 27, 9, 0, tzinfo=TOKYO),
    )
    story.approve(at=datetime(2023, 9, 28, 9, 0, tzinfo=TOKYO))
    at = position_of(story.loan.pk, date(2023, 9, 28))
    assert (at.exempted, at.outstanding) == (540_000, 15_000)
