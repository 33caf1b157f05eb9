"""Exemption applications of the demonstration: the form, its papers, every step, what the rules said, the decision.

What a step writes is what :mod:`exemptions.services` would have written; a test holds both against each other. Amounts
are whole yen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from desk.demo.findings import Answer, Question, ask, loan_facts
from desk.demo.lending import Loan, Movement, Rest
from desk.demo.people import Family
from desk.demo.places import PREFECTURAL_CODE, a_mobile_number
from desk.demo.repaying import Payer
from desk.demo.staff import PREFECTURAL_CLERKS, SUPERVISORS, clerks_of
from exemptions.deficiencies import Code, Deficiency, ResidenceRecord, Sheet, TaxPaper, find_deficiencies
from exemptions.enums import (
    CONSENT_NUMBERS,
    ApplicationState,
    Flag,
    Ground,
    HouseholdSituation,
    Outcome,
    PaperSlot,
    Result,
)
from exemptions.enums import Person as Judged
from exemptions.evidence import HEAD_CHANGE_DAYS
from exemptions.facts import TaxRecord
from exemptions.filed_for import ground_filed_for
from exemptions.transcript import Transcript
from exemptions.workflow import Move
from exemptions.years import YearsAsked
from japan.bankdays import add_bank_days, next_bank_day
from loans.funds import cohort_of
from people.enums import PaperKind
from people.papers import Levies
from repayment.enums import HoldReason
from rulebook.settings import Settings

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS_TO_DECIDE = 28
"""The decision meetings are on the 10th and the 25th; an application waits for the first one after so many days."""


@dataclass(slots=True)
class Paper:
    """A document of one person. ``filing`` and ``slot`` say for which application it was written down first.

    ``key`` tells a paper that belongs to no application from the person's others.
    """

    who: int
    kind: PaperKind
    received_on: date
    issued_on: date | None
    by: str
    filing: int | None = None
    slot: PaperSlot | None = None
    number: int = 1
    levies: Levies | None = None
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of an application, for its timeline."""

    move: Move
    before: str
    after: ApplicationState
    by: str
    at: datetime
    reason: str = ""
    deficiencies: tuple[Deficiency, ...] = ()
    own_words: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One assessment: the question with this loan's own facts, the answer, and the papers its tax facts came from."""

    question: Question
    answer: Answer
    certificates: tuple[tuple[Judged, int], ...]
    flags: tuple[Flag, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision. ``told_on`` is the day on which an earlier system told the borrower; ours writes no letter then."""

    outcome: Outcome
    amount: int
    remaining: int
    reason: str
    by: str
    instead_of: str
    at: datetime
    told_on: date | None
    movement: Movement | None


@dataclass(slots=True)
class Filing:
    """One form 様式1-1-x for one loan and fiscal year.

    ``place`` is its place among the borrower's applications, ``loan`` the loan's among their loans. ``laid`` are the papers:
    the slot, the paper's number, and the day on which another one took its place.
    """

    place: int
    loan: int
    ground: Ground
    fiscal_year: int
    received_on: date
    office: str
    entered_by: str
    entered_at: datetime
    requested_amount: int | None = None
    situation: HouseholdSituation | None = None
    several: bool = False
    head: int | None = None
    consents: frozenset[int] = frozenset(CONSENT_NUMBERS)
    signed_on: date | None = None
    signed: bool = True
    phone: str = ""
    erasable_ink: bool = False
    note: str = ""
    laid: list[tuple[PaperSlot, int, date | None]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    deficiencies: tuple[Deficiency, ...] = ()
    prepared_by: str = ""
    prepared_at: datetime | None = None
    answered_on: date | None = None
    ruling: Ruling | None = None

    @property
    def state(self) -> ApplicationState:
        return self.steps[-1].after

    @property
    def deficiency_count(self) -> int:
        """What was wrong when somebody last looked, the clerk's own words included when they were sent back last."""
        return len(self.deficiencies) + (1 if self.steps[-1].own_words else 0)

    @property
    def state_since(self) -> datetime:
        """When the present state began."""
        return next(step.at for step in reversed(self.steps) if step.before != step.after)


@dataclass(frozen=True, slots=True)
class Round:
    """One day on which a borrower sends in forms, and how far they have come.

    ``goal`` is the state to be reached; ``wrong`` are deficiencies the papers have; ``decided_on`` is left to the
    meetings unless given. ``answered``: papers had been sent back and came in again.
    """

    fiscal_year: int
    received_on: date
    goal: ApplicationState | None = None
    wrong: frozenset[Code] = frozenset()
    decided_on: date | None = None
    decided_by: str = ""
    instead_of: str = ""
    prepared_by: str = ""
    answered: bool = False
    own_words: str = ""
    note: str = ""
    by_mail: bool = False


@dataclass(slots=True)
class Casebook:
    """One borrower's applications and papers, as they pile up. ``tax`` is who was charged which levies in which year.

    Decisions before ``letters_since`` were told to the borrower before letters were written here.
    """

    family: Family
    loans: list[Loan]
    payers: dict[int, Payer]
    tax: dict[tuple[int, int], tuple[bool, bool]]
    settings: Settings
    as_of: date
    letters_since: date
    papers: list[Paper] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)

    # --- a round -------------------------------------------------------------------------------

    def file(self, rng: Random, round_: Round, loans: Iterable[int]) -> None:
        """Take in one form for each of these loans, and carry each as far as the round says."""
        phone = self.family.telephones[0].number if self.family.telephones else a_mobile_number(rng)
        for at in loans:
            payer = self.payers[at]
            payer.pay_until(rng, round_.received_on)
            if payer.left <= 0 or self._is_taken(at, round_.fiscal_year):
                continue
            self._file_one(rng, round_, at, payer, phone)

    def _is_taken(self, loan: int, fiscal_year: int) -> bool:
        """Whether a form for this loan is open, or one for this year has not been in vain."""
        fruitless = (ApplicationState.REFUSED, ApplicationState.WITHDRAWN)
        settled = (*fruitless, ApplicationState.APPROVED)
        return any(
            filing.loan == loan
            and (filing.state not in settled or (filing.fiscal_year == fiscal_year and filing.state not in fruitless))
            for filing in self.filings
        )

    def _file_one(self, rng: Random, round_: Round, at: int, payer: Payer, phone: str) -> None:
        loan = self.loans[at]
        office = self.family.council_on(loan.borrower, round_.received_on)
        clerk = PREFECTURAL_CLERKS[0] if round_.by_mail else rng.choice(clerks_of(office))
        entered_on = min(add_bank_days(round_.received_on, rng.randrange(0, 2)), self.as_of)
        years = YearsAsked.of(cohort_of(loan.kind, loan.applied_on), round_.received_on)
        filing = Filing(
            place=len(self.filings),
            loan=at,
            ground=ground_filed_for(Transcript(round_.fiscal_year, round_.received_on), years),
            fiscal_year=round_.fiscal_year,
            received_on=round_.received_on,
            office=PREFECTURAL_CODE if round_.by_mail else office,
            entered_by=clerk,
            entered_at=moment(rng, entered_on, 9, 16),
            requested_amount=payer.left,
            signed_on=round_.received_on - timedelta(days=rng.randrange(0, 9)),
            phone=phone,
            note=round_.note,
        )
        self.filings.append(filing)
        self._say_who_is_head(filing, loan)
        self._lay_papers(rng, filing, round_)
        self._spoil(filing, round_.wrong)
        self._walk(rng, filing, round_, payer)

    def _say_who_is_head(self, filing: Filing, loan: Loan) -> None:
        """Tick the one box that is true on the day of receipt (form 1-1-D)."""
        family, who, day = self.family, loan.borrower, filing.received_on
        head = family.head_on(who, day)
        if head is None or head == who:
            filing.situation = HouseholdSituation.BORROWER_IS_HEAD
        elif any(each.who == who for each in family.secrecies):
            filing.situation = HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE
        elif family.household_of(head, loan.applied_on) != family.household_of(who, loan.applied_on):
            filing.situation = HouseholdSituation.HEAD_WAS_SEPARATE
        else:
            filing.situation, filing.head = HouseholdSituation.NONE_OF_THESE, head

    # --- papers --------------------------------------------------------------------------------

    def _lay_papers(self, rng: Random, filing: Filing, round_: Round) -> None:
        who, came = self.loans[filing.loan].borrower, filing.received_on
        self._lay(filing, PaperSlot.FORM, Paper(who, PaperKind.EXEMPTION_FORM, came, None, filing.entered_by))
        if Code.RESIDENCE_RECORD_MISSING not in round_.wrong:
            age = rng.randrange(100, 160) if Code.RESIDENCE_RECORD_TOO_OLD in round_.wrong else rng.randrange(1, 30)
            record = Paper(who, PaperKind.RESIDENCE_RECORD, came, came - timedelta(days=age), filing.entered_by)
            self._lay(filing, PaperSlot.RESIDENCE_RECORD, record)
        self._lay_certificate(rng, filing, PaperSlot.BORROWER_TAX, who, round_)
        if filing.head is not None:
            self._lay_certificate(rng, filing, PaperSlot.HEAD_TAX, filing.head, round_)
        if filing.situation == HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE:
            note = "配偶者暴力相談支援センターの来所相談証明書"
            paper = Paper(who, PaperKind.CIRCUMSTANCES, came, None, filing.entered_by, note=note)
            self._lay(filing, PaperSlot.CIRCUMSTANCES, paper)

    def _lay(self, filing: Filing, slot: PaperSlot, paper: Paper) -> int:
        """Write a paper down for an application, and lay it into a slot."""
        paper.filing, paper.slot = filing.place, slot
        self.papers.append(paper)
        filing.laid.append((slot, len(self.papers) - 1, None))
        return len(self.papers) - 1

    def _lay_certificate(self, rng: Random, filing: Filing, slot: PaperSlot, who: int, round_: Round) -> None:
        if Code.CERTIFICATE_MISSING in round_.wrong:
            return
        year = round_.fiscal_year - 1 if Code.CERTIFICATE_WRONG_YEAR in round_.wrong else round_.fiscal_year
        held = self.certificate(who, year)
        if held is not None:
            filing.laid.append((slot, held, None))
            return
        paper = self.a_certificate(rng, who, year, filing.received_on, filing.entered_by)
        self._lay(filing, slot, paper)
        loan = self.loans[filing.loan]
        others = [other for other in cohort_of(loan.kind, loan.applied_on).judgement_years if other != year]
        if self.tax.get((who, year), (True, True))[0] and not round_.wrong:
            # Of several judgement years any one will do, so whoever was charged in one shows the others too.
            for other in others:
                if self.certificate(who, other) is None:
                    shown = self.a_certificate(rng, who, other, filing.received_on, filing.entered_by)
                    shown.key = f"certificate:{other}"
                    self.papers.append(shown)

    def a_certificate(self, rng: Random, who: int, year: int, received_on: date, by: str) -> Paper:
        """A tax certificate that says what is true of somebody's levies in a year."""
        issued_on = max(date(year, 6, 10), received_on - timedelta(days=rng.randrange(2, 25)))
        per_capita, income = self.tax.get((who, year), (True, True))
        return Paper(
            who,
            PaperKind.TAX_CERTIFICATE,
            received_on,
            min(issued_on, received_on),
            by,
            levies=Levies(year, per_capita, income, self.family.municipality.name),
        )

    def certificate(self, who: int, year: int) -> int | None:
        """The number of the certificate that is on file for somebody and a year."""
        return next(
            (
                at
                for at, paper in enumerate(self.papers)
                if paper.who == who and paper.levies is not None and paper.levies.fiscal_year == year
            ),
            None,
        )

    def _spoil(self, filing: Filing, wrong: frozenset[Code]) -> None:
        """Let a form have the deficiencies that its papers do not have already."""
        if Code.AMOUNT_MISSING in wrong:
            filing.requested_amount = None
        if Code.SITUATION_TWICE in wrong:
            filing.situation, filing.several, filing.head = None, True, None
        if Code.CONSENT_MISSING in wrong:
            filing.consents -= {5}
        if Code.SIGNATURE_MISSING in wrong:
            filing.signed = False
        if Code.PHONE_MISSING in wrong:
            filing.phone = ""
        if Code.ERASABLE_INK in wrong:
            filing.erasable_ink = True

    # --- steps ---------------------------------------------------------------------------------

    def _walk(self, rng: Random, filing: Filing, round_: Round, payer: Payer) -> None:
        """Take an application from its receipt to the state it is to reach."""
        if round_.goal == ApplicationState.DRAFT:
            self._step(filing, Move.SAVE_DRAFT, ApplicationState.DRAFT, filing.entered_by, filing.entered_at)
            filing.deficiencies = self._deficiencies(filing, filing.entered_at.date())
            return
        decided_on = round_.decided_on or meeting_after(filing.received_on + timedelta(days=DAYS_TO_DECIDE))
        decides = round_.goal is None or round_.goal in (ApplicationState.APPROVED, ApplicationState.REFUSED)
        historic = decides and decided_on < self.letters_since
        self._step(filing, Move.RECEIVE, ApplicationState.RECEIVED, filing.entered_by, filing.entered_at)
        if not historic:
            self._look(filing, filing.entered_by, filing.entered_at)
        self.loans[filing.loan].rests.append(
            Rest(HoldReason.EXEMPTION_PENDING, filing.received_on, None, filing.entered_by, filing.place)
        )
        if round_.goal == ApplicationState.WITHDRAWN:
            day = min(add_bank_days(filing.entered_at.date(), 8), self.as_of)
            by = PREFECTURAL_CLERKS[1]
            reason = "借受人から電話で取下げの申出があったため"
            at = after(filing.entered_at, moment(rng, day, 10, 16))
            self._step(filing, Move.WITHDRAW, ApplicationState.WITHDRAWN, by, at, reason=reason)
            self._end_rest(filing, day)
            return
        if decides and decided_on <= self.as_of:
            self._decide(rng, filing, round_, payer, decided_on, historic=historic)
            return
        if round_.goal == ApplicationState.INCOMPLETE or round_.answered:
            self._send_back(rng, filing, round_)
        if round_.answered:
            self._answer(rng, filing)
        if round_.goal == ApplicationState.UNDER_REVIEW:
            day = min(add_bank_days(filing.steps[-1].at.date(), rng.randrange(1, 6)), self.as_of)
            self._prepare(filing, round_.prepared_by or rng.choice(PREFECTURAL_CLERKS[:2]), moment(rng, day, 9, 17))

    def _step(
        self,
        filing: Filing,
        move: Move,
        to: ApplicationState,
        by: str,
        at: datetime,
        *,
        reason: str = "",
        deficiencies: tuple[Deficiency, ...] = (),
        own_words: str = "",
    ) -> None:
        before = filing.steps[-1].after.value if filing.steps else ""
        filing.steps.append(Step(move, before, to, by, at, reason, deficiencies, own_words))

    def _send_back(self, rng: Random, filing: Filing, round_: Round) -> None:
        day = min(add_bank_days(filing.entered_at.date(), rng.randrange(1, 5)), self.as_of)
        self._step(
            filing,
            Move.REPORT_DEFICIENCIES,
            ApplicationState.INCOMPLETE,
            filing.entered_by,
            after(filing.entered_at, moment(rng, day, 9, 17)),
            deficiencies=filing.deficiencies,
            own_words=round_.own_words,
        )

    def _answer(self, rng: Random, filing: Filing) -> None:
        """The papers come in again: what was missing is there, and a new residence record lies over the old one."""
        sent = filing.steps[-1].at
        day = min(next_bank_day(sent.date() + timedelta(days=rng.randrange(5, 14))), self.as_of)
        filing.answered_on = day
        for place, (slot, paper, replaced_on) in enumerate(filing.laid):
            if slot == PaperSlot.RESIDENCE_RECORD and replaced_on is None:
                filing.laid[place] = (slot, paper, day)
        record = Paper(
            self.loans[filing.loan].borrower,
            PaperKind.RESIDENCE_RECORD,
            day,
            day - timedelta(days=rng.randrange(1, 10)),
            filing.entered_by,
            number=2,
        )
        self._lay(filing, PaperSlot.RESIDENCE_RECORD, record)
        at = after(sent, moment(rng, day, 9, 16))
        self._step(filing, Move.ANSWER_DEFICIENCIES, ApplicationState.RECEIVED, filing.entered_by, at)
        self._look(filing, filing.entered_by, at)

    def _prepare(self, filing: Filing, by: str, at: datetime, *, seen: Look | None = None) -> None:
        """Draw the proposal up; ``seen`` is what is known of it already."""
        at = after(filing.steps[-1].at, at)
        look = seen or self._look(filing, by, at)
        plain = look.answer.result == Result.ELIGIBLE and not filing.deficiencies
        reason = "" if plain else "要件を満たさないため、不承認として起案する。"
        self._step(filing, Move.PREPARE, ApplicationState.UNDER_REVIEW, by, at, reason=reason)
        filing.prepared_by, filing.prepared_at = by, at

    def _decide(
        self, rng: Random, filing: Filing, round_: Round, payer: Payer, decided_on: date, *, historic: bool
    ) -> None:
        """Prepare and decide. Of a decision that was taken over, only the assessment it rests on is kept."""
        loan = self.loans[filing.loan]
        ready = min(add_bank_days(filing.entered_at.date(), rng.randrange(2, 12)), add_bank_days(decided_on, -1))
        prepared_at = moment(rng, ready, 9, 17)
        prepared_by = round_.prepared_by or rng.choice(PREFECTURAL_CLERKS[:2])
        if not historic:
            self._prepare(filing, prepared_by, prepared_at)
        payer.pay_until(rng, decided_on, rests_from=filing.received_on)
        by = round_.decided_by or rng.choices(SUPERVISORS, (60, 40))[0]
        at = after(after(filing.steps[-1].at, prepared_at), moment(rng, decided_on, 8, 9))
        look = self._look(filing, by, at)
        if historic:
            self._prepare(filing, prepared_by, prepared_at, seen=look)
        found = look.answer
        approved = found.result == Result.ELIGIBLE and found.amount > 0 and round_.goal != ApplicationState.REFUSED
        movement = None
        if approved:
            movement = Movement(
                "exempted",
                found.amount,
                decided_on,
                f"exemption:{filing.place}",
                lag=0,
                by=by,
                first_no=found.first_no,
                last_no=found.last_no,
            )
            loan.movements.append(movement)
            payer.exempt(movement)
        else:
            payer.catch_up(rng, decided_on, self.as_of)
        move, state = (
            (Move.APPROVE, ApplicationState.APPROVED) if approved else (Move.REFUSE, ApplicationState.REFUSED)
        )
        self._step(filing, move, state, by, at)
        filing.ruling = Ruling(
            outcome=Outcome.APPROVED if approved else Outcome.REFUSED,
            amount=found.amount if approved else 0,
            remaining=found.remaining if approved else found.remaining + found.amount,
            reason="" if approved else "要件を満たさない（課税されている、または免除できる残りがない）。",
            by=by,
            instead_of=round_.instead_of,
            at=at,
            told_on=add_bank_days(decided_on, 5) if historic else None,
            movement=movement,
        )
        self._end_rest(filing, decided_on)

    def _end_rest(self, filing: Filing, day: date) -> None:
        rests = self.loans[filing.loan].rests
        for at, rest in enumerate(rests):
            if rest.filing == filing.place:
                rests[at] = replace(rest, until=max(day, rest.since))

    # --- what the rules and the papers say -----------------------------------------------------

    def _certificates(self, filing: Filing, on: date) -> tuple[tuple[Judged, int], ...]:
        """The certificates on file that count, of the borrower and then the judged head, the newest year first."""
        found: list[tuple[Judged, int]] = []
        borrower = self.loans[filing.loan].borrower
        people = sorted([(borrower, Judged.BORROWER), *([] if filing.head is None else [(filing.head, Judged.HEAD)])])
        for who, judged in people:
            years = [
                (paper.levies.fiscal_year, at)
                for at, paper in enumerate(self.papers)
                if paper.who == who and paper.levies is not None and paper.received_on <= on
            ]
            found += [(judged, at) for _, at in sorted(years, reverse=True)]
        return tuple(found)

    def _look(self, filing: Filing, by: str, at: datetime) -> Look:
        """Let the rules look at an application on a day, and the papers be looked over."""
        loan, day = self.loans[filing.loan], at.date()
        certificates = self._certificates(filing, day)
        taxes = []
        for judged, paper in certificates:
            levies = self.papers[paper].levies
            assert levies is not None
            taxes.append(TaxRecord(judged, levies.fiscal_year, levies.per_capita, levies.income))
        died_on = self.family.people[loan.borrower].died_on
        question = Question(
            loan=loan_facts(
                code=loan.code,
                fund=loan.kind.value,
                applied_on=loan.applied_on,
                household_size=loan.household_size,
                principal=loan.principal,
                plans=tuple(loan.plans),
                deferrals=loan.shifts,
                entries=loan.entries,
            ),
            situation=filing.situation,
            taxes=tuple(taxes),
            received_on=filing.received_on,
            consents=filing.consents,
            died_on=died_on if died_on is not None and died_on <= day else None,
            as_of=day,
        )
        answer = ask(question, self.settings)
        look = Look(question, answer, certificates, self._flags(filing, answer, question), by, at)
        filing.deficiencies = self._deficiencies(filing, day)
        filing.looks.append(look)
        filing.ground = answer.ground or filing.ground
        return look

    def _flags(self, filing: Filing, answer: Answer, question: Question) -> tuple[Flag, ...]:
        found = set()
        since = filing.received_on - timedelta(days=HEAD_CHANGE_DAYS)
        if self.family.head_changed_within(self.loans[filing.loan].borrower, since, filing.received_on):
            found.add(Flag.HEAD_CHANGED)
        if answer.label_late and not self._years(filing).is_later(filing.fiscal_year):
            found.add(Flag.LATE)
        if answer.individual_handling:
            found.add(Flag.INDIVIDUAL)
        if question.died_on is not None:
            found |= {Flag.BORROWER_DIED, Flag.OTHER_GROUND}
        return tuple(flag for flag in Flag if flag in found)

    def _years(self, filing: Filing) -> YearsAsked:
        loan = self.loans[filing.loan]
        return YearsAsked.of(cohort_of(loan.kind, loan.applied_on), filing.received_on)

    def _deficiencies(self, filing: Filing, today: date) -> tuple[Deficiency, ...]:
        loan = self.loans[filing.loan]
        laid = {slot: self.papers[paper] for slot, paper, replaced_on in filing.laid if replaced_on is None}
        record = laid.get(PaperSlot.RESIDENCE_RECORD)
        certificates = []
        for judged, at in self._certificates(filing, today):
            paper = self.papers[at]
            assert paper.levies is not None
            certificates.append(TaxPaper(judged, paper.levies.fiscal_year, paper.received_on, paper.issued_on))
        cap = cohort_of(loan.kind, loan.applied_on).cap(loan.household_size)
        exempted = sum(row.amount for row in loan.movements if row.kind == "exempted" and row.on <= today)
        return find_deficiencies(
            Sheet(
                received_on=filing.received_on,
                today=today,
                born_on=self.family.people[loan.borrower].born_on,
                years=self._years(filing),
                fiscal_year=filing.fiscal_year,
                principal=loan.principal,
                cap_left=None if cap is None else max(0, cap - exempted),
                record_months=self.settings.residence_record_max_age_months,
                requested_amount=filing.requested_amount,
                situation=filing.situation,
                several_situations=filing.several,
                head_named=filing.head is not None,
                consents=filing.consents,
                signed_on=filing.signed_on,
                signed=filing.signed,
                phone=filing.phone,
                erasable_ink=filing.erasable_ink,
                residence_record=ResidenceRecord(record.issued_on, record.received_on) if record else None,
                certificates=tuple(certificates),
                circumstances=PaperSlot.CIRCUMSTANCES in laid,
            )
        )


def meeting_after(day: date) -> date:
    """The first decision meeting on or after a day: the 10th and the 25th, or the bank day after."""
    for nominal in (day.replace(day=10), day.replace(day=25)):
        held = next_bank_day(nominal)
        if held >= day:
            return held
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=10)
    return next_bank_day(following)


def moment(rng: Random, day: date, first_hour: int, last_hour: int) -> datetime:
    """A moment of a day during office hours."""
    minutes = int(rng.random() * (last_hour - first_hour) * 60)
    return datetime(day.year, day.month, day.day, first_hour, tzinfo=TOKYO) + timedelta(minutes=minutes)


def after(before: datetime, at: datetime) -> datetime:
    """A moment, but later than another one: steps follow each other."""
    return at if at > before else before + timedelta(minutes=7)
