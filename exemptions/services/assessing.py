"""Looking at an application with the rules of a day, and keeping what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from audit.actors import Actor
from exemptions.assessment import Assessment as Findings
from exemptions.assessment import restated_findings
from exemptions.enums import Flag, Ground
from exemptions.evidence import HeadRemark, facts_of, head_remarks, years_asked
from exemptions.facts import Facts
from exemptions.models import Application, Assessment
from exemptions.reading import EACH_TIME, Reading
from exemptions.rules import RULES
from exemptions.snapshot import check_to_json, facts_to_json, fingerprint
from exemptions.trace.completing import completed
from exemptions.trace.origins import setting_origin
from exemptions.trace.questions import Question
from rulebook.models import SettingRow
from rulebook.setting_keys import KEYS
from rulebook.settings import Settings

RULE_CODES = frozenset(rule.code for rule in RULES)


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
    asked: tuple[Ground, ...]

    @property
    def fingerprint(self) -> str:
        """What a decision must still agree with."""
        return fingerprint(self.findings)

    @property
    def flags(self) -> list[Flag]:
        """What a reviewer should notice, in the order of the list of flags."""
        found = {remark.flag for remark in self.remarks}
        asks_in_window = Ground.RESIDENCE_TAX in self.asked and not self.asks_later_year
        if self.findings.label_late and asks_in_window:
            found.add(Flag.LATE)
        if self.findings.individual_handling:
            found.add(Flag.INDIVIDUAL)
        if self.facts.events:
            found.add(Flag.BORROWER_DIED)
        if any(outcome.holds for outcome in self.findings.grounds if outcome.ground not in self.asked):
            found.add(Flag.OTHER_GROUND)
        return [flag for flag in Flag if flag in found]


def look_at(application: Application, *, as_of: date, read: Reading = EACH_TIME) -> Look:
    """Assess an application on a day without writing anything: what the review page shows.

    For many at once, ``read`` has read ahead.
    """
    contract = {"late_interest_rate_bp": application.loan.late_interest_rate_bp}
    standing, rows = read.settings(as_of)
    settings = standing.with_values(contract)
    facts = facts_of(application, read=read)
    facts = replace(facts, origins={**facts.origins, **setting_origins(rows)})
    question = Question(facts, settings, as_of, application.asked)
    findings = completed(question.answered(), question)
    findings = restated_findings(findings, read.published(as_of))
    year = application.fiscal_year
    later = year is not None and years_asked(application.loan, application.received_on).is_later(year)
    remarks = tuple(head_remarks(application, read=read))
    return Look(facts, settings, findings, remarks, later, application.asked)


def setting_origins(rows: Mapping[str, SettingRow]) -> dict[str, str]:
    """Where the settings that findings rest on come from, as far as the prefecture has chosen them."""
    read = [key.key for key in KEYS if key.key in rows and any(rule in RULE_CODES for rule in key.rules)]
    return {
        f"setting:{key}": setting_origin(rows[key].valid_from, rows[key].source, rows[key].pk) for key in sorted(read)
    }


def keep(application: Application, look: Look, *, by: Actor, at: datetime) -> Assessment:
    """Store a look as the application's newest assessment, and the ground it found; the caller saves the application."""
    if look.findings.ground is not None:
        application.ground = look.findings.ground
    row = assessment_row(application, look, by=by, at=at)
    row.save(force_insert=True)
    application.assessment = row
    return row


def assessment_row(application: Application, look: Look, *, by: Actor, at: datetime) -> Assessment:
    """A look as the row that keeps it, not yet written."""
    findings = look.findings
    return Assessment(
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
