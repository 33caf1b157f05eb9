"""Who is sent the forms by post: in September whom a later year may help (H-14), in June whom the year judges, on request."""

from __future__ import annotations

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pypdf
import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.enums import Role
from audit.actors import Actor
from exemptions.evidence import loan_facts
from exemptions.facts import Facts
from exemptions.grounds import later_year
from exemptions.guiding.enums import GuideKind
from exemptions.guiding.listing import list_guides
from exemptions.guiding.requests import MailingRefused, ask_for_forms
from exemptions.inquiry import Inquiry
from exemptions.models import ExemptionGuide
from exemptions.sheets.forms import usual
from exemptions.sheets.gathering import forms_of
from japan.months import month_of
from loans.enums import FundKind
from loans.models import Loan
from notices.models import Letter
from people.enums import PaperKind
from people.papers import Levies, record_paper
from repayment.enums import HoldReason
from repayment.models import CollectionHold
from repayment.services import place_hold
from rulebook.settings import Settings
from tests.exemptions.builders import a_repaid_loan, a_story, some_staff
from tests.notices.test_issuing import a_letterhead, letters_night
from tests.people.builders import a_member_of_staff, a_person, is_protected, lives_at
from tests.scenes import signed_in

TOKYO = ZoneInfo("Asia/Tokyo")
MACHINE = Actor.machine("test")
SEPTEMBER = date(2023, 9, 1)
AT = datetime(2023, 9, 1, 19, 30, tzinfo=TOKYO)

pytestmark = pytest.mark.django_db


def pages_of(letter: Letter) -> list[str]:
    """Each page's text without line breaks and blanks."""
    with default_storage.open(letter.file_name) as stored:
        reader = pypdf.PdfReader(io.BytesIO(stored.read()))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def amount_by_the_rules(loan: Loan, on: date) -> int:
    """What requirement ①′ would take of a loan, were both levies zero: the definition."""
    return later_year.look(Inquiry(Facts(loan_facts(loan)), Settings.defaults(), on)).amount


def test_h14_in_september_one_guide_a_loan_where_a_later_year_can_matter_with_its_amounts() -> None:
    cache.clear()
    staff = some_staff()
    a_letterhead()
    person = a_person("横山 啓輔", "ヨコヤマ ケイスケ", office=staff.office)
    lives_at(person)
    known: dict[str, Loan] = {
        "EX-C": a_repaid_loan(person, months_paid=8, office=staff.office),
        "EX-D": a_repaid_loan(
            person, fund=FundKind.SP_SMALL, principal=200_000, instalments=24, household_size=1, office=staff.office
        ),
        "judged this year": a_repaid_loan(person, fund=FundKind.SP_GS_EXTENSION, first_due_month=month_of(2024, 1)),
        "nothing after": a_repaid_loan(
            person, fund=FundKind.SP_SMALL, principal=200_000, instalments=12, first_due_month=month_of(2023, 1)
        ),
        "regular": a_repaid_loan(person, fund=FundKind.REG_SMALL, principal=100_000, instalments=12),
        "another month": a_repaid_loan(person, first_due_month=month_of(2022, 11), months_paid=3),
    }
    asked = a_story(staff=staff).loan
    taxed = a_person(office=staff.office)
    charged = a_repaid_loan(taxed)
    record_paper(
        person=taxed,
        kind=PaperKind.TAX_CERTIFICATE,
        received_on=SEPTEMBER,
        issued_on=date(2023, 8, 1),
        source_key="test:1",
        says=Levies(2023, per_capita=True, income=False),
        by=MACHINE,
        at=AT,
    )
    dead = a_repaid_loan(a_person(office=staff.office, died_on=date(2023, 2, 1)))
    bankrupt = a_repaid_loan(a_person(office=staff.office))
    held = place_hold(
        loan=bankrupt, reason=HoldReason.LEGAL, since=SEPTEMBER, source_key="test:hold", by=MACHINE, at=AT
    )
    hidden = a_person(office=staff.office)
    lives_at(hidden)
    is_protected(hidden)
    secret = a_repaid_loan(hidden)

    assert list_guides(on=date(2023, 8, 31), by=MACHINE, at=AT).new == 0
    first, again = (list_guides(on=SEPTEMBER, by=MACHINE, at=AT) for _ in range(2))
    listed = {row.loan_id: row for row in ExemptionGuide.objects.all()}
    expected = {known["EX-C"].pk, known["EX-D"].pk, known["another month"].pk, bankrupt.pk, secret.pk}
    assert set(listed) == expected
    assert not expected & {asked.pk, charged.pk, dead.pk}
    assert (first.new, again.new) == (5, 0)
    assert {row.fiscal_year for row in listed.values()} == {2023}
    assert {pk for pk, row in listed.items() if row.held} == {bankrupt.pk}
    for loan in Loan.objects.filter(pk__in={loan.pk for loan in known.values()}):
        matters = amount_by_the_rules(loan, SEPTEMBER) > 0
        assert (loan.pk in listed) == matters, loan.fund

    letters_night(SEPTEMBER)
    letters = {
        letter.facts["loan_code"]: letter for letter in Letter.objects.filter(kind="guide_later_year", pages__gt=0)
    }
    assert set(letters) == {known[name].code for name in ("EX-C", "EX-D", "another month")}
    told = {name: letters[known[name].code].facts for name in ("EX-C", "EX-D")}
    assert {name: (facts["exempted"], facts["stays"]) for name, facts in told.items()} == {
        "EX-C": (540_000, 20_000),
        "EX-D": (100_040, 99_960),
    }
    letter, form, *guide = pages_of(letters[known["EX-C"].code])
    for words in ("540,000円", "20,000円", "令和6年1月分から後", "令和5年度", known["EX-C"].code):
        assert words in letter, words
    assert "様式1-1-B" in form and known["EX-C"].code in form and "540,000円" in form and "SA" in form
    assert len(guide) == 2 and "フローチャート" in guide[1]
    assert not Letter.objects.filter(addressee=hidden, pages__gt=0).exists()

    CollectionHold.objects.filter(pk=held.pk).delete()
    october = date(2023, 10, 2)
    list_guides(on=october, by=MACHINE, at=datetime(2023, 10, 2, 19, 30, tzinfo=TOKYO))
    assert ExemptionGuide.objects.get(loan=bankrupt).ready_on == october


def test_in_june_the_borrowers_of_the_loans_judged_that_year_are_sent_their_form() -> None:
    cache.clear()
    a_letterhead()
    person = a_person()
    lives_at(person)
    judged = a_repaid_loan(person, fund=FundKind.SP_GS_EXTENSION, first_due_month=month_of(2024, 1))
    a_repaid_loan(person)
    june = date(2023, 6, 1)
    assert list_guides(on=june, by=MACHINE, at=AT).new == 1
    letters_night(june)
    letter = Letter.objects.get()
    assert letter.kind == "guide_forms"
    first, form, *_ = pages_of(letter)
    assert judged.code in first and "6月1日から7月31日まで" in first
    assert "様式1-1-C" in form and judged.code in form and "令和5年度" in form


def test_forms_that_somebody_asked_for_go_out_with_the_letters_of_the_night_each_once() -> None:
    cache.clear()
    staff = some_staff()
    a_letterhead()
    person = a_person(office=staff.office)
    lives_at(person)
    loans = [
        a_repaid_loan(person, office=staff.office, fund=fund, household_size=2)
        for fund in (FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION)
    ]
    chosen = usual(forms_of(Loan.objects.filter(borrower=person).select_related("borrower"), on=SEPTEMBER))
    clerk = Actor.person(staff.clerk)
    assert [ask_for_forms(chosen=chosen, by=clerk, at=AT) for _ in range(2)] == [2, 0]
    with pytest.raises(MailingRefused, match="1枚以上"):
        ask_for_forms(chosen=[], by=clerk, at=AT)
    letters_night(SEPTEMBER)
    codes = {letter.facts["loan_code"]: pages_of(letter)[1] for letter in Letter.objects.filter(kind="guide_forms")}
    assert set(codes) == {loan.code for loan in loans}
    assert all(code in form for code, form in codes.items())

    place_hold(loan=loans[0], reason=HoldReason.LEGAL, since=SEPTEMBER, source_key="test:hold", by=MACHINE, at=AT)
    with pytest.raises(MailingRefused, match="債務整理"):
        ask_for_forms(chosen=chosen, by=clerk, at=datetime(2023, 9, 4, 10, 0, tzinfo=TOKYO))
    page = reverse("exemptions:sheets_post", args=[person.pk])
    stranger = signed_in(a_member_of_staff(Role.MUNICIPAL_CLERK))
    assert stranger.post(page, {}).status_code == 404
    assert ExemptionGuide.objects.filter(kind=GuideKind.ON_REQUEST).count() == 2
