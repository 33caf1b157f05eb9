"""The ledger page of one loan: every row, every correction, as of any day."""

import re
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audit.enums import AccessAction
from audit.models import AccessLog
from loans.enums import LoanState
from repayment.enums import HoldReason, PaymentChannel
from repayment.models import CollectionHold, Deferral
from repayment.services import reverse_payment
from tests.desk.builders import MACHINE, a_payment, a_plan, an_exemption
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, an_office

TOKYO = ZoneInfo("Asia/Tokyo")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def clerk():
    return a_member_of_staff(Role.MUNICIPAL_CLERK)


@pytest.fixture
def loan(clerk):
    return a_loan(a_person(office=clerk.office), code="0200001")


def open_page(client, user, loan, **query):
    client.force_login(user)
    response = client.get(reverse("repayment:loan", args=[loan.pk]), query)
    return response, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_shows_terms_position_plan_and_every_instalment(client, clerk, loan):
    a_plan(loan)
    a_payment(loan, 5_000, date(2023, 1, 26))

    _, page = open_page(client, clerk, loan)

    for words in (
        "総合支援資金（初回貸付） 0200001",
        "償還中",
        "令和8年11月20日現在",
        "残額 595,000円",
        "令和2年6月10日",
        "判定年度 令和3年度 または 令和4年度",
        "免除の上限額 600,000円",
        "第1版 適用中",
        "第120回 令和14年12月",
        "入金 5,000円",
        "口座振替",
    ):
        assert words in page


def test_a_correction_and_the_row_it_corrects_point_at_each_other(client, clerk, loan):
    a_plan(loan)
    paid = a_payment(loan, 5_000, date(2023, 1, 26))
    back = reverse_payment(
        entry=paid, reason="別の方の入金", effective_on=date(2023, 2, 1), by=MACHINE, at=timezone.now()
    )

    response, page = open_page(client, clerk, loan)

    html = response.content.decode()
    assert f'href="#entry-{back.pk}"' in html and f'href="#entry-{paid.pk}"' in html
    assert "取消あり" in page and "別の方の入金" in page
    assert "残額 600,000円" in page


def test_as_of_another_day_the_later_rows_do_not_count(client, clerk, loan):
    plan = a_plan(loan)
    a_payment(loan, 5_000, date(2023, 1, 26))
    an_exemption(loan, plan, 540_000, date(2023, 10, 2), first_no=13, last_no=120)

    _, page = open_page(client, clerk, loan, on="R5.2.1")

    assert "令和5年2月1日現在" in page
    assert "残額 595,000円" in page
    assert "この日より後の 1件は含みません" in page
    assert "残額 55,000円" in open_page(client, clerk, loan)[1]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("令和5年13月1日", "令和5年13月1日"),
        ("あした", "日付として読み取れません"),
        ("2019-01-01", "借入申込日（令和2年6月10日）より前の日は表示できません"),
        ("2999-01-01", "30年より先の日は表示できません"),
    ],
)
def test_a_day_that_cannot_be_is_said_and_today_is_shown(client, clerk, loan, typed, words):
    a_plan(loan)
    _, page = open_page(client, clerk, loan, on=typed)
    assert words in page
    assert "令和8年11月20日現在" in page


def test_holds_and_deferrals_are_listed(client, clerk, loan):
    a_plan(loan)
    CollectionHold.objects.create(
        loan=loan, reason=HoldReason.DISPUTE, since=date(2024, 1, 1), source_key="h", recorded_by="k001"
    )
    Deferral.objects.create(
        loan=loan,
        from_month=2024 * 12,
        months=12,
        granted_on=date(2023, 12, 1),
        recorded_at=timezone.now(),
        recorded_by="k001",
        source_key="d",
    )

    _, page = open_page(client, clerk, loan)
    assert "請求の停止：内容を確認中 令和6年1月1日 から （継続中）" in page
    assert "償還猶予 令和6年1月分から 12か月" in page


def test_a_loan_without_money_says_what_is_missing(client, clerk):
    loan = a_loan(a_person(office=clerk.office), state=LoanState.APPROVED)
    _, page = open_page(client, clerk, loan)
    assert "償還計画がまだありません" in page and "台帳の記録がありません" in page


def test_another_offices_loan_does_not_exist(client, clerk):
    foreign = a_loan(a_person(office=an_office()))
    assert open_page(client, clerk, foreign)[0].status_code == 404
    assert open_page(client, a_member_of_staff(Role.AUDITOR), foreign)[0].status_code == 200


def test_the_look_is_written_down(client, clerk, loan):
    open_page(client, clerk, loan)
    row = AccessLog.objects.get()
    assert (row.action, row.subject, row.ids) == (AccessAction.VIEW, "loan", [loan.pk])


@pytest.mark.parametrize("rows", [1, 20])
def test_a_longer_ledger_takes_no_more_queries(client, clerk, loan, rows, django_assert_num_queries):
    a_plan(loan)
    for n in range(rows):
        a_payment(loan, 1_000 + n, date(2023, 1, 26))
    client.force_login(clerk)
    url = reverse("repayment:loan", args=[loan.pk])
    client.get(url)
    with django_assert_num_queries(30):
        client.get(url)


# --- two clocks, row by row, and by hand ------------------------------------------------------------


def test_every_payment_says_what_it_was_counted_against_when_it_was_booked(client, clerk, loan):
    a_plan(loan)
    a_payment(loan, 5_000, date(2023, 1, 26))
    _, page = open_page(client, clerk, loan)
    assert "記帳したときの充当 第1回（令和5年1月、期日の来た分） 5,000円 入金（充当順：元金から） 5,000円" in page


def test_as_known_on_a_day_what_was_recorded_later_is_left_out_and_said(client, clerk, loan):
    a_plan(loan)
    early = a_payment(loan, 5_000, date(2023, 1, 26))
    with time_machine.travel(datetime(2026, 11, 25, 10, 0, tzinfo=TOKYO), tick=False):
        a_payment(loan, 7_000, date(2023, 2, 27))
        _, then = open_page(client, clerk, loan, on="R5.3.1", known="R8.11.20")
        _, now = open_page(client, clerk, loan, on="R5.3.1")
    assert "令和8年11月20日までに記録されたことだけで計算しています" in then and "後から記録された台帳の 1件" in then
    assert "残額 595,000円" in then and "残額 588,000円" in now
    assert f"entry-{early.pk}" in client.get(reverse("repayment:loan", args=[loan.pk])).content.decode()
    for typed, words in (("あした", "日付として読み取れません"), ("2999-01-01", "先の日に何が分かっているか")):
        assert words in open_page(client, clerk, loan, known=typed)[1]


def test_each_row_shows_what_is_left_and_what_it_was_counted_against(client, clerk, loan):
    plan = a_plan(loan)
    a_payment(loan, 12_000, date(2023, 1, 26))
    an_exemption(loan, plan, 500_000, date(2023, 10, 2), first_no=21, last_no=120)
    a_payment(loan, 100_000, date(2023, 11, 1))

    _, page = open_page(client, clerk, loan)

    assert "入金 12,000円 588,000円 第1回〜第3回 に 12,000円" in page
    assert "入金 100,000円 0円 第3回〜第20回 に 88,000円 払いすぎ 12,000円" in page
    assert "償還計画の月ごとの図" in page and "納付済み 20か月、免除 100か月" in page


def test_a_payment_over_the_counter_is_posted_once_however_often_the_button_is_pressed(client, clerk, loan):
    a_plan(loan)
    told = {
        "channel": "counter", "amount": "5,000", "effective_on": "R8.11.19", "token": str(uuid4()), "note": "窓口で受領",
    }  # fmt: skip
    client.force_login(clerk)
    url = reverse("repayment:payment_new", args=[loan.pk])
    for _ in range(2):
        assert client.post(url, told).status_code == 302
    entry = loan.entries.get()
    assert (entry.amount, entry.effective_on, entry.channel, entry.note) == (
        5_000, date(2026, 11, 19), PaymentChannel.COUNTER, "窓口で受領",
    )  # fmt: skip
    assert entry.recorded_by == clerk.username


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("amount", "0", "入金額は1円以上"),
        ("amount", "-5000", "マイナス"),
        ("amount", "5000.5", "円未満"),
        ("effective_on", "2036-11-20", "入金日に先の日付（令和18年11月20日）は使えません"),
        ("effective_on", "2019-01-01", "借入申込日（令和2年6月10日）より前"),
        ("channel", "direct_debit", "選択"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_by_name(client, clerk, loan, name, typed, words):
    a_plan(loan)
    told = {"channel": "counter", "amount": "5000", "effective_on": "2026-11-19", "token": str(uuid4())}
    client.force_login(clerk)
    answer = client.post(reverse("repayment:payment_new", args=[loan.pk]), told | {name: typed})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not loan.entries.exists()


def test_a_payment_is_taken_back_with_a_reason_and_a_reversal_never(client, loan):
    a_plan(loan)
    paid = a_payment(loan, 5_000, date(2023, 1, 26))
    client.force_login(a_member_of_staff(Role.PREFECTURAL_CLERK))
    url = reverse("repayment:payment_reverse", args=[loan.pk, paid.pk])
    assert "もとの行は消えません" in client.get(url).content.decode()
    for told, words in (
        ({"effective_on": "2026-11-20", "reason": ""}, "取消の理由を入力"),
        ({"effective_on": "2023-01-25", "reason": "別の方の入金"}, "令和5年1月26日）から今日まで"),
        ({"effective_on": "2026-11-21", "reason": "別の方の入金"}, "今日までの日"),
    ):
        answer = client.post(url, told)
        assert answer.status_code == 422 and words in answer.content.decode()
    assert client.post(url, {"effective_on": "2026-11-20", "reason": "別の方の入金"}).status_code == 302
    back = loan.entries.get(reverses=paid)
    assert "令和8年11月20日に取り消されています" in client.get(url).content.decode()
    again = client.post(
        reverse("repayment:payment_reverse", args=[loan.pk, back.pk]), {"effective_on": "2026-11-20", "reason": "誤り"}
    )
    assert again.status_code == 422 and "取消の行は取り消せません" in again.content.decode()
    assert loan.entries.count() == 2
    page = client.get(reverse("repayment:loan", args=[loan.pk])).content.decode()
    assert 'class="pair"' in page and page.index(f"entry-{paid.pk}") < page.index(f'id="entry-{back.pk}"')
