"""Questions about exemption applications that pages ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import OfficeLetterhead, User
from accounts.roles import Permission, permissions_of
from exemptions.decided import Decided, decided_before
from exemptions.deficiencies import Deficiency
from exemptions.enums import FORM_1_1_GROUNDS, ApplicationState, Ground, PaperSlot
from exemptions.evidence import deficiencies_of
from exemptions.form_rows import form_rows
from exemptions.models import OPEN_STATES, PREPARED_STATES, Application, Assessment, Decision, StateChange
from exemptions.review import PaperLine, collection_rests, paper_lines
from exemptions.snapshot import facts_from_json
from exemptions.trace.completing import Decisive, decisive
from exemptions.trace.inputs import input_words
from exemptions.trace.lines import FindingLine, stored_line
from exemptions.trace.questions import Question
from exemptions.workflow import EDGES, Move, moves_from
from japan.eras import era_date
from notices.models import Letter
from rulebook.selectors import settings_on
from rulebook.setting_keys import BY_KEY
from rulebook.settings import Settings

State = ApplicationState
SHOWN_SETTINGS = {key for key, setting in BY_KEY.items() if setting.group_ja == "免除"} - {"consent_texts"}
"""The settings that bear on a finding or an amount; the wording of the consents does not."""


@dataclass(frozen=True, slots=True)
class Station:
    """One station in the life of an application, for the line of steps: ``state`` is done, current, todo or stop."""

    label: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SentBack:
    """One deficiency as it was sent back: on which paper, and the sentence."""

    paper: str
    text: str


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One stored assessment in the list, with the name of who had it made."""

    row: Assessment
    made_by: str


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One application as its page shows it to one reader."""

    form: tuple[tuple[str, str], ...]
    papers: tuple[PaperLine, ...]
    deficiencies: tuple[Deficiency, ...]
    sent_back: tuple[SentBack, ...]
    history: tuple[StateChange, ...]
    assessments: tuple[AssessmentLine, ...]
    trace: StoredTrace | None
    decision: Decision | None
    before: tuple[Decided, ...]
    letter: Letter | None
    stations: tuple[Station, ...]
    letterhead: OfficeLetterhead | None
    moves: frozenset[Move]
    may_review: bool
    sees_internal_reason: bool
    on_hold: bool

    @property
    def may_edit(self) -> bool:
        """Whether this reader can type over the form."""
        return bool(self.moves & {Move.RECEIVE, Move.CORRECT, Move.ANSWER_DEFICIENCIES})

    @property
    def edit_label(self) -> str:
        """The words of that button, by what saving would be."""
        if Move.ANSWER_DEFICIENCIES in self.moves:
            return "不備への回答を入力する"
        return "入力を続ける" if Move.RECEIVE in self.moves else "入力を訂正する"


def application_page(application: Application, *, user: User, on: date) -> ApplicationPage:
    """Everything about one application for one reader; a constant number of queries."""
    history = list(application.changes.select_related("by_user").order_by("pk"))
    decision = (
        Decision.objects.filter(application=application)
        .select_related("decided_by", "decided_for", "assessment", "entry")
        .first()
    )
    is_open = application.state in OPEN_STATES
    held = permissions_of(user.roles)
    moves = frozenset(move for move in moves_from(application.state) if held & EDGES[move].permissions)
    return ApplicationPage(
        form=tuple(form_rows(application)),
        papers=tuple(paper_lines(application)),
        deficiencies=deficiencies_of(application, settings=settings_on(on), today=on) if is_open else (),
        sent_back=tuple(last_sent_back(history)) if application.state == State.INCOMPLETE else (),
        history=tuple(history),
        assessments=tuple(assessment_lines(application)),
        trace=stored_trace(application.assessment) if application.assessment is not None else None,
        decision=decision,
        before=tuple(decided_before(application.loan_id)),
        letter=letter_of(decision),
        stations=tuple(stations(application, history)),
        letterhead=application.office.letterheads.filter(valid_from__lte=on).order_by("-valid_from").first(),
        moves=moves,
        may_review=application.state in (State.RECEIVED, *PREPARED_STATES)
        and (user.can(Permission.REVIEW_EXEMPTIONS) or user.can(Permission.DECIDE_EXEMPTIONS)),
        sees_internal_reason=user.can(Permission.SEE_ALL_OFFICES),
        on_hold=collection_rests(application),
    )


def assessment_lines(application: Application) -> list[AssessmentLine]:
    """Every assessment ever stored, the newest first; two queries."""
    rows = list(application.assessments.order_by("-pk"))
    names = dict(User.objects.filter(username__in={row.made_by for row in rows}).values_list("username", "name"))
    return [AssessmentLine(row, names.get(row.made_by, row.made_by)) for row in rows]


@dataclass(frozen=True, slots=True)
class StoredGround:
    """The stored checks of one ground, as they were found."""

    label: str
    lines: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """An assessment as it was stored: findings with the wording and source of their day, origins, settings."""

    row: Assessment
    trace: StoredTrace
    origins: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    decided: bool


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """The findings of a stored assessment by ground, and the inputs each of which alone would have turned its answer.

    ``decisive`` is None where the rules of today no longer come to the stored answer: nothing is said about it then.
    """

    row: Assessment
    grounds: tuple[StoredGround, ...]
    decisive: tuple[Decisive, ...] | None


def stored_assessment(assessment: Assessment) -> StoredAssessment:
    """Read an assessment back as it was, without asking today's rules."""
    origins = assessment.facts["origins"]
    used = [(BY_KEY[key], value) for key, value in assessment.settings_used.items() if key in SHOWN_SETTINGS]
    return StoredAssessment(
        row=assessment,
        trace=stored_trace(assessment),
        origins=tuple((input_words(name), text) for name, text in origins.items() if not name.startswith("setting:")),
        settings=tuple((key.label_ja, key.text_ja(key.read(value))) for key, value in used),
        decided=Decision.objects.filter(assessment=assessment).exists(),
    )


def stored_trace(assessment: Assessment) -> StoredTrace:
    """The trace of an assessment as it was stored; no query."""
    grounds: dict[str, list[FindingLine]] = {}
    origins = assessment.facts["origins"]
    for check in assessment.checks:
        label = str(Ground(check["subject"]).label) if check["subject"] else "申請書の記入"
        grounds.setdefault(label, []).append(stored_line(check, origins, assessment.settings_used))
    return StoredTrace(
        row=assessment,
        grounds=tuple(StoredGround(label, tuple(lines)) for label, lines in grounds.items()),
        decisive=would_have_turned(assessment),
    )


def would_have_turned(assessment: Assessment) -> tuple[Decisive, ...] | None:
    """What alone would have turned a stored answer; None where the rules of today no longer come to that answer."""
    question = Question(
        facts_from_json(assessment.facts),
        Settings.defaults().with_values(assessment.settings_used),
        assessment.as_of,
        FORM_1_1_GROUNDS,
    )
    answer = question.answered()
    same = (answer.result.value, answer.ground.value if answer.ground else "", answer.amount, answer.remaining)
    if same != (assessment.result, assessment.ground, assessment.amount, assessment.remaining):
        return None
    return tuple(decisive(question, answer.checks))


def letter_of(decision: Decision | None) -> Letter | None:
    """The letter that tells of a decision, once the night has drafted it."""
    return Letter.objects.filter(occasion=f"decision:{decision.pk}").first() if decision is not None else None


def last_sent_back(history: Sequence[StateChange]) -> list[SentBack]:
    """The deficiencies of the newest step that sent the papers back."""
    for change in reversed(history):
        if change.deficiencies:
            return [_sent_back(item) for item in change.deficiencies]
    return []


def _sent_back(item: dict[str, Any]) -> SentBack:
    paper = str(PaperSlot(item["paper"]).label) if item["paper"] else "その他"
    return SentBack(paper, item["text"])


def stations(application: Application, history: Sequence[StateChange]) -> list[Station]:
    """Where an application stands between the desk and the decision."""
    reached = {change.to_state: change for change in history}

    def station(label: str, state: ApplicationState, *, current: bool, done: bool) -> Station:
        change = reached.get(state)
        detail = f"{era_date(change.at.date())} {change.who}" if change and (current or done) else ""
        return Station(label, "current" if current else "done" if done else "todo", detail)

    now = State(application.state)
    order = [State.DRAFT, State.RECEIVED, State.UNDER_REVIEW]
    place = {state: number for number, state in enumerate(order)}.get(now, len(order))
    if now == State.INCOMPLETE:
        place = 1
    found = [
        station("受付", State.RECEIVED, current=now == State.DRAFT, done=place >= 1 and now != State.DRAFT),
        station("点検・起案", State.UNDER_REVIEW, current=now == State.RECEIVED, done=place >= 2),
        station("決裁", now, current=now == State.UNDER_REVIEW, done=now in (State.APPROVED, State.REFUSED)),
    ]
    if now == State.WAITING_FOR_START:
        day = era_date(application.waits_until) if application.waits_until else ""
        found = [
            found[0],
            station("点検・起案", now, current=False, done=True),
            Station("償還開始待ち", "current", day),
        ]
    if now == State.INCOMPLETE:
        change = reached.get(State.INCOMPLETE)
        found[1] = Station("不備を返送中", "stop", era_date(change.at.date()) if change else "")
    if now == State.WITHDRAWN:
        found = [found[0], Station("取下げ", "stop")]
    if now == State.REVOKED:
        change = reached.get(State.REVOKED)
        found[2] = station("決裁", State.APPROVED, current=False, done=True)
        found.append(Station("免除の取消", "stop", era_date(change.at.date()) if change else ""))
    return found
