"""Everything the review page shows about one application: the papers left, the findings right, what a decision would do.

Reads only, in a constant number of queries. What may be pressed is worked out here for the page; the services decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from accounts.selectors import deputised_supervisor
from exemptions.deficiencies import Deficiency
from exemptions.enums import (
    ApplicationState,
    Flag,
    Ground,
    PaperSlot,
    Result,
)
from exemptions.evidence import HeldCertificate, certificates_on_file, deficiencies_of
from exemptions.filters import WAITING
from exemptions.form_rows import form_rows
from exemptions.models import Application, ApplicationPaper, LaidAside, StateChange
from exemptions.portions import Change, change
from exemptions.queue import aside_of, assignee
from exemptions.refusals import MoveRefused
from exemptions.scans import SlotScans, scans_beside
from exemptions.services.assessing import Look, look_at
from exemptions.services.moves import check_not_held_by_another, check_second_person
from exemptions.trace.lines import FindingLine, finding_line
from exemptions.wording import (
    consequences_of_approval,
    consequences_of_refusal,
    consequences_of_waiting,
    how_it_stands,
    not_eligible_sentence,
)
from exemptions.workflow import Move
from japan.eras import era_month
from japan.yen import yen
from people.models import Protection, in_force
from people.papers import SAYING, what_it_says
from repayment.enums import HoldReason
from repayment.figures import Shares, figures
from repayment.models import CollectionHold
from repayment.position import InstalmentLine
from rulebook.findings import Finding
from rulebook.rules import Check


@dataclass(frozen=True, slots=True)
class GroundFindings:
    """One ground with its checks; ``asked``: the form asks for it. ``chosen`` is the one the result rests on, the others of
    the form stand back then.
    """

    label: str
    finding: str
    amount: int
    chosen: bool
    is_background: bool
    lines: tuple[FindingLine, ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper of the application: what it is, what was transcribed from it, when it was issued and received."""

    slot: str
    says: str
    issued_on: date | None
    received_on: date
    replaced_on: date | None


@dataclass(frozen=True, slots=True)
class MonthsLine:
    """Instalments that stay, of one amount in a row: 「令和5年9月分から12月分まで」, yen each, how many."""

    period: str
    each: int
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Abilities:
    """What this person may do now. ``blocked`` says why the buttons of a decision are not there."""

    may_claim: bool
    may_prepare: bool
    may_wait: bool
    may_return: bool
    may_decide: bool
    may_approve: bool
    may_send_back: bool
    prepare_needs_reason: bool
    blocked: str
    not_approvable: str
    supervisor: User | None


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """One application as a reviewer sees it at a moment."""

    application: Application
    look: Look
    change: Change
    deficiencies: tuple[Deficiency, ...]
    flags: tuple[Flag, ...]
    protected: bool
    form: tuple[tuple[str, str], ...]
    papers: tuple[PaperLine, ...]
    scans: tuple[SlotScans, ...]
    certificates: tuple[HeldCertificate, ...]
    others: tuple[Application, ...]
    grounds: tuple[GroundFindings, ...]
    other_grounds: tuple[GroundFindings, ...]
    before: Shares
    after: Shares
    staying: tuple[MonthsLine, ...]
    if_approved: tuple[str, ...]
    if_refused: tuple[str, ...]
    history: tuple[StateChange, ...]
    abilities: Abilities
    holder: User | None
    on_hold: bool
    aside: LaidAside | None
    assigned: str
    passed_on: str

    @property
    def if_waiting(self) -> list[str]:
        """What letting it wait for repayment to begin does (EX-35)."""
        day = self.look.findings.waits_until
        return consequences_of_waiting(day) if day is not None else []

    @property
    def approval_in_short(self) -> str:
        """What goes, what stays, and when the letter is written: the line above the buttons."""
        return "".join(self.if_approved[:2] + self.if_approved[-1:]) if self.if_approved else ""

    @property
    def result_sentence(self) -> str:
        """The result in words, for the head of the findings: what the form's own grounds come to."""
        findings = self.look.findings
        if findings.result == Result.ELIGIBLE and findings.ground is not None:
            return f"{findings.ground.label}により、{yen(findings.amount)}を免除できます。"
        failed = [
            f"{outcome.ground.label}は満たしません。"
            for outcome in findings.grounds
            if outcome.ground in self.look.asked and outcome.finding is Finding.NOT_MET
        ]
        return "".join(failed) + not_eligible_sentence(findings)


def review_case(application: Application, *, user: User, at: datetime) -> ReviewCase:
    """Look at an application as this person would review it at a moment."""
    day = timezone.localtime(at).date()
    look = look_at(application, as_of=day)
    findings = look.findings
    deficiencies = deficiencies_of(application, settings=look.settings, today=day)
    changed = change(
        look.facts,
        settings=look.settings,
        as_of=day,
        amount=findings.amount if findings.result == Result.ELIGIBLE else 0,
        first_no=findings.first_no,
        last_no=findings.last_no,
    )
    on_hold = collection_rests(application)
    grounds = ground_findings(look)
    held = application.claimed_by if _is_held(application, at) else None
    return ReviewCase(
        application=application,
        look=look,
        change=changed,
        deficiencies=deficiencies,
        flags=tuple(look.flags),
        protected=Protection.objects.filter(in_force(day), person=application.loan.borrower_id).exists(),
        form=tuple(form_rows(application)),
        papers=tuple(paper_lines(application)),
        scans=tuple(scans_beside(application, user=user, at=at)),
        certificates=tuple(certificates_on_file(application.loan.borrower_id, application.head_id)),
        others=tuple(other_applications(application, user)),
        grounds=tuple(item for item in grounds if item.asked),
        other_grounds=tuple(item for item in grounds if not item.asked),
        before=figures(changed.before).shares,
        after=figures(changed.after).shares,
        staying=tuple(months_staying(changed.after.lines)),
        if_approved=tuple(consequences_of_approval(changed, on_hold=on_hold)),
        if_refused=tuple(consequences_of_refusal(changed, on_hold=on_hold)),
        history=tuple(application.changes.select_related("by_user").order_by("pk")),
        abilities=abilities(application, look, deficiencies, user=user, at=at),
        holder=held,
        on_hold=on_hold,
        aside=aside_of([application], on=day).get(application.pk),
        assigned=assignee(application),
        passed_on="" if application.state in WAITING else how_it_stands(application),
    )


def collection_rests(application: Application) -> bool:
    """Whether debits and dunning of the loan rest because of the application."""
    resting = CollectionHold.objects.filter(loan=application.loan_id, reason=HoldReason.EXEMPTION_PENDING)
    return resting.filter(until__isnull=True).exists()


# --- findings ---------------------------------------------------------------------------------------

_WORDS = {Finding.MET: "met", Finding.NOT_MET: "not-met", Finding.UNKNOWN: "unknown"}
_CONSENTS = "申請書の記入"


def ground_findings(look: Look) -> list[GroundFindings]:
    """Every ground with its checks: the one the result rests on first, the form's next, then the others."""
    findings = look.findings
    order = {ground: number for number, ground in enumerate(Ground)}

    def place(ground: Ground) -> tuple[bool, bool, int]:
        return ground != findings.ground, ground not in look.asked, order[ground]

    def line(check: Check) -> FindingLine:
        return finding_line(check, look.facts.origins, look.settings)

    found = [
        GroundFindings(
            label=str(outcome.ground.label),
            finding=_WORDS[outcome.finding],
            amount=outcome.amount if outcome.holds else 0,
            chosen=outcome.ground == findings.ground,
            is_background=findings.ground is not None and outcome.ground != findings.ground,
            lines=tuple(line(check) for check in outcome.checks),
            asked=outcome.ground in look.asked,
        )
        for outcome in sorted(findings.grounds, key=lambda outcome: place(outcome.ground))
    ]
    known = {id(check) for outcome in findings.grounds for check in outcome.checks}
    general = [check for check in findings.checks if id(check) not in known]
    if general:
        worst = next((check.finding for check in general if check.finding != Finding.MET), Finding.MET)
        lines = tuple(line(check) for check in general)
        found.insert(
            0, GroundFindings(_CONSENTS, _WORDS[worst], 0, chosen=False, is_background=False, lines=lines, asked=True)
        )
    return found


# --- papers and form --------------------------------------------------------------------------------


def paper_lines(application: Application) -> list[PaperLine]:
    """The papers in the order of the form's slots; a replaced one stays to be seen, after the one that counts."""
    rows: Sequence[ApplicationPaper] = list(application.papers.select_related(*(f"paper__{name}" for name in SAYING)))
    order = {slot.value: number for number, slot in enumerate(PaperSlot)}
    rows = sorted(rows, key=lambda row: (order[row.slot], row.replaced_on is not None, row.pk))
    return [
        PaperLine(
            slot=row.get_slot_display(),
            says=what_it_says(row.paper),
            issued_on=row.paper.issued_on,
            received_on=row.paper.received_on,
            replaced_on=row.replaced_on,
        )
        for row in rows
    ]


def other_applications(application: Application, user: User) -> list[Application]:
    """The borrower's other applications, the newest first: like cases should be decided alike."""
    return list(
        Application.objects.visible_to(user)
        .filter(loan__borrower=application.loan.borrower_id)
        .exclude(pk=application.pk)
        .select_related("loan", "assessment")
        .order_by("-received_on", "-pk")[:8]
    )


def months_staying(lines: Sequence[InstalmentLine]) -> list[MonthsLine]:
    """What stays to be repaid, by runs of months with the same amount."""
    found = []
    unpaid = [line for line in lines if line.unpaid]
    for _, run in groupby(enumerate(unpaid), key=lambda item: (item[1].unpaid, item[1].due_month - item[0])):
        months = [line for _, line in run]
        first, last = era_month(months[0].due_month), era_month(months[-1].due_month)
        found.append(
            MonthsLine(
                period=f"{first}分" if len(months) == 1 else f"{first}分から{last}分まで",
                each=months[0].unpaid,
                count=len(months),
                total=sum(line.unpaid for line in months),
            )
        )
    return found


# --- what may be done -------------------------------------------------------------------------------


def abilities(
    application: Application, look: Look, deficiencies: Sequence[Deficiency], *, user: User, at: datetime
) -> Abilities:
    """What this person may do with the application at a moment, and why not what they may not."""
    day = timezone.localtime(at).date()
    reviews = user.can(Permission.REVIEW_EXEMPTIONS)
    supervisor = None if user.can(Permission.DECIDE_EXEMPTIONS) else deputised_supervisor(user, day)
    decides = user.can(Permission.DECIDE_EXEMPTIONS) or supervisor is not None
    under_review = application.state == ApplicationState.UNDER_REVIEW
    received = application.state == ApplicationState.RECEIVED
    blocked = why_blocked(application, user, supervisor, at) if decides and under_review else ""
    free = not _is_held(application, at) or application.claimed_by_id == user.pk
    findings = look.findings
    not_approvable = ""
    if deficiencies:
        not_approvable = f"不備が{len(deficiencies)}件あります。不備として差し戻すか、不承認にしてください。"
    elif findings.result != Result.ELIGIBLE:
        not_approvable = not_eligible_sentence(findings)
    may_decide = decides and under_review and not blocked
    return Abilities(
        may_claim=(reviews or decides) and (received or under_review) and free,
        may_prepare=reviews and received and free and findings.result not in (Result.NOT_YET, Result.WAITING),
        may_wait=reviews and received and free and findings.result == Result.WAITING and not deficiencies,
        may_return=reviews
        and free
        and application.state in (ApplicationState.UNDER_REVIEW, ApplicationState.WAITING_FOR_START),
        may_decide=may_decide,
        may_approve=may_decide and not not_approvable,
        may_send_back=reviews and free and (received or under_review),
        prepare_needs_reason=bool(not_approvable),
        blocked=blocked,
        not_approvable=not_approvable,
        supervisor=supervisor,
    )


def why_blocked(application: Application, user: User, supervisor: User | None, at: datetime) -> str:
    """Why somebody who decides may not decide on this one: their own work, or in another's hands."""
    try:
        check_second_person(application, user, supervisor)
        check_not_held_by_another(application, user, at)
    except MoveRefused as refused:
        return str(refused)
    return ""


def _is_held(application: Application, at: datetime) -> bool:
    return (
        application.claimed_by_id is not None
        and application.claimed_until is not None
        and application.claimed_until > at
    )


def send_back_move(application: Application) -> Move:
    """Which step sending back is from the state the application is in."""
    return Move.SEND_BACK if application.state == ApplicationState.UNDER_REVIEW else Move.REPORT_DEFICIENCIES
