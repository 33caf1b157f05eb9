"""The papers of an application: corrected, replaced, shared between loans, taken out again; and what they establish."""

from datetime import date, datetime
from typing import Any

import pytest

from audit.models import AuditRow
from exemptions.enums import Flag, HouseholdSituation, PaperSlot, Result
from exemptions.evidence import certificates_on_file, facts_of, papers_in_slots, transcript_of
from exemptions.models import ApplicationPaper
from exemptions.refusals import EntryRefused
from exemptions.services.assessing import look_at
from exemptions.snapshot import facts_from_json, facts_to_json, fingerprint
from exemptions.transcript import NewHead
from exemptions.workflow import Move
from people.enums import PaperKind
from people.models import Paper, Person, TaxCertificate
from people.papers import Levies, record_paper
from people.services import move_household
from tests.exemptions.builders import (
    ALL_CONSENTS,
    DECIDED,
    MACHINE,
    PREPARED,
    RECEIVED,
    TOKYO,
    Story,
    a_form,
    a_story,
    some_staff,
    taxed,
    untaxed,
)
from tests.people.builders import a_household, a_person

pytestmark = pytest.mark.django_db

ANSWERED = datetime(2023, 10, 2, 9, 0, tzinfo=TOKYO)
NEW_HEAD = NewHead("横山 源", "ヨコヤマ ゲン", date(1941, 4, 1))


def slot(story: Story, which: PaperSlot) -> Paper:
    return papers_in_slots(story.application)[which].paper


def test_what_is_stored_is_what_was_transcribed() -> None:
    form = a_form(note="窓口で受け取り")
    assert transcript_of(a_story(form=form).application) == form


def test_a_correction_changes_the_same_paper_and_the_audit_log_tells() -> None:
    story = a_story(form=a_form(borrower_tax=taxed()))
    before = slot(story, PaperSlot.BORROWER_TAX)
    story.move(Move.CORRECT, story.staff.clerk, PREPARED, transcript=a_form())
    after = slot(story, PaperSlot.BORROWER_TAX)
    assert after.pk == before.pk
    assert after.received_on == RECEIVED
    assert after.tax_certificate.income_levy is False
    assert story.reloaded().assessment.result == Result.ELIGIBLE  # type: ignore[union-attr]
    row = AuditRow.objects.filter(table="people_taxcertificate", operation="U").latest("pk")
    assert row.columns == ["income_levy", "per_capita_levy"]
    assert row.values is None
    assert row.actor == story.staff.clerk.username


def test_an_answer_lays_a_new_paper_over_the_old_one() -> None:
    story = a_story(form=a_form(borrower_tax=untaxed(2022), residence_issued_on=date(2023, 6, 1)))
    story.move(Move.REPORT_DEFICIENCIES, story.staff.clerk, PREPARED)
    fresh = a_form(borrower_tax=untaxed(2023, date(2023, 9, 29)), residence_issued_on=date(2023, 9, 28))
    story.move(Move.ANSWER_DEFICIENCIES, story.staff.clerk, ANSWERED, transcript=fresh)
    rows = ApplicationPaper.objects.filter(application=story.application, slot=PaperSlot.BORROWER_TAX).order_by("pk")
    old, new = rows
    assert (old.replaced_on, new.replaced_on) == (date(2023, 10, 2), None)
    assert (old.paper.tax_certificate.fiscal_year, new.paper.tax_certificate.fiscal_year) == (2022, 2023)
    assert (old.paper.received_on, new.paper.received_on) == (RECEIVED, date(2023, 10, 2))
    assert slot(story, PaperSlot.RESIDENCE_RECORD).received_on == date(2023, 10, 2)
    assert slot(story, PaperSlot.FORM).received_on == RECEIVED
    assert story.reloaded().deficiency_count == 0


def test_a_paper_that_was_in_order_keeps_its_day_when_others_are_answered() -> None:
    story = a_story(form=a_form(borrower_tax=None, residence_issued_on=date(2023, 6, 20)))
    story.move(Move.REPORT_DEFICIENCIES, story.staff.clerk, PREPARED)
    story.move(
        Move.ANSWER_DEFICIENCIES, story.staff.clerk, ANSWERED, transcript=a_form(residence_issued_on=date(2023, 6, 20))
    )
    assert slot(story, PaperSlot.RESIDENCE_RECORD).received_on == RECEIVED
    assert story.reloaded().deficiency_count == 0


def test_a_paper_that_was_never_there_is_taken_out_again() -> None:
    story = a_story(form=a_form(borrower_tax=untaxed(2023)))
    story.move(Move.CORRECT, story.staff.clerk, PREPARED, transcript=a_form(borrower_tax=None, residence_record=False))
    assert not TaxCertificate.objects.exists()
    assert not Paper.objects.filter(kind=PaperKind.RESIDENCE_RECORD).exists()
    assert story.reloaded().deficiency_count == 2
    assert AuditRow.objects.filter(table="people_taxcertificate", operation="D").exists()


def test_a_paper_that_does_not_come_back_with_the_answer_stays_to_be_seen() -> None:
    story = a_story(form=a_form(signed=False))
    story.move(Move.REPORT_DEFICIENCIES, story.staff.clerk, PREPARED)
    story.move(Move.ANSWER_DEFICIENCIES, story.staff.clerk, ANSWERED, transcript=a_form(residence_record=False))
    row = ApplicationPaper.objects.get(application=story.application, slot=PaperSlot.RESIDENCE_RECORD)
    assert row.replaced_on == date(2023, 10, 2)
    assert story.reloaded().deficiency_count == 1


def test_one_residence_record_serves_the_forms_of_two_loans() -> None:
    first = a_story()
    second = a_story(staff=first.staff, borrower=first.loan.borrower, fund="SP_GS_EXTENSION", months_paid=0)
    assert slot(first, PaperSlot.RESIDENCE_RECORD) == slot(second, PaperSlot.RESIDENCE_RECORD)
    second.move(Move.CORRECT, first.staff.clerk, PREPARED, transcript=a_form(residence_record=False))
    assert slot(first, PaperSlot.RESIDENCE_RECORD).issued_on == date(2023, 9, 1)


def test_a_certificate_on_file_answers_a_form_that_brings_none() -> None:
    staff = some_staff()
    borrower = a_person(office=staff.office)
    record_paper(
        person=borrower,
        kind=PaperKind.TAX_CERTIFICATE,
        received_on=date(2023, 8, 1),
        issued_on=date(2023, 7, 20),
        says=Levies(2023, per_capita=False, income=False),
        source_key="import:7",
        by=MACHINE,
        at=DECIDED,
    )
    story = a_story(staff=staff, borrower=borrower, form=a_form(borrower_tax=None))
    assert story.application.deficiency_count == 0
    assert slot(story, PaperSlot.BORROWER_TAX).source_key == "import:7"
    story.move(Move.CORRECT, staff.clerk, PREPARED, transcript=a_form(borrower_tax=taxed()))
    assert Paper.objects.get(source_key="import:7").tax_certificate.income_levy is False
    assert slot(story, PaperSlot.BORROWER_TAX).source_key != "import:7"


def test_of_two_certificates_of_a_year_the_one_issued_last_counts() -> None:
    story = a_story(form=a_form(borrower_tax=taxed(2023, date(2023, 6, 20))))
    borrower = story.loan.borrower

    def another(issued_on: date, key: str) -> None:
        record_paper(
            person=borrower,
            kind=PaperKind.TAX_CERTIFICATE,
            received_on=date(2023, 9, 18),
            issued_on=issued_on,
            says=Levies(2023, per_capita=False, income=False),
            source_key=key,
            by=MACHINE,
            at=DECIDED,
        )

    another(date(2023, 9, 15), "amended")
    (held,) = certificates_on_file(borrower.pk, None)
    assert held.row.income_levy is False
    assert look_at(story.reloaded(), as_of=DECIDED.date()).findings.result == Result.ELIGIBLE


def test_certificates_of_one_day_that_contradict_each_other_establish_nothing() -> None:
    story = a_story(form=a_form(borrower_tax=taxed(2023, date(2023, 9, 1))))
    record_paper(
        person=story.loan.borrower,
        kind=PaperKind.TAX_CERTIFICATE,
        received_on=date(2023, 9, 18),
        issued_on=date(2023, 9, 1),
        says=Levies(2023, per_capita=False, income=False),
        source_key="contradicts",
        by=MACHINE,
        at=DECIDED,
    )
    findings = look_at(story.reloaded(), as_of=DECIDED.date()).findings
    assert findings.result == Result.UNKNOWN
    assert "residence_tax:borrower:2023" in findings.missing


# --- the head of household ---


def judged_head(**changes: Any) -> Any:
    return a_form(situation=HouseholdSituation.NONE_OF_THESE, new_head=NEW_HEAD, head_tax=untaxed(), **changes)


def test_the_heads_certificate_is_the_heads_paper() -> None:
    story = a_story(form=judged_head())
    head = story.application.head
    assert head is not None
    assert slot(story, PaperSlot.HEAD_TAX).person == head
    assert story.application.assessment.amount == 540_000  # type: ignore[union-attr]
    again = judged_head(phone="011-200-9595")
    story.move(Move.CORRECT, story.staff.clerk, PREPARED, transcript=again)
    assert story.reloaded().head == head
    assert Person.objects.filter(name="横山 源").count() == 1


def test_a_taxed_head_keeps_the_exemption_away() -> None:
    form = a_form(situation=HouseholdSituation.NONE_OF_THESE, new_head=NEW_HEAD, head_tax=taxed())
    assert a_story(form=form).application.assessment.result != Result.ELIGIBLE  # type: ignore[union-attr]


def test_a_head_who_was_separate_at_the_loan_is_not_judged() -> None:
    story = a_story(form=a_form(situation=HouseholdSituation.HEAD_WAS_SEPARATE))
    assert story.application.assessment.amount == 540_000  # type: ignore[union-attr]


def test_a_certificate_that_cannot_be_had_is_handled_individually() -> None:
    story = a_story(
        form=a_form(situation=HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE, circumstances="一時保護証明書")
    )
    assessment = story.application.assessment
    assert assessment is not None
    assert (assessment.result, story.application.deficiency_count) == (Result.ELIGIBLE, 0)
    assert Flag.INDIVIDUAL in assessment.flags


def test_the_borrower_cannot_be_named_as_somebody_else() -> None:
    staff = some_staff()
    borrower = a_person(office=staff.office)
    with pytest.raises(EntryRefused, match="借受人ご本人が世帯主の場合"):
        a_story(
            staff=staff,
            borrower=borrower,
            form=a_form(situation=HouseholdSituation.NONE_OF_THESE, head_id=borrower.pk, head_tax=untaxed()),
        )


def test_h_19_a_change_of_head_near_the_application_is_flagged_to_the_reviewer_with_its_days() -> None:
    staff = some_staff()
    borrower = a_person("横山 啓輔", "ヨコヤマ ケイスケ", office=staff.office)
    father = a_person("横山 源", "ヨコヤマ ゲン")
    household = a_household(father, borrower)
    move_household(
        person=borrower,
        household=household,
        relationship="世帯主",
        is_head=True,
        since=date(2023, 7, 1),
        by=MACHINE,
        at=DECIDED,
    )
    story = a_story(staff=staff, borrower=borrower)
    assert story.application.assessment is not None
    assert Flag.HEAD_CHANGED in story.application.assessment.flags
    (remark,) = look_at(story.reloaded(), as_of=DECIDED.date()).remarks
    assert remark.text == (
        "受付の76日前（令和5年7月1日）に、世帯主が横山 源から横山 啓輔に変わっています。"
        "免除を受けるための変更でないか、確かめてください（同意欄⑥）。"
    )


def test_a_household_that_stayed_as_it_is_raises_no_flag() -> None:
    staff = some_staff()
    borrower = a_person(office=staff.office)
    a_household(borrower)
    story = a_story(staff=staff, borrower=borrower)
    assert story.application.assessment is not None
    assert story.application.assessment.flags == []


def test_a_form_for_a_judgement_year_after_its_window_is_marked_late() -> None:
    story = a_story(form=a_form(fiscal_year=2022, borrower_tax=untaxed(2022)))
    assert story.application.assessment is not None
    assert story.application.assessment.ground == "RESIDENCE_TAX"
    assert story.application.assessment.flags == [Flag.LATE]


# --- frozen ---


def test_stored_facts_come_back_equal_and_lead_to_the_same_findings() -> None:
    story = a_story(form=judged_head())
    facts = facts_of(story.reloaded())
    assert facts_from_json(facts_to_json(facts)) == facts
    stored = story.application.assessment
    assert stored is not None
    assert facts_from_json(stored.facts) == facts
    assert story.application.consents == sorted(ALL_CONSENTS)


def test_every_value_has_its_origin() -> None:
    origins = facts_of(a_story().reloaded()).origins
    certificate = origins["residence_tax:borrower:2023"]
    assert certificate.startswith("課税（非課税）証明書（借受人、令和5年9月1日発行、令和5年9月15日受領、書類")
    assert origins["application:consents"] == "申請書の同意欄（令和5年9月15日受付）"
    assert origins["household:borrower_is_head"] == "申請書の「世帯の状況」と住民票（令和5年9月15日受付）"
    assert origins["payments"].startswith("入出金の台帳（貸付コード ")


def test_the_fingerprint_changes_with_what_is_decided_on_and_with_nothing_else() -> None:
    story = a_story()
    first = look_at(story.reloaded(), as_of=date(2023, 9, 20)).findings
    later = look_at(story.reloaded(), as_of=date(2023, 9, 21)).findings
    assert fingerprint(first) == fingerprint(later)
    after_an_instalment = look_at(story.reloaded(), as_of=date(2023, 9, 26)).findings
    assert after_an_instalment.amount == first.amount
    story.move(Move.CORRECT, story.staff.clerk, PREPARED, transcript=a_form(borrower_tax=taxed()))
    assert fingerprint(look_at(story.reloaded(), as_of=date(2023, 9, 20)).findings) != fingerprint(first)
