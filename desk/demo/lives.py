"""One borrower's whole life with their loans, drawn from the seed: what was lent, paid, applied for and decided.

A script says what the life is to be like; most are drawn by chance, the first ones are the cast (:mod:`desk.demo.cast`).
Nothing here knows the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum, auto
from random import Random

from desk.demo.filing import DAYS_TO_DECIDE, Casebook, Filing, Paper, Round, meeting_after
from desk.demo.lending import Applied, Grant, Loan, Rest, a_chain, a_regular_loan, lend, wishes
from desk.demo.people import BORROWER, Change, Family, Stop, Traits, a_day, a_family_of, dies
from desk.demo.repaying import Conduct, Payer
from exemptions.deficiencies import Code
from exemptions.enums import ApplicationState
from exemptions.inquiry import newest_fixed_year
from japan.bankdays import add_bank_days, next_bank_day
from japan.months import day_in, month_index, month_of
from loans.enums import FundKind, LoanState
from loans.funds import cohort_of
from people.enums import MailBlockReason
from repayment.enums import HoldReason
from rulebook.settings import Settings

LOANS_TO_A_LIFE = 16
_CODES = 9_000_000
_STRIDE = 3_848_873


class Means(Enum):
    """Whether residence tax was charged, year by year."""

    NEVER_TAXED = auto()
    ALWAYS_TAXED = auto()
    CHANGING = auto()


class Habit(Enum):
    """Whether and when forms for exemption were sent in."""

    IN_TIME = auto()
    LATER = auto()
    TRIES = auto()
    """Sends a form in although taxed; it is refused."""
    NEVER = auto()


class Deferred(Enum):
    """Deferral of repayment: never, once and over, or still running."""

    NO = auto()
    OVER = auto()
    RUNNING = auto()


@dataclass(frozen=True, slots=True)
class Script:
    """What a life is to be like. ``rounds`` are forms sent in on given days, for the loans of given funds (all if none).

    ``spouse_chain`` are loans of the second person of the family. ``afterwards`` may change the finished life.
    """

    traits: Traits = Traits()
    chain: tuple[FundKind, ...] = (FundKind.SP_SMALL,)
    spouse_chain: tuple[FundKind, ...] = ()
    applied: Applied | None = None
    early_start: bool = False
    full_term: bool = False
    debit_day: int | None = None
    conduct: Conduct = Conduct.REGULAR
    means: Means = Means.CHANGING
    head_means: Means | None = None
    habit: Habit = Habit.NEVER
    rounds: tuple[tuple[Round, tuple[FundKind, ...]], ...] = ()
    deferred: Deferred = Deferred.NO
    legal: bool = False
    dies_on: date | None = None
    mail_returned: bool = False
    files_now: bool = False
    regular_loan: LoanState | None = None
    afterwards: Callable[[Random, Life], None] | None = None


@dataclass(slots=True)
class Life:
    """One family, its loans and everything that happened to them. ``number`` counts from 1."""

    number: int
    as_of: date
    settings: Settings
    script: Script
    family: Family
    loans: list[Loan]
    casebook: Casebook
    spare_code: str
    extra_papers: list[Paper] = field(default_factory=list)

    @property
    def borrowers(self) -> int:
        """How many of the family have loans."""
        return len({loan.borrower for loan in self.loans})

    @property
    def papers(self) -> list[Paper]:
        return self.casebook.papers

    @property
    def filings(self) -> list[Filing]:
        return self.casebook.filings


def lives(
    count: int,
    *,
    seed: int,
    as_of: date,
    settings: Settings,
    cast: tuple[Callable[[Random, date], Script], ...] = (),
) -> Iterator[Life]:
    """So many borrowers, one life after another. Each depends on the seed and its own number only."""
    number, made = 0, 0
    while made < count:
        number += 1
        life = a_life(
            number, seed=seed, as_of=as_of, settings=settings, cast=cast, with_spouse_loans=count - made >= 2
        )
        made += life.borrowers
        yield life


def a_life(
    number: int,
    *,
    seed: int,
    as_of: date,
    settings: Settings,
    cast: tuple[Callable[[Random, date], Script], ...] = (),
    with_spouse_loans: bool = True,
) -> Life:
    """The life with a number. Behind the cast nobody's spouse has loans."""
    rng = Random(f"{seed}:{number}")
    script = cast[number - 1](rng, as_of) if number <= len(cast) else a_script(rng, as_of)
    if script.spouse_chain and not with_spouse_loans:
        script = replace(script, spouse_chain=())
    return _live(rng, script, number=number, seed=seed, as_of=as_of, settings=settings)


def loan_code(seed: int, number: int) -> str:
    """The seven digits of the loan with a running number; no two numbers share one."""
    return str(1_000_000 + (number * _STRIDE + seed * 7919) % _CODES)


# --- chance -----------------------------------------------------------------------------------------


def a_script(rng: Random, as_of: date) -> Script:
    """A life as chance has it; the shares are those of the loans nationwide (about 2 in 5 exempted, 1 in 5 silent)."""
    chain = a_chain(rng)
    drawn = rng.choices(_PROFILES, _SHARES)[0](rng, as_of)
    return replace(
        drawn,
        chain=chain,
        early_start=rng.random() < 0.02,
        files_now=drawn.files_now or rng.random() < 0.11,
        debit_day=27 if rng.random() < 0.12 else None,
    )


def _relieved(rng: Random, as_of: date) -> Script:
    return Script(
        means=Means.NEVER_TAXED if rng.random() < 0.75 else Means.CHANGING,
        habit=Habit.IN_TIME,
        conduct=rng.choice((Conduct.REGULAR, Conduct.STOPS, Conduct.PARTIAL)),
    )


def _payer(rng: Random, as_of: date) -> Script:
    conducts = (
        Conduct.REGULAR, Conduct.PUNCTUAL, Conduct.LATE, Conduct.LUMP, Conduct.GENEROUS, Conduct.RESUMES,
    )  # fmt: skip
    return Script(
        means=Means.ALWAYS_TAXED if rng.random() < 0.8 else Means.CHANGING,
        habit=Habit.TRIES if rng.random() < 0.22 else Habit.NEVER,
        conduct=rng.choices(conducts, (46, 14, 12, 14, 6, 8))[0],
    )


def _struggler(rng: Random, as_of: date) -> Script:
    return Script(
        means=Means.NEVER_TAXED if rng.random() < 0.35 else Means.CHANGING,
        habit=Habit.LATER if rng.random() < 0.55 else Habit.NEVER,
        conduct=rng.choices((Conduct.PARTIAL, Conduct.STOPS, Conduct.RESUMES), (45, 35, 20))[0],
        files_now=rng.random() < 0.12,
    )


def _silent(rng: Random, as_of: date) -> Script:
    return Script(
        traits=Traits(reachable_by_phone=rng.random() < 0.6),
        means=rng.choice((Means.NEVER_TAXED, Means.CHANGING, Means.CHANGING, Means.ALWAYS_TAXED)),
        conduct=Conduct.SILENT if rng.random() < 0.75 else Conduct.STOPS,
        mail_returned=rng.random() < 0.3,
    )


def _deferred(rng: Random, as_of: date) -> Script:
    return Script(
        conduct=rng.choice((Conduct.REGULAR, Conduct.STOPS, Conduct.PARTIAL, Conduct.SILENT)),
        deferred=Deferred.RUNNING if rng.random() < 0.65 else Deferred.OVER,
        files_now=rng.random() < 0.08,
    )


def _bankrupt(rng: Random, as_of: date) -> Script:
    return Script(conduct=Conduct.STOPS, legal=True)


def _dead(rng: Random, as_of: date) -> Script:
    return Script(
        conduct=rng.choice((Conduct.REGULAR, Conduct.STOPS, Conduct.SILENT)),
        dies_on=a_day(rng, date(2022, 1, 10), as_of - timedelta(days=5)),
    )


_PROFILES = (_relieved, _payer, _struggler, _silent, _deferred, _bankrupt, _dead)
_SHARES = (40, 23, 12, 13, 8, 2, 2)


# --- a life -----------------------------------------------------------------------------------------


def _live(rng: Random, script: Script, *, number: int, seed: int, as_of: date, settings: Settings) -> Life:
    asked = wishes(rng, script.chain, applied=script.applied)
    # Who dies has stayed where they were until then.
    traits = replace(script.traits, change=Change.NONE) if script.dies_on else script.traits
    family = a_family_of(rng, traits, lent_on=asked[0].applied_on, as_of=as_of)
    codes = (loan_code(seed, number * LOANS_TO_A_LIFE + at) for at in range(LOANS_TO_A_LIFE))
    loans = []
    spouse = wishes(rng, script.spouse_chain, applied=Applied.EARLY) if script.spouse_chain else []
    for who, wanted in ((BORROWER, asked), (1, spouse)):
        for wish in wanted:
            loan = lend(
                rng,
                wish,
                code=next(codes),
                office=family.council_on(who, wish.applied_on),
                household_size=family.size_on(who, wish.applied_on),
                settings=settings,
                early_start=script.early_start and wish.kind == FundKind.SP_SMALL,
                debit_day=script.debit_day,
                full_term=script.full_term,
            )
            loan.borrower = who
            loans.append(loan)
    if script.regular_loan is not None:
        loans.append(
            a_regular_loan(
                rng,
                state=script.regular_loan,
                code=next(codes),
                office=family.council_on(BORROWER, as_of),
                household_size=family.size_on(BORROWER, as_of),
                settings=settings,
                as_of=as_of,
            )
        )
    for loan in loans:
        _defer(rng, loan, script.deferred, as_of)
    casebook = Casebook(
        family=family,
        loans=loans,
        payers={at: Payer.of(rng, loan, script.conduct) for at, loan in enumerate(loans) if loan.is_lent},
        tax=_tax(rng, script, family, as_of),
        settings=settings,
        as_of=as_of,
        letters_since=add_bank_days(as_of + timedelta(days=1), -2),
    )
    spare_code = loan_code(seed, (number + 1) * LOANS_TO_A_LIFE - 1)
    life = Life(number, as_of, settings, script, family, loans, casebook, spare_code)
    _file(rng, life)
    _end(rng, life)
    if script.afterwards is not None:
        script.afterwards(rng, life)
    return life


def _defer(rng: Random, loan: Loan, deferred: Deferred, as_of: date) -> None:
    """Grant deferrals of twelve months each, decided by the 10th of the month before (DF-10, DF-12)."""
    if deferred == Deferred.NO or not loan.is_lent or not loan.is_special:
        return
    now, first = month_index(as_of), loan.first_month
    if deferred == Deferred.OVER:
        start, grants = first + rng.randrange(0, 9), 1
        if start + 12 > now:
            return
    else:
        grants = rng.choices((1, 2, 3), (60, 28, 12))[0]
        start = now - rng.randrange(0, 11) - 12 * (grants - 1)
        while start < first and grants > 1:
            start, grants = start + 12, grants - 1
        start = max(start, first)
    for at in range(grants):
        month = start + 12 * at
        plan = loan.plans[0].plan
        if plan.last_month + 12 * at < month or month > now:
            return
        granted_on = next_bank_day(day_in(month - 1, rng.randrange(2, 9)))
        if granted_on > as_of or granted_on <= loan.applied_on:
            return
        loan.deferrals.append(Grant(month, 12, granted_on))


def _tax(rng: Random, script: Script, family: Family, as_of: date) -> dict[tuple[int, int], tuple[bool, bool]]:
    """The levies charged of everybody grown up, (per-capita, income-based), by person and fiscal year."""
    levies: dict[tuple[int, int], tuple[bool, bool]] = {}
    years = range(2020, newest_fixed_year(as_of) + 1)
    for who, _ in enumerate(family.people):
        means = script.means
        if who != BORROWER:
            kin = Means.NEVER_TAXED if means == Means.NEVER_TAXED and rng.random() < 0.8 else Means.CHANGING
            means = script.head_means or kin
        level = rng.choices((0, 1, 2), (45, 12, 43))[0]
        for year in years:
            if rng.random() < 0.22:
                level = rng.choices((0, 1, 2), (45, 12, 43))[0]
            now = {Means.NEVER_TAXED: 0, Means.ALWAYS_TAXED: 2, Means.CHANGING: level}[means]
            levies[who, year] = (now > 0, now > 1)
    return levies


# --- applications -----------------------------------------------------------------------------------


def _file(rng: Random, life: Life) -> None:
    """Send in every form in the order of the days, and pay in between."""
    script = life.script
    planned = [*_by_habit(rng, life), *_given(life)]
    if script.files_now:
        planned += _now(rng, life)
    stopped = _stopped_on(rng, life)
    for round_, loans in sorted(planned, key=lambda item: item[0].received_on):
        if stopped is None or round_.received_on < stopped:
            life.casebook.file(rng, round_, loans)
    until = life.as_of if stopped is None else stopped
    for at, payer in life.casebook.payers.items():
        rests = next((rest for rest in life.loans[at].rests if rest.until is None), None)
        payer.pay_until(rng, min(until, rests.since) if rests else until)


def _given(life: Life) -> list[tuple[Round, list[int]]]:
    return [
        (round_, [at for at in _special(life) if not kinds or life.loans[at].kind in kinds])
        for round_, kinds in life.script.rounds
    ]


def _special(life: Life) -> list[int]:
    """The places of the borrower's own special loans."""
    return [at for at, loan in enumerate(life.loans) if loan.is_special and loan.borrower == BORROWER]


def _by_habit(rng: Random, life: Life) -> list[tuple[Round, list[int]]]:
    """The forms that this borrower's habit brings, year by year, for the loans whose tax is judged then."""
    habit, as_of = life.script.habit, life.as_of
    if habit == Habit.NEVER:
        return []
    planned: list[tuple[Round, list[int]]] = []
    patience = rng.random()
    for year in range(2022, newest_fixed_year(as_of) + 1):
        received_on = _reception_day(rng, year)
        untaxed = _untaxed(life, year, received_on)
        judged = [at for at in _special(life) if _judgement_year(life.loans[at]) == year]
        later = [at for at in _special(life) if _judgement_year(life.loans[at]) < year and _goes_on(life, at, year)]
        wanted: list[int] = []
        if habit == Habit.IN_TIME:
            wanted = judged if untaxed or rng.random() < 0.1 else []
            wanted += later if untaxed and patience < 0.5 else []
        elif habit == Habit.LATER:
            wanted = later if untaxed and rng.random() < 0.5 else []
        elif habit == Habit.TRIES:
            wanted = judged if rng.random() < 0.5 else []
        if not wanted or received_on > as_of - timedelta(days=1):
            continue
        round_ = Round(year, received_on, by_mail=rng.random() < 0.3)
        if meeting_after(received_on + timedelta(days=DAYS_TO_DECIDE)) > as_of:
            round_ = _under_way(rng, round_)
        elif rng.random() < 0.015:
            round_ = replace(round_, goal=ApplicationState.WITHDRAWN)
        planned.append((round_, wanted))
    return planned


def _untaxed(life: Life, year: int, day: date) -> bool:
    """Whether neither the borrower nor a head of household who counts pays residence tax, so that a form is worth it."""
    family, tax = life.family, life.casebook.tax
    head = family.head_on(BORROWER, day)
    judged = {BORROWER} if head is None else {BORROWER, head}
    return not any(tax[who, year][0] for who in judged)


def _goes_on(life: Life, at: int, year: int) -> bool:
    """Whether instalments still fall due in the year after a fiscal year's tax was fixed (EX-23)."""
    return life.loans[at].plans[0].plan.last_month >= month_of(year + 1, 1)


def _judgement_year(loan: Loan) -> int:
    """The last fiscal year whose tax is judged for this loan."""
    return cohort_of(loan.kind, loan.applied_on).judgement_years[-1]


def _reception_day(rng: Random, year: int) -> date:
    """A day on which forms are stamped as received: Mondays from late June on, most of them early."""
    day = date(year, 6, 27) + timedelta(days=int(min(rng.expovariate(1 / 30), 120)))
    return next_bank_day(day - timedelta(days=day.weekday()))


_DEFECTS = (
    Code.CONSENT_MISSING, Code.RESIDENCE_RECORD_TOO_OLD, Code.RESIDENCE_RECORD_MISSING, Code.CERTIFICATE_MISSING,
    Code.CERTIFICATE_WRONG_YEAR, Code.SIGNATURE_MISSING, Code.ERASABLE_INK, Code.SITUATION_TWICE, Code.AMOUNT_MISSING,
    Code.PHONE_MISSING,
)  # fmt: skip


def _under_way(rng: Random, round_: Round) -> Round:
    """The same round, but not decided yet: how far it has come, and what is wrong with its papers."""
    states = (
        ApplicationState.RECEIVED, ApplicationState.UNDER_REVIEW, ApplicationState.INCOMPLETE, ApplicationState.DRAFT,
    )  # fmt: skip
    goal = rng.choices(states, (41, 41, 11, 7))[0]
    wrong: frozenset[Code] = frozenset()
    answered = False
    if goal == ApplicationState.INCOMPLETE or (goal != ApplicationState.UNDER_REVIEW and rng.random() < 0.2):
        wrong = frozenset(rng.sample(_DEFECTS, rng.choices((1, 2, 3), (60, 30, 10))[0]))
    elif goal == ApplicationState.RECEIVED and rng.random() < 0.12:
        wrong, answered = frozenset({Code.RESIDENCE_RECORD_TOO_OLD}), True
    return replace(round_, goal=goal, wrong=wrong, answered=answered)


def _now(rng: Random, life: Life) -> list[tuple[Round, list[int]]]:
    """Forms of the last weeks for whatever is still owed: the queue's work."""
    days = 1 + int(min(rng.expovariate(1 / 16), 75))
    received_on = add_bank_days(life.as_of + timedelta(days=1), -1 - days * 5 // 7)
    year = newest_fixed_year(received_on)
    if not _untaxed(life, year, received_on) and rng.random() < 0.7:
        return []
    # Most who have loans that are over know that nothing of them can be exempted any more.
    loans = [
        at
        for at in _special(life)
        if _judgement_year(life.loans[at]) == year
        or (_judgement_year(life.loans[at]) < year and (_goes_on(life, at, year) or rng.random() < 0.15))
    ]
    if not loans:
        return []
    return [(_under_way(rng, Round(year, received_on, by_mail=rng.random() < 0.3)), loans)]


# --- how it goes on ---------------------------------------------------------------------------------


def _stopped_on(rng: Random, life: Life) -> date | None:
    """The day from which nothing is paid any more: proceedings at court, or a death."""
    script = life.script
    if script.dies_on is not None:
        last_lent = max(loan.disbursed_on or loan.applied_on for loan in life.loans)
        died_on = max(script.dies_on, last_lent + timedelta(days=60))
        dies(life.family, BORROWER, died_on)
        told_on = min(died_on + timedelta(days=20), life.as_of)
        life.family.stops.append(Stop(BORROWER, MailBlockReason.DECEASED, told_on))
        return died_on
    if script.legal:
        started = a_day(rng, date(2022, 3, 1), life.as_of - timedelta(days=20))
        for loan in life.loans:
            if loan.is_lent:
                loan.rests.append(Rest(HoldReason.LEGAL, started, None, "ken01"))
        return started
    return None


def _end(rng: Random, life: Life) -> None:
    if life.script.mail_returned:
        day = a_day(rng, date(2022, 11, 1), life.as_of - timedelta(days=3))
        life.family.stops.append(Stop(BORROWER, MailBlockReason.RETURNED, day))
