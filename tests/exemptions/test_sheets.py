"""The exemption forms and the guide on paper: one sheet for each loan, the codes of that loan, nothing that is secret."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import OfficeKind, Role
from audit.enums import AccessAction
from audit.models import AccessLog
from exemptions.enums import Ground
from exemptions.facts import Facts
from exemptions.inquiry import Inquiry
from exemptions.sheets.gathering import fund_rows
from exemptions.sheets.offering import Reason, earliest, offers
from japan.months import month_of
from loans.enums import FundKind
from loans.funds import cohort_of
from rulebook.settings import Settings
from tests.canary.watching import pdf_text
from tests.exemptions.builders import a_repaid_loan
from tests.exemptions.situations import SMALL, a_loan, monthly
from tests.people.builders import a_member_of_staff, a_person, an_office, has_phone, is_protected, lives_at
from tests.scenes import a_letterhead, signed_in

PHONE = "090-7777-1234"


def pages_of(content: bytes) -> list[str]:
    """Each page's text without line breaks and blanks."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def offered(on: date, **loan: object) -> dict[str, tuple[int, int]]:
    """The forms there are on a day, with the amount asked for and the amount that would stay."""
    known = Inquiry(Facts(a_loan(**loan)), Settings.defaults(), on)  # type: ignore[arg-type]
    return {offer.number: (offer.asked, offer.stays) for offer in offers(known)}


# --- which form there is ------------------------------------------------------------------------------


def test_h2_the_table_of_funds_has_the_six_rows_of_the_guide() -> None:
    rows = [(row.fund_name, row.applied[:7], row.years, row.cap, row.start) for row in fund_rows()]
    two = "450,000円（単身）／600,000円（2人以上）"
    assert rows == [
        ("緊急小口資金（特例）", "令和4年3月末", "令和3年度または令和4年度", "200,000円", "令和5年1月から"),
        ("緊急小口資金（特例）", "令和4年4月以", "令和5年度", "200,000円", "令和6年1月から"),
        ("総合支援資金（初回貸付）", "令和4年3月末", "令和3年度または令和4年度", two, "令和5年1月から"),
        ("総合支援資金（初回貸付）", "令和4年4月以", "令和5年度", two, "令和6年1月から"),
        ("総合支援資金（延長貸付）", "申請の時期を問", "令和5年度", two, "令和6年1月から"),
        ("総合支援資金（再貸付）", "申請の時期を問", "令和6年度", two, "令和7年1月から"),
    ]


def test_h2_another_month_of_the_loan_application_is_another_year_and_start() -> None:
    before, after = (cohort_of(FundKind.SP_SMALL, day) for day in (date(2022, 3, 31), date(2022, 4, 1)))
    assert (before.judgement_years, before.first_month) == ((2021, 2022), month_of(2023, 1))
    assert (after.judgement_years, after.first_month) == ((2023,), month_of(2024, 1))


def test_each_set_of_judgement_years_has_a_form_of_its_own() -> None:
    on = date(2024, 7, 1)
    reloan = {"fund": "SP_GS_RELOAN", "applied": "2021-05-10", "first": "2025-01"}
    assert offered(on, **reloan) == {"1-1-D": (600_000, 0), "1-2": (600_000, 0)}
    extension = {"fund": "SP_GS_EXTENSION", "applied": "2021-03-10", "first": "2024-01"}
    assert list(offered(date(2023, 7, 1), **extension)) == ["1-1-C", "1-2"]
    assert list(offered(date(2022, 7, 1), **SMALL)) == ["1-1-A", "1-2"]


def test_after_the_judgement_year_there_is_the_form_of_a_later_year_with_what_stays() -> None:
    """Worked example EX-C on paper: filed in September 2023, 540,000 from January 2024 on, 20,000 stay."""
    paid = monthly("2023-01", 8, 5_000)
    assert offered(date(2023, 9, 15), paid=paid)["1-1-B"] == (540_000, 20_000)
    assert offered(date(2023, 9, 15), **SMALL, paid=monthly("2023-01", 8, 8_330))["1-1-B"] == (100_040, 33_320)


def test_where_a_years_tax_can_free_of_nothing_there_is_no_such_form() -> None:
    """Worked example EX-E: nothing falls due after the cut-off."""
    assert list(offered(date(2024, 9, 15), **SMALL)) == ["1-1-A", "1-2"]
    assert list(offered(date(2025, 2, 1), **SMALL)) == ["1-2"]
    repaid = monthly("2023-01", 23, 8_330) + (("2024-12-26", 8_410),)
    assert offered(date(2025, 2, 1), **SMALL, paid=repaid) == {}
    assert offered(date(2025, 2, 1), fund="REG_SMALL", principal=100_000, count=12) == {}


def test_h4_of_two_reasons_the_earliest_is_ticked_and_the_form_says_so() -> None:
    assistance = Reason(Ground.PUBLIC_ASSISTANCE, date(2023, 5, 1))
    certificate = Reason(Ground.DISABILITY, date(2023, 3, 1))
    ground, remark = earliest((assistance, certificate))
    assert ground == Ground.DISABILITY
    assert "令和5年3月1日" in remark
    assert earliest((assistance,)) == (Ground.PUBLIC_ASSISTANCE, "")
    same_day = Reason(Ground.DISABILITY, date(2023, 5, 1))
    assert earliest((same_day, assistance))[0] == Ground.PUBLIC_ASSISTANCE
    assert earliest(()) == (None, "")


# --- on paper -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_h3_h4_h22_a_borrower_gets_one_sheet_for_each_loan_with_its_own_codes_and_the_guide() -> None:
    cache.clear()
    a_letterhead(an_office(OfficeKind.PREFECTURAL))
    office = an_office()
    person = a_person("渡邉\U000e0102 啓輔", "ワタナベ ケイスケ", office=office)
    lives_at(person)
    has_phone(person, PHONE)
    is_protected(person)
    loans = [
        a_repaid_loan(person, office=office, fund=fund, principal=600_000, first_due_month=first)
        for fund, first in (
            (FundKind.SP_GS_INITIAL, month_of(2023, 1)),
            (FundKind.SP_GS_EXTENSION, month_of(2024, 1)),
            (FundKind.SP_GS_RELOAN, month_of(2025, 1)),
        )
    ]
    ended = a_repaid_loan(
        person, office=office, fund=FundKind.SP_SMALL, principal=200_000, instalments=24, household_size=1
    )
    clerk = signed_in(a_member_of_staff(Role.MUNICIPAL_CLERK, office=office))

    shown = clerk.get(reverse("exemptions:sheets", args=[person.pk])).content.decode()
    for loan in (*loans, ended):
        assert loan.code in shown

    answer = clerk.get(reverse("exemptions:sheets_pdf", args=[person.pk]))
    pages = pages_of(answer.content)
    forms, guide = pages[:4], pages[4:]
    assert len(guide) == 2
    for loan, code, page in zip(loans, ("SA", "SB", "SC"), forms, strict=False):
        assert "様式1-1-B" in page and code in page and loan.code in page
        assert not any(other.code in page for other in (*loans, ended) if other != loan)
        for words in ("600,000円", "令和8年度", "DVからの避難", "①", "⑥", "自署", "令和9年1月分"):
            assert words in page, words
    assert "様式1-2" in forms[3] and ended.code in forms[3] and "KA" in forms[3]
    assert "青海くらし相談センター" in guide[1] and "000-555-0111" in guide[1] and "000-555-0100" in guide[1]
    for words in ("ハローワーク", "消費者ホットライン188", "法テラス", "弁護士連合会", "司法書士", "金融庁"):
        assert words in guide[1].replace("（ほかの借金）", ""), words
    assert "フローチャート" in guide[1] and "令和3年度または令和4年度" in guide[0]
    whole = "".join(pages)
    assert PHONE not in whole and "架空市" not in whole
    seen = AccessLog.objects.get(action=AccessAction.PRINT)
    assert (seen.subject, seen.ids) == ("person", [person.pk])

    one = pages_of(clerk.get(reverse("exemptions:sheets_pdf", args=[person.pk]), {"loan": loans[0].pk}).content)
    assert len(one) == 3 and loans[0].code in one[0]

    told = {
        "sheets": [f"{loan.pk}:reasons" for loan in loans],
        "assistance_since": "令和5年5月1日",
        "certificate_since": "令和5年3月1日",
    }
    chosen = pages_of(clerk.post(reverse("exemptions:sheets_pdf", args=[person.pk]), told).content)
    assert len(chosen) == 3
    for loan, page in zip(loans, chosen, strict=True):
        assert loan.code in page and "■障害者手帳" in page and "□生活保護" in page and "先に（令和5年3月1日）" in page
    assert "記入した日" in pdf_text(answer.content).replace(" ", "")

    nothing = clerk.post(reverse("exemptions:sheets_pdf", args=[person.pk]), {"assistance_since": "2030-01-01"})
    assert nothing.status_code == 422
    assert "1枚以上選んで" in nothing.content.decode() and "これから先の日付" in nothing.content.decode()
