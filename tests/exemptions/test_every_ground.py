"""Every ground from the paper to the ledger, and proposals that wait for repayment to begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.actors import Actor
from exemptions.enums import (
    ApplicationForm,
    ApplicationState,
    CertificateKind,
    Composition,
    Ground,
    HouseholdSituation,
    Result,
)
from exemptions.models import Application, Decision, StateChange
from exemptions.refusals import EntryRefused, NotAllowed, NotReady
from exemptions.services import enter_application
from exemptions.services.starting import due_to_start, let_start
from exemptions.transcript import (
    AssistanceTranscript,
    CertificateTranscript,
    EventTranscript,
    TaxTranscript,
    Transcript,
)
from exemptions.workflow import Move
from loans.enums import FundKind
from loans.models import Loan
from people.enums import PaperKind
from people.models import Paper
from people.papers import Levies, record_paper
from repayment.models import CollectionHold, LedgerEntry
from repayment.selectors import position_of
from repayment.services import post_payment
from tests.exemptions.builders import (
    ALL_CONSENTS,
    MACHINE,
    TOKYO,
    Staff,
    Story,
    a_form,
    a_repaid_loan,
    some_staff,
    untaxed,
)
from tests.people.builders import a_person

pytestmark = pytest.mark.django_db

SIGNED: dict[str, Any] = {
    "consents": ALL_CONSENTS,
    "signed": True,
    "phone": "090-1234-5678",
}


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=TOKYO)


def a_1_2(on: date, *ticked: Ground, **told: Any) -> Transcript:
    """Form 1-2, signed and with all consents."""
    return Transcript(
        None,
        on,
        form=ApplicationForm.FORM_1_2,
        ticked=ticked,
        **{**SIGNED, "signed_on": on, **told},
    )


def evidence(on: date, ground: Ground, happened: date | None, **told: Any) -> Transcript:
    """A notification with its paper."""
    event = told.pop("event", EventTranscript(happened))
    return Transcript(None, on, form=ApplicationForm.EVIDENCE, ticked=(ground,), event=event, **told)


def filed(loan: Loan, staff: Staff, form: Transcript) -> Story:
    by = staff.preparer if form.form == ApplicationForm.EX_OFFICIO else staff.clerk
    return Story(
        staff, loan, enter_application(loan=loan, transcript=form, by=Actor.person(by), at=at(form.received_on))
    )


def extension(staff: Staff, *, months_paid: int = 10) -> Loan:
    """The loan of worked example EX-F: extension 450,000 from January 2024."""
    borrower = a_person(office=staff.office, birth_date=date(1960, 4, 1))
    return a_repaid_loan(
        borrower,
        months_paid=months_paid,
        office=staff.office,
        fund=FundKind.SP_GS_EXTENSION,
        principal=450_000,
        applied_on=date(2021, 3, 20),
        decided_on=date(2021, 3, 30),
        disbursed_on=date(2021, 4, 20),
        household_size=1,
        first_due_month=2024 * 12,
    )


def card(grade: str = "2級", issued: date = date(2025, 3, 10)) -> CertificateTranscript:
    return CertificateTranscript(CertificateKind.PHYSICAL, grade, issued)


def test_h11_ex_f_a_certificate_takes_the_whole_with_its_arrears_through_the_database() -> None:
    staff = some_staff()
    loan = extension(staff)
    on = date(2025, 3, 15)
    story = filed(loan, staff, a_1_2(on, Ground.DISABILITY, certificate=card()))
    assert (story.application.ground, story.application.deficiency_count) == (Ground.DISABILITY, 0)
    story.prepare(at=at(on))
    story.approve(at=at(on, 15))
    entry = LedgerEntry.objects.get(loan=loan, kind="exempted")
    assert (entry.amount, entry.first_no, entry.last_no) == (412_500, 11, 120)
    assert position_of(loan.pk, on).outstanding == 0
    decision = Decision.objects.get(application=story.application)
    assert (decision.amount, decision.remaining, decision.assessment.ground) == (412_500, 0, Ground.DISABILITY)


def test_h4_of_two_reasons_ticked_the_earliest_is_kept() -> None:
    staff = some_staff()
    on = date(2025, 3, 15)
    assisted = AssistanceTranscript(date(2025, 3, 12), issued_on=date(2025, 3, 13))
    form = a_1_2(on, Ground.PUBLIC_ASSISTANCE, Ground.DISABILITY, certificate=card(), assistance=assisted)
    story = filed(extension(staff), staff, form)
    assert story.application.ground == Ground.DISABILITY
    assert story.application.ticked == [Ground.PUBLIC_ASSISTANCE, Ground.DISABILITY]
    assert any(check["rule"] == "EX-36" for check in story.application.assessment.checks)  # type: ignore[union-attr]
    earlier = replace(form, assistance=AssistanceTranscript(date(2025, 2, 1)))
    again = story.move(Move.CORRECT, staff.clerk, at(on), transcript=earlier)
    assert again.ground == Ground.PUBLIC_ASSISTANCE


def test_h23_a_wrong_grade_is_named_with_its_day_and_kept() -> None:
    staff = some_staff()
    on = date(2025, 3, 15)
    story = filed(extension(staff), staff, a_1_2(on, Ground.DISABILITY, certificate=card("4級")))
    assert (story.application.deficiency_count, story.application.assessment.result) == (1, Result.NOT_ELIGIBLE)  # type: ignore[union-attr]
    sent = story.move(Move.REPORT_DEFICIENCIES, staff.clerk, at(on)).changes.last()
    assert sent is not None
    assert sent.deficiencies[0]["text"].startswith("身体障害者手帳の等級「4級」（令和7年3月10日交付）は、対象の等級")
    kept = Paper.objects.get(kind="disability_certificate").disability_certificate
    assert (kept.grade, kept.paper.issued_on) == ("4級", date(2025, 3, 10))
    answered = a_1_2(on, Ground.DISABILITY, certificate=card("1級"))
    story.move(Move.ANSWER_DEFICIENCIES, staff.clerk, at(on + timedelta(days=5)), transcript=answered)
    story.prepare(at=at(on + timedelta(days=6)))
    story.approve(at=at(on + timedelta(days=6), 15))
    grades = [
        row.paper.disability_certificate.grade
        for row in story.application.papers.filter(slot="disability").order_by("pk")
    ]
    assert grades == ["4級", "1級"]


def test_h11_ex_g_long_arrears_take_the_arrears_only_through_the_database() -> None:
    staff = some_staff()
    borrower = a_person(office=staff.office)
    loan = a_repaid_loan(borrower, office=staff.office)
    for number in range(15):
        year, month = divmod(2023 * 12 + number, 12)
        post_payment(
            loan=loan, amount=1_000, effective_on=date(year, month + 1, 26), source_key=f"small:{number}", by=MACHINE,
            at=at(date(2024, 3, 30)),
        )  # fmt: skip
    on = date(2024, 3, 31)
    form = a_1_2(
        on,
        Ground.LONG_ARREARS,
        situation=HouseholdSituation.BORROWER_IS_HEAD,
        composition=Composition.SINGLE_PARENT,
        household_kind="児童扶養手当証書",
        residence_record=True,
        residence_issued_on=date(2024, 3, 1),
        borrower_tax=TaxTranscript(2023, per_capita_levy=True, income_levy=False, issued_on=date(2024, 3, 1)),
    )
    story = filed(loan, staff, form)
    assert story.application.deficiency_count == 0
    story.prepare(at=at(on))
    story.approve(at=at(on, 15))
    assert LedgerEntry.objects.get(loan=loan, kind="exempted").amount == 60_000
    left = position_of(loan.pk, on)
    assert (left.outstanding, left.arrears) == (525_000, 0)
    assert len([line for line in left.lines if line.unpaid]) == 105


def test_h9_a_proposal_filed_in_grace_waits_and_the_night_releases_it_exactly_once() -> None:
    staff = some_staff()
    loan = extension(staff, months_paid=0)
    on, begins = date(2023, 10, 2), date(2024, 1, 26)
    story = filed(loan, staff, a_1_2(on, Ground.DISABILITY, certificate=card(issued=date(2023, 9, 1))))
    assert story.application.assessment.result == Result.WAITING  # type: ignore[union-attr]
    waiting = story.move(Move.WAIT, staff.preparer, at(on))
    assert (waiting.state, waiting.waits_until) == (ApplicationState.WAITING_FOR_START, begins)
    assert CollectionHold.objects.get(loan=loan).until is None
    with pytest.raises(NotReady, match="令和6年1月26日に始まります"):
        story.move(Move.START, staff.preparer, at(date(2024, 1, 25)))
    assert due_to_start(date(2024, 1, 25)) == []
    assert due_to_start(begins) == [waiting.pk]
    assert let_start(application_id=waiting.pk, on=begins, by=MACHINE, at=at(begins, 20))
    assert not let_start(application_id=waiting.pk, on=begins, by=MACHINE, at=at(begins, 20))
    step = StateChange.objects.get(application=waiting, move=Move.START)
    assert (step.who, step.from_state, step.to_state) == ("夜間処理", "WAITING_FOR_START", "UNDER_REVIEW")
    with pytest.raises(NotAllowed):
        story.approve(by=staff.preparer, at=at(begins, 21))
    story.approve(at=at(begins + timedelta(days=3)))
    assert position_of(loan.pk, begins + timedelta(days=3)).outstanding == 0


def test_h13_a_death_is_exempted_whole_and_a_discharge_in_part() -> None:
    staff = some_staff()
    on = date(2025, 3, 15)
    story = filed(
        extension(staff),
        staff,
        evidence(on, Ground.DEATH, date(2025, 2, 1), notifier="見本 花子", notifier_relation="妻"),
    )
    assert (story.application.deficiency_count, story.application.consents) == (0, [])
    story.prepare(at=at(on))
    assert story.approve(at=at(on)).decision.amount == 412_500
    part = evidence(
        on,
        Ground.BANKRUPTCY_DISCHARGE,
        date(2025, 3, 1),
        in_part=True,
        requested_amount=300_000,
        signed_on=on,
        **SIGNED,
    )
    settled = filed(extension(staff), staff, part)
    settled.prepare(at=at(on))
    decided = settled.approve(at=at(on)).decision
    assert (decided.amount, decided.remaining) == (300_000, 112_500)
    left = position_of(settled.loan.pk, on)
    assert (left.outstanding, left.arrears) == (112_500, 15_000)


def test_bankruptcy_without_a_final_discharge_is_named_and_cannot_be_approved() -> None:
    staff = some_staff()
    on = date(2025, 3, 15)
    open_case = evidence(on, Ground.BANKRUPTCY_DISCHARGE, None, signed_on=on, **SIGNED)
    story = filed(extension(staff), staff, open_case)
    assert (story.application.deficiency_count, story.application.assessment.result) == (1, Result.NOT_ELIGIBLE)  # type: ignore[union-attr]
    story.prepare(at=at(on), reason="確定していないため")
    with pytest.raises(NotReady, match="免責がまだ確定していません"):
        story.approve(at=at(on))
    assert story.refuse(at=at(on)).decision.amount == 0


def test_ex_e_a_later_year_with_nothing_left_is_refused_through_the_database() -> None:
    staff = some_staff()
    loan = a_repaid_loan(
        a_person(office=staff.office), office=staff.office, fund=FundKind.SP_SMALL, principal=200_000, instalments=24
    )
    on = date(2024, 9, 15)
    for year in (2021, 2022):
        record_paper(
            person=loan.borrower, kind=PaperKind.TAX_CERTIFICATE, received_on=on, issued_on=None,
            source_key=f"tax:{year}", says=Levies(year, per_capita=True, income=True), by=MACHINE, at=at(on),
        )  # fmt: skip
    story = filed(loan, staff, a_form(fiscal_year=2024, received_on=on, requested_amount=100_000, signed_on=on,
                                      residence_issued_on=on, borrower_tax=untaxed(2024, on)))  # fmt: skip
    story.prepare(at=at(on), reason="免除できる残りがないため")
    with pytest.raises(NotReady, match="要件を満たしていない"):
        story.approve(at=at(on))
    refused = story.refuse(at=at(on)).decision
    assert (refused.outcome, refused.amount, refused.remaining) == ("REFUSED", 0, 200_000)
    assert not LedgerEntry.objects.filter(loan=loan, kind="exempted").exists()


def test_ex_56_the_council_begins_it_without_a_form_and_a_second_person_decides() -> None:
    staff = some_staff()
    loan = extension(staff)
    on = date(2025, 3, 15)
    told = Transcript(
        None, on, form=ApplicationForm.EX_OFFICIO, ticked=(Ground.OVERDUE_EX_OFFICIO,), note="入院が長引いたため"
    )
    with pytest.raises(EntryRefused, match="都道府県社協の職員が入力します"):
        enter_application(loan=loan, transcript=told, by=Actor.person(staff.clerk), at=at(on))
    story = filed(loan, staff, told)
    assert (story.application.deficiency_count, story.application.papers.count()) == (0, 0)
    story.prepare(at=at(on))
    with pytest.raises(NotAllowed):
        story.approve(by=staff.preparer, at=at(on))
    decided = story.approve(at=at(on)).decision
    assert (decided.amount, decided.remaining) == (15_000, 397_500)
    with pytest.raises(EntryRefused, match="残っている額がありません"):
        whole = filed(extension(staff), staff, evidence(on, Ground.DEATH, date(2025, 2, 1)))
        whole.prepare(at=at(on))
        whole.approve(at=at(on))
        enter_application(
            loan=whole.loan,
            transcript=evidence(on, Ground.DEATH, date(2025, 2, 1)),
            by=Actor.person(staff.clerk),
            at=at(on),
        )


def test_a_year_and_a_ground_belong_to_their_form_in_the_database() -> None:
    staff = some_staff()
    on = date(2025, 3, 15)
    story = filed(extension(staff), staff, a_1_2(on, Ground.DISABILITY, certificate=card()))
    rows = Application.objects.filter(pk=story.application.pk)
    for change in ({"fiscal_year": 2024}, {"ground": Ground.DEATH}, {"state": "WAITING_FOR_START"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    story.prepare(at=at(on))
    story.approve(at=at(on))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(phone="")
