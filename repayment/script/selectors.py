"""The facts of a call script, read for one person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from japan.months import month_index
from loans.funds import fund
from loans.models import Loan
from notices.enums import LetterState
from notices.kinds import kind
from notices.models import Letter
from people.models import Person
from repayment.agreements.selectors import agreement_on
from repayment.arrears.holding import dunning_held
from repayment.arrears.unpaid import unpaid_months
from repayment.models import SmallRepaymentAgreement
from repayment.script.facts import Agreed, Deferred, LoanFacts, Next, ScriptFacts
from repayment.status import Standing, standings_of
from rulebook.rates import percent
from rulebook.selectors import settings_on

UNDER_WAY = (LetterState.DRAFTED, LetterState.RENDERED, LetterState.IN_RUN)


def script_facts(person: Person, loans: Iterable[Loan], *, on: date) -> ScriptFacts:
    """The facts of a call about a person's loans (those that may be told of) on a day; a constant number of queries."""
    found = list(loans)
    keys = [loan.pk for loan in found]
    standings, agreements = standings_of(keys, on), agreement_on(keys, on=on)
    held = dunning_held(keys, on)
    told = tuple(
        _loan(loan, standings[loan.pk], agreements.get(loan.pk), rests=loan.pk in held, on=on)
        for loan in found
        if loan.pk in standings
    )
    settings = settings_on(on)
    letters = Letter.objects.filter(addressee=person, state__in=UNDER_WAY).order_by("drafted_on", "pk")
    return ScriptFacts(
        name=person.name,
        today=on,
        loans=told,
        letters=tuple(
            kind(code, version).label_ja for code, version in letters.values_list("kind", "template_version")
        ),
        late_rate=percent(settings.late_interest_rate_bp),
        arrears_notice_months=settings.arrears_notice_months,
        deferral_notice_months=settings.deferral_end_notice_months,
    )


def held_letters(person: Person) -> int:
    """How many letters to a person wait for something; for the eye, never read aloud."""
    return Letter.objects.filter(addressee=person, state=LetterState.HELD).count()


def _loan(
    loan: Loan, standing: Standing, agreement: SmallRepaymentAgreement | None, *, rests: bool, on: date
) -> LoanFacts:
    at, month = standing.position, month_index(on)
    running = next((row for row in at.deferrals if row.from_month <= month < row.from_month + row.months), None)
    return LoanFacts(
        fund=fund(loan.fund).name_ja,
        code=loan.code,
        status=standing.status.value,
        principal=at.principal,
        outstanding=at.outstanding,
        arrears=at.arrears,
        months_in_arrears=at.months_in_arrears,
        exempted=at.exempted,
        paid_ahead=at.paid_ahead,
        surplus=at.surplus,
        late_interest=at.late_interest,
        instalment=at.plan.month_worth,
        first_month=at.plan.first_month,
        deadline=at.deadline,
        next=Next(at.next_due.collection_date, at.next_due.amount) if at.next_due else None,
        deferred=Deferred(running.from_month, running.from_month + running.months - 1) if running else None,
        agreed=Agreed(agreement.monthly_amount, agreement.last_month, agreement.review_on) if agreement else None,
        waits=tuple(hold.reason for hold in standing.holds),
        unpaid_months=unpaid_months(at),
        dunning_rests=rests,
    )
