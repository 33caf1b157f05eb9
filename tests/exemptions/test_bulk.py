"""Gold test N-20 with stored cases: equal rows only, each decided as if alone, and taken back without a trace in effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from audit.actors import Actor
from audit.models import AuditRow
from exemptions.bulk import services
from exemptions.bulk.enums import BulkState, RowState
from exemptions.bulk.gathering import examine
from exemptions.enums import ApplicationState
from exemptions.evidence import deficiencies_of
from exemptions.models import Application, Decision, StateChange, TakenBack
from exemptions.reading import ReadAhead
from exemptions.services import claim
from exemptions.services.assessing import look_at
from exemptions.workflow import Move
from jobs.models import RunItem
from notices.enums import LetterState
from notices.issuing import draft_letter
from notices.models import Letter, PrintRun
from notices.sources import all_sources
from repayment import services as repayment
from repayment.models import CollectionHold, LedgerEntry
from repayment.selectors import position_of
from rulebook.selectors import settings_on
from tests.exemptions.builders import (
    DECIDED,
    ENTERED,
    PREPARED,
    Staff,
    Story,
    a_form,
    a_story,
    some_staff,
    taxed,
)
from tests.exemptions.bulk import approved, done, equal_stories, looked_at, picture, taken_back
from tests.people.builders import a_household, a_member_of_staff, a_person, is_protected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(DECIDED, tick=False):
        yield


def columns(row: Any, *without: str) -> dict[str, Any]:
    """A stored row without its key and what belongs to one person only."""
    left_out = {"id", "application_id", "assessment_id", "entry_id", "loan_id", "plan_id", "source_key", *without}
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in left_out
    }


def written_for(story: Story) -> list[dict[str, Any]]:
    """Everything that an approval writes about one application."""
    application = story.reloaded()
    decision = application.decision
    found = columns(decision.assessment, "facts", "checks")
    checks = [{**check, "origin": ""} for check in decision.assessment.checks]
    return [
        columns(application, "office_id", "head_id"),
        columns(decision),
        columns(decision.entry),
        found | {"checks": checks},
        columns(StateChange.objects.filter(application=application).latest("pk")),
        columns(CollectionHold.objects.get(loan=story.loan)),
    ]


def test_equal_applications_are_approved_together_exactly_as_if_each_had_been_decided_alone() -> None:
    staff = some_staff()
    *together, alone = equal_stories(staff, 4)
    alone.approve()
    bulk = looked_at(staff)
    rows = bulk.rows.order_by("pk")
    assert [row.state for row in rows] == [RowState.IN] * 3
    assert [(row.amount, row.remaining, row.reasons) for row in rows] == [(540_000, 20_000, [])] * 3
    assert Decision.objects.count() == 1

    before = AuditRow.objects.count()
    bulk = approved(bulk, staff)
    assert (bulk.state, bulk.approved_by) == (BulkState.APPROVED, staff.supervisor)
    single = written_for(alone)
    for story in together:
        assert written_for(story) == single
    new = list(AuditRow.objects.order_by("pk")[before:])
    decisions = [row for row in new if row.table == "exemptions_decision"]
    assert len(decisions) == 3
    assert {(row.actor, row.operation) for row in decisions} == {(staff.supervisor.username, "I")}
    assert len([row for row in new if row.table == "repayment_ledgerentry"]) == 3
    due = set(all_sources()["exemption_approved_in_part"].due(date(2023, 9, 20)))
    assert due == {f"decision:{story.reloaded().decision.pk}" for story in (*together, alone)}

    done_items = RunItem.objects.filter(run=bulk.approval)
    assert [item.state for item in done_items] == ["done"]
    with pytest.raises(services.BulkRefused, match="「承認済み」"):
        services.approve(bulk_id=bulk.pk, by=Actor.person(staff.supervisor), at=DECIDED)


def deviating(staff: Staff) -> dict[str, Story]:
    """One proposal for each way of being unlike the others, by a word of the sentence that keeps it out."""
    stories: dict[str, Story] = {}

    def proposed(word: str, *, reason: str = "", **values: Any) -> Story:
        story = a_story(staff=staff, **values)
        story.prepare(reason=reason)
        stories[word] = story
        return story

    proposed("今の判定は", form=a_form(borrower_tax=taxed()), reason="不承認の案")
    proposed("起案の理由", reason="世帯の事情を確認済み")
    proposed("受付メモ", form=a_form(note="電話は夕方に"))
    proposed("申請額", form=a_form(requested_amount=100_000))
    proposed("不備が", form=a_form(signed=False), reason="追完待ち")
    borrower = a_person("森 涼", "モリ リョウ", office=staff.office)
    a_household(a_person("森 源", "モリ ゲン"), borrower)
    proposed("注意があります", borrower=borrower)
    repayment.post_payment(
        loan=proposed("入金や書類").loan, amount=5_000, effective_on=date(2023, 9, 18), source_key="paid:meanwhile",
        by=Actor.machine("test"), at=PREPARED,
    )  # fmt: skip
    is_protected(proposed("支援措置").loan.borrower)
    held = proposed("ほかの人が審査中")
    claim(application_id=held.application.pk, by=Actor.person(staff.other_supervisor), at=DECIDED)
    proposer = a_member_of_staff(Role.SUPERVISOR)
    own = a_story(staff=staff)
    own.prepare(by=proposer)
    stories["決裁する人"] = own
    return stories


def test_whatever_deviates_is_left_out_with_its_reason_and_nothing_of_it_is_written() -> None:
    staff = some_staff()
    equal = equal_stories(staff, 2)
    others = deviating(staff)
    proposer = others["決裁する人"].reloaded().prepared_by
    assert proposer is not None
    bulk = looked_at(staff, by=proposer)
    reasons = {row.application_id: (row.state, " ".join(row.reasons)) for row in bulk.rows.all()}
    assert {reasons[story.application.pk] for story in equal} == {(RowState.IN, "")}
    told = {word: reasons[story.application.pk] for word, story in others.items()}
    assert {word for word, (state, text) in told.items() if state != RowState.OUT or word not in text} == set()

    decided = done(services.approve(bulk_id=bulk.pk, by=Actor.person(proposer), at=DECIDED))
    assert set(Decision.objects.values_list("application", flat=True)) == {story.application.pk for story in equal}
    assert decided.rows.filter(state=RowState.OUT).count() == len(others)
    for story in others.values():
        assert story.reloaded().state == ApplicationState.UNDER_REVIEW


def test_what_changed_after_the_look_is_left_out_and_named_and_the_rest_goes_on() -> None:
    staff = some_staff()
    paid, gone, mine, plain = equal_stories(staff, 4)
    bulk = looked_at(staff, by=staff.preparer)
    assert bulk.rows.filter(state=RowState.IN).count() == 4
    repayment.post_payment(
        loan=paid.loan, amount=600_000, effective_on=date(2023, 9, 20), source_key="paid:all",
        by=Actor.machine("test"), at=DECIDED,
    )  # fmt: skip
    gone.move(Move.WITHDRAW, staff.preparer, DECIDED, reason="申請者の申出")
    mine.move(Move.RETURN, staff.preparer, DECIDED, reason="書き直し")
    mine.prepare(by=staff.supervisor, at=DECIDED)
    bulk = approved(bulk, staff)
    rows = {row.application_id: row for row in bulk.rows.all()}
    assert rows[plain.application.pk].state == RowState.APPROVED
    assert "入金や書類" in " ".join(rows[paid.application.pk].reasons)
    assert rows[gone.application.pk].reasons == ["起案された後に、別の操作がされています。"]
    assert rows[mine.application.pk].reasons == ["決裁する人が登録または起案した申請です。"]
    assert Decision.objects.count() == LedgerEntry.objects.filter(kind="exempted").count() == 1
    assert gone.reloaded().state == ApplicationState.WITHDRAWN


def test_a_row_that_the_database_refuses_leaves_nothing_behind_and_the_others_are_approved() -> None:
    staff = some_staff()
    stories = equal_stories(staff, 3)
    bulk = looked_at(staff)
    taken, elsewhere = stories[1], a_story(staff=staff).loan
    repayment.post_payment(
        loan=elsewhere, amount=1, effective_on=date(2023, 9, 1), source_key=f"exemption:{taken.application.pk}",
        by=Actor.machine("test"), at=ENTERED,
    )  # fmt: skip
    bulk = approved(bulk, staff)
    states = [row.state for row in bulk.rows.order_by("pk")]
    assert states == [RowState.APPROVED, RowState.LEFT_OUT, RowState.APPROVED]
    assert taken.reloaded().state == ApplicationState.UNDER_REVIEW
    assert Decision.objects.filter(application=taken.application).count() == 0


def test_taking_everything_back_leaves_no_trace_in_positions_totals_letters_lists_and_queue() -> None:
    staff = some_staff()
    stories = equal_stories(staff, 3)
    loans = [story.loan for story in stories]
    before = picture(loans, staff)
    bulk = approved(looked_at(staff), staff)
    assert picture(loans, staff) != before
    source = all_sources()["exemption_approved_in_part"]
    (first, *_) = source.due(date(2023, 9, 20))
    letter = draft_letter(source=source, occasion=first, on=date(2023, 9, 20), by=Actor.machine("night"), at=DECIDED)
    assert letter is not None

    bulk = taken_back(bulk, staff)
    assert bulk.state == BulkState.TAKEN_BACK
    assert picture(loans, staff) == before
    assert Letter.objects.get().state == LetterState.CANCELLED
    assert TakenBack.objects.count() == Decision.ever.count() == 3
    timeline = StateChange.objects.filter(application=stories[0].application).order_by("pk")
    assert [change.move for change in timeline][-2:] == [Move.APPROVE, Move.TAKE_BACK]

    again = stories[0]
    again.approve(at=DECIDED + timedelta(days=1))
    decision = again.reloaded().decision
    assert decision.entry is not None
    assert (decision.round, decision.entry.source_key) == (2, f"exemption:{again.application.pk}#2")
    assert positions(again) == 20_000
    twice = approved(looked_at(staff), staff)
    assert twice.rows.filter(state=RowState.APPROVED).count() == 2


def positions(story: Story) -> int:
    return position_of(story.loan.pk, date(2023, 12, 31)).outstanding


def test_one_row_is_taken_back_alone_until_its_letter_is_bound() -> None:
    staff = some_staff()
    bound, free = equal_stories(staff, 2)
    bulk = approved(looked_at(staff), staff)
    rows = {row.application_id: row for row in bulk.rows.all()}
    by = Actor.person(staff.supervisor)
    taking: dict[str, Any] = {"bulk_id": bulk.pk, "by": by, "at": DECIDED}
    with pytest.raises(services.BulkRefused, match="取り消す理由"):
        services.take_back(reason=" ", row_id=rows[free.application.pk].pk, **taking)
    with pytest.raises(services.BulkRefused, match="決裁の権限"):
        services.take_back(reason="誤り", **taking | {"by": Actor.person(staff.preparer)})
    services.take_back(reason="ご本人から連絡", row_id=rows[free.application.pk].pk, **taking)
    assert free.reloaded().state == ApplicationState.UNDER_REVIEW

    source = all_sources()["exemption_approved_in_part"]
    (occasion,) = source.due(date(2023, 9, 20))
    letter = draft_letter(
        source=source, occasion=occasion, on=date(2023, 9, 20), by=Actor.machine("night"), at=DECIDED
    )
    assert letter is not None
    run = a_bound(letter)
    with pytest.raises(services.BulkRefused, match="先にその印刷便を破棄"):
        services.take_back(reason="誤り", row_id=rows[bound.application.pk].pk, **taking)
    bulk = taken_back(bulk, staff)
    assert (bulk.state, bound.reloaded().state) == (BulkState.APPROVED, ApplicationState.APPROVED)
    kept = bulk.rows.get(state=RowState.APPROVED)
    assert kept.reasons and "印刷便" in kept.reasons[0]
    Letter.objects.update(state=LetterState.DRAFTED, run=None)
    run.delete()
    assert taken_back(bulk, staff).state == BulkState.TAKEN_BACK


def a_bound(letter: Letter) -> PrintRun:
    run = PrintRun.objects.create(office=letter.office, business_date=date(2023, 9, 20), state="ready")
    Letter.objects.filter(pk=letter.pk).update(
        state=LetterState.IN_RUN, run=run, number=1, fiscal_year=2023, issued_on=date(2023, 9, 20), sha256="0" * 64
    )
    return run


def test_looking_at_many_finds_what_looking_at_each_finds_in_a_constant_number_of_queries() -> None:
    staff = some_staff()
    stories = [*equal_stories(staff, 2), *deviating(staff).values()]
    applications = [
        Application.objects.select_related("loan__borrower", "head", "assessment").get(pk=story.application.pk)
        for story in stories
    ]
    day = DECIDED.date()
    read, settings = ReadAhead(applications), settings_on(day)
    for application in applications:
        alone, ahead = look_at(application, as_of=day), look_at(application, as_of=day, read=read)
        assert (ahead.fingerprint, ahead.flags, ahead.remarks) == (alone.fingerprint, alone.flags, alone.remarks)
        found = deficiencies_of(application, settings=settings, today=day, read=read)
        assert found == deficiencies_of(application, settings=settings, today=day)

    def queries(number: int) -> int:
        with CaptureQueriesContext(connection) as counted:
            examine(applications[:number], as_of=day, at=DECIDED, decider=None)
        return len(counted)

    assert queries(8) == queries(len(applications)) == 12
