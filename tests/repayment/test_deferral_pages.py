"""The pages of deferral: typed badly, decided by the wrong person, counted, and printed."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from people.addresses import Place
from repayment.deferring.services import hold_interview
from repayment.models import Deferral, DeferralApplication, DeferralInterview
from tests.people.builders import is_protected, lives_at
from tests.repayment.deferring import HEARD, TOKYO, Case, a_case, actor, by_phone
from tests.scenes import signed_in

pytestmark = pytest.mark.django_db

NOW = datetime(2023, 6, 5, 11, 0, tzinfo=TOKYO)


@pytest.fixture
def case() -> Any:
    with time_machine.travel(NOW, tick=False):
        cache.clear()
        yield a_case()


def a_call(case: Case, **changes: Any) -> dict[str, Any]:
    """What is typed while somebody is on the telephone."""
    typed = {
        "spoke_with": "self",
        "reachable": ["evening"],
        "hardships": ["no_work"],
        "situation": "5月に離職した",
        "ground": "UNEMPLOYED",
        "papers_told": ["leaving_slip"],
        f"loan_{case.loan.pk}": "on",
        f"from_{case.loan.pk}": str(2023 * 12 + 6),
        "months": "12",
        "agency_consent": "yes",
    }
    return typed | changes


def test_one_sitting_on_the_telephone_makes_an_application_or_nothing(case: Case) -> None:
    client = signed_in(case.staff.clerk)
    url = reverse("repayment:deferral_interview", args=[case.borrower.pk])
    page = client.get(url).content.decode()
    assert "毎月10日までに" in page and "令和5年7月" in page and "返せる見通しは聞きません" in page
    wrong = {
        "困っていることを": a_call(case, hardships=[]),
        "猶予を希望する貸付を選んでください": a_call(case, **{f"loan_{case.loan.pk}": ""}),
        "この月からは猶予できません": a_call(case, **{f"from_{case.loan.pk}": str(2023 * 12 + 5)}),
        "この事由を確認する書類は": a_call(case, papers_told=["medical_certificate"]),
        "いまの状況を入力してください": a_call(case, situation=" "),
        "正しく選択": a_call(case, months="13"),
    }
    for says, typed in wrong.items():
        answer = client.post(url, typed)
        assert answer.status_code == 422
        if says != "正しく選択":
            assert says in answer.content.decode(), says
    assert not DeferralApplication.objects.exists() and not DeferralInterview.objects.exists()
    answer = client.post(url, a_call(case))
    application = DeferralApplication.objects.get()
    assert answer.headers["Location"] == reverse("repayment:deferral", args=[application.pk])
    assert "これから届く書類" in client.get(answer.headers["Location"]).content.decode()
    again = client.get(url).content.decode()
    assert "審査中の猶予申請があります" in again


def test_who_took_it_in_is_told_and_refused_and_the_preview_stands_before_the_decision(case: Case) -> None:
    application = case.enter()
    url = reverse("repayment:deferral", args=[application.pk])
    supervisor = signed_in(case.staff.supervisor)
    page = supervisor.get(url).content.decode()
    assert (
        "猶予した後の期日" in page and "令和6年7月" in page and "令和7年12月31日" in page and "滞納 41,650円" in page
    )
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    posted = {
        "version": application.version,
        "seen": seen[1],
        "granting": [application.requests.get().pk],
    }
    move = reverse("repayment:deferral_move", args=[application.pk, "approve"])
    refused = signed_in(case.staff.clerk).post(move, posted)
    assert refused.status_code == 403 and not Deferral.objects.exists()
    assert supervisor.post(move, posted).status_code == 302
    assert Deferral.objects.get().from_month == 2023 * 12 + 6
    assert supervisor.post(move, posted, follow=True).content.decode().count("承認」になっています") == 1


def test_each_number_of_the_desk_leads_to_as_many_rows(case: Case) -> None:
    hold_interview(
        borrower_id=case.borrower.pk,
        transcript=by_phone(case),
        heard=HEARD,
        by=actor(case.staff.clerk),
        at=NOW,
    )
    client = signed_in(case.staff.clerk)
    desk = reverse("repayment:deferrals")
    page = client.get(desk).content.decode()
    numbers = re.findall(r'href="([^"]*show=\w+)"[^>]*>[^<]* <span class="figures">(\d+)</span>', page)
    assert len(numbers) == 7 and sum(int(number) for _, number in numbers) == 1
    for url, number in numbers:
        bodies = re.findall(r"<tbody>(.*?)</tbody>", client.get(url).content.decode(), flags=re.S)
        assert sum(body.count("<tr") for body in bodies) == int(number)


def test_the_printed_form_names_loans_and_grounds_and_no_address_of_somebody_protected(case: Case) -> None:
    lives_at(case.borrower, Place(postal_code="0600001", area="北海県見本市", street="見本町9-9-9"))
    client = signed_in(case.staff.clerk)
    url = reverse("repayment:deferral_form", args=[case.borrower.pk])

    def text() -> str:
        answer = client.get(url)
        assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
        pages = pypdf.PdfReader(BytesIO(answer.content)).pages
        assert len(pages) <= 2
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))

    open_form = text()
    for words in ("償還猶予申請書", case.loan.code, "見本町9-9-9", "離職票の写し", "自立相談支援機関の意見"):
        assert words in open_form
    assert "見通し" not in open_form and "見込" not in open_form
    is_protected(case.borrower, since=date(2023, 1, 1))
    hidden = text()
    assert "見本町9-9-9" not in hidden and case.loan.code in hidden
