"""What lending leaves to be looked after: lists named after the questions that ask for them (MHLW Q&A vol. 17)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.enums import Role
from audit.actors import Actor
from audit.models import AccessLog
from japan.months import month_of
from loans.channels import Filters, channel_lines
from loans.enums import FundKind, GuidanceKind, IntakeChannel, LendingState, TaskKind
from loans.models import Guidance, LendingApplication, LendingTask, Loan
from loans.refusals import NotAllowed
from people.enums import PaperKind
from people.models import Paper
from repayment.aftercare.assistance import assistance_found, record_assistance_check
from repayment.aftercare.support import last_day_before, support_owed, support_rows
from repayment.enums import AssistanceBegan
from repayment.models import AssistanceCheck, Deferral
from tests.desk.builders import a_payment, a_plan
from tests.exemptions.browsers import signed_in, words
from tests.loans.applications import an_application
from tests.loans.builders import a_loan
from tests.loans.intake_builders import Desk, a_desk
from tests.people.builders import a_member_of_staff, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def consented(desk: Desk, first_due_month: int, **fields: Any) -> LendingApplication:
    """A loan with its plan, lent to somebody new who agreed to be supported."""
    person = fields.pop("applicant", None) or a_person("同意 一郎", "ドウイ イチロウ", office=desk.office)
    loan = a_loan(
        person, office=desk.office, first_due_month=first_due_month, applied_on=date(2020, 10, 10), decided_on=None
    )
    a_plan(loan)
    return an_application(
        person,
        **{
            "fund": FundKind.SP_GS_INITIAL,
            "applied_on": date(2020, 10, 10),
            "agency_support_consent": True,
            "agency_consent_on": date(2020, 10, 10),
            "state": LendingState.APPROVED,
            "history": True,
            "loan": loan,
            "entered_by": desk.clerk,
        }
        | fields,
    )


def contact(application: LendingApplication, by: Desk) -> None:
    Guidance.objects.create(
        application=application, kind=GuidanceKind.AGENCY, given_on=TODAY, place="東浜市くらし相談",
        by=by.clerk.username, by_user=by.clerk, at=NOW,
    )  # fmt: skip


def loans(*applications: LendingApplication) -> tuple[int, ...]:
    return tuple(sorted(each.loan_id or 0 for each in applications))


def test_q14_1_who_consented_and_starts_within_three_months_without_a_contact_is_listed(desk: Desk) -> None:
    january = month_of(2027, 1)
    soon = consented(desk, january)
    later = consented(desk, month_of(2027, 3))  # its first debit is on 26 March
    begun = consented(desk, month_of(2023, 1))
    consented(desk, january, agency_consulted_on=date(2020, 9, 1))
    consented(desk, january, agency_support_consent=False)
    consented(desk, january, agency_support_consent=None)
    contact(consented(desk, january), desk)
    owed = support_owed(desk.clerk, on=TODAY)
    assert (owed.soon, owed.begun) == (loans(soon), loans(begun))
    [row] = support_rows(owed.soon, on=TODAY)
    assert (row.application, row.begins_on) == (soon, date(2027, 1, 26))
    # a day before, it is exactly three months until the first debit; a granted deferral moves the start away
    assert later.loan_id not in support_owed(desk.clerk, on=date(2026, 12, 26)).soon
    assert later.loan_id in support_owed(desk.clerk, on=date(2026, 12, 27)).soon
    Deferral.objects.create(
        loan_id=soon.loan_id or 0, from_month=january, months=12, granted_on=TODAY, recorded_at=NOW, recorded_by="test",
        source_key="deferral:1",
    )  # fmt: skip
    assert support_owed(desk.clerk, on=TODAY).soon == ()
    assert support_owed(desk.clerk, on=date(2027, 12, 1)).soon == loans(soon)
    # another council's clerk sees none of it; a contact written down takes it off the list for good
    assert support_owed(a_member_of_staff(Role.MUNICIPAL_CLERK), on=TODAY).begun == ()
    page = words(signed_in(desk.clerk).get(reverse("repayment:aftercare"), {"show": "begun"}))
    assert str(begun) in page
    assert AccessLog.objects.filter(subject="person", ids=[begun.applicant_id], action="list").exists()
    contact(begun, desk)
    assert support_owed(desk.clerk, on=TODAY).begun == ()


@pytest.mark.parametrize(
    ("on", "last"),
    [
        (date(2026, 11, 20), date(2027, 2, 19)),
        (date(2026, 11, 30), date(2027, 2, 27)),
        (date(2026, 12, 1), date(2027, 2, 28)),
    ],
)
@pytest.mark.django_db(databases=[])
def test_q14_1_less_than_three_months_is_until_the_day_before_the_same_day(on: date, last: date) -> None:
    assert last_day_before(on) == last


def certificate(loan: Loan, received_on: date) -> Paper:
    return Paper.objects.create(
        person=loan.borrower, kind=PaperKind.PUBLIC_ASSISTANCE_NOTICE, received_on=received_on,
        recorded_by="test", source_key=f"test:{loan.pk}:{received_on}",
    )  # fmt: skip


def test_q22_who_turns_out_to_receive_public_assistance_is_listed_until_somebody_has_looked(desk: Desk) -> None:
    def lent() -> Loan:
        loan = a_loan(a_person("保護 花子", "ホゴ ハナコ", office=desk.office), office=desk.office)
        a_plan(loan)
        return loan

    by_paper, by_answer, before, paid, other = (lent() for _ in range(5))
    certificate(by_paper, date(2026, 11, 1))
    an_application(
        by_answer.borrower, fund=FundKind.REG_SMALL, applied_on=date(2026, 11, 2), on_public_assistance=True,
        entered_by=desk.clerk,
    )  # fmt: skip
    certificate(before, before.applied_on - timedelta(days=1))
    certificate(paid, date(2026, 11, 1))
    a_payment(paid, 600_000, TODAY)
    assert assistance_found(desk.reviewer, on=TODAY) == (by_paper.pk, by_answer.pk)
    assert assistance_found(a_member_of_staff(Role.MUNICIPAL_CLERK), on=TODAY) == ()
    reviewer = signed_in(desk.reviewer)
    url = f"{reverse('repayment:aftercare')}?show=assistance"
    page = words(reviewer.get(url))
    assert by_paper.code in page
    assert by_answer.code in page
    assert other.code not in page
    # an answer without words is not taken; with words it is, once, and the loan leaves the list
    check = reverse("repayment:assistance_check", args=[by_paper.pk])
    assert "確かめた方法を入力してください。" in words(
        reviewer.post(check, {"began": "before", "note": ""}, follow=True)
    )
    after = reviewer.post(check, {"began": "before", "note": "福祉事務所に照会"}, follow=True)
    assert after.redirect_chain[-1][0] == reverse("repayment:payout", args=[by_paper.pk])
    assert assistance_found(desk.reviewer, on=TODAY) == (by_answer.pk,)
    again = record_assistance_check(
        loan_id=by_paper.pk, began=AssistanceBegan.NEVER, note="別の回答", by=Actor.person(desk.supervisor), at=NOW
    )
    assert again.began == AssistanceBegan.BEFORE
    with pytest.raises(NotAllowed):
        record_assistance_check(
            loan_id=by_answer.pk, began=AssistanceBegan.AFTER, note="x", by=Actor.person(desk.clerk), at=NOW
        )
    assert AssistanceCheck.objects.count() == 1


def test_q10_applications_and_loans_are_counted_by_channel_down_to_their_rows(desk: Desk) -> None:
    person = desk.applicant
    by_mail = a_loan(person, office=desk.office, channel=IntakeChannel.MAIL, fund=FundKind.SP_SMALL, principal=100_000)
    a_loan(person, office=desk.office, channel=IntakeChannel.POST_OFFICE, applied_on=date(2021, 5, 1), decided_on=None)
    for state in (LendingState.WITHDRAWN, LendingState.REFUSED, LendingState.DRAFT):
        an_application(
            person, fund=FundKind.SP_SMALL, applied_on=date(2020, 6, 1), state=state, entered_by=desk.clerk,
            channel=IntakeChannel.MAIL, history=True,
        )  # fmt: skip
    counted = {line.channel: line for line in channel_lines(desk.clerk, Filters(year=2020))}
    mail = counted[IntakeChannel.MAIL]
    assert (mail.applications, mail.loans, mail.amount) == (2, 1, 100_000)
    assert counted[IntakeChannel.POST_OFFICE].loans == 0
    assert sum(line.loans for line in channel_lines(desk.clerk, Filters())) == 2
    assert sum(line.loans for line in channel_lines(a_member_of_staff(Role.MUNICIPAL_CLERK), Filters())) == 0
    page = words(signed_in(desk.clerk).get(f"{reverse('loans:channels')}?channel=MAIL&what=loans&year=2020"))
    assert by_mail.code in page
    assert AccessLog.objects.filter(subject="loan", ids=[by_mail.pk], action="list").exists()


def test_q17_2_the_ratification_that_is_due_stands_on_the_list_with_its_day(desk: Desk) -> None:
    application = consented(desk, month_of(2030, 1))
    for days in (-1, 30, 31):
        LendingTask.objects.create(
            application=application, kind=TaskKind.RATIFICATION, subject=str(days), text=f"追認{days}",
            due_on=TODAY + timedelta(days=days), opened_by=desk.supervisor, opened_at=NOW,
        )  # fmt: skip
    page = words(signed_in(desk.clerk).get(reverse("repayment:aftercare"), {"show": "tasks"}))
    assert "追認-1" in page
    assert "期日を過ぎています" in page
    assert "追認30" in page
    assert "追認31" not in page
