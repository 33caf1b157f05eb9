"""Taking an exemption back (EX-06, H-16): two people, the plan to the yen, letters, statistics, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from accounts.enums import Role
from audit.actors import Actor
from exemptions.enums import ApplicationState
from exemptions.models import Revocation
from exemptions.refusals import AssessmentChanged, EntryRefused, MovedMeanwhile, NotAllowed, NotReady, OwnWork
from exemptions.revoking.services import agree_to_revocation, drop_revocation
from exemptions.services import enter_application
from japan.months import month_of
from loans.deciding.enums import ProposalState
from notices.enums import LetterState
from notices.models import Letter
from repayment.closing.corrections import corrections_of
from repayment.closing.services import prepare_closing
from repayment.enums import LedgerKind, RefundState
from repayment.models import LedgerEntry, RefundTask
from repayment.selectors import position_of
from repayment.services import post_payment
from repayment.surplus import open_surplus_tasks
from tests.exemptions.builders import MACHINE, TOKYO, a_form, a_story, some_staff, taxed
from tests.exemptions.revocations import PROPOSED, REVOKED, an_approval, proposed, revoked, seen
from tests.exemptions.test_letters import text_of
from tests.notices.test_issuing import a_letterhead, letters_night
from tests.people.builders import a_member_of_staff, lives_at
from tests.repayment.money import a_desk

pytestmark = pytest.mark.django_db

NEW_DATE = date(2024, 6, 9)


def test_h16_the_plan_is_restored_to_the_yen_and_what_fell_due_meanwhile_has_a_new_date() -> None:
    story = an_approval(a_story())
    kept = position_of(story.loan.pk, REVOKED.date(), known_on=PROPOSED)
    assert (kept.outstanding, kept.exempted, kept.arrears) == (0, 540_000, 0)

    row = revoked(story)

    assert story.reloaded().state == ApplicationState.REVOKED
    entry = row.entry
    assert entry is not None and entry.reverses == story.application.decision.entry
    assert (entry.kind, entry.amount, entry.due_on) == (LedgerKind.EXEMPTION_REVOKED, 540_000, NEW_DATE)
    now = position_of(story.loan.pk, REVOKED.date())
    assert (now.outstanding, now.exempted, now.arrears) == (540_000, 0, 0)
    assert [line.unpaid for line in now.lines] == [0] * 12 + [5_000] * 108
    on_the_day_before = position_of(story.loan.pk, NEW_DATE - timedelta(days=1))
    on_the_day = position_of(story.loan.pk, NEW_DATE)
    assert (on_the_day_before.arrears, on_the_day.arrears) == (0, 25_000)
    assert position_of(story.loan.pk, date(2024, 6, 26)).arrears == 30_000
    last = position_of(story.loan.pk, date(2032, 12, 31))
    assert (last.arrears, last.late_interest, last.deadline) == (540_000, 0, date(2032, 12, 31))
    as_it_was_known = position_of(story.loan.pk, date(2023, 9, 30), known_on=date(2023, 9, 30))
    assert (as_it_was_known.exempted, position_of(story.loan.pk, date(2023, 9, 30)).exempted) == (540_000, 0)
    [change] = story.application.changes.order_by("-pk")[:1]
    assert (change.move_done, change.reason) == ("免除の取消", "申請の内容が事実と異なっていた")


def test_the_letter_tells_ground_and_plan_and_one_that_was_not_posted_does_not_leave() -> None:
    cache.clear()
    story = a_story()
    a_letterhead()
    lives_at(story.loan.borrower)
    an_approval(story)
    letters_night(date(2023, 9, 20))
    approval = Letter.objects.get()
    row = proposed(story)
    told: dict[str, Any] = {
        "revocation_id": row.pk,
        "seen": seen(story),
        "by": Actor.person(story.staff.supervisor),
        "at": REVOKED,
    }
    with pytest.raises(NotReady, match="に入っています"):
        agree_to_revocation(**told)
    assert story.reloaded().state == ApplicationState.APPROVED
    Letter.objects.update(state=LetterState.RENDERED, run=None, first_page=None)

    agree_to_revocation(**told)
    letters_night(REVOKED.date())

    approval.refresh_from_db()
    letter = Letter.objects.exclude(pk=approval.pk).get()
    assert (approval.state, letter.kind) == (LetterState.CANCELLED, "exemption_revoked")
    text = text_of(letter)
    for words in (
        "償還免除取消決定通知書",
        "540,000円",
        "25,000円",
        "令和6年6月9日",
        "令和14年12月",
        "事実と異なっていた",
    ):
        assert words in text, words
    assert "給与収入" not in text and "給与収入" not in str(letter.facts)


def test_a_decision_revoked_before_its_letter_was_written_gets_none() -> None:
    cache.clear()
    story = a_story()
    a_letterhead()
    lives_at(story.loan.borrower)
    an_approval(story)
    revoked(story)
    letters_night(REVOKED.date())
    assert [letter.kind for letter in Letter.objects.all()] == ["exemption_revoked"]


def test_a_second_person_decides_in_the_service_and_in_the_database() -> None:
    story = an_approval(a_story())
    row = proposed(story, by=story.staff.supervisor)
    own = Actor.person(story.staff.supervisor)
    with pytest.raises(OwnWork, match="ご自分が起案した取消"):
        agree_to_revocation(revocation_id=row.pk, seen=seen(story), by=own, at=REVOKED)
    for role in (Role.MUNICIPAL_CLERK, Role.PREFECTURAL_CLERK, Role.AUDITOR):
        stranger = Actor.person(a_member_of_staff(role))
        with pytest.raises(NotAllowed):
            agree_to_revocation(revocation_id=row.pk, seen=seen(story), by=stranger, at=REVOKED)
    with pytest.raises(NotAllowed, match="審査する権限"):
        proposed(story, by=story.staff.clerk)
    with pytest.raises(AssessmentChanged):
        agree_to_revocation(
            revocation_id=row.pk, seen="another", by=Actor.person(story.staff.other_supervisor), at=REVOKED
        )
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Revocation.objects.filter(pk=row.pk).update(
            state=ProposalState.AGREED, decided_by=story.staff.supervisor, decided_at=REVOKED
        )
    assert not LedgerEntry.objects.filter(kind=LedgerKind.EXEMPTION_REVOKED).exists()


def test_what_cannot_be_revoked_is_refused_by_name() -> None:
    staff = some_staff()
    refused = a_story(staff=staff, form=a_form(borrower_tax=taxed()))
    refused.prepare(reason="不承認の案")
    refused.refuse()
    with pytest.raises(MovedMeanwhile, match="不承認の決定には、取り消す免除がありません"):
        proposed(refused)
    with pytest.raises(MovedMeanwhile, match="決定していない申請"):
        proposed(a_story(staff=staff))
    story = an_approval(a_story(staff=staff))
    for wrong, match in (
        ({"ground": "OTHER"}, "事由"),
        ({"evidence": " "}, "根拠"),
        ({"reason": ""}, "理由"),
        ({"found_on": date(2024, 5, 9)}, "先の日付"),
        ({"found_on": date(2023, 9, 14)}, "受付日"),
    ):
        with pytest.raises(EntryRefused, match=match):
            proposed(story, **wrong)
    first = proposed(story)
    with pytest.raises(MovedMeanwhile, match="決裁を待っている"):
        proposed(story)
    drop_revocation(revocation_id=first.pk, by=Actor.person(story.staff.preparer), at=PROPOSED)
    revoked(story)
    with pytest.raises(MovedMeanwhile, match="令和6年5月10日に取り消されています"):
        proposed(story)
    with pytest.raises(MovedMeanwhile, match="「取りやめ」"):
        agree_to_revocation(revocation_id=first.pk, seen="x", by=Actor.person(staff.supervisor), at=REVOKED)


def test_refunds_that_came_of_the_exemption_are_dropped_and_the_money_counts_again() -> None:
    story = an_approval(a_story())
    at = datetime(2024, 2, 1, 9, 0, tzinfo=TOKYO)
    post_payment(loan=story.loan, amount=5_000, effective_on=at.date(), source_key="late", by=MACHINE, at=at)
    [task] = open_surplus_tasks(loan_ids=[story.loan.pk], by=MACHINE, at=at)
    revoked(story)
    task.refresh_from_db()
    assert (task.state, task.amount) == (RefundState.DROPPED, 5_000)
    assert task.approved_by == story.staff.supervisor and task.proposed_by == story.staff.preparer
    now = position_of(story.loan.pk, REVOKED.date())
    assert (now.outstanding, now.surplus) == (535_000, 0)
    assert position_of(story.loan.pk, NEW_DATE).arrears == 20_000
    assert open_surplus_tasks(loan_ids=[story.loan.pk], by=MACHINE, at=REVOKED) == []
    assert RefundTask.objects.count() == 1


def test_closed_months_keep_their_figures_and_list_the_correction() -> None:
    story = an_approval(a_story())
    at = datetime(2023, 10, 3, 9, 0, tzinfo=TOKYO)
    closing = prepare_closing(month=month_of(2023, 9), by=a_desk().by, at=at)
    assert (closing.exempted_in_month, corrections_of(closing)) == (540_000, [])
    revoked(story)
    [found] = corrections_of(closing)
    assert {change.name: change.by for change in found.changes} == {
        "exempted": -540_000,
        "outstanding": 540_000,
        "revoked_now": 540_000,
    }
    assert found.kept is not None and found.kept["exempted_now"] == 540_000


def test_after_a_revocation_the_same_year_can_be_applied_for_again() -> None:
    story = an_approval(a_story())
    revoked(story)
    form = a_form(received_on=REVOKED.date(), residence_issued_on=date(2024, 5, 1), signed_on=date(2024, 5, 9))
    by = Actor.person(story.staff.clerk)
    again = replace(story, application=enter_application(loan=story.loan, transcript=form, by=by, at=REVOKED))
    again.prepare(at=REVOKED)
    again.approve(at=REVOKED + timedelta(hours=1))
    assert position_of(story.loan.pk, REVOKED.date()).exempted > 0
