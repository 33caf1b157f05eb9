"""Lists ask the database as often for twenty rows as for one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Office, User
from audit.actors import Actor
from exemptions.enums import ApplicationState as State
from exemptions.enums import RevocationGround
from exemptions.models import Revocation
from japan.months import month_of
from jobs.enums import ImportState, ItemState, RunState
from jobs.models import ImportBatch, ImportRow, Run, RunItem
from loans.enums import FundKind
from loans.models import Loan
from loans.services import begin_application
from people.enums import PaperKind, TransitState
from people.models import AddressReveal, Person, ProtectionEnding, TransitBatch, TransitItem
from repayment.agreements.services import propose_agreement
from repayment.arrears.holds import hold_by_hand
from repayment.arrears.promises import take_promise
from repayment.enums import HeldCause, NoticeKind, PaymentChannel, PromiseWay, SlipCause
from repayment.models import PaymentSlip, RepaymentNotice, SuspenseItem
from repayment.replanning.services import propose_plan_change
from repayment.suspense.enums import SuspenseReason
from tests.desk.builders import a_decision, a_letter, a_plan, an_application, an_exemption
from tests.exemptions.builders import a_candidate
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, is_protected, lives_at
from tests.repayment.money import an_approved_loan
from tests.scenes import DAY, NOW, Council, heard, signed_in, standing_council

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture(scope="module")
def council(django_db_setup: None, django_db_blocker: Any) -> Iterator[Council]:
    with standing_council(django_db_blocker) as scene:
        yield scene


LISTS: dict[Role, list[tuple[str, dict[str, str]]]] = {
    Role.SUPERVISOR: [
        ("desk:today", {}),
        ("desk:search", {"q": "カクウ"}),
        ("desk:duplicates", {}),
        ("exemptions:queue", {}),
        ("exemptions:candidates", {}),
        ("exemptions:bulks", {}),
        ("exemptions:second_looks", {}),
        ("exemptions:inquiries", {}),
        ("exemptions:revocations", {}),
        ("loans:applications", {}),
        ("loans:channels", {"channel": "MUNICIPAL_COUNCIL", "what": "loans"}),
        ("repayment:aftercare", {"show": "soon"}),
        ("repayment:aftercare", {"show": "assistance"}),
        ("notices:due", {}),
        ("notices:letters", {}),
        ("notices:runs", {}),
        ("jobs:night", {"date": "2026-11-20"}),
        ("people:reveal_list", {}),
        ("people:transit", {}),
        ("rulebook:settings", {}),
        ("repayment:transfers", {}),
        ("repayment:agreements", {"show": "all"}),
        ("repayment:plan_changes", {}),
        ("repayment:deferrals", {}),
        ("repayment:deferrals", {"show": "incomplete"}),
        ("repayment:dunning", {}),
        ("repayment:notices", {}),
        ("repayment:slips", {}),
        ("repayment:limitation", {}),
        ("repayment:suspense", {}),
    ],
    Role.PREFECTURAL_CLERK: [("jobs:import_list", {}), ("desk:today", {})],
    Role.AUDITOR: [("audit:log", {}), ("audit:accesses", {})],
    Role.SYSTEM_ADMINISTRATOR: [("accounts:staff", {}), ("accounts:offices", {}), ("jobs:night", {})],
}


def test_lists_take_as_many_queries_for_twenty_rows_as_for_one(council: Council) -> None:
    one_more_of_everything(council, 0)
    few = queries(council)
    for n in range(1, 21):
        one_more_of_everything(council, n)
    many = queries(council)
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page]} == {}
    assert max(many.values()) <= 64  # today asks once for each room, and once for all kinds of letters


def queries(council: Council) -> dict[str, int]:
    """How often each page asks the database, once its caches are warm."""
    asked = {}
    for role, pages in LISTS.items():
        client = signed_in(council.staff[role])
        run, batch = council.runs[1], council.batch
        assert batch is not None
        urls = [(reverse(name), query) for name, query in pages]
        if role == Role.SUPERVISOR:
            urls.append((reverse("notices:run", args=[run.pk]), {}))
        if role == Role.PREFECTURAL_CLERK:
            urls.append((reverse("jobs:import_detail", args=[batch.pk]), {}))
        for url, query in urls:
            cache.clear()
            client.get(url, query)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url, query).status_code == 200
            asked[f"{role} {url}"] = len(captured)
    return asked


def one_more_of_everything(council: Council, n: int) -> None:
    """One more person, and one more of everything that a list may show, on a day of its own where days count."""
    office, batch = council.east.office, council.batch
    assert batch is not None
    person = a_person(f"架空 {n}子", "カクウ ナンコ", office=office)
    lives_at(person)
    ProtectionEnding.objects.create(
        protection=is_protected(person), until=DAY, reason="通知書", asked_by=council.east.clerk, asked_at=NOW
    )
    an_application(a_loan(person, office=office), state=State.RECEIVED, received_on=date(2026, 10, 1))
    begin_application(applicant=person, fund=FundKind.REG_SMALL, by=Actor.person(council.east.clerk), at=NOW)
    an_approved_loan(borrower=person, office=office)
    eased = a_loan(person, office=office)
    a_candidate(eased)
    a_plan(eased)
    asked: dict[str, Any] = {"loan_id": eased.pk, "asked_on": DAY, "reason": "失業", "from_month": month_of(2026, 12)}
    by = Actor.person(council.east.clerk)
    propose_agreement(
        **asked, ground="ILLNESS", monthly_amount=1_000, months=12, review_on=date(2027, 11, 1), by=by, at=NOW
    )
    propose_plan_change(**asked, kind="plan_change", count=73, by=by, at=NOW)
    heard(a_deferrable_loan(person, office), council.east.clerk)
    asked_to_pay(eased, council.east.clerk, n)
    decided = a_loan(person, office=office)
    application = an_application(decided, state=State.APPROVED)
    plan = a_plan(decided)
    entry = an_exemption(decided, plan, 600_000, DAY, first_no=1, last_no=120)
    revoked = a_decision(application, amount=600_000, entry=entry, on=DAY)
    Revocation.objects.create(
        decision=revoked, ground=RevocationGround.HEAD_CHANGED, evidence="住民票", found_on=DAY, reason="世帯主の変更",
        proposed_by=council.preparer, proposed_at=NOW,
    )  # fmt: skip
    sent_on = DAY - timedelta(days=30)
    parcel = TransitBatch.objects.create(
        sender=office, receiver=council.prefecture, state=TransitState.SENT, packed_by=council.east.clerk,
        packed_at=NOW, carrier="書留", sent_on=sent_on, sent_by=council.east.clerk,
    )  # fmt: skip
    TransitItem.objects.create(batch=parcel, number=1, person=person, kind=PaperKind.OTHER, sheets=1)
    run = council.runs[1]
    bound: dict[str, Any] = {"state": "in_run", "run": run, "first_page": 100 + n, "pages": 1, "issued_on": DAY}
    a_letter(
        person,
        office=council.prefecture,
        number=1000 + n,
        fiscal_year=2026,
        sha256="0" * 64,
        file_name="x.pdf",
        **bound,
    )
    a_letter(person, office=council.prefecture, state="held", hold_cause="glyph", hold_detail="U+E123", held_on=DAY)
    AddressReveal.objects.create(
        person=person, reason="訪問のため", requested_by=council.east.clerk, requested_at=NOW - timedelta(hours=n)
    )
    AddressReveal.objects.create(
        person=person, reason="訪問のため", requested_by=council.supervisor, requested_at=NOW - timedelta(hours=n)
    )
    upload = {"kind": "borrowers", "file_name": f"{n}.csv", "uploaded_by": council.preparer, "uploaded_at": NOW}
    ImportBatch.objects.create(state=ImportState.CHECKED, **upload)
    ImportRow.objects.create(batch=batch, line=100 + n, cells=["M1"], outcome="error", problems=[])
    night = Run.objects.create(
        kind="notices.draft",
        business_date=DAY - timedelta(days=100 + n),
        state=RunState.DONE,
        requested_at=NOW,
        finished_at=NOW,
    )
    RunItem.objects.create(run=night, key=f"x|{n}", state=ItemState.FAILED, reason="架空")
    a_member_of_staff(Role.MUNICIPAL_CLERK, office=office)


def a_deferrable_loan(person: Person, office: Office) -> Loan:
    loan = a_loan(person, office=office)
    a_plan(loan)
    return loan


def asked_to_pay(loan: Loan, clerk: User, n: int) -> None:
    """A promise, a hold, a slip, a letter that is left out, and a receipt that names no loan."""
    by = Actor.person(clerk)
    take_promise(
        loan=loan, amount=3_000, due_on=DAY, taken_on=DAY - timedelta(days=1), way=PromiseWay.PHONE, by=by, at=NOW
    )
    hold_by_hand(loan=loan, reason="dispute", since=DAY, note="照会中", by=by, at=NOW)
    PaymentSlip.objects.create(
        loan=loan, month=month_of(2026, 11), cause=SlipCause.NO_ACCOUNT, amount=5_000, company_code="999999",
        issued_on=DAY, due_on=date(2026, 11, 30), created_at=NOW, created_by="test",
    )  # fmt: skip
    RepaymentNotice.objects.create(
        loan=loan, kind=NoticeKind.ARREARS, mark="3:-", months=3, amount=15_000, listed_on=DAY, held=HeldCause.DISPUTE
    )
    SuspenseItem.objects.create(
        source_key=f"deposit:{n}", received_on=DAY, amount=8_330, channel=PaymentChannel.TRANSFER,
        reason=SuspenseReason.NO_CODE, payer_kana="カクウ", opened_at=NOW, opened_by="test",
    )  # fmt: skip
