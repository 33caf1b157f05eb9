"""One application as its page shows it to one reader: what was told, what the rules say, what is open, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.roles import permissions_of
from accounts.selectors import deputised_supervisor
from japan.eras import era_date
from loans.enums import LendingState
from loans.intake.wording import told_rows
from loans.lending.deficiencies import Deficiency
from loans.lending.snapshot import CONDUCT_RULE
from loans.lending.workflow import DECIDE, DECIDING, EDGES, Move, moves_from
from loans.models import (
    OPEN_STATES,
    Guidance,
    LendingApplication,
    LendingAssessmentRow,
    LendingOverride,
    LendingStateChange,
    LendingTask,
    Loan,
)
from loans.services.assessing import Look, look_at
from people.bank_accounts import account_on
from people.enums import AccountUse
from rulebook.findings import Finding
from rulebook.rules import Check

if TYPE_CHECKING:
    from accounts.models import User

State = LendingState


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding in the words of the page; ``exception`` says that a second person agreed to one."""

    finding: str
    code: str
    wording: str
    value: str
    because: str
    source: str
    origin: str
    would_change: str
    may_have_exception: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """One station in the life of an application: ``state`` is done, current, todo or stop."""

    label: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """An exception that was asked for, and whether this reader may answer."""

    row: LendingOverride
    may_answer: bool


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """Everything about one application for one reader."""

    told: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    look: Look | None
    against: tuple[FindingLine, ...]
    open: tuple[FindingLine, ...]
    met: tuple[FindingLine, ...]
    deficiencies: tuple[Deficiency, ...]
    sent_back: tuple[str, ...]
    history: tuple[LendingStateChange, ...]
    assessments: tuple[LendingAssessmentRow, ...]
    tasks: tuple[LendingTask, ...]
    overrides: tuple[OverrideLine, ...]
    guidance: tuple[Guidance, ...]
    other_loans: tuple[Loan, ...]
    stations: tuple[Station, ...]
    moves: frozenset[Move]
    works: bool
    may_answer_questions: bool
    has_account: bool

    @property
    def may_edit(self) -> bool:
        """Whether this reader can type over what was told."""
        return bool(self.moves & {Move.RECEIVE, Move.CORRECT, Move.ANSWER_DEFICIENCIES})

    @property
    def edit_label(self) -> str:
        """The words of that button, by what saving would be."""
        if Move.ANSWER_DEFICIENCIES in self.moves:
            return "不備への回答を入力する"
        return "聞き取りを続ける" if Move.RECEIVE in self.moves else "入力を訂正する"

    @property
    def open_tasks(self) -> list[LendingTask]:
        return [task for task in self.tasks if task.done_at is None]

    @property
    def is_open(self) -> bool:
        """Whether the rules are asked anew."""
        return self.look is not None


def application_page(application: LendingApplication, *, reader: User, on: date) -> ApplicationPage:
    """Everything about one application for one reader; a constant number of queries."""
    look = look_at(application, as_of=on) if application.state in OPEN_STATES else None
    history = list(application.changes.select_related("by_user").order_by("pk"))
    held = permissions_of(reader.roles)
    deputy = bool(DECIDE & held) or deputised_supervisor(reader, on) is not None
    moves = frozenset(
        move
        for move in moves_from(application.state)
        if held & EDGES[move].permissions or (move in DECIDING and deputy)
    )
    overrides = application.overrides.select_related("asked_by", "agreed_by", "declined_by").order_by("pk")
    lines = {kind: tuple(finding_lines(application, look, kind)) for kind in Finding}
    return ApplicationPage(
        told=told_rows(application),
        look=look,
        against=lines[Finding.NOT_MET],
        open=lines[Finding.UNKNOWN],
        met=lines[Finding.MET],
        deficiencies=look.deficiencies if look else (),
        sent_back=tuple(last_sent_back(history)) if application.state == State.INCOMPLETE else (),
        history=tuple(history),
        assessments=tuple(application.assessments.order_by("-pk")),
        tasks=tuple(application.tasks.select_related("opened_by", "done_by").order_by("-done_at", "due_on", "pk")),
        overrides=tuple(OverrideLine(row, may_answer(row, reader)) for row in overrides),
        guidance=tuple(application.guidance.select_related("by_user").order_by("pk")),
        other_loans=tuple(
            loan
            for loan in Loan.objects.filter(borrower=application.applicant_id).order_by("applied_on", "pk")
            if loan.pk != application.loan_id
        ),
        stations=tuple(stations(application, history)),
        moves=moves,
        has_account=account_on(application.applicant_id, AccountUse.TRANSFER, on) is not None,
        may_answer_questions=bool(held & (EDGES[Move.SAVE_DRAFT].permissions | EDGES[Move.PREPARE].permissions)),
        works=bool(held & (EDGES[Move.SAVE_DRAFT].permissions | EDGES[Move.PREPARE].permissions | DECIDE)),
    )


def may_answer(row: LendingOverride, reader: User) -> bool:
    """Whether somebody may agree to an exception or decline it: not who asked, and the right role."""
    if row.agreed_at is not None or row.declined_at is not None or row.asked_by_id == reader.pk:
        return False
    needed = DECIDE if row.rule == CONDUCT_RULE else DECIDE | EDGES[Move.PREPARE].permissions
    return bool(needed & reader.permissions)


def finding_lines(application: LendingApplication, look: Look | None, finding: Finding) -> list[FindingLine]:
    """The findings of one kind: today's while the application is open, afterwards those it was last looked at with."""
    if look is not None:
        return [line_of(check, look) for check in look.findings.checks if check.finding is finding]
    kept = application.assessment.checks if application.assessment is not None else []
    return [stored_line(check) for check in kept if check["finding"] == finding.value]


def line_of(check: Check, look: Look) -> FindingLine:
    """A finding of today in the words of the page."""
    return FindingLine(
        finding=check.finding.value.replace("_", "-"),
        code=check.rule.code,
        wording=check.rule.wording_ja,
        value=check.value,
        because=check.because + ("　例外が認められています。" if check.rule.code in look.agreed else ""),
        source=str(check.rule.source),
        origin=check.origin,
        would_change=check.would_change,
        may_have_exception=check.rule.code in look.overridable and check.rule.code not in look.agreed,
    )


def stored_line(check: dict[str, Any]) -> FindingLine:
    """A stored finding in the words of the page."""
    return FindingLine(
        finding=check["finding"].replace("_", "-"),
        code=check["rule"],
        wording=check["wording"],
        value=check["value"],
        because=check["because"],
        source=check["source"],
        origin=check["origin"],
        would_change=check["would_change"],
    )


def last_sent_back(history: Sequence[LendingStateChange]) -> list[str]:
    """The sentences of the newest step that sent something back."""
    newest = next((change for change in reversed(history) if change.deficiencies), None)
    return [item["text"] for item in newest.deficiencies] if newest else []


def stations(application: LendingApplication, history: Sequence[LendingStateChange]) -> list[Station]:
    """Where an application stands between the desk and the decision."""
    if application.history:
        return [Station("過去の申込みの登録", "done", era_date(application.applied_on))]
    now = State(application.state)
    reached = {change.to_state: change for change in history}

    def told(state: LendingState) -> str:
        change = reached.get(state)
        return f"{era_date(change.at.date())} {change.by_user.name}" if change else ""

    order = [State.DRAFT, State.RECEIVED, State.UNDER_REVIEW]
    place = {state: number for number, state in enumerate(order)}.get(now, len(order))
    place = 1 if now == State.INCOMPLETE else place
    labels = [
        ("聞き取り・受付", State.RECEIVED),
        ("点検・起案", State.UNDER_REVIEW),
        ("決裁", now),
    ]
    found = [
        Station(label, "done" if number < place else "current" if number == place else "todo",
                told(state) if number < place else "")
        for number, (label, state) in enumerate(labels)
    ]  # fmt: skip
    if now == State.INCOMPLETE:
        found[1] = Station("不備を返送中", "stop", told(State.INCOMPLETE))
    if now == State.WITHDRAWN:
        found = [found[0], Station("取下げ", "stop", told(State.WITHDRAWN))]
    if now == State.REFUSED:
        found[2] = Station("不承認", "stop", told(State.REFUSED))
    return found


def applications_of(person_id: int) -> list[LendingApplication]:
    """The applications of a person, the newest first: for the panel of the borrower page."""
    rows = LendingApplication.objects.filter(applicant=person_id).select_related("office", "loan", "assessment")
    return list(rows.order_by("-applied_on", "-pk"))
