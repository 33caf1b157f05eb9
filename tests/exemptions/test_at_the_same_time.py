"""Two people at once, on a real PostgreSQL: one wins, the other is told; nothing is written twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection

from accounts.enums import Role
from audit.actors import Actor
from exemptions.enums import ApplicationState
from exemptions.filters import Filters
from exemptions.models import Application, Decision
from exemptions.next_case import waiting_for
from exemptions.refusals import DuplicateApplication, MovedMeanwhile
from exemptions.services import claim_next, enter_application, move_application
from exemptions.services.assessing import look_at
from exemptions.workflow import Move
from repayment.enums import LedgerKind
from repayment.models import CollectionHold, LedgerEntry
from tests.exemptions.builders import DECIDED, ENTERED, a_form, a_repaid_loan, a_story, some_staff
from tests.people.builders import a_member_of_staff, a_person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; what each returned or raised, in order."""
    start = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        close_old_connections()
        try:
            start.wait(10)
            outcomes[place] = call()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes


def of_type(outcomes: list[Any], kind: type) -> list[Any]:
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


def test_of_two_supervisors_who_decide_at_once_one_wins_and_the_other_is_told() -> None:
    story = a_story()
    story.prepare()
    application = story.reloaded()
    seen = look_at(application, as_of=DECIDED.date()).fingerprint

    def decide(move: Move, supervisor: Any) -> Callable[[], Application]:
        return lambda: move_application(
            application_id=application.pk,
            move=move,
            version=application.version,
            reason="要件を満たさないため",
            seen=seen,
            by=Actor.person(supervisor),
            at=DECIDED,
        )

    outcomes = at_once(decide(Move.APPROVE, story.staff.supervisor), decide(Move.REFUSE, story.staff.other_supervisor))
    (winner,) = of_type(outcomes, Application)
    (loser,) = of_type(outcomes, MovedMeanwhile)
    decision = Decision.objects.get()
    assert decision.decided_by.name in str(loser)
    assert f"現在は「{winner.get_state_display()}」です。" in str(loser)
    entries = LedgerEntry.objects.filter(kind=LedgerKind.EXEMPTED).count()
    assert entries == (1 if winner.state == ApplicationState.APPROVED else 0)


def test_the_same_approval_pressed_twice_is_one_exemption() -> None:
    story = a_story()
    story.prepare()
    application = story.reloaded()
    seen = look_at(application, as_of=DECIDED.date()).fingerprint

    def press() -> Application:
        return move_application(
            application_id=application.pk,
            move=Move.APPROVE,
            version=application.version,
            seen=seen,
            by=Actor.person(story.staff.supervisor),
            at=DECIDED,
        )

    outcomes = at_once(press, press, press)
    assert len(of_type(outcomes, Application)) == 1
    assert len(of_type(outcomes, MovedMeanwhile)) == 2
    assert LedgerEntry.objects.filter(kind=LedgerKind.EXEMPTED).count() == 1


def test_of_two_clerks_with_the_same_form_one_is_told_that_it_is_there() -> None:
    staff = some_staff()
    loan = a_repaid_loan(a_person(office=staff.office), months_paid=8, office=staff.office)
    other = a_member_of_staff(office=staff.office)

    def enter(clerk: Any) -> Callable[[], Application]:
        return lambda: enter_application(loan=loan, transcript=a_form(), by=Actor.person(clerk), at=ENTERED)

    outcomes = at_once(enter(staff.clerk), enter(other))
    (application,) = of_type(outcomes, Application)
    (refused,) = of_type(outcomes, DuplicateApplication)
    assert refused.existing.pk == application.pk
    assert str(application) in str(refused)
    assert CollectionHold.objects.count() == 1


def test_reviewers_who_ask_for_the_next_case_at_once_get_different_ones() -> None:
    staff = some_staff()
    for _ in range(3):
        a_story(staff=staff).prepare()
    reviewers = [staff.supervisor, staff.other_supervisor, *(a_member_of_staff(Role.SUPERVISOR) for _ in range(2))]

    def take(user: Any) -> Callable[[], Application | None]:
        return lambda: claim_next(waiting=waiting_for(user, Filters(), at=DECIDED), by=Actor.person(user), at=DECIDED)

    outcomes = at_once(*(take(user) for user in reviewers))
    taken = [application.pk for application in of_type(outcomes, Application)]
    assert len(taken) == len(set(taken)) == 3
    assert outcomes.count(None) == 1


def test_a_payment_that_comes_in_during_the_decision_is_seen_or_waits() -> None:
    from repayment.selectors import position_of
    from repayment.services import post_payment
    from tests.exemptions.builders import MACHINE

    story = a_story()
    story.prepare()
    application = story.reloaded()
    seen = look_at(application, as_of=DECIDED.date()).fingerprint

    def approve() -> Application:
        return move_application(
            application_id=application.pk,
            move=Move.APPROVE,
            version=application.version,
            seen=seen,
            by=Actor.person(story.staff.supervisor),
            at=DECIDED,
        )

    def pay() -> LedgerEntry:
        return post_payment(
            loan=story.loan, amount=5_000, effective_on=DECIDED.date(), source_key="paid:9", by=MACHINE, at=DECIDED
        )

    at_once(approve, pay)
    position = position_of(story.loan.pk, DECIDED.date())
    assert position.surplus == 0
    assert position.outstanding + position.paid + position.exempted == 600_000
