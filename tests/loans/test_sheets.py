"""Sheets handed over at the desk, read from their PDFs: every field of the form, one sheet each, nothing that is secret."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pypdf
import pytest
from django.core.cache import cache

from accounts.enums import OfficeKind, Role
from accounts.models import User
from audit.actors import Actor
from audit.models import AccessLog
from loans.enums import FundKind
from loans.lending.transcript import IncomeEntry
from loans.models import LendingApplication
from loans.sheets import facts
from loans.sheets.gathering import Asking, gather
from loans.sheets.kinds import (
    DEBIT_REQUEST,
    DECLARATION_GENERAL,
    DECLARATION_SMALL,
    DEED,
    KINDS,
    LOAN_REQUEST,
    PAPER_LIST,
    STATUS_SHEET,
    SheetKind,
    kinds_for,
)
from loans.sheets.papers import papers_of
from loans.sheets.printing import PrintedSheet, print_sheet
from people.bank_accounts import register_account
from people.enums import AccountUse, PaperKind
from people.models import Person
from people.papers import record_paper
from tests.canary.watching import pdf_text, seen
from tests.loans.applications import NOW, a_general_application, a_small_application, lives_with, works
from tests.people.builders import (
    a_household,
    a_member_of_staff,
    a_person,
    an_office,
    has_phone,
    is_protected,
    lives_at,
)
from tests.scenes import HIDDEN_PLACE, HIDDEN_WORDS, a_letterhead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

RARE = "渡邉\U000e0102 𠮷太郎"


@pytest.fixture
def clerk() -> User:
    cache.clear()
    a_letterhead(an_office(OfficeKind.PREFECTURAL))
    office = an_office(name="東浜市社会福祉協議会")
    a_letterhead(office)
    return a_member_of_staff(Role.MUNICIPAL_CLERK, office=office)


@pytest.fixture
def person(clerk: User) -> Person:
    found = a_person(RARE, "ワタナベ ヨシタロウ", office=clerk.office)
    lives_at(found)
    has_phone(found, "090-1234-5678")
    return found


def printed(kind: SheetKind, application: LendingApplication, clerk: User) -> PrintedSheet:
    return print_sheet(kind, application, reader=clerk, by=Actor.person(clerk), at=NOW)


def text_of(sheet: PrintedSheet) -> str:
    """The text of a sheet without line breaks and blanks."""
    return "".join(pdf_text(sheet.pdf).split())


def application_for(kind: SheetKind, person: Person) -> LendingApplication:
    """An application that the sheet is for, in the first of its funds."""
    fund = sorted(kind.funds)[0]
    if fund == FundKind.REG_SMALL:
        return a_small_application(person)
    if fund == FundKind.SP_SMALL:
        return a_general_application(person, fund=fund, monthly_amount=None, months=None, amount_asked=100_000)
    return a_general_application(person, fund=fund)


# --- each sheet ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", list(KINDS))
def test_every_sheet_is_one_page_that_names_itself_and_its_version(code: str, person: Person, clerk: User) -> None:
    kind = KINDS[code]
    application = application_for(kind, person)
    sheet = printed(kind, application, clerk)
    text = text_of(sheet)
    assert sheet.pages == 1
    for words in (kind.label_ja, f"第{kind.version}版", str(application)):
        assert words in text, words


@pytest.mark.parametrize("fund", list(FundKind))
def test_each_fund_has_its_declaration_deed_and_debit_request(fund: FundKind) -> None:
    codes = {kind.code for kind in kinds_for(fund)}
    assert {"deed", "debit_request", "paper_list"} <= codes
    assert ("loan_request" in codes) == (fund == FundKind.REG_SMALL)
    assert ("income_declaration" in codes) == (fund == FundKind.SP_SMALL)
    assert ("income_declaration_general" in codes) == fund.startswith("SP_GS")
    assert ("status_sheet" in codes) == (fund in (FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN))


FIELDS_OF_1_1 = (
    "勤務先名称または職業",
    "勤務先所在地",
    "電話",
    "影響を受ける前の収入",
    "影響を受けた後の収入",
    "手取り",
    "減少の理由",
    "年",
    "月",
    "日",
    "住所",
    "氏名",
    "会長様",
)
FIELDS_OF_1_2 = (
    *FIELDS_OF_1_1,
    "利用中の他の公的給付",
    "失業等給付",
    "年金",
    "その他",
    "他の公的給付に加えて特例貸付が必要な理由",
)


@pytest.mark.parametrize(
    ("kind", "fields"), [(DECLARATION_SMALL, FIELDS_OF_1_1), (DECLARATION_GENERAL, FIELDS_OF_1_2)]
)
def test_reference_1_the_declaration_has_the_fields_of_its_form(
    kind: SheetKind, fields: tuple[str, ...], person: Person, clerk: User
) -> None:
    """Reference forms 1-1 and 1-2 of MHLW Q&A vol. 17, on an application of which nothing is known, and of which all is."""
    told = application_for(kind, person)
    blank = application_for(kind, a_person("架空 次郎", "カクウ ジロウ", office=clerk.office))
    blank.income_lines.all().delete()
    for application in (told, blank):
        text = text_of(printed(kind, application, clerk))
        assert [field for field in fields if field not in text] == []
    assert ("失業等給付" in text_of(printed(kind, told, clerk))) == (kind is DECLARATION_GENERAL)


def test_reference_1_what_the_declaration_prints_is_what_the_application_takes_in(person: Person, clerk: User) -> None:
    """Everything printed on form 1-2 has its place in what is typed at the desk, and comes back out of it."""
    application = a_general_application(person)
    sheet = gather(DECLARATION_GENERAL, application, Asking(clerk, Actor.person(clerk), NOW))
    assert isinstance(sheet, facts.GeneralDeclarationFacts)
    [fall] = sheet.falls
    [line] = application.income_lines.all()
    typed = IncomeEntry(
        member=fall.member,
        kind=line.kind,
        before_month=fall.before_month,
        before_amount=fall.before_amount,
        after_month=fall.after_month,
        after_amount=fall.after_amount,
        employer=fall.employer,
        employer_address=fall.employer_address,
        employer_phone=fall.employer_phone,
    )
    assert typed == IncomeEntry(**{name: getattr(line, name) for name in IncomeEntry.__dataclass_fields__})
    assert (sheet.reason, sheet.why_needed) == (application.cause_note, application.purpose_note)
    assert (sheet.unemployment_benefit, sheet.pension, sheet.other_benefits) == (None, True, "休業支援金・給付金")
    text = text_of(printed(DECLARATION_GENERAL, application, clerk))
    for words in (
        "見本食堂", "北海県見本市駅前9-8-7", "000-555-0199", "令和2年1月の手取りの月額は、約182,000円",
        "令和2年8月の手取りの月額は、約61,500円", "店の休業で勤務日が減った", "□失業等給付", "■年金",
        "■その他（休業支援金・給付金）", "家賃と食費に年金だけでは足りない",
    ):  # fmt: skip
        assert words in text, words


def test_each_income_of_work_has_a_declaration_of_its_own(person: Person, clerk: User) -> None:
    application = a_general_application(person)
    works(application, "妻", employer="架空商店")
    works(application, "母", kind="PENSION", employer="")
    sheet = printed(DECLARATION_GENERAL, application, clerk)
    assert sheet.pages == 2
    assert "見本食堂" in text_of(sheet) and "架空商店" in text_of(sheet)


def test_the_request_for_the_regular_loan_says_what_was_told(person: Person, clerk: User) -> None:
    application = a_small_application(person)
    lives_with(application, "本人", person=person, birth_date=person.birth_date)
    lives_with(application, "長男", birth_date=date(2010, 4, 4))
    lives_with(application, "元夫", here_now=False)
    text = text_of(printed(LOAN_REQUEST, application, clerk))
    for words in (
        "ワタナベヨシタロウ", "昭和46年3月2日", "55歳", "北海県見本市見本町1-2-3", "090-1234-5678", "80,000円",
        "10回", "■①医療費", "□②火災", "令和8年10月30日", "入院の費用", "長男", "平成22年4月4日（16歳）",
    ):  # fmt: skip
        assert words in text, words
    assert "元夫" not in text


def test_k9_the_deed_has_an_amount_and_no_date(person: Person, clerk: User) -> None:
    """K-9: the date stays blank until the money is paid; the sheet has not even a field for it."""
    application = a_small_application(person)
    text = text_of(printed(DEED, application, clerk))
    for words in (
        "金80,000円",
        "令和年月日",
        "日付は書かないでください",
        "年3%",
        "連帯保証人",
        "元金均等の月賦",
    ):
        assert words in text, words
    assert "令和8年" not in text
    assert not [name for name in facts.DeedFacts.__dataclass_fields__ if "dated" in name]


def test_a_deed_of_general_support_says_that_it_comes_month_by_month(person: Person, clerk: User) -> None:
    text = text_of(printed(DEED, a_general_application(person), clerk))
    assert "金450,000円" in text and "月額150,000円を3か月、毎月に分けて" in text


def test_the_debit_request_opens_the_account_once_and_says_who_looked(
    person: Person, clerk: User, settings: Any
) -> None:
    settings.PRACTICE_BANK = True
    application = a_small_application(person)
    empty = text_of(printed(DEBIT_REQUEST, application, clerk))
    assert "テスト銀行" not in empty and not AccessLog.objects.exists()
    register_account(
        person=person, use=AccountUse.DEBIT, bank_code="9999", branch_code="999", number="7654321",
        holder_kana="ワタナベ ヨシタロウ", since=date(2026, 1, 1), by=Actor.person(clerk), at=NOW,
    )  # fmt: skip
    sheet = printed(DEBIT_REQUEST, application, clerk)
    assert "テスト銀行" in text_of(sheet) and "普通" in text_of(sheet)
    assert "7654321" in "".join(pypdf.PdfReader(io.BytesIO(sheet.pdf)).pages[0].extract_text().split())
    [row] = AccessLog.objects.all()
    assert (row.subject, row.ids, row.reason) == ("bank_account", [person.pk], "口座振替依頼書の印刷")


def test_q8_3_the_status_sheet_tells_the_loans_so_far(person: Person, clerk: User) -> None:
    from tests.loans.builders import a_loan

    a_loan(person)
    application = a_general_application(person, fund=FundKind.SP_GS_RELOAN, agency_contact="PHONE")
    text = text_of(printed(STATUS_SHEET, application, clerk))
    assert "総合支援資金（初回貸付）" in text and "600,000円" in text and "令和2年6月10日" in text
    assert "■電話" in text and "□来所" in text and "福祉事務所へ伝えることに同意" in text


# --- names and places -------------------------------------------------------------------------------


def test_a_rare_name_is_printed_as_it_is_written(person: Person, clerk: User) -> None:
    sheet = printed(DEED, a_small_application(person), clerk)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in pypdf.PdfReader(io.BytesIO(sheet.pdf)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert sheet.by_hand == ()
    assert "𠮷" in text_of(sheet)
    assert all("IPAmjMincho" in font or "Noto" in font for font in fonts)


def test_a_name_that_no_font_has_is_left_to_be_written_by_hand(clerk: User) -> None:
    """A form must be had all the same; the wrong character is never printed, and the sheet says what to write."""
    person = a_person("架空 \ue123子", "カクウ ガイコ", office=clerk.office)
    sheet = printed(LOAN_REQUEST, a_small_application(person), clerk)
    text = text_of(sheet)
    assert sheet.by_hand == ("氏名",)
    assert "手で書いてください：氏名" in text and "カクウガイコ" in text and "架空" not in text
    assert sheet.pages == 1


@pytest.mark.parametrize("code", list(KINDS))
def test_no_sheet_gives_a_protected_address_away(code: str, clerk: User) -> None:
    """Neither the applicant's own measure nor a housemate's; nor telephone and place of work, which lead there."""
    for own in (True, False):
        person = a_person("東浜 かくれ", "ヒガシハマ カクレ", office=clerk.office)
        child = a_person("東浜 こども", "ヒガシハマ コドモ", birth_date=date(2015, 4, 2))
        lives_at(person, HIDDEN_PLACE)
        has_phone(person, "090-9999-8888")
        a_household(person, child)
        is_protected(person if own else child)
        application = application_for(KINDS[code], person)
        application.income_lines.update(employer_address=HIDDEN_PLACE.text, employer_phone="000-999-8888")
        text = pdf_text(printed(KINDS[code], application, clerk).pdf)
        assert seen(text, [*HIDDEN_WORDS, "090-9999-8888", "000-999-8888"]) == []
        if "applicant" in KINDS[code].facts_type.__dataclass_fields__ and "住所" in text:
            assert "この欄は記入しません" in text


def test_q2_8_a_guidance_sheet_is_the_same_for_everybody(person: Person, clerk: User) -> None:
    application = a_small_application(person)
    for kind in kinds_for(FundKind.REG_SMALL):
        if kind.facts_type is facts.GuidanceFacts:
            text = pdf_text(printed(kind, application, clerk).pdf)
            assert seen(text, ["渡邉", "𠮷太郎", "090-1234-5678"]) == []


def test_a_changed_wording_would_be_a_new_template() -> None:
    kind = replace(DEED, version=2)
    assert kind.template == "loans/sheets/deed/v2.html" and DEED.template == "loans/sheets/deed/v1.html"


def test_the_list_of_papers_leaves_out_nothing_and_asks_for_nothing_twice(person: Person, clerk: User) -> None:
    """K-4, K-7, K-8: by cause and household, with the paper that proves how the agency is involved."""
    answers = {"involvement": {"COMPLEX": "yes", "STRAINED_BUDGET": "no"}}
    application = a_small_application(person, answers=answers)
    lives_with(application, "本人", person=person, birth_date=person.birth_date)
    papers, outcome = papers_of(application, on=NOW.date())
    assert {"借入申込書", "住民票（世帯全員）"} <= {paper.name for paper in papers if not paper.held}
    assert "相談受付・申込票" in outcome
    record_paper(
        person=person, kind=PaperKind.RESIDENCE_RECORD, received_on=date(2026, 11, 19), issued_on=date(2026, 11, 10),
        source_key="test:residence", by=Actor.person(clerk), at=NOW,
    )  # fmt: skip
    later, _ = papers_of(application, on=NOW.date())
    assert [paper.held for paper in later if paper.name.startswith("住民票")] == [True]
    text = text_of(printed(PAPER_LIST, application, clerk))
    for paper in later:
        assert "".join(paper.name.split()) in text, paper.name
    assert "自立相談支援機関の利用" in text


def test_a_decided_application_owes_nothing_more(person: Person) -> None:
    assert papers_of(a_small_application(person, state="WITHDRAWN"), on=NOW.date()) == ((), "")
