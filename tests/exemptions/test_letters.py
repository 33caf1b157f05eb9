"""What a decision letter says, read from its PDF: name, amount, era date; on a refusal no reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pypdf
import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage

from exemptions.enums import HouseholdSituation
from exemptions.letters import SOURCES
from exemptions.models import Decision
from japan.months import month_of
from loans.enums import FundKind
from notices.models import Letter, PrintRun
from notices.selectors import undrafted
from tests.exemptions.builders import TOKYO, Story, a_form, a_story, taxed
from tests.notices.test_issuing import a_letterhead, letters_night
from tests.people.builders import lives_at

NIGHT = date(2023, 9, 20)
REASON = "極秘理由カバ"

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    cache.clear()
    told = a_story()
    a_letterhead()
    lives_at(told.loan.borrower)
    return told


def text_of(letter: Letter) -> str:
    """The letter's text without line breaks and blanks."""
    with default_storage.open(letter.file_name) as stored:
        return "".join("".join(page.extract_text() for page in pypdf.PdfReader(stored).pages).split())


def test_a_partial_approval_names_person_amounts_and_months(story: Story) -> None:
    story.prepare()
    story.approve()

    letters_night(NIGHT)

    letter = Letter.objects.get()
    text = text_of(letter)
    assert letter.kind == "exemption_approved_in_part"
    name = "".join(story.loan.borrower.name.split())
    for words in (
        name,
        "540,000円",
        "20,000円",
        "令和6年1月",
        "令和5年9月",
        "令和5年9月20日",
        story.loan.code,
        "公印省略",
    ):
        assert words in text, words
    assert PrintRun.objects.get().letters_count == 1


def test_h15_a_refusal_gives_no_reason_while_the_file_has_it(story: Story) -> None:
    story.prepare()
    story.refuse(reason=REASON)

    letters_night(NIGHT)

    letter = Letter.objects.get()
    text = text_of(letter)
    assert Decision.objects.get().internal_reason == REASON
    assert (letter.kind, "不承認" in text) == ("exemption_refused", True)
    assert REASON not in text
    assert REASON not in str(letter.facts)
    assert "均等割" not in text and "所得割" not in text


def test_e4_an_approval_of_all_that_was_owed_is_the_whole_letter(story: Story) -> None:
    whole = a_story(months_paid=0, form=a_form(), first_due_month=month_of(2024, 1))
    lives_at(whole.loan.borrower)
    whole.prepare()
    whole.approve()

    letters_night(NIGHT)

    letter = Letter.objects.get(addressee=whole.loan.borrower)
    assert letter.kind == "exemption_approved"
    assert "600,000円" in text_of(letter)


def test_nothing_is_due_before_a_decision_and_nothing_twice(story: Story) -> None:
    assert all(not list(undrafted(source, NIGHT)) for source in SOURCES)
    story.prepare()
    story.approve()
    due = [occasion for source in SOURCES for occasion in undrafted(source, NIGHT)]
    assert due == [f"decision:{Decision.objects.get().pk}"]
    assert [o for source in SOURCES for o in undrafted(source, date(2023, 9, 19))] == []
    letters_night(NIGHT)
    assert [o for source in SOURCES for o in undrafted(source, NIGHT)] == []


def test_h26_results_go_out_for_each_fund_once_it_is_decided_and_nothing_before(story: Story) -> None:
    """Two funds of one borrower, decided on two days: each night tells of what was decided by then, with its own amount."""
    borrower, next_day = story.loan.borrower, date(2023, 9, 21)
    other = a_story(
        staff=story.staff,
        borrower=borrower,
        fund=FundKind.SP_GS_EXTENSION,
        first_due_month=month_of(2024, 1),
        months_paid=0,
    )
    for each in (story, other):
        each.prepare()
    letters_night(date(2023, 9, 19))
    assert not Letter.objects.exists()
    story.approve()
    letters_night(NIGHT)
    assert [letter.facts["fund_code"] for letter in Letter.objects.all()] == ["SA"]
    other.approve(at=datetime(2023, 9, 21, 10, 0, tzinfo=TOKYO))
    letters_night(next_day)
    first, second = Letter.objects.order_by("pk")
    assert (second.facts["fund_code"], second.facts["exempted_amount"]) == ("SB", 600_000)
    assert first.facts["exempted"]["amount"] == 540_000
    assert [letter.facts["decided_on"] for letter in (first, second)] == [NIGHT.isoformat(), next_day.isoformat()]


def test_a_decision_notified_before_our_time_calls_for_no_letter(story: Story, settings: Any) -> None:
    story.prepare()
    story.approve()
    decision = Decision.objects.get()
    taken_over = Decision(**{f.attname: getattr(decision, f.attname) for f in Decision._meta.concrete_fields})
    taken_over.notified_elsewhere_on = NIGHT

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table exemptions_decision disable trigger tsunagi_refuse_row")
        taken_over.save()
        cursor.execute("alter table exemptions_decision enable trigger tsunagi_refuse_row")

    assert [o for source in SOURCES for o in undrafted(source, NIGHT)] == []


@pytest.mark.parametrize("occasion", ["decision:999999", "decision:x", "nonsense", "decision:１２"])
def test_an_occasion_that_is_none_drafts_nothing(story: Story, occasion: str) -> None:
    assert all(source.draft(occasion) is None for source in SOURCES)


def test_why_a_proposal_was_made_stays_in_the_file_too(story: Story) -> None:
    taxed_story = a_story(form=a_form(borrower_tax=taxed(), situation=HouseholdSituation.BORROWER_IS_HEAD))
    lives_at(taxed_story.loan.borrower)
    taxed_story.prepare(reason="課税のため")
    taxed_story.refuse(reason=REASON)

    letters_night(NIGHT)

    text = text_of(Letter.objects.get(addressee=taxed_story.loan.borrower))
    assert REASON not in text and "課税のため" not in text
