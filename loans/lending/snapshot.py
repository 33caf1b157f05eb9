"""From the rows of an application to the facts the rules take, and to what an assessment keeps of them.

Reads rows that are there; the thinking is in :mod:`loans.lending.assess`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from japan.eras import age_on
from japan.months import month_index
from loans.enums import FundKind, GuidanceKind, IncomeKind, IntakeChannel, LoanState, TaskKind
from loans.lending.enums import (
    BridgeTo,
    Burden,
    ChildAbsence,
    Condition,
    Exclusion,
    IncomeProof,
    LendingCause,
    LendingPurpose,
    MinorWay,
    OtherScheme,
    Residence,
    SmallLoanGround,
)
from loans.lending.facts import Bridge, Income, LendingFacts, Member, PriorLoan, RegularFacts
from loans.lending.involvement import walk
from loans.lending.transcript import IncomeEntry, MemberEntry, Transcript
from loans.models import Guidance, LendingApplication, LendingOverride, LendingTask, Loan, PriorLoanElsewhere
from people.models import HouseholdMember, in_force

if TYPE_CHECKING:
    from loans.lending.assess import LendingAssessment
    from rulebook.rules import Check

CONDUCT_RULE = "LN-22"
"""The rule whose exception is grossly dishonest earlier conduct: noted with evidence and agreed to by a supervisor."""

HOUSING_REFERRALS = [GuidanceKind.AGENCY, GuidanceKind.WELFARE_OFFICE]
NEVER_LENT = [LoanState.APPLIED, LoanState.REJECTED, LoanState.CANCELLED]
Code = TypeVar("Code", bound=Enum)


def transcript_of(application: LendingApplication) -> Transcript:
    """What is stored of an application, as it was typed; two queries."""
    plain = {
        part.name: getattr(application, part.name)
        for part in fields(Transcript)
        if part.name not in ("members", "incomes", "grounds", "other_schemes")
    }
    return Transcript(
        **plain,
        grounds=tuple(application.grounds),
        other_schemes=tuple(application.other_schemes),
        members=tuple(
            MemberEntry(**{part.name: getattr(row, part.name) for part in fields(MemberEntry)})
            for row in application.members.all()
        ),
        incomes=tuple(
            IncomeEntry(**{part.name: getattr(row, part.name) for part in fields(IncomeEntry)})
            for row in application.income_lines.all()
        ),
    )


def facts_of(application: LendingApplication, told: Transcript | None = None) -> LendingFacts:
    """The facts of an application as it is stored, or as it is being typed; a constant number of queries."""
    told = told or transcript_of(application)
    circumstances = told.answers.get("circumstances", {})
    open_doubt = (
        application.pk is not None
        and LendingTask.objects.filter(application=application, kind=TaskKind.DOUBT, done_at__isnull=True).exists()
    )
    return LendingFacts(
        fund=FundKind(application.fund),
        applied_on=told.applied_on,
        household_size=told.household_size,
        amount=told.amount_asked,
        monthly_amount=told.monthly_amount,
        months=told.months,
        instalments=told.instalments,
        grace_months=told.grace_months,
        incomes=tuple(
            Income(
                member=line.member,
                kind=IncomeKind(line.kind),
                before=line.before_amount,
                after=line.after_amount,
                before_month=line.before_month,
                after_month=line.after_month,
            )
            for line in told.incomes
        ),
        income_proof=_one(IncomeProof, told.income_proof),
        doubt_open=open_doubt,
        grounds=_some(SmallLoanGround, told.grounds),
        child_absence=_one(ChildAbsence, circumstances.get("child_absence", "")),
        purpose=_one(LendingPurpose, told.purpose),
        on_public_assistance=told.on_public_assistance,
        other_schemes=_some(OtherScheme, told.other_schemes),
        burdens=_some(Burden, [key for key, answer in told.answers.get("burdens", {}).items() if answer == "yes"]),
        conduct_flag=LendingOverride.objects.filter(
            application=application, rule=CONDUCT_RULE, agreed_at__isnull=False
        ).exists(),
        agency_consulted_on=told.agency_consulted_on,
        agency_support_consent=told.agency_support_consent,
        contract_changed=yes_no(circumstances.get("contract_changed")),
        prior=tuple(prior_loans(application, told)),
        birth_date=application.applicant.birth_date,
        married=yes_no(circumstances.get("married")),
        minor_way=_one(MinorWay, told.minor_way),
        residence=_one(Residence, told.residence),
        lives_in_prefecture=yes_no(circumstances.get("lives_in_prefecture")),
        referred_for_housing=Guidance.objects.filter(application=application, kind__in=HOUSING_REFERRALS).exists(),
        members=tuple(_members(application, told)),
        urgent=told.urgent,
        regular=_regular(told) if application.fund == FundKind.REG_SMALL else None,
        channel=IntakeChannel(told.channel),
        origins={"application": application.number},
    )


def prior_loans(application: LendingApplication, told: Transcript) -> list[PriorLoan]:
    """What the applicant and everybody of the household borrowed, here and elsewhere; three queries.

    The household is everybody on the applicant's residence record on the day of application, and whoever was named at
    the desk as living together.
    """
    on = told.applied_on
    applicant = application.applicant_id
    record = HouseholdMember.objects.filter(in_force(on), person=applicant).values("household")
    people = set(
        HouseholdMember.objects.filter(in_force(on), household__in=record).values_list("person_id", flat=True)
    )
    people |= {member.person_id for member in told.members if member.person_id is not None and member.here_now}
    people.add(applicant)
    lent = Loan.objects.filter(borrower__in=people).exclude(state__in=NEVER_LENT)
    if application.loan_id is not None:
        lent = lent.exclude(pk=application.loan_id)
    found = [
        PriorLoan(
            fund=FundKind(loan.fund),
            applied_on=loan.applied_on,
            last_month=month_index(loan.disbursed_on) if loan.disbursed_on else None,
            by_applicant=loan.borrower_id == applicant,
        )
        for loan in lent.order_by("applied_on", "pk")
    ]
    elsewhere = PriorLoanElsewhere.objects.filter(person__in=people).order_by("applied_on", "pk")
    return found + [
        PriorLoan(
            fund=FundKind(row.fund),
            applied_on=row.applied_on,
            last_month=row.last_month,
            by_applicant=row.person_id == applicant,
            elsewhere=True,
        )
        for row in elsewhere
    ]


def _members(application: LendingApplication, told: Transcript) -> Iterable[Member]:
    for entry in told.members:
        if not entry.here_now:
            continue
        birth_date = (
            application.applicant.birth_date if entry.person_id == application.applicant_id else entry.birth_date
        )
        yield Member(
            key=entry.label,
            age=age_on(birth_date, told.applied_on) if birth_date is not None else None,
            in_school=entry.in_school,
            earns=entry.earns,
            has_disability=entry.has_disability,
            has_handbook=entry.has_handbook,
            needs_care=entry.needs_care,
        )


def _regular(told: Transcript) -> RegularFacts:
    regular, bridge = told.answers.get("regular", {}), told.answers.get("bridge", {})
    earned = [line.after_amount for line in told.incomes]
    disabled = {member.has_disability for member in told.members} | {member.needs_care for member in told.members}
    to = _one(BridgeTo, bridge.get("to", ""))
    return RegularFacts(
        cause=_one(LendingCause, told.cause),
        cause_on=told.cause_on,
        bridge=(
            Bridge(
                to=to,
                held_months=number(bridge.get("held_months")),
                left_on=day(bridge.get("left_on")),
                hired_on=day(bridge.get("hired_on")),
                expected_months=number(bridge.get("expected_months")),
            )
            if to is not None
            else None
        ),
        monthly_income=sum(amount for amount in earned if amount is not None)
        if earned and None not in earned
        else None,
        with_disabled_or_care_needing=True
        if True in disabled
        else None
        if None in disabled
        else bool(disabled) and False,
        conditions=_answered(Condition, told.answers.get("conditions", {})),
        exclusions=_answered(Exclusion, told.answers.get("exclusions", {})),
        exemption_was_special=yes_no(regular.get("exemption_was_special")),
        urgent_appliance=yes_no(regular.get("urgent_appliance")),
        involvement=walk(as_bools(told.answers.get("involvement", {}))).outcome,
    )


def yes_no(text: str | None) -> bool | None:
    """Read an answer: yes, no, or not given."""
    return {"yes": True, "no": False}.get(text or "")


def as_bools(answers: Mapping[str, str]) -> dict[str, bool]:
    """Answers as the guided questions take them: yes and no, what is open left out."""
    return {key: answer == "yes" for key, answer in answers.items() if answer in ("yes", "no")}


def number(text: str | None) -> int | None:
    """Read a whole number that was checked when it was typed."""
    return int(text) if text else None


def day(text: str | None) -> date | None:
    """Read a day stored as ISO text."""
    return date.fromisoformat(text) if text else None


def _one(kind: type[Code], text: str) -> Code | None:
    return kind(text) if text else None


def _some(kind: type[Code], codes: Iterable[str]) -> frozenset[Code]:
    return frozenset(kind(code) for code in codes)


def _answered(kind: type[Code], answers: Mapping[str, str]) -> dict[Code, bool]:
    return {kind(key): answer == "yes" for key, answer in answers.items() if answer in ("yes", "no")}


# --- what an assessment keeps -----------------------------------------------------------------------


def facts_to_json(facts: LendingFacts) -> dict[str, Any]:
    """Return the facts as plain JSON: days as ISO text, months as index, codes by their value."""
    plain: dict[str, Any] = _plain(facts)
    return plain


def check_to_json(check: Check) -> dict[str, Any]:
    """Return one check as it is shown: the rule's version, sentence and source beside what was found."""
    return {
        "rule": check.rule.code,
        "version": check.rule.version,
        "wording": check.rule.wording_ja,
        "source": str(check.rule.source),
        "finding": check.finding.value,
        "subject": check.subject,
        "value": check.value,
        "because": check.because,
        "would_change": check.would_change,
        "origin": check.origin,
    }


def fingerprint(assessment: LendingAssessment) -> str:
    """Return a short digest of everything about an assessment that somebody decides on, but not of its day."""
    essence = {
        "acceptable": str(assessment.acceptable),
        "ceiling": assessment.ceiling,
        "checks": [
            [check.rule.version, check.subject, check.finding.value, check.value] for check in assessment.checks
        ],
    }
    return hashlib.sha256(json.dumps(essence, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:20]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
