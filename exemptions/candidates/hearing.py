"""What was heard about some borrowers besides their money: papers, remarks in free text, mail that came back, holds.

A constant number of queries for any number of loans. Remarks are read by ``words.py``; who says nothing plainly says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import F, Q
from django.utils import timezone

from exemptions.candidates.known import Handbook, Learned, Told
from exemptions.candidates.words import SOUGHT, handbook_in, is_rehabilitation, says_assistance, says_event
from exemptions.enums import EventKind
from exemptions.reading import SHOWING
from exemptions.shown import settled
from japan.eras import era_date
from loans.models import LendingApplication, Loan
from people.enums import MailBlockReason, PaperKind
from people.models import MailBlock, Paper, in_force
from people.models import Person as PersonRow
from people.papers import SAYING, Assistance, Certified, Proof, says_of
from repayment.enums import AssistanceBegan, HoldReason
from repayment.models import AssistanceCheck, CollectionHold, DeferralApplication, DeferralInterview

PROCEEDINGS_TAKE = timedelta(days=180)
"""After half a year of proceedings somebody should ask whether a discharge is final. No source names a time."""
DEATH_PAPER, DISCHARGE_PAPER = "死亡を確認できる書類", "免責の確定が分かる書類"
ADJUDICATION, WHEREABOUTS = "失踪宣告の審判書と確定証明書", "所在の確認（住民票・訪問など）"
_WANTED = {
    EventKind.DEATH: DEATH_PAPER,
    EventKind.DISAPPEARANCE: ADJUDICATION,
    EventKind.BANKRUPTCY_DISCHARGE: DISCHARGE_PAPER,
    EventKind.CIVIL_REHABILITATION_DISCHARGE: DISCHARGE_PAPER,
}


@dataclass
class Heard:
    """What was heard, by person and by loan. ``checks`` is what somebody found out about a loan's assistance, and when."""

    told: dict[int, list[Told]] = field(default_factory=lambda: defaultdict(list))
    handbooks: dict[int, list[Handbook]] = field(default_factory=lambda: defaultdict(list))
    learned: dict[int, list[Learned]] = field(default_factory=lambda: defaultdict(list))
    of_loan: dict[int, list[Learned]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[int, tuple[str, date]] = field(default_factory=dict)
    disabled: set[int] = field(default_factory=set)

    def told_of(self, loan: Loan) -> tuple[Told, ...]:
        """What says that a loan's borrower receives public assistance, come in after it was applied for. Somebody who
        found out that it is not so closes what was known by then."""
        began, checked_on = self.checks.get(loan.pk, ("", date.min))
        found = [each for each in self.told[loan.borrower_id] if each.on is None or each.on > loan.applied_on]
        if began == AssistanceBegan.NEVER:
            return tuple(each for each in found if each.on is not None and each.on > checked_on)
        if began:
            words = f"生活保護の受給が確認されています（{era_date(checked_on)}）。"
            found.append(Told(f"check:{loan.pk}", words, checked_on))
        return tuple(found)

    def learned_of(self, loan: Loan) -> tuple[Learned, ...]:
        return (*self.learned[loan.borrower_id], *self.of_loan[loan.pk])


def hear(loans: Collection[Loan], *, household: Collection[int], on: date) -> Heard:
    """Everything heard about the borrowers of these loans up to a day; eight queries. ``household`` are those they live
    with, of whom only disability certificates matter."""
    people, keys = {loan.borrower_id for loan in loans}, [loan.pk for loan in loans]
    heard = Heard()
    papers = list(_papers(people, household, on))
    heard.disabled = {paper.person_id for paper in papers if paper.kind == PaperKind.DISABILITY_CERTIFICATE}
    own = [paper for paper in papers if paper.person_id in people]
    _read_papers(heard, own, on)
    _read_deaths(heard, own, people, on)
    for person, key, place, told_on, text in _remarks(people, own, on):
        _read_remark(heard, person, key, place, told_on, text)
    rows = LendingApplication.objects.filter(applicant__in=people, on_public_assistance=True, applied_on__lte=on)
    for pk, person, applied_on in rows.values_list("pk", "applicant_id", "applied_on"):
        words = f"借入申込み（{era_date(applied_on)}）で、生活保護を受給していると答えています。"
        heard.told[person].append(Told(f"lending:{pk}", words, applied_on))
    for loan_id, began, at in AssistanceCheck.objects.filter(loan__in=keys).values_list("loan_id", "began", "at"):
        heard.checks[loan_id] = (began, timezone.localtime(at).date())
    _read_holds(heard, keys, on)
    return heard


def _papers(people: Collection[int], household: Collection[int], on: date) -> Iterator[Paper]:
    wanted = Q(person__in=people) & (Q(kind__in=SHOWING) | Q(kind=PaperKind.DEATH_RECORD) | _sought("note"))
    theirs = Q(person__in=household, kind=PaperKind.DISABILITY_CERTIFICATE)
    found = Paper.objects.filter(wanted | theirs, received_on__lte=on).select_related(*SAYING)
    yield from found.order_by("received_on", "pk")


def _read_papers(heard: Heard, papers: list[Paper], on: date) -> None:
    for paper in papers:
        key, says, person = f"paper:{paper.pk}", says_of(paper), paper.person_id
        words = f"{paper.get_kind_display()}があります（{era_date(paper.received_on)}受領）。"
        if isinstance(says, Proof):
            event = settled(says)
            if event is not None and event.kind != EventKind.DEATH:
                heard.learned[person].append(Learned(key, words, paper.received_on, event.kind, ()))
        elif isinstance(says, Assistance):
            if says.until is None or says.until >= on:
                heard.told[person].append(Told(key, words, paper.received_on, True, says.since))
        elif paper.kind == PaperKind.PUBLIC_ASSISTANCE_NOTICE:
            heard.told[person].append(Told(key, words, paper.received_on, True))
        elif paper.kind == PaperKind.DISABILITY_CERTIFICATE:
            read = (says.kind, says.grade) if isinstance(says, Certified) else handbook_in(paper.note)
            heard.handbooks[person].append(Handbook(paper.pk, paper.received_on, paper.issued_on, read))


def _read_deaths(heard: Heard, papers: list[Paper], people: Collection[int], on: date) -> None:
    """One occasion for each person: the day recorded, else the paper, else letters that came back for it."""
    proved = {paper.person_id: paper for paper in papers if paper.kind == PaperKind.DEATH_RECORD}
    died = PersonRow.objects.filter(pk__in=people, died_on__lte=on).values_list("pk", "died_on")
    known = {person: (f"借受人は{era_date(day)}に亡くなっています。", day) for person, day in died if day}
    for person, paper in proved.items():
        words = f"死亡を確認できる書類があります（{era_date(paper.received_on)}受領）。"
        known.setdefault(person, (words, paper.received_on))
    blocks = MailBlock.objects.filter(in_force(on), person__in=people).order_by("since", "pk")
    for pk, person, reason, since in blocks.values_list("pk", "person_id", "reason", "since"):
        if reason == MailBlockReason.DECEASED:
            known.setdefault(person, (f"亡くなったとして送付を止めています（{era_date(since)}から）。", since))
        elif reason == MailBlockReason.RETURNED:
            words = f"通知が宛先不明で返ってきています（{era_date(since)}から）。"
            heard.learned[person].append(Learned(f"mail:{pk}", words, since, None, (WHEREABOUTS,)))
    for person, (words, day) in known.items():
        wants = () if person in proved else (DEATH_PAPER,)
        heard.learned[person].append(Learned("death", words, day, EventKind.DEATH, wants))


def _read_remark(heard: Heard, person: int, key: str, place: str, on: date | None, text: str) -> None:
    if says_assistance(text):
        words = f"{place}に、生活保護を受給しているとの記載があります。"
        heard.told[person].append(Told(key, words, on))
    if (event := says_event(text)) is not None:
        words = f"{place}に、{event.label}との記載があります。"
        heard.learned[person].append(Learned(f"{event.value[:20].lower()}:{key}", words, on, event, (_WANTED[event],)))


def _read_holds(heard: Heard, keys: list[int], on: date) -> None:
    """Proceedings that are said to have ended in a discharge, or that have lasted so long that somebody should ask."""
    holds = CollectionHold.objects.filter(in_force(on), loan__in=keys, reason=HoldReason.LEGAL)
    for pk, loan_id, since, note in holds.values_list("pk", "loan_id", "since", "note"):
        event = says_event(note)
        if event is None and since > on - PROCEEDINGS_TAKE:
            continue
        words = f"法的手続中として請求を止めています（{era_date(since)}から）。"
        if event is None:
            event = EventKind.BANKRUPTCY_DISCHARGE
            if is_rehabilitation(note):
                event = EventKind.CIVIL_REHABILITATION_DISCHARGE
            words += "半年を過ぎたため、免責が確定していないか確認してください。確定していれば、"
        else:
            words += f"{event.label}との記載があります。"
        heard.of_loan[loan_id].append(Learned(f"hold:{pk}", words, since, event, (_WANTED[event],)))


def _remarks(
    people: Collection[int], papers: list[Paper], on: date
) -> Iterator[tuple[int, str, str, date | None, str]]:
    """Person, key, place in words, day and text of every remark that contains one of the words sought; three queries."""
    for paper in papers:
        if paper.note and paper.kind not in SHOWING:
            place = f"{paper.get_kind_display()}の備考（{era_date(paper.received_on)}受領）"
            yield paper.person_id, f"paper:{paper.pk}", place, paper.received_on, paper.note
    for person, note in PersonRow.objects.filter(_sought("note"), pk__in=people).values_list("pk", "note"):
        yield person, f"person:{person}", "借受人の備考", None, note
    asked = DeferralApplication.objects.filter(_sought("situation"), borrower__in=people, received_on__lte=on)
    for pk, person, day, text in asked.values_list("pk", "borrower_id", "received_on", "situation"):
        yield person, f"deferral:{pk}", f"償還猶予の申請（{era_date(day)}受付）", day, text
    calls = DeferralInterview.objects.filter(_sought("situation"), application__borrower__in=people)
    for pk, person, at, text in calls.values_list("application_id", F("application__borrower_id"), "at", "situation"):
        day = timezone.localtime(at).date()
        yield person, f"deferral:{pk}", f"償還猶予の聞き取り（{era_date(day)}）", day, text


def _sought(name: str) -> Q:
    return reduce(or_, (Q(**{f"{name}__contains": word}) for word in SOUGHT))
