"""The demonstration in the database: it refuses where it must, contradicts no rule, and shows everything once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import OfficeKind, Role
from accounts.models import Deputy, Office, RoleAssignment, User
from accounts.selectors import deputised_supervisor
from audit.actors import Actor
from audit.models import AuditRow
from desk.demo import write
from desk.demo.fingerprint import fingerprint
from desk.demo.incidents import INCIDENTS, missing
from desk.demo.oldpapers import HISTORIC_CODE
from desk.demo.signins import signins
from exemptions.enums import ApplicationState, Outcome
from exemptions.evidence import deficiencies_of, transcript_of
from exemptions.models import Application, Assessment, Decision
from exemptions.services import enter_application, move_application
from exemptions.services.assessing import look_at
from exemptions.snapshot import check_to_json, facts_to_json
from exemptions.workflow import Move
from japan.banks import PRACTICE_BANK
from japan.months import month_of
from japan.zengin.kana import same_holder
from jobs.engine import advance
from jobs.importing.undoing import take_back
from jobs.models import ColumnMapping, ImportBatch
from loans.deciding.enums import DecisionOutcome
from loans.enums import LendingState, LoanState
from loans.models import LendingApplication, LendingDecision, Loan
from notices.enums import HoldCause
from notices.issuing import Held, preview
from notices.selectors import due_tonight
from notices.sources import all_sources
from people.account_sealing import opened_account
from people.documents.files import kept
from people.duplicates.selectors import pairs_for
from people.enums import PairReason
from people.models import BankAccount, Document, Person, PersonPair
from repayment.ageing import age_loans
from repayment.closing.corrections import corrections_of
from repayment.cutover.reconciling import reconciliation
from repayment.enums import LedgerKind
from repayment.models import CollectionHold, LedgerEntry, MonthClosing
from repayment.selectors import policy_on, positions_of
from repayment.status import RepaymentStatus, standings_of
from rulebook.selectors import settings_on

AS_OF = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
OTHER_KINDS = (ApplicationState.WAITING_FOR_START,)


@pytest.fixture(scope="module")
def prefecture(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One demonstration of 220 borrowers for all tests that only look at it (their own changes are rolled back)."""
    with django_db_blocker.unblock(), transaction.atomic():
        write.make(borrowers=220, seed=1, as_of=AS_OF)
        with connection.cursor() as cursor:
            cursor.execute("analyze")  # nothing is committed, so no other connection can do it
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(prefecture: None, db: None) -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


# --- written once ----------------------------------------------------------------------------------


def test_the_fingerprint_sees_a_single_changed_letter(demo: None) -> None:
    before = fingerprint()
    Person.objects.filter(pk=Person.objects.order_by("pk").values("pk")[:1]).update(note="別の備考")
    assert fingerprint() != before


def test_a_second_run_says_so_and_changes_nothing(demo: None) -> None:
    before, out = fingerprint(), StringIO()
    call_command("demo", borrowers=500, seed=9, stdout=out)
    assert "here already, with 220 borrowers" in out.getvalue()
    assert fingerprint() == before


# --- everything is there ----------------------------------------------------------------------------


def test_every_incident_is_there(demo: None) -> None:
    assert missing(AS_OF) == []
    assert len({incident.code for incident in INCIDENTS}) == len(INCIDENTS)


def test_a_change_of_systems_differs_by_one_yen_and_can_be_taken_back(demo: None) -> None:
    (batch,) = ImportBatch.objects.filter(kind="openings")
    found = reconciliation(batch)
    assert (found.loans, found.differing, found.open, found.left_out) == (found.loans, 1, 1, 0) and found.loans > 1
    assert (found.is_complete, sum(group.arrears_difference for group in found.groups)) == (True, -1)
    assert ColumnMapping.objects.get(kind="payments").ready_at is not None
    second = User.objects.get(username="ken03")
    undo = take_back(batch_id=batch.pk, reason="練習", user=second, by=Actor.person(second), at=MORNING)
    assert undo.run is not None and advance(undo.run.pk)
    assert set(undo.lines.values_list("outcome", flat=True)) == {"undone"}


def test_every_state_of_loans_repayment_and_applications_is_there(demo: None) -> None:
    taken_back = {LoanState.GIVEN_UP}  # never was a contract: an import was undone
    assert set(Loan.objects.values_list("state", flat=True)) == set(LoanState.values) - taken_back
    lent = list(Loan.objects.filter(state=LoanState.LENT).values_list("pk", flat=True))
    found = {standing.status for standing in standings_of(lent, AS_OF).values()}
    assert found == set(RepaymentStatus)
    states = set(Application.objects.values_list("state", flat=True))
    assert states == set(ApplicationState.values) - {state.value for state in OTHER_KINDS}
    kinds = set(LedgerEntry.objects.values_list("kind", flat=True))
    assert kinds == set(LedgerKind.values)


def test_it_has_so_many_borrowers_and_each_belongs_to_a_council(demo: None) -> None:
    borrowers = Person.objects.filter(loans__isnull=False).distinct()
    assert borrowers.count() == 220
    assert not borrowers.filter(caseloads__isnull=True).exists()
    assert not borrowers.filter(caseloads__office__kind=OfficeKind.AGENCY).exists()


def test_whoever_is_printed_can_sign_in_with_the_role_that_is_printed(demo: None) -> None:
    today = timezone.localdate()
    for line in signins():
        user = User.objects.get(username=line.username)
        assert check_password(line.password, user.password)
        assert user.is_active
        assert {str(role.label) for role in user.roles_on(today)} == {line.role_ja}
        assert user.office.name == line.office
    others = User.objects.exclude(username__in=[line.username for line in signins()])
    assert not any(user.has_usable_password() for user in others)


def test_each_council_has_two_of_each_role_and_one_supervisor_is_stood_in_for(demo: None) -> None:
    for council in Office.objects.exclude(kind=OfficeKind.AGENCY):
        roles = RoleAssignment.objects.in_force(on=AS_OF).filter(user__office=council)
        wanted = Role.MUNICIPAL_CLERK if council.kind == OfficeKind.MUNICIPAL else Role.SUPERVISOR
        assert roles.filter(role=wanted).count() >= 2, council
    deputy = Deputy.objects.get()
    assert deputised_supervisor(deputy.deputy, AS_OF) == deputy.supervisor


# --- nothing contradicts the rules ------------------------------------------------------------------


def test_positions_by_sql_are_the_positions_by_python(demo: None) -> None:
    policy = policy_on(AS_OF)
    by_sql = {row.loan_id: row for row in age_loans(as_of=AS_OF, policy=policy)}
    by_python = positions_of(Loan.objects.all(), AS_OF, policy=policy)
    assert by_sql.keys() == by_python.keys()
    assert len(by_sql) > 450
    for key, at in by_python.items():
        row = by_sql[key]
        assert (row.due, row.paid, row.exempted, row.arrears, row.outstanding, row.surplus, row.late_interest) == (
            at.due, at.paid, at.exempted, at.arrears, at.outstanding, at.surplus, at.late_interest
        )  # fmt: skip


def test_newest_assessments_say_what_a_review_would_say(demo: None) -> None:
    """What was written by COPY is what the services would have written, down to the origin of each value."""
    open_states = [ApplicationState.RECEIVED, ApplicationState.UNDER_REVIEW, ApplicationState.INCOMPLETE]
    found = list(Application.objects.filter(state__in=open_states).select_related("loan__borrower", "assessment"))
    assert len(found) > 15
    for application in found:
        stored = application.assessment
        assert stored is not None
        look = look_at(application, as_of=stored.as_of)
        assert stored.checks == [check_to_json(check) for check in look.findings.checks]
        assert _sorted(stored.facts) == _sorted(facts_to_json(look.facts))
        assert stored.settings_used == look.settings.as_json()
        assert stored.flags == [flag.value for flag in look.flags]
        assert (stored.result, stored.ground or None, stored.amount, stored.remaining) == (
            look.findings.result, look.findings.ground, look.findings.amount, look.findings.remaining
        )  # fmt: skip
        assert (stored.first_no, stored.last_no, stored.cut_off, stored.missing) == (
            look.findings.first_no, look.findings.last_no, look.findings.cut_off, list(look.findings.missing)
        )  # fmt: skip


def test_deficiencies_are_those_a_clerk_would_be_shown(demo: None) -> None:
    looked_at = Application.objects.filter(decisions=None).exclude(state=ApplicationState.WITHDRAWN)
    assert looked_at.filter(deficiency_count__gt=1).exists()
    for application in looked_at.select_related("loan__borrower"):
        last = application.changes.order_by("-pk")[0]
        day = timezone.localdate(last.at)
        found = deficiencies_of(application, settings=settings_on(day), today=day)
        own = len([item for item in last.deficiencies if item["code"] == "other"])
        assert application.deficiency_count == len(found) + own, application


def test_a_decision_is_its_assessment_and_its_ledger_row(demo: None) -> None:
    decisions = list(Decision.objects.select_related("entry", "assessment", "application"))
    assert len(decisions) > 60
    for decision in decisions:
        assert decision.assessment_id == decision.application.assessment_id
        if decision.outcome == Outcome.REFUSED:
            assert decision.entry is None
            continue
        entry, seen = decision.entry, decision.assessment
        assert entry is not None
        assert entry.source_key == f"exemption:{decision.application_id}"
        assert (entry.amount, entry.first_no, entry.last_no, entry.effective_on) == (
            decision.amount, seen.first_no, seen.last_no, decision.decided_on
        )  # fmt: skip


def test_collection_rests_exactly_while_an_application_is_open(demo: None) -> None:
    resting = CollectionHold.objects.filter(source_key__startswith="exemption:", until__isnull=True)
    open_states = [ApplicationState.RECEIVED, ApplicationState.UNDER_REVIEW, ApplicationState.INCOMPLETE]
    assert {int(hold.source_key.partition(":")[2]) for hold in resting} == set(
        Application.objects.filter(state__in=open_states).values_list("pk", flat=True)
    )


def test_a_form_typed_again_leaves_the_rows_that_copy_left(demo: None) -> None:
    """The same transcript through the service: same fields, papers, hold, assessment and timeline."""
    written = (
        Application.objects.filter(state=ApplicationState.RECEIVED, deficiency_count=0, answered_on=None)
        .exclude(papers__slot="head_tax")
        .filter(version=2)
        .select_related("loan__borrower", "office", "entered_by")
        .order_by("pk")
        .first()
    )
    assert written is not None
    transcript, stored = transcript_of(written), _rows_of(written)
    clerk = Actor.person(written.entered_by)
    move_application(
        application_id=written.pk, move=Move.WITHDRAW, version=written.version, reason="打ち直し", by=clerk,
        at=timezone.now(),
    )  # fmt: skip
    typed = enter_application(loan=written.loan, transcript=transcript, by=clerk, at=written.entered_at)
    again = _rows_of(typed)
    # The certificate is on file already, so it is laid to the form a second time, not written down twice.
    assert again == stored


def test_a_proposal_can_be_decided_by_whoever_is_printed(demo: None) -> None:
    waiting = Application.objects.filter(
        state=ApplicationState.UNDER_REVIEW,
        deficiency_count=0,
        assessment__result="eligible",
        prepared_by__username="ken01",
    ).first()
    assert waiting is not None
    at = timezone.now()
    decided = move_application(
        application_id=waiting.pk,
        move=Move.APPROVE,
        version=waiting.version,
        seen=look_at(waiting, as_of=AS_OF).fingerprint,
        by=Actor.person(User.objects.get(username="kessai02")),
        at=at,
    )
    assert decided.state == ApplicationState.APPROVED
    assert Decision.objects.get(application=decided).entry is not None


# --- letters and logs -------------------------------------------------------------------------------


def test_tonight_brings_some_letters_of_every_kind_and_none_for_old_decisions(demo: None) -> None:
    due = due_tonight(AS_OF)
    about_months_being_paid_out = {
        "lending_changed",
        "lending_stop",
        "lending_cancel",
    }  # none is paid monthly any more
    seldom = {
        "lending_ratification", "plan_changed", "small_repayment", "repayment_start", "repayment_balance", "repayment_arrears",
        "repayment_completed", "repayment_deadline", "deferral_ended", "guide_forms", "guide_later_year",
    }  # nobody need come of age, agree, begin or end on that day  # fmt: skip
    expected = set(all_sources()) - about_months_being_paid_out
    assert expected - seldom <= {letter.code for letter in due} <= expected
    keys = [int(letter.occasion.partition(":")[2]) for letter in due if letter.occasion.startswith("decision:")]
    assert 10 <= len(keys) <= 40
    days = set(Decision.objects.filter(pk__in=keys).values_list("decided_on", flat=True))
    assert days == {date(2026, 11, 19), date(2026, 11, 20)}
    older = Decision.objects.exclude(pk__in=keys)
    assert older.count() > 50
    assert not older.filter(notified_elsewhere_on__isnull=True).exists()


def test_tonight_shows_every_reason_for_which_a_letter_is_held(demo: None) -> None:
    outcomes = []
    for letter in due_tonight(AS_OF):
        made = preview(all_sources()[letter.code], letter.occasion, on=AS_OF)
        outcomes.append(made.cause if isinstance(made, Held) else None)
    assert {HoldCause.PROTECTED, HoldCause.GLYPH, HoldCause.ADDRESS, HoldCause.BLOCKED} <= set(outcomes)
    assert outcomes.count(None) >= 6


def test_the_audit_log_says_who_made_all_this(demo: None) -> None:
    made = AuditRow.objects.filter(actor="system:demo", operation="I")
    assert made.filter(table="people_person").count() == Person.objects.count()
    by_the_run = LedgerEntry.objects.filter(source_key__regex=r"^(debit|revocation):\d+$")
    assert made.filter(table="repayment_ledgerentry").count() == LedgerEntry.objects.count() - by_the_run.count()
    assert made.filter(table="exemptions_assessment").count() == Assessment.objects.count()


def _sorted(facts: Any) -> Any:
    """Facts with the ledger in a fixed order: the database gives its rows in any."""
    loan = facts["loan"]
    return facts | {"loan": loan | {"entries": sorted(loan["entries"], key=lambda entry: entry["source_key"])}}


def _rows_of(application: Application) -> dict[str, Any]:
    """Everything a received application consists of, without keys and moments."""
    newest = application.assessment
    assert newest is not None
    hold = CollectionHold.objects.get(source_key=f"exemption:{application.pk}")
    return {
        "fields": {
            field.attname: getattr(application, field.attname)
            for field in Application._meta.concrete_fields
            if field.attname not in ("id", "assessment_id", "state_since")
        },
        "papers": sorted(
            (
                row.slot, row.paper.kind, row.paper.received_on, row.paper.issued_on, row.paper.note,
                row.paper.recorded_by, row.replaced_on,
            )
            for row in application.papers.select_related("paper")
        ),
        "hold": (hold.reason, hold.since, hold.recorded_by),
        "assessment": (newest.result, newest.ground, newest.amount, newest.remaining, newest.flags, newest.made_by),
        "changes": [
            (change.move, change.from_state, change.to_state, change.reason, change.deficiencies, change.by)
            for change in application.changes.order_by("pk")
        ],
    }  # fmt: skip


# --- lending ---------------------------------------------------------------------------------------


def test_applications_for_the_regular_loan_lie_on_two_desks_in_every_state(demo: None) -> None:
    rows = LendingApplication.objects.values_list("office__code", "state")
    assert len({office for office, _ in rows}) == 2
    assert {state for _, state in rows} == set(LendingState.values)
    for application in LendingApplication.objects.exclude(state=LendingState.DRAFT):
        assert application.assessment is not None
        assert application.changes.exists()


def test_what_was_decided_on_a_loan_was_prepared_by_somebody_else(demo: None) -> None:
    decisions = LendingDecision.objects.select_related("application", "loan")
    assert {decision.outcome for decision in decisions} == set(DecisionOutcome.values)
    for decision in decisions:
        assert decision.decided_by_id not in (decision.prepared_by_id, decision.application.entered_by_id)
        assert (decision.loan is not None) is (decision.outcome == DecisionOutcome.APPROVED)


def test_accounts_open_are_the_borrowers_own_and_belong_to_no_bank(demo: None) -> None:
    rows = list(BankAccount.objects.select_related("person"))
    assert len(rows) > 20
    assert {opened_account(row).bank_code for row in rows} == {PRACTICE_BANK}
    assert [row.pk for row in rows if not same_holder(row.holder_kana, row.person.kana)] == []
    assert {len(opened_account(row).number) for row in rows} == {7}


def test_somebody_is_recorded_twice_under_a_married_name_and_the_prefecture_sees_both(demo: None) -> None:
    pair = PersonPair.objects.get()
    assert PairReason.RENAMED_PHONE in pair.reasons
    assert pair.low.name.split(" ")[0] != pair.high.name.split(" ")[0]
    assert pair.low.birth_date == pair.high.birth_date
    assert pair in pairs_for(User.objects.get(username="ken01"), on=AS_OF)


def test_one_special_loan_was_entered_afterwards_with_the_application_of_its_day(demo: None) -> None:
    application = LendingApplication.objects.get(history=True)
    assert application.loan == Loan.objects.get(code=HISTORIC_CODE)
    assert application.assessment is not None
    assert application.assessment.acceptable == "yes"
    assert application.applicant.loans.exclude(code=HISTORIC_CODE).exists()


def test_two_borrowers_of_the_first_office_have_scans_that_open(demo: None) -> None:
    scans = Document.objects.select_related("file", "paper")
    assert scans.count() >= 2
    clerk = User.objects.get(username="shi01")
    assert Person.objects.visible_to(clerk).filter(pk__in=scans.values("person")).exists()
    for scan in scans:
        assert scan.paper is not None and scan.kind == scan.paper.kind
        assert kept(scan.file.name, scan.file.sha256).startswith(b"\x89PNG")


def test_two_months_are_closed_and_of_one_something_was_learned_later(demo: None) -> None:
    earlier, later = MonthClosing.objects.order_by("month")
    assert [row.month for row in (earlier, later)] == [month_of(2026, 8), month_of(2026, 9)]
    assert all(row.answered is not None and row.answered.signed and row.difference == 0 for row in (earlier, later))
    assert corrections_of(earlier) == []
    (correction,) = corrections_of(later)
    assert (correction.figure("paid_transfer"), correction.figure("outstanding")) == (5_000, -5_000)
