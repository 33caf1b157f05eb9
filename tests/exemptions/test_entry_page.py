"""Taking a form in from the paper: one page, everything wrong said at once, every bad input with its own sentence."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from audit.models import AccessLog
from exemptions.enums import ApplicationState
from exemptions.models import Application
from loans.enums import FundKind
from loans.models import Loan
from people.models import Paper, TaxCertificate
from tests.exemptions.browsers import posted, signed_in, words
from tests.exemptions.builders import TOKYO, Staff, a_repaid_loan, some_staff
from tests.loans.builders import a_loan
from tests.people.builders import a_household, a_member_of_staff, a_person, an_office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """Friday, 15 September 2023, 11:00 in Tokyo."""
    with time_machine.travel(datetime(2023, 9, 15, 11, 0, tzinfo=TOKYO), tick=False):
        yield


@pytest.fixture
def staff() -> Staff:
    return some_staff()


@pytest.fixture
def loan(staff: Staff) -> Loan:
    borrower = a_person("横山 啓輔", "ヨコヤマ ケイスケ", office=staff.office)
    return a_repaid_loan(borrower, months_paid=8, office=staff.office)


@pytest.fixture
def clerk(staff: Staff) -> Client:
    return signed_in(staff.clerk)


def url(loan: Loan) -> str:
    return f"{reverse('exemptions:enter')}?code={loan.code}"


def send(clerk: Client, loan: Loan, **changes: Any) -> Any:
    return clerk.post(url(loan), posted(**changes), follow=True)


# --- finding the loan and taking the form in ---


def test_the_loan_is_found_by_its_code_however_it_is_typed(clerk: Client, loan: Loan) -> None:
    spaced = f"{loan.code[:3]} - {loan.code[3:]}"
    page = words(clerk.get(reverse("exemptions:enter"), {"code": spaced}))
    assert "横山 啓輔" in page
    assert "令和3年度 または 令和4年度" in page
    assert "令和5年度（判定年度より後。一部免除）" in page
    assert "令和4年6月1日から令和4年7月31日まで" in page
    assert "560,000円" in page


def test_a_loan_of_another_office_does_not_exist_here(clerk: Client) -> None:
    foreign = a_repaid_loan(a_person(office=an_office()))
    response = clerk.get(url(foreign))
    assert response.status_code == 404
    assert f"貸付コード {foreign.code} の貸付は見つかりません。" in words(response)
    assert clerk.post(url(foreign), posted()).status_code == 404
    assert clerk.post(f"{reverse('exemptions:missing')}?code={foreign.code}", posted()).status_code == 404
    assert not Application.objects.exists()


def test_a_complete_form_is_received_with_its_papers(clerk: Client, loan: Loan) -> None:
    response = send(clerk, loan)
    application = Application.objects.get()
    assert application.state == ApplicationState.RECEIVED
    assert f"申請 {application} を受け付けました。不備はありません。" in words(response)
    certificate = TaxCertificate.objects.get()
    assert (certificate.fiscal_year, certificate.per_capita_levy, certificate.income_levy) == (2023, False, False)
    assert certificate.paper.issued_on == date(2023, 9, 1)
    assert sorted(Paper.objects.values_list("kind", flat=True)) == [
        "exemption_form",
        "residence_record",
        "tax_certificate",
    ]


def test_a_draft_is_kept_as_it_is_and_goes_on_later(clerk: Client, loan: Loan) -> None:
    response = send(clerk, loan, save="draft", consents=["1", "2"], signed_on="", phone="")
    draft = Application.objects.get()
    assert draft.state == ApplicationState.DRAFT
    assert "まだ受け付けていません。" in words(response)
    edit = reverse("exemptions:edit", args=[draft.pk])
    page = clerk.get(edit).content.decode()
    assert 'value="令和5年9月1日"' in page
    clerk.post(edit, posted(version=draft.version))
    draft.refresh_from_db()
    assert draft.state == ApplicationState.RECEIVED
    assert draft.consents == [1, 2, 3, 4, 5, 6]


def test_opening_the_form_is_written_down_as_a_look_at_the_loan(clerk: Client, loan: Loan) -> None:
    clerk.get(url(loan))
    assert AccessLog.objects.filter(subject="loan", ids=[loan.pk]).exists()


# --- who gets in ---


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_forms_are_entered_by_clerks_only(loan: Loan, role: Role) -> None:
    browser = signed_in(a_member_of_staff(role))
    assert browser.get(url(loan)).status_code == 403
    assert browser.post(url(loan), posted()).status_code == 403


# --- amounts ---


@pytest.mark.parametrize("typed", ["600000", "¥600,000", "￥６００，０００", "600,000円", "６０００００円"])
def test_amounts_with_signs_commas_and_full_width_digits_are_read(clerk: Client, loan: Loan, typed: str) -> None:
    send(clerk, loan, requested_amount=typed)
    assert Application.objects.get().requested_amount == 600_000


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("600,000.50", "1円未満の端数は入力できません。円単位の整数で入力してください。"),
        ("-600000", "マイナスの金額は入力できません。0円以上の金額を入力してください。"),
        ("六十万", "「六十万」は金額として読み取れません。540,000 のように数字で入力してください。"),
    ],
)
def test_amounts_that_are_none_are_refused(clerk: Client, loan: Loan, typed: str, sentence: str) -> None:
    response = send(clerk, loan, requested_amount=typed)
    assert sentence in words(response)
    assert typed in response.content.decode()
    assert not Application.objects.exists()


def test_an_amount_over_the_cap_is_a_deficiency(clerk: Client, staff: Staff) -> None:
    loan = a_repaid_loan(a_person(office=staff.office), office=staff.office, principal=600_000, household_size=1)
    response = send(clerk, loan)
    assert "免除申請額 600,000円が、この資金の免除上限額 450,000円を超えています。" in words(response)


# --- dates ---


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("received_on", "R5.9.16", "受付日が、まだ来ていない日（令和5年9月16日）です。"),
        ("received_on", "R2.6.9", "受付日（令和2年6月9日）が、貸付の申込日 令和2年6月10日より前です。"),
        ("signed_on", "R6.9.10", "記入日が、まだ来ていない日（令和6年9月10日）です。"),
        ("signed_on", "S40.9.10", "記入日が、借受人の生年月日 昭和46年3月2日より前の日（昭和40年9月10日）です。"),
        ("residence_issued_on", "R15.9.1", "住民票の発行日が、まだ来ていない日（令和15年9月1日）です。"),
        (
            "borrower_tax_issued_on",
            "R15.9.1",
            "借受人の課税証明書の発行日が、まだ来ていない日（令和15年9月1日）です。",
        ),
        ("signed_on", "令和5年2月30日", "令和5年2月30日という日はありません。令和5年2月28日ではありませんか。"),
        ("signed_on", "5.9.10", "元号がありません。令和5年9月10日のことでしたら、そのように入力してください。"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(
    clerk: Client, loan: Loan, field: str, typed: str, sentence: str
) -> None:
    response = send(clerk, loan, **{field: typed})
    assert sentence in words(response)
    assert "まだ保存されていません。" in words(response)
    assert not Application.objects.exists()


# --- the household ---


def test_two_ticks_posted_at_once_are_refused(clerk: Client, loan: Loan) -> None:
    response = send(clerk, loan, situation=["BORROWER_IS_HEAD", "HEAD_WAS_SEPARATE"])
    assert "世帯の状況は一つだけ選んでください。" in words(response)
    assert not Application.objects.exists()


def test_two_ticks_on_the_paper_are_transcribed_as_what_they_are(clerk: Client, loan: Loan) -> None:
    response = send(clerk, loan, situation="several")
    application = Application.objects.get()
    assert application.several_situations
    assert application.situation == ""
    assert "世帯の状況に二つ以上の印があります。当てはまる一つだけに印を付けてください。" in words(response)


def test_a_head_who_is_judged_is_chosen_from_the_household(clerk: Client, staff: Staff) -> None:
    borrower = a_person(office=staff.office)
    wife = a_person("架空 さくら", "カクウ サクラ")
    a_household(wife, borrower)
    loan = a_repaid_loan(borrower, office=staff.office)
    response = send(clerk, loan, situation="NONE_OF_THESE", head=str(wife.pk))
    application = Application.objects.get()
    assert application.head == wife
    assert "世帯主の課税（非課税）証明書がありません。令和5年度のものを添えてください。" in words(response)


def test_nobody_outside_the_household_can_be_made_head_by_a_direct_post(clerk: Client, loan: Loan) -> None:
    stranger = a_person("他所 太郎", "ヨソ タロウ", office=an_office())
    response = send(clerk, loan, situation="NONE_OF_THESE", head=str(stranger.pk))
    assert not Application.objects.exists()
    assert "他所 太郎" not in words(response)


def test_a_head_the_residence_record_names_is_written_down(clerk: Client, loan: Loan) -> None:
    send(
        clerk,
        loan,
        situation="NONE_OF_THESE",
        head="new",
        head_name="横山 源",
        head_kana="ヨコヤマ ゲン",
        head_birth_date="S16.4.1",
        head_tax_year="2023",
        head_tax_per_capita="no",
        head_tax_income="no",
    )
    application = Application.objects.get()
    assert application.head is not None
    assert (application.head.name, application.head.birth_date) == ("横山 源", date(1941, 4, 1))
    assert TaxCertificate.objects.filter(paper__person=application.head).exists()
    assert application.assessment is not None
    assert application.assessment.amount == 540_000


def test_a_heads_certificate_is_asked_for_only_where_the_head_is_judged(clerk: Client, loan: Loan) -> None:
    response = send(clerk, loan, head_tax_year="2023", head_tax_per_capita="no", head_tax_income="no")
    assert "世帯主の証明書は、世帯の状況が「いずれにも当てはまらない」のときだけ入力します。" in words(response)
    assert not Application.objects.exists()


# --- papers ---


def test_a_certificate_of_the_wrong_year_names_the_year_expected(clerk: Client, loan: Loan) -> None:
    response = send(clerk, loan, borrower_tax_year="2022")
    assert "借受人の課税証明書が令和4年度のものです。令和5年度のものを添えてください。" in words(response)


def test_half_a_certificate_is_refused(clerk: Client, loan: Loan) -> None:
    response = send(clerk, loan, borrower_tax_income=None)
    assert "借受人の所得割が0円か課税かを選んでください。" in words(response)


def test_missing_consents_are_listed_by_their_numbers(clerk: Client, loan: Loan) -> None:
    page = words(send(clerk, loan, consents=["1", "3", "4", "5"]))
    assert "同意欄②に印がありません。" in page
    assert "同意欄⑥に印がありません。" in page
    assert "同意欄①に印がありません。" not in page


def test_the_same_certificate_for_two_loans_is_one_paper(clerk: Client, staff: Staff, loan: Loan) -> None:
    send(clerk, loan)
    second = a_repaid_loan(
        loan.borrower, office=staff.office, fund=FundKind.SP_GS_EXTENSION, first_due_month=2024 * 12
    )
    page = clerk.get(url(second))
    assert "手元にある証明書：令和5年度" in words(page)
    send(
        clerk,
        second,
        borrower_tax_year="",
        borrower_tax_per_capita="",
        borrower_tax_income="",
        borrower_tax_issued_on="",
    )
    assert TaxCertificate.objects.count() == 1
    extension = Application.objects.get(loan=second)
    assert extension.deficiency_count == 0
    assert extension.assessment is not None
    assert extension.assessment.ground == "RESIDENCE_TAX"


# --- duplicates ---


def test_a_second_form_for_the_same_loan_and_year_is_refused_with_the_first_one_named(
    clerk: Client, loan: Loan
) -> None:
    send(clerk, loan)
    first = Application.objects.get()
    page = words(send(clerk, loan))
    sentence = (
        f"貸付コード {loan.code} には、令和5年度の申請がすでにあります（{first}、令和5年9月15日受付、受付済み）。"
    )
    assert sentence in page
    assert Application.objects.count() == 1
    assert "この貸付の申請がすでにあります" in words(clerk.get(url(loan)))


def test_the_regular_small_loan_knows_no_requirement_1(clerk: Client, staff: Staff) -> None:
    loan = a_repaid_loan(
        a_person(office=staff.office), office=staff.office, fund=FundKind.REG_SMALL, principal=100_000, instalments=12
    )
    response = clerk.get(f"{url(loan)}&form=FORM_1_1")
    assert "緊急小口資金（本則）には、要件①の償還免除はありません。" in words(response)
    clerk.post(f"{url(loan)}&form=FORM_1_1", posted())
    assert not Application.objects.exists()


def test_a_loan_without_a_plan_has_nothing_to_exempt(clerk: Client, staff: Staff) -> None:
    loan = a_loan(a_person(office=staff.office), office=staff.office)
    sentence = "この貸付には償還計画が登録されていないため、免除申請を受け付けられません。"
    assert sentence in words(clerk.get(url(loan)))
    assert sentence in words(clerk.post(url(loan), posted()))
    assert clerk.post(f"{reverse('exemptions:missing')}?code={loan.code}", posted()).status_code == 200
    assert not Application.objects.exists()


# --- the live list ---


def test_the_list_of_what_is_missing_answers_while_typing(clerk: Client, loan: Loan) -> None:
    address = f"{reverse('exemptions:missing')}?code={loan.code}"
    nothing = words(clerk.post(address, {}))
    assert "免除申請額の記入がありません。" in nothing
    assert "住民票がありません。" in nothing
    some = words(clerk.post(address, posted(phone="", signed=None)))
    assert "借受人ご本人の署名がありません。" in some
    assert "日中に連絡のとれる電話番号の記入がありません。" in some
    assert "不備はありません" in words(clerk.post(address, posted()))
    assert not Application.objects.exists()


def test_the_list_goes_on_while_a_field_cannot_be_read(clerk: Client, loan: Loan) -> None:
    address = f"{reverse('exemptions:missing')}?code={loan.code}"
    page = words(clerk.post(address, posted(signed_on="きのう", requested_amount="たくさん")))
    assert "入力の確認" in page
    assert "「きのう」は日付として読み取れません。" in page
    assert "「たくさん」は金額として読み取れません。" in page
    assert "不備はありません" not in page
