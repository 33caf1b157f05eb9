"""What the page of one application shows: papers, findings, before and after, what was heard, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from accounts.roles import Permission, permissions_of
from accounts.selectors import deputised_supervisor
from japan.eras import era_date, era_month
from japan.yen import yen
from people.enums import PaperKind
from repayment.deferring.assess import LoanFindings, Verdict
from repayment.deferring.enums import Hardship, Reachable
from repayment.deferring.evidence import named, papers_of
from repayment.deferring.gathering import Look, look_at
from repayment.deferring.selectors import Phase, phase_of, with_last_month
from repayment.deferring.services.moves import makers_of, missing_evidence
from repayment.deferring.workflow import DECIDE, EDGES, ENTER, Move, moves_from
from repayment.models import (
    Deferral,
    DeferralApplication,
    DeferralDecision,
    DeferralInterview,
    DeferralPaper,
    DeferralRequest,
    DeferralStateChange,
)
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.selectors import settings_on

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding in the words of ``components/finding.html``."""

    finding: str
    code: str
    wording: str
    value: str
    because: str
    would_change: str
    origin: str
    source: str


@dataclass(frozen=True, slots=True)
class LoanPart:
    """One loan of an application: as asked, as found today while it is open, and as decided once it is."""

    request: DeferralRequest
    found: LoanFindings | None
    lines: tuple[FindingLine, ...]
    decision: DeferralDecision | None
    deferral: Deferral | None
    phase: Phase | None


@dataclass(frozen=True, slots=True)
class Heard:
    """The interview in words."""

    interview: DeferralInterview
    reachable: str
    hardships: str
    papers_told: str


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """Everything the page shows to one reader. ``look`` only while nothing is decided."""

    application: DeferralApplication
    look: Look | None
    general: tuple[FindingLine, ...]
    loans: tuple[LoanPart, ...]
    papers: tuple[DeferralPaper, ...]
    wanted: str
    missing: tuple[str, ...]
    heard: Heard | None
    changes: tuple[DeferralStateChange, ...]
    may: dict[str, bool]
    sees_reason: bool

    @property
    def grantable(self) -> list[tuple[int, str]]:
        """The loans that can be granted today, for the decision."""
        return [
            (
                part.request.pk,
                f"{part.request.loan.get_fund_display()} {part.request.loan.code}　"
                f"{era_month(part.found.from_month)}から{part.found.months}か月",
            )
            for part in self.loans
            if part.found and part.found.verdict is Verdict.GRANTABLE
        ]

    @property
    def consequences(self) -> list[str]:
        """What an approval does, in sentences."""
        said = []
        for part in self.loans:
            if part.found and part.found.preview and part.found.verdict is Verdict.GRANTABLE:
                seen = part.found.preview
                said.append(
                    f"貸付 {part.request.loan.code}：{seen.moved}回が{seen.months}か月後に移り、"
                    f"最終償還期限は{era_date(seen.before.deadline)}から{era_date(seen.after.deadline)}になります。"
                )
                if seen.arrears_stay:
                    said.append(f"貸付 {part.request.loan.code}：滞納{yen(seen.arrears_stay)}は、猶予の間も残ります。")
        return [*said, "引き落としと督促の停止は今日で終わり、決定通知が今夜作成されます。"]


def application_page(application: DeferralApplication, *, reader: User, on: date) -> ApplicationPage:
    """Put the page together, in a constant number of queries."""
    look = look_at(application, as_of=on) if application.is_open else None
    own = reader.pk in makers_of(application)
    return ApplicationPage(
        application=application,
        look=look,
        general=tuple(line(check) for check in look.general) if look else (),
        loans=_open_parts(look) if look else _decided_parts(application, on),
        papers=tuple(application.papers.select_related("paper", "filed_by").order_by("pk")),
        wanted=named(papers_of(application.ground)),
        missing=missing_evidence(application) if application.is_open else (),
        heard=_heard(application),
        changes=tuple(application.changes.select_related("by_user").order_by("pk")),
        may=_may(application, reader, own=own, on=on),
        sees_reason=reader.can(Permission.SEE_ALL_OFFICES),
    )


def line(check: Check) -> FindingLine:
    """A check in words."""
    return FindingLine(
        finding="not-met" if check.finding is Finding.NOT_MET else check.finding.value,
        code=check.rule.code,
        wording=check.rule.wording_ja,
        value=check.value,
        because=check.because,
        would_change=check.would_change,
        origin=check.origin,
        source=str(check.rule.source),
    )


def _open_parts(look: Look) -> tuple[LoanPart, ...]:
    return tuple(
        LoanPart(request, found, tuple(line(check) for check in found.checks), None, None, None)
        for request, found in look.loans
    )


def _decided_parts(application: DeferralApplication, on: date) -> tuple[LoanPart, ...]:
    requests = list(application.requests.select_related("loan").order_by("loan__first_due_month", "loan__code"))
    decisions = {
        decision.request_id: decision
        for decision in DeferralDecision.objects.filter(request__in=requests).select_related(
            "decided_by", "decided_for"
        )
    }
    keys = [decision.deferral_id for decision in decisions.values() if decision.deferral_id]
    deferrals = {row.pk: row for row in with_last_month(Deferral.objects.filter(pk__in=keys))}
    ahead = settings_on(on).deferral_end_notice_months
    parts = []
    for request in requests:
        decision = decisions.get(request.pk)
        deferral = deferrals.get(decision.deferral_id) if decision and decision.deferral_id else None
        phase = phase_of(deferral.from_month, deferral.last_month, on, ahead=ahead) if deferral else None
        parts.append(LoanPart(request, None, (), decision, deferral, phase))
    return tuple(parts)


def _heard(application: DeferralApplication) -> Heard | None:
    interview = DeferralInterview.objects.filter(application=application).select_related("by_user").first()
    if interview is None:
        return None
    return Heard(
        interview=interview,
        reachable="、".join(str(Reachable(each).label) for each in interview.reachable),
        hardships="、".join(str(Hardship(each).label) for each in interview.hardships),
        papers_told="、".join(str(PaperKind(each).label) for each in interview.papers_told),
    )


def _may(application: DeferralApplication, reader: User, *, own: bool, on: date) -> dict[str, bool]:
    """Which buttons stand on the page. The service decides again."""
    held = permissions_of(reader.roles_on(on))
    decides = bool(held & DECIDE) or deputised_supervisor(reader, on) is not None
    moves = moves_from(application.state)

    def allowed(move: Move) -> bool:
        edge = EDGES[move]
        if move not in moves:
            return False
        if edge.second_person:
            return decides and not own
        return bool(held & edge.permissions)

    return {move.value: allowed(move) for move in EDGES} | {
        "file": application.is_open and bool(held & ENTER),
        "own": own and decides and application.is_open,
    }
