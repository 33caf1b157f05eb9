"""The page that carries the product: one person, every loan, nothing of another office, no protected address."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from audit.enums import AccessAction
from audit.models import AccessLog
from exemptions.enums import ApplicationState
from japan.months import month_of
from loans.enums import FundKind, LoanState
from notices.enums import HoldCause, LetterState
from people.enums import Language, MailBlockReason, PaperKind
from people.models import HouseholdMember, MailBlock, TaxCertificate
from repayment.enums import HoldReason
from repayment.models import CollectionHold
from tests.desk.builders import (
    a_decision,
    a_letter,
    a_paper,
    a_payment,
    a_plan,
    an_application,
    an_exemption,
)
from tests.loans.builders import a_loan
from tests.people.builders import (
    a_household,
    a_member_of_staff,
    a_person,
    a_place,
    an_office,
    has_phone,
    is_protected,
    lives_at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def clerk():
    return a_member_of_staff(Role.MUNICIPAL_CLERK)


def words_of(response):
    """The page's text without its tags, spaces folded."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def open_page(client, user, person, **query):
    client.force_login(user)
    return client.get(reverse("desk:borrower", args=[person.pk]), query)


def test_the_head_says_who_it_is_and_how_to_reach_them(client, clerk):
    person = a_person(
        "架空 花子",
        "カクウ ハナコ",
        office=clerk.office,
        language=Language.EASY_JAPANESE,
        reachable="18時以降",
        sex="female",
    )
    lives_at(person, a_place("青葉1-2-3"))
    has_phone(person, "09000001234")
    a_household(a_person("世帯 主太"), person)
    MailBlock.objects.create(person=person, reason=MailBlockReason.RETURNED, since=date(2026, 1, 1))

    page = words_of(open_page(client, clerk, person))

    for words in (
        "架空 花子",
        "カクウ ハナコ",
        "55歳",
        "女性",
        "昭和46年3月2日",
        "やさしい日本語",
        "つながる時間 18時以降",
        "〒060-0001 北海県見本市青葉1-2-3",
        "090-0000-1234",
        "世帯 主太",
        "返戻（宛先不明）",
        clerk.office.name,
    ):
        assert words in page


def test_a_protected_address_is_nowhere_on_the_page_but_can_be_asked_for(client, clerk):
    mother, child = a_person("秘匿 花子", office=clerk.office), a_person("秘匿 子", office=clerk.office)
    household = a_household(mother, child)
    for person in (mother, child):
        lives_at(person, a_place("隠町9-9"))
    is_protected(mother)
    assert household.pk

    for person in (mother, child):
        response = open_page(client, clerk, person)
        assert "隠町" not in response.content.decode()
        assert "支援措置のため表示しません" in words_of(response)
        assert reverse("people:reveal_request", args=[person.pk]) in response.content.decode()


def test_who_may_not_ask_for_a_protected_address_is_not_offered_it(client):
    auditor = a_member_of_staff(Role.AUDITOR)
    person = a_person(office=auditor.office)
    lives_at(person, a_place("隠町9-9"))
    is_protected(person)

    page = open_page(client, auditor, person).content.decode()
    assert "隠町" not in page and "住所の表示を依頼する" not in page


def test_the_loans_stand_beside_each_other_with_their_figures_and_workings(client, clerk):
    person = a_person(office=clerk.office)
    small = a_loan(
        person,
        code="0100001",
        fund=FundKind.SP_SMALL,
        principal=200_000,
        instalments=24,
        first_due_month=month_of(2026, 1),
    )
    a_plan(small)
    a_payment(small, 8_330, date(2026, 1, 26))
    general = a_loan(person, code="0200001")
    plan = a_plan(general)
    an_exemption(general, plan, 600_000, date(2022, 12, 1), first_no=1, last_no=120)
    a_loan(person, code="0300001", fund=FundKind.SP_GS_EXTENSION, state=LoanState.REJECTED)

    page = words_of(open_page(client, clerk, person))

    assert page.index("0100001") < page.index("0200001") < page.index("0300001")
    assert "残額 191,670円" in page
    assert "滞納 9か月 74,970円" in page
    assert "約定額 令和8年1月分〜令和8年10月分 10回 83,300円" in page
    assert "免除済み" in page and "不承認" in page
    assert "次回 令和8年11月26日(木) 8,330円" in page
    assert "総合支援資金（再貸付） 借り入れていません。" in page
    assert "判定年度 令和3年度 または 令和4年度" in page


def test_an_open_application_is_led_to_and_otherwise_one_can_be_entered(client, clerk):
    person = a_person(office=clerk.office)
    with_one, without, settled = (a_loan(person, code=f"020000{n}") for n in range(3))
    for loan in (with_one, without):
        a_plan(loan)
    an_exemption(settled, a_plan(settled), 600_000, date(2022, 12, 1), first_no=1, last_no=120)
    application = an_application(with_one, entered_by=clerk)

    html = open_page(client, clerk, person).content.decode()

    enter = reverse("exemptions:enter")
    assert f"{enter}?code={without.code}" in html
    assert f"{enter}?code={with_one.code}" not in html
    assert f"{enter}?code={settled.code}" not in html
    assert reverse("exemptions:detail", args=[application.pk]) in html

    auditor = open_page(client, a_member_of_staff(Role.AUDITOR), person).content.decode()
    assert f"{enter}?code=" not in auditor


def test_the_year_that_has_its_decision_is_not_asked_for_again(client, clerk):
    person = a_person(office=clerk.office)
    this_year, an_earlier_one = (a_loan(person, code=f"020000{n}") for n in range(2))
    for loan, year in ((this_year, 2026), (an_earlier_one, 2025)):
        a_plan(loan)
        an_application(loan, state=ApplicationState.APPROVED, fiscal_year=year, entered_by=clerk)

    html = open_page(client, clerk, person).content.decode()

    assert f"?code={this_year.code}" not in html
    assert f"?code={an_earlier_one.code}" in html


def a_full_life(person, clerk):
    loan = a_loan(person, code="0200001")
    plan = a_plan(loan)
    a_payment(loan, 5_000, date(2023, 1, 26))
    application = an_application(loan, state=ApplicationState.APPROVED, received_on=date(2023, 9, 15))
    entry = an_exemption(loan, plan, 540_000, date(2023, 10, 2), first_no=13, last_no=120)
    a_decision(application, amount=540_000, entry=entry, on=date(2023, 10, 2))
    letter = a_letter(person, on=date(2023, 10, 3))
    paper = a_paper(person, PaperKind.TAX_CERTIFICATE, on=date(2023, 9, 15))
    TaxCertificate.objects.create(paper=paper, fiscal_year=2023, per_capita_levy=False, income_levy=False)
    return application, letter


def test_the_timeline_tells_everything_newest_first_and_each_thing_once(client, clerk):
    person = a_person(office=clerk.office)
    application, letter = a_full_life(person, clerk)

    page = words_of(open_page(client, clerk, person))
    timeline = page[page.index("時系列") : page.index("届いた書類")]

    told = [
        "作成待ち",
        "免除の承認 免除額 540,000円",
        "免除申請（令和3年度）：受付",
        "課税（非課税）証明書を受領",
        "入金 5,000円",
    ]
    assert [timeline.index(words) for words in told] == sorted(timeline.index(words) for words in told)
    assert timeline.count("540,000円") == 1
    assert "均等割なし・所得割なし" in page


def test_the_timeline_can_be_narrowed_to_one_kind(client, clerk):
    person = a_person(office=clerk.office)
    a_full_life(person, clerk)

    page = words_of(open_page(client, clerk, person, kind="money"))
    timeline = page[page.index("時系列") : page.index("届いた書類")]

    assert "入金 5,000円" in timeline
    assert "免除の承認 免除額" not in timeline and "証明書を受領" not in timeline
    assert "決定 1件" in timeline


def test_a_long_timeline_opens_with_its_newest_part(client, clerk):
    person = a_person(office=clerk.office)
    loan = a_loan(person)
    a_plan(loan)
    for n in range(35):
        a_payment(loan, 1_000 + n, date(2023, 1, 26) + timedelta(days=n))

    page = words_of(open_page(client, clerk, person))
    assert "入金 1,034円" in page and "入金 1,004円" not in page
    assert "これより前の 5件も表示する" in page
    assert "入金 1,004円" in words_of(open_page(client, clerk, person, all="1"))


def test_letters_say_where_they_are_and_why_they_are_held(client, clerk):
    person = a_person(office=clerk.office)
    held = a_letter(person, state=LetterState.HELD, hold_cause=HoldCause.GLYPH, hold_detail="外字")

    response = open_page(client, clerk, person)
    assert "保留 （印刷できない文字）" in words_of(response)
    assert reverse("notices:letter", args=[held.pk]) in response.content.decode()


def test_a_hold_and_legal_proceedings_are_seen_at_the_loan(client, clerk):
    person = a_person(office=clerk.office)
    pending, legal = a_loan(person), a_loan(person)
    for loan, reason in ((pending, HoldReason.EXEMPTION_PENDING), (legal, HoldReason.LEGAL)):
        a_plan(loan)
        CollectionHold.objects.create(
            loan=loan, reason=reason, since=date(2026, 11, 1), source_key=f"hold:{loan.pk}", recorded_by="test"
        )

    page = words_of(open_page(client, clerk, person))
    assert "免除の審査中" in page and "法的手続中" in page


def test_the_household_over_time_marks_a_change_of_head_before_an_application(client, clerk):
    person, father = a_person("借受 子", office=clerk.office), a_person("借受 父")
    record = a_household()
    changed = date(2026, 6, 1)
    for who, relationship, is_head, since, until in (
        (father, "世帯主", True, date(2010, 1, 1), changed - timedelta(days=1)),
        (father, "父", False, changed, None),
        (person, "子", False, date(2010, 1, 1), changed - timedelta(days=1)),
        (person, "世帯主", True, changed, None),
    ):
        HouseholdMember.objects.create(
            household=record, person=who, relationship=relationship, is_head=is_head, since=since, until=until
        )
    loan = a_loan(person)
    a_plan(loan)

    before = words_of(open_page(client, clerk, person))
    assert "令和8年6月1日 世帯主が借受 父から借受 子に変わりました" in before
    assert "申請前1年以内" not in before

    an_application(loan, received_on=date(2026, 9, 1))
    assert "申請前1年以内" in words_of(open_page(client, clerk, person))


def test_a_household_member_of_another_office_is_named_but_not_led_to(client, clerk):
    person, foreign = a_person(office=clerk.office), a_person("よその 人", office=an_office())
    a_household(foreign, person)

    response = open_page(client, clerk, person)
    assert "よその 人" in words_of(response)
    assert reverse("desk:borrower", args=[foreign.pk]) not in response.content.decode()


def test_another_offices_borrower_does_not_exist(client, clerk):
    assert open_page(client, clerk, a_person(office=an_office())).status_code == 404


@pytest.mark.parametrize("role", [Role.AGENCY_WORKER, Role.SYSTEM_ADMINISTRATOR])
def test_who_sees_no_cases_has_no_borrower_page(client, role):
    person = a_person(office=an_office())
    assert open_page(client, a_member_of_staff(role), person).status_code == 403


def test_one_look_leaves_one_access_row_with_everybody_shown(client, clerk):
    person, child = a_person(office=clerk.office), a_person()
    a_household(person, child)
    open_page(client, clerk, person)

    row = AccessLog.objects.get()
    assert (row.action, row.subject, row.ids) == (AccessAction.VIEW, "person", sorted([person.pk, child.pk]))


def test_an_empty_person_is_an_honest_page(client, clerk):
    page = words_of(open_page(client, clerk, a_person(office=clerk.office)))
    for words in (
        "登録がありません",
        "まだ何も起きていません",
        "免除申請はまだありません",
        "世帯の記録がありません",
        "この方への通知はまだありません",
        "届いた書類はまだありません",
    ):
        assert words in page


@pytest.mark.parametrize("number", [1, 5])
def test_more_of_everything_takes_no_more_queries(client, clerk, number, django_assert_num_queries):
    person = a_person(office=clerk.office)
    for n in range(number):
        loan = a_loan(person)
        plan = a_plan(loan)
        for month in range(number):
            a_payment(loan, 5_000, date(2023, 1 + month, 26))
        application = an_application(loan, state=ApplicationState.APPROVED, received_on=date(2023, 9, 15 + n))
        entry = an_exemption(loan, plan, 10_000, date(2023, 10, 2), first_no=20, last_no=22)
        a_decision(application, amount=10_000, entry=entry, on=date(2023, 10, 2))
        a_letter(person)
        paper = a_paper(person, PaperKind.TAX_CERTIFICATE)
        TaxCertificate.objects.create(paper=paper, fiscal_year=2023, per_capita_levy=False, income_levy=False)
        has_phone(person, f"0900000{n:04d}")
    a_household(person, *(a_person() for _ in range(number)))
    lives_at(person)
    client.force_login(clerk)
    client.get(reverse("desk:borrower", args=[person.pk]))

    with django_assert_num_queries(53):
        client.get(reverse("desk:borrower", args=[person.pk]))
