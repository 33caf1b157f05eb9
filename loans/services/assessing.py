"""Looking at an application with the rules of a day: findings, ceiling, papers and what is missing; and keeping it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from audit.actors import Actor
from loans.enums import FundKind
from loans.lending.assess import LendingAssessment, assess_lending
from loans.lending.deficiencies import Deficiency, find_deficiencies
from loans.lending.enums import Acceptable
from loans.lending.facts import LendingFacts
from loans.lending.guide import Guide, guide_on
from loans.lending.held import held_papers
from loans.lending.papers import PaperNeed, papers_needed
from loans.lending.snapshot import check_to_json, facts_of, facts_to_json, fingerprint, transcript_of
from loans.lending.transcript import Transcript
from loans.models import LendingApplication, LendingAssessmentRow, LendingOverride
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.selectors import settings_on
from rulebook.settings import Settings

GATES = frozenset(
    {
        "LN-01", "LN-02", "LN-10", "LN-18", "LN-25", "LN-31", "LN-32", "LN-33", "LN-35", "LA-01", "LA-02", "LA-03", "LA-05",
        "RS-01", "RS-14", "RS-15",
    }
)  # fmt: skip
"""Rules without which there is nothing to take in: windows, limits, sequence, consent, a minor's way.

Not met, the application stays a draft. What else speaks against a loan is for the decision, after the five points.
"""

FIELDS = frozenset(
    {
        "applied_on", "monthly_amount", "months", "instalments", "grace_months", "purpose", "minor_way", "residence",
        "agency_consulted_on", "agency_support_consent", "on_public_assistance", "household_size", "grounds",
        "contract_changed", "lives_in_prefecture", "channel",
    }
)  # fmt: skip
"""Facts that are fields of the form under the same name."""


def field_of(check: Check) -> str:
    """The field of the form that would turn a check; empty where none would, as for what may follow what."""
    if check.change_fact == "amount":
        return "amount_asked"
    return check.change_fact if check.change_fact in FIELDS else ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an application on a day. ``agreed`` are the rules with an exception agreed by a second person."""

    fund: FundKind
    told: Transcript
    facts: LendingFacts
    settings: Settings
    findings: LendingAssessment
    needs: tuple[PaperNeed, ...]
    deficiencies: tuple[Deficiency, ...]
    agreed: frozenset[str]

    @property
    def fingerprint(self) -> str:
        """What a decision must still agree with."""
        return fingerprint(self.findings)

    @property
    def overridable(self) -> frozenset[str]:
        """Rules not met that may have an exception."""
        return self.findings.overridable

    @property
    def against(self) -> tuple[Check, ...]:
        """What is not met, and has no exception."""
        return tuple(
            check
            for check in self.findings.checks
            if check.finding is Finding.NOT_MET and check.rule.code not in self.agreed
        )

    @property
    def open(self) -> tuple[Check, ...]:
        """What is not established yet."""
        return tuple(check for check in self.findings.checks if check.finding is Finding.UNKNOWN)

    @property
    def gates(self) -> tuple[Check, ...]:
        """What keeps the application from being taken in at all."""
        return tuple(check for check in self.against if check.rule.code in GATES)

    @property
    def acceptable(self) -> Acceptable:
        """The result with the exceptions that were agreed on."""
        return self.findings.with_exceptions(self.agreed)


def look_at(application: LendingApplication, *, as_of: date, told: Transcript | None = None) -> Look:
    """Assess an application on a day without writing anything; ``told`` stands for what is being typed."""
    told = told or transcript_of(application)
    settings = settings_on(as_of)
    facts = facts_of(application, told)
    findings = assess_lending(facts, settings=settings, as_of=as_of)
    fund = FundKind(application.fund)
    held = held_papers(application, told)
    local = {FundKind.SP_SMALL: settings.local_papers_small, FundKind.REG_SMALL: settings.local_papers_regular}
    needs = held.with_named(
        papers_needed(
            facts, held.papers, local=local.get(fund, settings.local_papers_general), guide=guide_of(application)
        )
    )
    return Look(
        fund=fund,
        told=told,
        facts=facts,
        settings=settings,
        findings=findings,
        needs=needs,
        deficiencies=find_deficiencies(fund, told, needs, today=as_of),
        agreed=agreed_exceptions(application),
    )


def guide_of(application: LendingApplication) -> Guide:
    """The regular loan's guide that stood on the day of the application."""
    return guide_on(settings_on(application.applied_on).regular_loan_guide, application.applied_on)


def agreed_exceptions(application: LendingApplication) -> frozenset[str]:
    """The rules for which a second person agreed to an exception."""
    rows = LendingOverride.objects.filter(application=application, agreed_at__isnull=False)
    return frozenset(rows.values_list("rule", flat=True))


def keep(application: LendingApplication, look: Look, *, by: Actor, at: datetime) -> LendingAssessmentRow:
    """Store a look as the application's newest assessment; the caller saves the application."""
    row = LendingAssessmentRow.objects.create(
        application=application,
        as_of=look.findings.as_of,
        made_at=at,
        made_by=by.label,
        facts=facts_to_json(look.facts),
        settings_used=look.settings.as_json(),
        acceptable=look.acceptable,
        ceiling=look.findings.ceiling,
        overridden=sorted(look.agreed),
        checks=[check_to_json(check) for check in look.findings.checks],
        fingerprint=look.fingerprint,
    )
    application.assessment = row
    return row


def in_words(checks: Iterable[Check]) -> str:
    """Why, with the rule and its source: what a refusal says to the person who tried."""
    return "".join(
        f"{check.rule.code}「{check.rule.wording_ja}」{check.because}（根拠：{check.rule.source}）" for check in checks
    )


def by_field(checks: Iterable[Check]) -> dict[str, str]:
    """The same beside the fields they are about; what no field would turn is left out."""
    found: dict[str, list[Check]] = {}
    for check in checks:
        if field_of(check):
            found.setdefault(field_of(check), []).append(check)
    return {field: in_words(of_field) for field, of_field in found.items()}
