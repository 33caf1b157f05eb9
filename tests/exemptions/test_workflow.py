"""The whole square of states and steps, and the hand-written corners of it: four eyes, deputies, versions, reasons."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from accounts.enums import Role
from accounts.models import Deputy, RoleAssignment, User
from audit.models import AuditRow
from audit.selectors import changes
from exemptions.enums import ApplicationState, Result
from exemptions.models import Application, Decision, StateChange
from exemptions.refusals import (
    AssessmentChanged,
    MovedMeanwhile,
    MoveRefused,
    NotAllowed,
    NotReady,
    OwnWork,
    ReasonMissing,
)
from exemptions.services import move_application
from exemptions.services.assessing import look_at
from exemptions.workflow import EDGES, MAKING, Move, moves_from
from japan.months import month_of
from repayment.models import CollectionHold, LedgerEntry
from tests.exemptions.builders import (
    DECIDED,
    MACHINE,
    PREPARED,
    TOKYO,
    Story,
    a_form,
    a_story,
    in_state,
    some_staff,
    taxed,
    untaxed,
)
from tests.exemptions.revocations import proposed
from tests.exemptions.revocations import seen as seen_restored
from tests.people.builders import LONG_AGO, a_member_of_staff

pytestmark = pytest.mark.django_db

REACHABLE = [
    ApplicationState.DRAFT,
    ApplicationState.RECEIVED,
    ApplicationState.INCOMPLETE,
    ApplicationState.UNDER_REVIEW,
    ApplicationState.APPROVED,
    ApplicationState.REFUSED,
    ApplicationState.WITHDRAWN,
    ApplicationState.REVOKED,
]


def somebody_who_may(story: Story, move: Move) -> User:
    """A person of the story who may take a step and has not made what it decides on."""
    staff = story.staff
    if EDGES[move].second_person or move == Move.REVOKE:
        return staff.supervisor
    return staff.preparer


# --- the table ---


@pytest.mark.parametrize(("state", "move"), list(product(REACHABLE, EDGES)))
def test_every_state_and_step(state: ApplicationState, move: Move) -> None:
    story = in_state(state)
    steps = story.application.changes.count()
    seen = look_at(story.reloaded(), as_of=DECIDED.date()).fingerprint
    if (state, move) == (ApplicationState.APPROVED, Move.REVOKE):
        proposed(story, at=DECIDED, found_on=DECIDED.date())
        seen = seen_restored(story, DECIDED)
    details = {"reason": "事情による", "also_wrong": ["2枚目がない"], "seen": seen}
    if move == Move.WAIT and state == ApplicationState.RECEIVED:
        with pytest.raises(NotReady, match="償還の開始を待つ申請ではありません"):
            story.move(move, story.staff.preparer, DECIDED, **details)
    elif state in EDGES[move].sources:
        moved = story.move(move, somebody_who_may(story, move), DECIDED, **details)
        assert moved.state == EDGES[move].target
        row = moved.changes.order_by("pk").last()
        assert row is not None
        assert (row.move, row.from_state, row.to_state) == (move, state, EDGES[move].target)
        assert row.by_user == somebody_who_may(story, move)
    else:
        with pytest.raises(MovedMeanwhile):
            story.move(move, somebody_who_may(story, move), DECIDED, **details)
        assert Application.objects.get().state == state
        assert story.application.changes.count() == steps


def test_the_audit_page_tells_a_step_in_words() -> None:
    step = in_state(ApplicationState.UNDER_REVIEW).application.changes.get(move=Move.PREPARE)
    [change] = changes(day=None, table="exemptions_statechange", row=str(step.pk)).rows
    told = {value.label: value.after for value in change.values}
    assert told == {
        "前の状態（from_state）": "受付済み",
        "操作（move）": "起案",
        "後の状態（to_state）": "審査中",
    }


def test_decided_applications_have_no_way_on() -> None:
    for state in (ApplicationState.REFUSED, ApplicationState.WITHDRAWN, ApplicationState.REVOKED):
        assert moves_from(state) == []
    assert moves_from(ApplicationState.APPROVED) == [Move.REVOKE]


def test_every_step_has_its_words() -> None:
    assert all(move.label and move.done for move in Move)
    assert set(EDGES) | {Move.TAKE_BACK} == set(Move)


def test_a_step_leaves_an_audit_row_with_both_states_and_the_person() -> None:
    story = a_story()
    story.prepare()
    rows = AuditRow.objects.filter(table="exemptions_application", row=str(story.application.pk), operation="U")
    moved = [row.values["state"] for row in rows.order_by("pk") if row.values and "state" in row.values]
    assert moved[-1] == ["RECEIVED", "UNDER_REVIEW"]
    assert rows.order_by("-pk")[0].actor == story.staff.preparer.username


# --- who may ---


@pytest.mark.parametrize("move", [Move.APPROVE, Move.REFUSE])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.SUPERVISOR])
def test_only_supervisors_decide(move: Move, role: Role) -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    with pytest.raises(NotAllowed):
        story.decide(move, a_member_of_staff(role))
    assert not Decision.objects.exists()


def test_a_machine_takes_no_step() -> None:
    story = a_story()
    with pytest.raises(NotAllowed, match="職員としてログイン"):
        move_application(application_id=story.application.pk, move=Move.PREPARE, version=None, by=MACHINE, at=PREPARED)


def test_an_application_of_another_office_is_not_there() -> None:
    story = a_story()
    foreigner = a_member_of_staff(Role.MUNICIPAL_CLERK)
    with pytest.raises(NotAllowed, match="この申請は見つかりません"):
        story.move(Move.WITHDRAW, foreigner, PREPARED, reason="申出")


# --- four eyes ---


def both_roles(role: Role, other: Role) -> User:
    user = a_member_of_staff(role)
    RoleAssignment.objects.create(user=user, role=other, since=LONG_AGO, granted_by="test")
    return user


@pytest.mark.parametrize("move", [Move.APPROVE, Move.REFUSE])
def test_nobody_decides_on_what_they_entered(move: Move) -> None:
    staff = some_staff()
    both = both_roles(Role.PREFECTURAL_CLERK, Role.SUPERVISOR)
    story = a_story(staff=type(staff)(staff.office, both, staff.preparer, staff.supervisor, staff.other_supervisor))
    story.prepare()
    with pytest.raises(OwnWork, match="ご自分が登録または起案した申請は決裁できません"):
        story.decide(move, both)
    assert not Decision.objects.exists()
    assert not LedgerEntry.objects.filter(kind="exempted").exists()


@pytest.mark.parametrize("move", [Move.APPROVE, Move.REFUSE])
def test_nobody_decides_on_what_they_prepared(move: Move) -> None:
    story = a_story()
    story.prepare(story.staff.supervisor)
    with pytest.raises(OwnWork):
        story.decide(move, story.staff.supervisor)
    assert story.decide(move, story.staff.other_supervisor, reason="要件を満たさないため").state in (
        ApplicationState.APPROVED,
        ApplicationState.REFUSED,
    )


def test_nobody_decides_on_what_they_corrected() -> None:
    story = a_story()
    both = both_roles(Role.PREFECTURAL_CLERK, Role.SUPERVISOR)
    story.move(Move.CORRECT, both, PREPARED, transcript=a_form(phone="011-200-9595"))
    story.prepare()
    with pytest.raises(OwnWork):
        story.approve(both)


def test_the_database_refuses_a_decision_by_one_person_alone() -> None:
    from django.db import IntegrityError, transaction

    story = in_state(ApplicationState.UNDER_REVIEW)
    application = story.reloaded()
    assert application.assessment is not None
    with pytest.raises(IntegrityError, match="decided_by_a_second_person"), transaction.atomic():
        Decision.objects.create(
            application=application,
            assessment=application.assessment,
            outcome="REFUSED",
            amount=0,
            remaining=560_000,
            internal_reason="x",
            entered_by=application.entered_by,
            prepared_by=story.staff.preparer,
            decided_by=story.staff.preparer,
            decided_on=DECIDED.date(),
            decided_at=DECIDED,
        )


# --- deputies ---


def stands_in(
    deputy: User, supervisor: User, since: date = date(2023, 9, 18), until: date = date(2023, 9, 22)
) -> None:
    Deputy.objects.create(supervisor=supervisor, deputy=deputy, since=since, until=until, reason="休暇")


def test_a_deputy_decides_in_the_supervisors_place_and_the_decision_says_so() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    deputy = a_member_of_staff(Role.PREFECTURAL_CLERK)
    stands_in(deputy, story.staff.supervisor)
    story.approve(deputy)
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.decided_for) == (deputy, story.staff.supervisor)


def test_a_deputy_decides_only_in_the_days_they_were_named_for() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    deputy = a_member_of_staff(Role.PREFECTURAL_CLERK)
    stands_in(deputy, story.staff.supervisor, until=date(2023, 9, 19))
    with pytest.raises(NotAllowed, match="決裁をする権限がありません"):
        story.approve(deputy)


def test_a_deputy_never_decides_on_their_own_work() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    stands_in(story.staff.preparer, story.staff.supervisor)
    with pytest.raises(OwnWork):
        story.approve(story.staff.preparer)


def test_a_deputy_never_decides_for_somebody_who_prepared_it() -> None:
    story = a_story()
    story.prepare(story.staff.supervisor)
    deputy = a_member_of_staff(Role.PREFECTURAL_CLERK)
    stands_in(deputy, story.staff.supervisor)
    with pytest.raises(OwnWork, match="代決もできません"):
        story.approve(deputy)


def test_a_supervisors_own_decision_names_nobody_else() -> None:
    story = in_state(ApplicationState.APPROVED)
    assert Decision.objects.get().decided_for is None
    assert story.application.state == ApplicationState.APPROVED


# --- versions ---


def test_who_comes_second_is_told_by_whom_and_how_it_stands() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    version = story.application.version
    story.approve()
    sentence = (
        f"この申請は、{story.staff.supervisor.name}さんが令和5年9月20日10時15分に「承認」を行い、現在は「承認」です。"
    )
    with pytest.raises(MovedMeanwhile) as refused:
        story.decide(Move.REFUSE, story.staff.other_supervisor, DECIDED + timedelta(minutes=1), version=version)
    assert str(refused.value).startswith(sentence)
    assert Decision.objects.count() == 1


def test_an_older_version_is_refused_although_the_state_would_allow_the_step() -> None:
    story = a_story()
    version = story.application.version
    story.move(Move.CORRECT, story.staff.clerk, PREPARED, transcript=a_form(phone="011-200-9595"))
    with pytest.raises(MovedMeanwhile, match="新しい内容を確かめてから"):
        story.prepare(version=version)


# --- reasons and deficiencies ---


@pytest.mark.parametrize("move", [move for move, edge in EDGES.items() if edge.needs_reason])
def test_steps_that_need_a_reason_are_refused_without_one(move: Move) -> None:
    story = in_state(ApplicationState.APPROVED if move == Move.REVOKE else ApplicationState.UNDER_REVIEW)
    seen = look_at(story.reloaded(), as_of=DECIDED.date()).fingerprint
    with pytest.raises(ReasonMissing, match="理由を入力してください"):
        story.move(move, somebody_who_may(story, move), DECIDED, reason="  ", seen=seen)


def test_the_reason_of_a_refusal_stays_in_the_decision_and_out_of_the_timeline() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    story.refuse(reason="所得割が課税されているため")
    assert Decision.objects.get().internal_reason == "所得割が課税されているため"
    last = story.application.changes.order_by("pk").last()
    assert last is not None
    assert last.reason == ""


def test_what_is_sent_back_is_the_exact_list_with_the_clerks_own_words() -> None:
    story = a_story(form=a_form(consents=frozenset({1, 3, 4, 5, 6}), signed=False))
    story.move(Move.REPORT_DEFICIENCIES, story.staff.clerk, PREPARED, also_wrong=["住民票の2枚目がありません。"])
    change = StateChange.objects.get(move=Move.REPORT_DEFICIENCIES)
    assert [item["text"] for item in change.deficiencies] == [
        "同意欄②に印がありません。",
        "借受人ご本人の署名がありません。",
        "住民票の2枚目がありません。",
    ]
    assert story.reloaded().deficiency_count == 3


def test_a_complete_form_is_not_sent_back_without_a_word() -> None:
    story = a_story()
    with pytest.raises(ReasonMissing, match="不備は見つかっていません"):
        story.move(Move.REPORT_DEFICIENCIES, story.staff.clerk, PREPARED)


def test_an_answered_form_goes_on_and_can_be_approved() -> None:
    story = a_story(form=a_form(consents=frozenset({1, 2, 3})))
    story.move(Move.REPORT_DEFICIENCIES, story.staff.clerk, PREPARED)
    story.move(Move.ANSWER_DEFICIENCIES, story.staff.clerk, PREPARED + timedelta(days=7), transcript=a_form())
    application = story.reloaded()
    assert (application.deficiency_count, application.answered_on) == (0, date(2023, 9, 26))
    assert application.received_on == date(2023, 9, 15)
    later = datetime(2023, 9, 28, 10, 0, tzinfo=TOKYO)
    story.prepare(at=later)
    story.approve(at=later)
    assert Decision.objects.get().amount == 540_000


# --- never approved ---


def not_approvable(story: Story) -> NotReady:
    story.prepare(reason="不承認の案")
    with pytest.raises(NotReady) as refused:
        story.approve()
    assert not Decision.objects.exists()
    assert not LedgerEntry.objects.filter(kind="exempted").exists()
    return refused.value


def test_a_form_with_a_consent_missing_is_never_approved() -> None:
    refused = not_approvable(a_story(form=a_form(consents=frozenset({1, 2, 3, 4, 5}))))
    assert str(refused) == "不備が1件あるため承認できません。同意欄⑥に印がありません。"


def test_a_taxed_borrower_is_never_approved() -> None:
    form = a_form(borrower_tax=taxed())
    extension = a_story(form=form, fund="SP_GS_EXTENSION", first_due_month=month_of(2024, 1), months_paid=0)
    refused = not_approvable(extension)
    assert str(refused) == "免除の要件を満たしていないため、承認できません。"


def test_a_fact_that_is_not_established_is_named_and_never_taken_for_granted() -> None:
    refused = not_approvable(a_story(form=a_form(borrower_tax=taxed())))
    assert str(refused).startswith("借受人の令和3年度の住民税・借受人の令和4年度の住民税の確認ができていないため")


def test_a_certificate_of_another_year_is_never_enough() -> None:
    refused = not_approvable(a_story(form=a_form(borrower_tax=untaxed(2020))))
    assert "借受人の課税証明書が令和2年度のものです。令和5年度のものを添えてください。" in str(refused)


def test_a_proposal_that_is_not_plainly_eligible_says_why() -> None:
    story = a_story(form=a_form(borrower_tax=taxed()))
    with pytest.raises(ReasonMissing, match="起案の理由"):
        story.prepare()
    assert story.prepare(reason="課税のため不承認の案").state == ApplicationState.UNDER_REVIEW


def test_a_loan_whose_tax_is_not_fixed_yet_cannot_be_prepared() -> None:
    story = a_story(
        fund="SP_GS_RELOAN",
        applied_on=date(2021, 6, 10),
        decided_on=date(2021, 6, 20),
        first_due_month=month_of(2025, 1),
        months_paid=0,
        form=a_form(fiscal_year=2024, borrower_tax=None),
    )
    assert story.application.assessment is not None
    assert story.application.assessment.result == Result.NOT_YET
    with pytest.raises(NotReady, match="判定年度の住民税は令和6年6月に決まる"):
        story.prepare(reason="急ぎのため")


# --- what the reviewer saw ---


def test_a_decision_on_findings_that_changed_meanwhile_is_refused() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    seen = look_at(story.reloaded(), as_of=DECIDED.date()).fingerprint
    from repayment.services import post_payment

    post_payment(
        loan=story.loan,
        amount=560_000,
        effective_on=DECIDED.date(),
        source_key="paid:all",
        by=MACHINE,
        at=DECIDED,
    )
    with pytest.raises(AssessmentChanged, match="判定の内容が変わりました"):
        story.move(Move.APPROVE, story.staff.supervisor, DECIDED, seen=seen)
    assert not Decision.objects.exists()


def test_a_decision_without_having_seen_the_findings_is_refused() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    with pytest.raises(AssessmentChanged):
        story.move(Move.APPROVE, story.staff.supervisor, DECIDED, seen="")


def test_another_day_with_the_same_answer_is_no_change() -> None:
    story = in_state(ApplicationState.UNDER_REVIEW)
    seen = look_at(story.reloaded(), as_of=DECIDED.date()).fingerprint
    next_morning = DECIDED + timedelta(days=1)
    assert story.move(Move.APPROVE, story.staff.supervisor, next_morning, seen=seen).state == ApplicationState.APPROVED


# --- collection ---


@pytest.mark.parametrize(
    ("state", "until"),
    [
        (ApplicationState.APPROVED, date(2023, 9, 20)),
        (ApplicationState.REFUSED, date(2023, 9, 20)),
        (ApplicationState.WITHDRAWN, date(2023, 9, 15)),
        (ApplicationState.INCOMPLETE, None),
        (ApplicationState.UNDER_REVIEW, None),
    ],
)
def test_collection_rests_exactly_as_long_as_the_application_is_open(
    state: ApplicationState, until: date | None
) -> None:
    story = in_state(state)
    assert CollectionHold.objects.get(loan=story.loan).until == until


def test_a_draft_lets_nothing_rest() -> None:
    in_state(ApplicationState.DRAFT)
    assert not CollectionHold.objects.exists()


def test_everybody_who_made_something_of_it_is_known_by_the_table() -> None:
    assert (
        frozenset({Move.SAVE_DRAFT, Move.RECEIVE, Move.CORRECT, Move.ANSWER_DEFICIENCIES, Move.PREPARE, Move.WAIT})
        == MAKING
    )


def test_a_service_refusal_is_a_sentence_for_a_person() -> None:
    story = in_state(ApplicationState.APPROVED)
    with pytest.raises(MoveRefused) as refused:
        story.move(Move.APPROVE, story.staff.supervisor, DECIDED, seen="x")
    assert str(refused.value).endswith("そのため「承認する」はできません。")


def test_collection_goes_on_where_the_council_has_chosen_so() -> None:
    from rulebook.models import SettingRow

    staff = some_staff()
    SettingRow.objects.create(
        key="hold_collection_while_exemption_pending",
        value=False,
        valid_from=date(2023, 1, 1),
        source="県社協の取扱い",
        proposed_by=staff.preparer,
        proposed_at=PREPARED,
        approved_by=staff.supervisor,
        approved_at=PREPARED,
    )
    story = a_story(staff=staff)
    assert not CollectionHold.objects.exists()
    story.prepare()
    assert story.approve().state == ApplicationState.APPROVED
