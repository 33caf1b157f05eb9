"""An agreement to pay less: entered by one, agreed to by another, reviewed, renewed, ended; the plan never changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Deputy, User
from audit.actors import Actor
from japan.months import month_of
from loans.deciding.enums import ProposalState
from loans.enums import LoanState
from loans.models import Loan
from repayment.agreements.selectors import Show, agreement_on, agreements_for, counts_for, growth_of, rows_of, terms_of
from repayment.agreements.services import agree_to_agreement, drop_agreement, end_agreement, propose_agreement
from repayment.agreements.status import AgreementStatus
from repayment.enums import AgreementEnd, DeferralGround
from repayment.models import Deferral, RepaymentPlan, SmallRepaymentAgreement
from repayment.refusals import MovedMeanwhile, NotAllowed, OwnWork, RepaymentRefused
from tests.desk.builders import a_payment, a_plan, an_exemption
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, an_office

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2022, 12, 12)
NOW = datetime(2022, 12, 12, 10, 0, tzinfo=TOKYO)
START = month_of(2023, 1)


class Desk:
    """A municipal clerk who enters, two supervisors, and a loan of 600,000 yen in 120 instalments from January 2023."""

    def __init__(self) -> None:
        self.clerk = a_member_of_staff(Role.MUNICIPAL_CLERK)
        self.supervisor = a_member_of_staff(Role.SUPERVISOR)
        self.loan = a_loan(a_person(office=self.clerk.office))
        self.plan = a_plan(self.loan)

    def propose(self, *, at: datetime = NOW, by: User | None = None, **changes: Any) -> SmallRepaymentAgreement:
        told: dict[str, Any] = {
            "loan_id": self.loan.pk, "asked_on": at.date(), "ground": DeferralGround.UNEMPLOYED,
            "monthly_amount": 1_000, "from_month": START, "months": 12, "review_on": date(2023, 12, 1),
            "reason": "失業給付だけで暮らしている。",
        }  # fmt: skip
        return propose_agreement(**told | changes, by=Actor.person(by or self.clerk), at=at)

    def agree(self, agreement: SmallRepaymentAgreement, *, at: datetime = NOW) -> SmallRepaymentAgreement:
        return agree_to_agreement(agreement_id=agreement.pk, by=Actor.person(self.supervisor), at=at)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def moment(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=TOKYO)


def test_it_is_agreed_to_by_another_and_the_plan_stays_as_it_is(desk: Desk):
    agreement = desk.agree(desk.propose())

    agreement.refresh_from_db()
    assert (agreement.state, agreement.decided_by) == (ProposalState.AGREED, desk.supervisor)
    assert RepaymentPlan.objects.get(loan=desk.loan) == desk.plan
    assert growth_of(desk.loan, terms_of(agreement), on=DAY).after == 48_000
    assert agreement_on([desk.loan.pk], on=date(2023, 6, 1)) == {desk.loan.pk: agreement}
    assert agreement_on([desk.loan.pk], on=date(2024, 1, 1)) == {}


def test_nobody_agrees_to_the_own_proposal_neither_in_the_service_nor_in_the_database(desk: Desk):
    desk.supervisor.role_assignments.create(role=Role.PREFECTURAL_CLERK, since=date(2020, 1, 1), granted_by="test")
    agreement = desk.propose(by=desk.supervisor)
    with pytest.raises(OwnWork, match="起案したものは決裁できません"):
        desk.agree(agreement)
    deputy = a_member_of_staff(Role.PREFECTURAL_CLERK)
    Deputy.objects.create(supervisor=desk.supervisor, deputy=deputy, since=DAY, until=DAY, reason="出張")
    with pytest.raises(OwnWork):
        agree_to_agreement(agreement_id=agreement.pk, by=Actor.person(deputy), at=NOW)
    with pytest.raises(NotAllowed, match="決裁をする権限がありません"):
        agree_to_agreement(agreement_id=agreement.pk, by=Actor.person(desk.clerk), at=NOW)
    with pytest.raises(IntegrityError, match="agreed_by_a_second_person"), transaction.atomic():
        SmallRepaymentAgreement.objects.filter(pk=agreement.pk).update(
            state=ProposalState.AGREED, decided_by=desk.supervisor, decided_at=NOW
        )


def test_a_deputy_agrees_in_the_supervisors_place(desk: Desk):
    agreement, deputy = desk.propose(), a_member_of_staff(Role.PREFECTURAL_CLERK)
    Deputy.objects.create(supervisor=desk.supervisor, deputy=deputy, since=DAY, until=DAY, reason="出張")
    agreed = agree_to_agreement(agreement_id=agreement.pk, by=Actor.person(deputy), at=NOW)
    assert (agreed.decided_by, agreed.decided_for) == (deputy, desk.supervisor)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"monthly_amount": 999}, "monthly_amount", "月額は1,000円以上"),
        ({"monthly_amount": 5_000}, "monthly_amount", "約定の月額（5,000円）以上です"),
        ({"months": 0}, "months", "1か月から60か月まで"),
        ({"from_month": month_of(2022, 12)}, "from_month", "令和5年1月以降"),
        ({"from_month": month_of(2024, 2)}, "from_month", "1年以内"),
        ({"review_on": date(2024, 1, 1)}, "review_on", "令和5年12月31日までに"),
        ({"review_on": date(2022, 12, 31)}, "review_on", "開始月より後"),
        ({"asked_on": date(2022, 12, 13)}, "asked_on", "先の日付"),
        ({"ground": "POOR"}, "ground", "事情を選んで"),
        ({"reason": " "}, "reason", "事情を入力"),
    ],
)
def test_terms_that_are_none_are_refused_by_the_field(desk: Desk, changes, field, words):
    with pytest.raises(RepaymentRefused, match=words) as refused:
        desk.propose(**changes)
    assert refused.value.field == field
    assert not SmallRepaymentAgreement.objects.exists()


def test_loans_that_cannot_have_one_are_refused_by_name(desk: Desk):
    Deferral.objects.create(
        loan=desk.loan,
        from_month=START + 3,
        months=6,
        granted_on=DAY,
        recorded_at=NOW,
        recorded_by="k",
        source_key="d",
    )
    with pytest.raises(RepaymentRefused, match="令和5年4月から6か月は償還を猶予しています"):
        desk.propose()
    assert desk.propose(months=3, review_on=date(2023, 3, 1)).months == 3
    with pytest.raises(MovedMeanwhile, match="決裁を待っている少額返済"):
        desk.propose(months=2, review_on=date(2023, 2, 1))

    free = a_loan(desk.loan.borrower)
    with pytest.raises(RepaymentRefused, match="償還計画がまだありません"):
        desk.propose(loan_id=free.pk)
    an_exemption(free, a_plan(free), 600_000, DAY, first_no=1, last_no=120)
    with pytest.raises(RepaymentRefused, match="元金は残っていません"):
        desk.propose(loan_id=free.pk)
    Loan.objects.filter(pk=free.pk).update(state=LoanState.GIVEN_UP)
    with pytest.raises(RepaymentRefused, match="「誤登録」のため"):
        desk.propose(loan_id=free.pk)
    foreign = a_loan(a_person(office=an_office()))
    with pytest.raises(NotAllowed, match="この貸付は見つかりません"):
        desk.propose(loan_id=foreign.pk)


def test_who_only_decides_does_not_enter_and_who_is_no_staff_does_nothing(desk: Desk):
    with pytest.raises(NotAllowed):
        desk.propose(by=desk.supervisor)
    with pytest.raises(NotAllowed):
        propose_agreement(
            loan_id=desk.loan.pk, asked_on=DAY, ground=DeferralGround.ILLNESS, monthly_amount=1_000, from_month=START,
            months=12, review_on=date(2023, 12, 1), reason="x", by=Actor.machine("night"), at=NOW,
        )  # fmt: skip


def test_a_new_one_renews_the_old_one_which_ends_the_day_before(desk: Desk):
    first = desk.agree(desk.propose())
    june = moment(2023, 6, 1)
    second = desk.propose(at=june, monthly_amount=2_000, from_month=START + 6, review_on=date(2024, 6, 1))
    assert second.renews == first
    with pytest.raises(RepaymentRefused, match="少額返済が続いています"):
        drop_agreement(agreement_id=second.pk, by=Actor.person(desk.clerk), at=june)
        desk.propose(at=june, from_month=START, review_on=date(2023, 12, 1), asked_on=DAY)

    third = desk.agree(
        desk.propose(at=june, monthly_amount=2_000, from_month=START + 6, review_on=date(2024, 6, 1)), at=june
    )
    first.refresh_from_db()
    assert (first.ended_on, first.ended_because) == (date(2023, 6, 30), AgreementEnd.RENEWED)
    assert agreement_on([desk.loan.pk], on=date(2023, 7, 1)) == {desk.loan.pk: third}
    with pytest.raises(IntegrityError, match="never_overlap"), transaction.atomic():
        SmallRepaymentAgreement.objects.filter(pk=first.pk).update(
            ended_on=None, ended_because="", ended_by=None, ended_at=None
        )


def test_a_proposal_made_before_another_agreement_is_drawn_up_anew(desk: Desk):
    first = desk.agree(desk.propose())
    later = desk.propose(from_month=START + 6, review_on=date(2023, 12, 1))
    end_agreement(
        agreement_id=first.pk, because=AgreementEnd.BACK_TO_PLAN, note="", by=Actor.person(desk.clerk), at=NOW
    )
    with pytest.raises(MovedMeanwhile, match="起案し直して"):
        desk.agree(later)


def test_an_end_has_a_reason_and_comes_once(desk: Desk):
    agreement = desk.agree(desk.propose())
    by = Actor.person(desk.clerk)
    with pytest.raises(RepaymentRefused, match="終了の理由"):
        end_agreement(agreement_id=agreement.pk, because=AgreementEnd.RENEWED, note="", by=by, at=NOW)
    end_agreement(agreement_id=agreement.pk, because=AgreementEnd.NOT_KEPT, note="三度の連絡", by=by, at=NOW)
    with pytest.raises(MovedMeanwhile, match="続いていません"):
        end_agreement(agreement_id=agreement.pk, because=AgreementEnd.NOT_KEPT, note="", by=by, at=NOW)
    over = desk.agree(desk.propose())
    with pytest.raises(RepaymentRefused, match="令和5年12月31日に期間が満了"):
        end_agreement(agreement_id=over.pk, because=AgreementEnd.NOT_KEPT, note="", by=by, at=moment(2024, 1, 5))


def test_the_word_for_it_comes_from_the_ledger_and_the_lists_count_what_they_show(
    desk: Desk, django_assert_num_queries
):
    agreement = desk.propose()

    def word(on: date) -> AgreementStatus:
        agreement.refresh_from_db()
        return rows_of([agreement], on=on)[0].status

    assert word(DAY) == AgreementStatus.PROPOSED
    assert counts_for(desk.supervisor, on=DAY)[Show.PROPOSED] == 1
    desk.agree(agreement)
    assert word(DAY) == AgreementStatus.TO_COME
    assert word(date(2023, 1, 30)) == AgreementStatus.KEPT
    assert word(date(2023, 2, 1)) == AgreementStatus.BEHIND
    a_payment(desk.loan, 12_000, date(2023, 2, 3))
    assert word(date(2023, 2, 3)) == AgreementStatus.KEPT
    assert word(date(2024, 1, 1)) == AgreementStatus.OVER

    june = date(2023, 12, 1)
    assert [row.pk for row in agreements_for(desk.clerk, Show.REVIEW, on=june)] == [agreement.pk]
    assert counts_for(desk.clerk, on=june) == {"review": 1, "proposed": 0, "standing": 1, "over": 0, "all": 1}
    assert counts_for(desk.clerk, on=june + timedelta(days=40)) == {
        "review": 1, "proposed": 0, "standing": 0, "over": 1, "all": 1,
    }  # fmt: skip
    assert not agreements_for(a_member_of_staff(Role.MUNICIPAL_CLERK), Show.ALL, on=june)

    def queries(number: int) -> None:
        with django_assert_num_queries(number):
            rows_of(list(SmallRepaymentAgreement.objects.all()), on=DAY)

    queries(6)
    other = Desk()
    other.agree(other.propose())
    queries(6)
