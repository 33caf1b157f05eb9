"""From a due occasion to a posted letter: written once, numbered without gaps, held with a reason, signed off by two."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime

import pikepdf
import pytest
from django.db import IntegrityError, transaction

from accounts.enums import OfficeKind, Role
from accounts.models import Office, OfficeLetterhead, User
from audit.actors import Actor
from jobs.kinds import night_steps
from jobs.models import Run
from jobs.nightly import StepReport, run_step
from notices import files, selectors, sources
from notices.enums import HoldCause, LetterState, PrintRunState
from notices.issuing import Held, preview
from notices.models import DocumentCounter, Letter, PrintRun
from notices.services import LetterRefused, mark_posted, mark_printed, release_letter, void_run
from notices.sources import Draft, LetterSource, Occasion
from people.models import Person
from tests.notices.sample_letters import DESKS
from tests.people.builders import a_member_of_staff, a_person, an_office, is_protected, lives_at

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
NO_GLYPH = "外字\ue123"

pytestmark = pytest.mark.django_db


class Refusals:
    """A source of refusal letters to these persons, in place of what the apps declare."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self.source = LetterSource(
            "exemption_refused", "不承認の通知", due=self.due, draft=self.draft, describe=self.describe
        )

    def due(self, day: date) -> Iterable[str]:
        return [f"test:{person.pk}" for person in self.people]

    def describe(self, occasions: Collection[str]) -> dict[str, Occasion]:
        people = Person.objects.in_bulk([int(occasion.partition(":")[2]) for occasion in occasions])
        return {f"test:{pk}": Occasion(pk, person.name, f"貸付 {pk}") for pk, person in people.items()}

    def draft(self, occasion: str) -> Draft | None:
        person = Person.objects.get(pk=int(occasion.partition(":")[2]))
        content = {
            "fund_name": "緊急小口資金（特例）",
            "fund_code": "KA",
            "loan_code": f"01{person.pk:05d}",
            "principal": 200_000,
            "application_received_on": date(2026, 10, 1),
            "decided_on": DAY,
        }
        office = Office.objects.get(kind=OfficeKind.PREFECTURAL)
        return Draft(addressee_id=person.pk, office_id=office.pk, content=content)


@pytest.fixture
def refusals(today: date, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusals]:
    a_letterhead()
    source = Refusals()
    for module in (sources, selectors):
        monkeypatch.setattr(module, "all_sources", lambda: {"exemption_refused": source.source})
    for name in ("notices.night.all_sources", "notices.views.all_sources"):
        monkeypatch.setattr(name, lambda: {"exemption_refused": source.source})
    yield source


def a_letterhead() -> OfficeLetterhead:
    return OfficeLetterhead.objects.create(
        office=an_office(OfficeKind.PREFECTURAL),
        valid_from=date(2020, 4, 1),
        letter_name="社会福祉法人 青海県社会福祉協議会",
        chairperson="会長　三崎 静江",
        number_prefix="青海社協発",
        postal_code="999-0001",
        address="青海県青海市中央1丁目2番3号",
        phone="000-555-0100",
        hours="平日 9時から17時まで",
        envelope_profile="naga3-example",
        desks=[{"name": d.name, "contact": d.contact, "hours": d.hours} for d in DESKS[:2]],
    )


def somebody(name: str = "架空 花子") -> Person:
    person = a_person(name)
    lives_at(person)
    return person


def letters_night(day: date = DAY) -> dict[str, StepReport]:
    steps = [step for step in night_steps() if step.kind.code.startswith("notices.")]
    return {step.kind.code: run_step(step, business_date=day) for step in steps}


def clerk() -> User:
    return a_member_of_staff(Role.PREFECTURAL_CLERK)


def test_a_night_writes_numbers_renders_and_binds_each_letter(refusals: Refusals) -> None:
    refusals.people = [somebody(), somebody("渡邉\U000e0102 髙𠮷"), somebody("山﨑 次郎")]

    reports = letters_night()

    assert {code: (r.selected, r.done, r.failed) for code, r in reports.items()} == {
        "notices.draft": (3, 3, 0), "notices.issue": (3, 3, 0), "notices.print": (1, 1, 0),
    }  # fmt: skip
    run = PrintRun.objects.get()
    letters = list(Letter.objects.order_by("number"))
    assert [letter.number for letter in letters] == [1, 2, 3]
    assert {letter.state for letter in letters} == {LetterState.IN_RUN}
    assert letters[0].facts["document_number"] == "青海社協発第1号"
    assert (run.state, run.letters_count) == (PrintRunState.READY, 3)
    content = files.kept(run.file_name, run.sha256)
    assert hashlib.sha256(content).hexdigest() == run.sha256
    with pikepdf.open(io.BytesIO(content)) as bound:
        assert len(bound.pages) == run.pages == 1 + sum(letter.pages or 0 for letter in letters)


def test_a_second_night_writes_nothing_twice(refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    before = Letter.objects.values_list("pk", "number", "sha256").get()

    again = letters_night()
    letters_night(date(2026, 11, 21))

    assert [(r.selected, r.done) for r in again.values()] == [(0, 0), (0, 0), (0, 0)]
    assert Letter.objects.values_list("pk", "number", "sha256").get() == before
    assert PrintRun.objects.count() == 1


def test_the_database_refuses_a_second_letter_for_the_same_occasion(refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    letter = Letter.objects.get()
    letter.pk = None
    letter.number = 99
    with pytest.raises(IntegrityError), transaction.atomic():
        letter.save(force_insert=True)


def test_what_cannot_be_printed_is_held_with_its_reason_and_takes_no_number(refusals: Refusals) -> None:
    hidden, dead, homeless, strange = somebody(), somebody(), a_person("架空 住所無"), somebody(NO_GLYPH)
    is_protected(hidden)
    Person.objects.filter(pk=dead.pk).update(died_on=date(2025, 1, 1))
    refusals.people = [hidden, dead, homeless, strange, somebody("架空 無事")]

    letters_night()

    causes = dict(Letter.objects.filter(state=LetterState.HELD).values_list("addressee", "hold_cause"))
    assert causes == {
        hidden.pk: HoldCause.PROTECTED, dead.pk: HoldCause.BLOCKED, homeless.pk: HoldCause.NO_ADDRESS,
        strange.pk: HoldCause.GLYPH,
    }  # fmt: skip
    assert "U+E123" in Letter.objects.get(addressee=strange).hold_detail
    assert Letter.objects.get(state=LetterState.IN_RUN).number == 1
    assert DocumentCounter.objects.get().last_number == 1


def test_a_held_letter_goes_out_once_its_cause_is_gone(refusals: Refusals) -> None:
    person = a_person("架空 転居")
    refusals.people = [person]
    letters_night()
    letter = Letter.objects.get()
    lives_at(person)
    user = clerk()

    release_letter(letter_id=letter.pk, user=user, by=Actor.person(user), at=NOW)
    letters_night()

    letter.refresh_from_db()
    assert (letter.state, letter.number, letter.hold_cause) == (LetterState.IN_RUN, 1, "")


def test_the_next_night_looks_at_held_letters_again_by_itself(refusals: Refusals) -> None:
    person = a_person("架空 転居")
    refusals.people = [person]
    letters_night()
    lives_at(person)

    letters_night(date(2026, 11, 21))

    assert Letter.objects.get().state == LetterState.IN_RUN


def test_who_printed_cannot_sign_off_the_posting(refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    run, printer, colleague = PrintRun.objects.get(), clerk(), clerk()

    with pytest.raises(LetterRefused, match="先に"):
        mark_posted(run_id=run.pk, user=printer, by=Actor.person(printer), at=NOW)
    mark_printed(run_id=run.pk, user=printer, by=Actor.person(printer), at=NOW)
    with pytest.raises(LetterRefused, match="印刷した人"):
        mark_posted(run_id=run.pk, user=printer, by=Actor.person(printer), at=NOW)
    mark_posted(run_id=run.pk, user=colleague, by=Actor.person(colleague), at=NOW)

    run.refresh_from_db()
    assert (run.state, Letter.objects.get().state) == (PrintRunState.POSTED, LetterState.POSTED)


def test_the_database_too_refuses_one_person_for_both(refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    user = clerk()
    with pytest.raises(IntegrityError), transaction.atomic():
        PrintRun.objects.update(
            state=PrintRunState.POSTED, printed_by=user, printed_at=NOW, posted_by=user, posted_at=NOW
        )


def test_somebody_protected_after_the_run_was_made_stops_it_and_is_left_out_of_the_next(refusals: Refusals) -> None:
    endangered, other = somebody("架空 避難"), somebody("架空 無事")
    refusals.people = [endangered, other]
    letters_night()
    run, user = PrintRun.objects.get(), clerk()
    is_protected(endangered)

    with pytest.raises(LetterRefused, match="支援措置"):
        mark_printed(run_id=run.pk, user=user, by=Actor.person(user), at=NOW)
    void_run(run_id=run.pk, user=user, by=Actor.person(user), at=NOW)
    letters_night()

    assert Letter.objects.get(addressee=endangered).hold_cause == HoldCause.PROTECTED
    again = Letter.objects.get(addressee=other)
    assert (again.state, again.run.sequence if again.run else 0) == (LetterState.IN_RUN, 2)
    assert set(Letter.objects.values_list("number", flat=True)) == {1, 2}


def test_a_preview_writes_nothing(refusals: Refusals) -> None:
    person = somebody()
    tables = (Letter, DocumentCounter, PrintRun, Run)
    before = [table.objects.count() for table in tables]

    shown = preview(refusals.source, f"test:{person.pk}", on=DAY)

    assert shown is not None and not isinstance(shown, Held)
    assert shown.pdf.startswith(b"%PDF")
    assert [table.objects.count() for table in tables] == before


def test_a_preview_says_why_a_letter_would_be_held(refusals: Refusals) -> None:
    held = preview(refusals.source, f"test:{somebody(NO_GLYPH).pk}", on=DAY)

    assert isinstance(held, Held)
    assert held.cause == HoldCause.GLYPH


def test_a_kept_file_that_was_changed_is_not_shown(refusals: Refusals) -> None:
    refusals.people = [somebody()]
    letters_night()
    letter = Letter.objects.get()
    files.keep(letter.file_name, b"%PDF something else")

    with pytest.raises(files.KeptFileChanged):
        files.kept(letter.file_name, letter.sha256)


def test_letters_without_a_letterhead_wait_for_one(refusals: Refusals) -> None:
    OfficeLetterhead.objects.all().delete()
    refusals.people = [somebody()]

    letters_night()

    assert Letter.objects.get().hold_cause == HoldCause.LETTERHEAD
