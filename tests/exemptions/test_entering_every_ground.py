"""Typing every form but 1-1-x: what the page offers, what it says of several reasons, and what it refuses by name."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from exemptions.enums import ApplicationForm, Ground
from exemptions.models import Application
from loans.enums import FundKind
from tests.exemptions.browsers import signed_in, words
from tests.exemptions.builders import TOKYO, a_repaid_loan, some_staff
from tests.people.builders import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(datetime(2025, 3, 15, 11, 0, tzinfo=TOKYO), tick=False):
        yield


def signed(**typed: Any) -> dict[str, Any]:
    return {
        "received_on": "令和7年3月15日", "consents": ["1", "2", "3", "4", "5", "6"], "signed_on": "令和7年3月10日",
        "signed": "on", "phone": "090-1234-5678", "save": "receive",
    } | typed  # fmt: skip


def test_every_form_is_typed_at_the_same_desk_and_says_what_is_wrong() -> None:
    staff = some_staff()
    borrower = a_person(office=staff.office)
    loan = a_repaid_loan(borrower, months_paid=8, office=staff.office)
    other = a_repaid_loan(borrower, office=staff.office, fund=FundKind.SP_SMALL, principal=200_000, instalments=24)
    clerk, prefecture = signed_in(staff.clerk), signed_in(staff.preparer)
    enter = reverse("exemptions:enter")
    form_1_2 = f"{enter}?code={loan.code}&form=FORM_1_2"

    page = words(clerk.get(f"{enter}?code={loan.code}&ground=DISABILITY"))
    assert "免除申請の入力：様式1-2（要件②～④）" in page
    assert "職権" not in page
    assert "障害者手帳の写しがありません。" in page

    told = signed(
        ticked=["PUBLIC_ASSISTANCE", "DISABILITY"], assistance_since="R7.2.1", assistance_until="R7.1.1",
        certificate_kind="PHYSICAL", certificate_grade="２級",
    )  # fmt: skip
    refused = words(clerk.post(form_1_2, told))
    assert "生活保護の終了日が、開始日より前になっています。" in refused
    assert "障害者手帳の交付日を入力してください。" in refused
    told |= {"assistance_until": "", "certificate_issued_on": "R7.1.20"}
    live = words(clerk.post(f"{reverse('exemptions:missing')}?code={loan.code}&form=FORM_1_2", told))
    assert "②と③の両方に印があります。先に該当した「要件③ 障害者手帳の交付」（令和7年1月20日）で審査します。" in live
    saved = words(clerk.post(form_1_2, told, follow=True))
    assert "不備はありません" in saved
    assert "審査する要件 要件③ 障害者手帳の交付" in saved
    application = Application.objects.get(loan=loan)
    assert (application.form, application.ground) == (ApplicationForm.FORM_1_2, Ground.DISABILITY)
    again = clerk.get(reverse("exemptions:edit", args=[application.pk])).content.decode()
    assert 'value="２級"' in again
    assert 'value="令和7年1月20日"' in again

    evidence = f"{enter}?code={other.code}&form=EVIDENCE"
    part = {
        "ground": "DEATH",
        "event_on": "R7.2.1",
        "extent": "whole",
        "requested_amount": "50,000",
        "save": "receive",
    }
    assert "金額を入力するときは「一部」を選んでください。" in words(
        clerk.post(evidence, part | {"received_on": "R7.3.15"})
    )
    told_by = part | {"received_on": "R7.3.15", "extent": "part", "notifier": "見本 花子", "notifier_relation": "長女"}
    shown = words(clerk.post(evidence, told_by, follow=True))
    assert "一部（50,000円）" in shown
    assert "届け出た人 見本 花子（長女）" in shown
    Application.objects.filter(loan=other).update(state="WITHDRAWN")

    ex_officio = f"{enter}?code={other.code}&form=EX_OFFICIO"
    assert "職権による免除は、都道府県社協の職員が入力します。" in words(clerk.get(ex_officio))
    began = {"received_on": "R7.3.15", "ground": "OVERDUE_EX_OFFICIO", "extent": "whole", "save": "receive"}
    without = words(prefecture.post(ex_officio, began, follow=True))
    assert "職権で免除する理由の記入がありません。" in without
    assert Application.objects.filter(
        loan=other, form=ApplicationForm.EX_OFFICIO, received_on=date(2025, 3, 15)
    ).exists()
