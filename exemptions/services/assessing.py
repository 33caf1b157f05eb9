"""Looking at an application with the rules of a day, and keeping what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from audit.actors import Actor
from exemptions.assess import assess
from exemptions.assessment import Assessment as Findings
from exemptions.enums import FORM_1_1_GROUNDS, Flag
from exemptions.evidence import HeadRemark, facts_of, head_remarks, years_asked
from exemptions.facts import Facts
from exemptions.models import Application, Assessment
from exemptions.snapshot import check_to_json, facts_to_json, fingerprint
from rulebook.selectors import settings_on
from rulebook.settings import Settings


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an application on a day: the facts, the settings, what the rules find, and what to notice.

    ``asks_later_year``: the form names a year after the judgement years, for which no window is ever open.
    """

    facts: Facts
    settings: Settings
    findings: Findings
    remarks: tuple[HeadRemark, ...]
    asks_later_year: bool

    @property
    def fingerprint(self) -> str:
        """What a decision must still agree with."""
        return fingerprint(self.findings)

    @property
    def flags(self) -> list[Flag]:
        """What a reviewer should notice, in the order of the list of flags."""
        found = {remark.flag for remark in self.remarks}
        if self.findings.label_late and not self.asks_later_year:
            found.add(Flag.LATE)
        if self.findings.individual_handling:
            found.add(Flag.INDIVIDUAL)
        if self.facts.events:
            found.add(Flag.BORROWER_DIED)
        if any(outcome.holds for outcome in self.findings.grounds if outcome.ground not in FORM_1_1_GROUNDS):
            found.add(Flag.OTHER_GROUND)
        return [flag for flag in Flag if flag in found]


def look_at(application: Application, *, as_of: date) -> Look:
    """Assess an application on a day without writing anything: what the review page shows."""
    contract = {"late_interest_rate_bp": application.loan.late_interest_rate_bp}
    settings = settings_on(as_of).with_values(contract)
    facts = facts_of(application)
    findings = assess(facts, settings=settings, as_of=as_of, asked=FORM_1_1_GROUNDS)
    later = years_asked(application.loan, application.received_on).is_later(application.fiscal_year)
    return Look(facts, settings, findings, tuple(head_remarks(application)), later)


def keep(application: Application, look: Look, *, by: Actor, at: datetime) -> Assessment:
    """Store a look as the application's newest assessment; the caller saves the application."""
    findings = look.findings
    row = Assessment.objects.create(
        application=application,
        as_of=findings.as_of,
        made_at=at,
        made_by=by.label,
        facts=facts_to_json(look.facts),
        settings_used=look.settings.as_json(),
        result=findings.result.value,
        ground=findings.ground.value if findings.ground else "",
        cut_off=findings.cut_off,
        first_no=findings.first_no,
        last_no=findings.last_no,
        amount=findings.amount,
        remaining=findings.remaining,
        missing=list(findings.missing),
        flags=look.flags,
        checks=[check_to_json(check) for check in findings.checks],
    )
    application.assessment = row
    return row
