"""Writing the demonstration down: offices and staff by Django, everything else by COPY, one chunk of lives at a time.

All of it is one transaction, so that a demonstration is there as a whole or not at all. Keys come from the tables' own
sequences in the order of the lives, moments from the days of the story: two runs on fresh databases write the same
rows, but for the hashes of passwords.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction

from accounts.enums import Role, SealMode
from accounts.models import Deputy, Office, OfficeLetterhead, RoleAssignment, User
from accounts.roles import ROLES
from audit.actors import Actor
from audit.services import acting
from desk.demo.applying import put_applications_on_desks, set_income_ceilings
from desk.demo.cast import CAST
from desk.demo.filing import TOKYO, Filing, Look
from desk.demo.lending import Loan
from desk.demo.lives import Life, lives
from desk.demo.money import put_money_on_its_way
from desk.demo.oldpapers import leave_old_papers_behind
from desk.demo.parcels import put_papers_on_their_way
from desk.demo.places import OFFICES, OfficePlan
from desk.demo.signins import PASSWORD, signins
from desk.demo.staff import SINCE, STAFF, STAND_INS
from exemptions.deficiencies import Code
from exemptions.evidence import HeldCertificate
from exemptions.models import Application, ApplicationPaper, Assessment, Decision, StateChange
from exemptions.snapshot import facts_to_json
from exemptions.workflow import Move
from japan.banks import PRACTICE_BANK
from japan.phones import phone_digits
from japan.zengin.kana import FieldClass, bank_kana
from loans.models import Loan as LoanRow
from notices.envelopes import NAGA3_EXAMPLE
from people.account_sealing import COPY_COLUMNS as ACCOUNT_COLUMNS
from people.account_sealing import OpenAccount
from people.account_sealing import copy_row as account_row
from people.addresses import COPY_COLUMNS, copy_row
from people.enums import AccountKind, AccountUse
from people.models import (
    Address,
    BankAccount,
    Caseload,
    Household,
    HouseholdMember,
    MailBlock,
    Paper,
    Person,
    Phone,
    Protection,
    TaxCertificate,
)
from repayment.enums import PlanReason
from repayment.models import CollectionHold, Deferral, LedgerEntry, RepaymentPlan
from rulebook.selectors import settings_on
from rulebook.settings import Settings

DEMO: Final = Actor.machine("demo")
LIVES_AT_ONCE: Final = 500
LETTERHEAD_SINCE: Final = date(2020, 4, 1)
HOURS: Final = "平日 9時から17時まで"

Row = tuple[Any, ...]


def make(*, borrowers: int, seed: int, as_of: date, progress: Callable[[int], None] = lambda made: None) -> None:
    """Write a whole prefecture into an empty database. ``progress`` is told how many borrowers there are so far."""
    with transaction.atomic(), acting(DEMO, at=at_hour(as_of, 7)):
        offices = _write_offices(as_of)
        users = _write_staff(as_of, offices)
        set_income_ceilings(as_of)
        rules = settings_on(as_of)
        made = 0
        stories = lives(borrowers, seed=seed, as_of=as_of, settings=rules, cast=CAST)
        for chunk in _one_ahead(stories):
            _Chunk(chunk, offices, users, rules, as_of).write()
            made += sum(life.borrowers for life in chunk)
            progress(made)
        put_money_on_its_way(as_of)
        put_applications_on_desks(as_of)
        put_papers_on_their_way(as_of)
        leave_old_papers_behind(as_of)
    analyze()


def _one_ahead(stories: Iterator[Life]) -> Iterator[list[Life]]:
    """Chunks of lives, the next one being thought up while the database takes in the one before."""

    def think() -> list[Life]:
        return list(islice(stories, LIVES_AT_ONCE))

    with ThreadPoolExecutor(max_workers=1) as thinker:
        coming = thinker.submit(think)
        while chunk := coming.result():
            coming = thinker.submit(think)
            yield chunk


def analyze() -> None:
    """Let the planner look at the tables anew. Only their owner may, so it is done on a connection of the owner's."""
    owner = connection.copy()
    known = {"NAME": connection.settings_dict["NAME"], "TEST": connection.settings_dict["TEST"]}
    owner.settings_dict = {**connection.settings_dict, **django_settings.DATABASE_OWNER, **known}
    with closing(owner), owner.cursor() as cursor:
        cursor.execute("analyze")


def at_hour(day: date, hour: int) -> datetime:
    """A full hour of a day in Japan."""
    return datetime.combine(day, time(hour), tzinfo=TOKYO)


# --- offices and staff ------------------------------------------------------------------------------


def _write_offices(as_of: date) -> dict[str, int]:
    rows = Office.objects.bulk_create(
        Office(code=plan.code, name=plan.name, kind=plan.kind, municipality=plan.municipality) for plan in OFFICES
    )
    keys = {office.code: office.pk for office in rows}
    heads = [_letterhead(plan, keys[plan.code]) for plan in OFFICES if plan.prefix]
    elected = replace(OFFICES[0], chairperson="千々石 眞佐子")
    heads.append(_letterhead(elected, keys[elected.code], since=as_of - timedelta(days=170)))
    OfficeLetterhead.objects.bulk_create(heads)
    return keys


def _letterhead(plan: OfficePlan, office: int, *, since: date = LETTERHEAD_SINCE) -> OfficeLetterhead:
    own = {"name": plan.name, "contact": plan.phone, "hours": HOURS}
    centre = {"name": "架瀬県社協 特例貸付事務センター", "contact": "0190-00-2410", "hours": "平日 9時から18時まで"}
    agency = {"name": "架瀬市くらし相談支援センター（自立相談支援機関）", "contact": "0190-01-3300", "hours": HOURS}
    return OfficeLetterhead(
        office_id=office,
        valid_from=since,
        letter_name=f"社会福祉法人 {plan.name}",
        chairperson=f"会長 {plan.chairperson}",
        seal_mode=SealMode.SEALED if plan.sealed else SealMode.OMITTED,
        number_prefix=plan.prefix,
        postal_code=plan.postal_code,
        address=plan.address,
        phone=plan.phone,
        hours=HOURS,
        envelope_profile=NAGA3_EXAMPLE.code,
        desks=[centre, agency] if plan == OFFICES[0] or plan.code == OFFICES[0].code else [own, agency],
    )


def _write_staff(as_of: date, offices: dict[str, int]) -> dict[str, int]:
    # One password for all: hashing it anew for each would take most of the time of a small demonstration.
    hashed = make_password(PASSWORD)
    may_sign_in = {line.username for line in signins()}
    rows = User.objects.bulk_create(
        User(
            username=each.username,
            name=each.name,
            office_id=offices[each.office],
            password=hashed if each.username in may_sign_in else f"!{each.username}",
            is_active=each.left_days_ago is None,
            joined_at=at_hour(SINCE, 9),
        )
        for each in STAFF
    )
    keys = {user.username: user.pk for user in rows}
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user_id=keys[each.username],
            role=each.role,
            side=ROLES[Role(each.role)].side,
            since=SINCE,
            until=None if each.left_days_ago is None else as_of - timedelta(days=each.left_days_ago),
            granted_by=DEMO.label,
        )
        for each in STAFF
    )
    for stand_in in STAND_INS:
        since, until = stand_in.period(as_of)
        Deputy.objects.create(
            supervisor_id=keys[stand_in.supervisor],
            deputy_id=keys[stand_in.deputy],
            since=since,
            until=until,
            reason=stand_in.reason,
        )
    return keys


# --- tables -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table and the columns that are written, in the order of the rows handed over."""

    model: type[models.Model]
    columns: tuple[str, ...]

    def copy(self, rows: Iterable[Row]) -> None:
        """Write rows by COPY; triggers and constraints work as for any other insert."""
        names = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)


def keys_for(model: type[models.Model], count: int) -> Iterator[int]:
    """So many keys of a table, taken from its own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([key for (key,) in cursor.fetchall()])


PERSON = Table(
    Person,
    ("id", "number", "name", "kana", "name_key", "kana_key", "kana_loose", "name_bigrams", "birth_date", "died_on",
     "sex", "language", "needs_interpreter", "reachable", "note"),
)  # fmt: skip
HOUSEHOLD = Table(Household, ("id", "number"))
MEMBER = Table(HouseholdMember, ("household_id", "person_id", "relationship", "is_head", "since", "until"))
CASELOAD = Table(Caseload, ("person_id", "office_id", "since", "until"))
PROTECTION = Table(Protection, ("person_id", "since", "until", "ground", "recorded_by"))
ADDRESS = Table(Address, COPY_COLUMNS)
PHONE = Table(Phone, ("person_id", "kind", "number", "digits", "since"))
ACCOUNT = Table(BankAccount, ACCOUNT_COLUMNS)
MAIL_BLOCK = Table(MailBlock, ("person_id", "reason", "since"))
LOAN = Table(
    LoanRow,
    ("id", "code", "fund", "borrower_id", "office_id", "state", "applied_on", "decided_on", "disbursed_on",
     "household_size", "principal", "instalments", "first_due_month", "channel"),
)  # fmt: skip
PLAN = Table(
    RepaymentPlan,
    ("id", "loan_id", "version", "effective_on", "principal", "count", "first_month", "first_amount", "regular_amount",
     "debit_day", "reason", "recorded_at", "recorded_by", "source_key"),
)  # fmt: skip
DEFERRAL = Table(
    Deferral, ("loan_id", "from_month", "months", "granted_on", "recorded_at", "recorded_by", "source_key")
)
ENTRY = Table(
    LedgerEntry,
    ("id", "loan_id", "kind", "amount", "effective_on", "recorded_at", "recorded_by", "source_key", "plan_id",
     "first_no", "last_no", "reverses_id", "note"),
)  # fmt: skip
HOLD = Table(CollectionHold, ("loan_id", "reason", "since", "until", "source_key", "recorded_by"))
PAPER = Table(
    Paper, ("id", "person_id", "kind", "received_on", "issued_on", "note", "recorded_by", "source_key")
)  # fmt: skip
CERTIFICATE = Table(TaxCertificate, ("paper_id", "fiscal_year", "per_capita_levy", "income_levy", "municipality"))
APPLICATION = Table(
    Application,
    ("id", "loan_id", "office_id", "fiscal_year", "state", "received_on", "signed_on", "signed", "phone",
     "erasable_ink", "requested_amount", "situation", "several_situations", "head_id", "consents", "note",
     "entered_by_id", "entered_at", "prepared_by_id", "prepared_at", "state_since", "answered_on", "deficiency_count",
     "assessment_id", "version"),
)  # fmt: skip
APPLICATION_PAPER = Table(ApplicationPaper, ("application_id", "paper_id", "slot", "replaced_on"))
ASSESSMENT = Table(
    Assessment,
    ("id", "application_id", "as_of", "made_at", "made_by", "facts", "settings_used", "result", "ground", "cut_off",
     "first_no", "last_no", "amount", "remaining", "missing", "flags", "checks"),
)  # fmt: skip
DECISION = Table(
    Decision,
    ("application_id", "assessment_id", "outcome", "amount", "remaining", "entry_id", "internal_reason",
     "entered_by_id", "prepared_by_id", "decided_by_id", "decided_for_id", "decided_on", "decided_at",
     "notified_elsewhere_on"),
)  # fmt: skip
STATE_CHANGE = Table(
    StateChange,
    ("application_id", "move", "from_state", "to_state", "reason", "deficiencies", "by", "by_user_id", "at"),
)
IN_ORDER = (
    PERSON, HOUSEHOLD, MEMBER, CASELOAD, PROTECTION, ADDRESS, PHONE, ACCOUNT, MAIL_BLOCK, LOAN, PLAN, DEFERRAL, ENTRY, HOLD,
    PAPER, CERTIFICATE, APPLICATION, APPLICATION_PAPER, ASSESSMENT, DECISION, STATE_CHANGE,
)  # fmt: skip


# --- a chunk of lives -------------------------------------------------------------------------------


class _Chunk:
    """Some lives on their way into the tables: rows by table, and the keys that rows name each other by."""

    def __init__(
        self, chunk: Sequence[Life], offices: dict[str, int], users: dict[str, int], rules: Settings, as_of: date
    ) -> None:
        self.lives, self.offices, self.users, self.as_of = chunk, offices, users, as_of
        self.settings_used = json.dumps(rules.as_json(), ensure_ascii=False)
        self.rows: dict[Table, list[Row]] = {table: [] for table in IN_ORDER}
        loans = [loan for life in chunk for loan in life.loans]
        filings = [filing for life in chunk for filing in life.filings]
        self.person_keys = keys_for(Person, sum(len(life.family.people) for life in chunk))
        self.household_keys = keys_for(Household, sum(_households(life) for life in chunk))
        self.account_keys = keys_for(BankAccount, sum(len(list(debited(life))) for life in chunk))
        self.loan_keys = keys_for(LoanRow, len(loans))
        self.plan_keys = keys_for(RepaymentPlan, sum(len(loan.plans) for loan in loans))
        self.entry_keys = keys_for(LedgerEntry, sum(len(loan.movements) for loan in loans))
        self.paper_keys = keys_for(Paper, sum(len(life.papers) + len(life.extra_papers) for life in chunk))
        self.application_keys = keys_for(Application, len(filings))
        self.assessment_keys = keys_for(Assessment, sum(len(filing.looks) for filing in filings))

    def write(self) -> None:
        """Lay out the rows of every life and copy them, table by table; broken references end it here."""
        for life in self.lives:
            self._life(life)
        for table in IN_ORDER:
            table.copy(self.rows[table])
        connection.check_constraints()

    def _life(self, life: Life) -> None:
        people = [next(self.person_keys) for _ in life.family.people]
        households = [next(self.household_keys) for _ in range(_households(life))]
        applications = [next(self.application_keys) for _ in life.filings]
        papers = [next(self.paper_keys) for _ in (*life.papers, *life.extra_papers)]
        self._people(life, people, households)
        loans, entries = self._loans(life, people, applications)
        self._papers(life, people, papers, applications)
        for filing, key in zip(life.filings, applications, strict=True):
            self._filing(life, filing, key, people, loans, papers, applications, entries)

    # --- people --------------------------------------------------------------------------------

    def _people(self, life: Life, people: list[int], households: list[int]) -> None:
        family, rows = life.family, self.rows
        for who, individual in enumerate(family.people):
            person = Person(name=individual.name.written, kana=individual.name.kana)
            person.set_search_keys()
            rows[PERSON].append(
                (
                    people[who], person_number(life.number, who), person.name, person.kana, person.name_key,
                    person.kana_key, person.kana_loose, person.name_bigrams, individual.born_on, individual.died_on,
                    individual.sex.value, individual.language.value, individual.needs_interpreter,
                    individual.reachable, individual.note,
                )
            )  # fmt: skip
        rows[HOUSEHOLD] += [(key, f"S{life.number:07d}{at}") for at, key in enumerate(households)]
        rows[MEMBER] += [
            (households[stay.household], people[stay.who], stay.relationship, stay.is_head, stay.since, stay.until)
            for stay in family.stays
        ]
        rows[CASELOAD] += [
            (people[care.who], self.offices[care.office], care.since, care.until) for care in family.cares
        ]
        rows[PROTECTION] += [
            (people[each.who], each.since, each.until, "住民基本台帳事務における支援措置決定通知書", "ken01")
            for each in family.secrecies
        ]
        rows[ADDRESS] += [
            copy_row(people[each.who], each.kind, each.place, each.since, each.until) for each in family.residences
        ]
        rows[PHONE] += [
            (people[each.who], each.kind.value, each.number, phone_digits(each.number), each.since)
            for each in family.telephones
        ]
        rows[ACCOUNT] += [self._account(life, who, people[who], since) for who, since in debited(life)]
        rows[MAIL_BLOCK] += [(people[each.who], each.reason.value, each.since) for each in family.stops]

    def _account(self, life: Life, who: int, person: int, since: date) -> Row:
        """An account at the bank that does not exist, from which instalments are drawn."""
        number = f"{(life.number * 7_919 + who * 31 + 1_000_003) % 10_000_000:07d}"
        account = OpenAccount(PRACTICE_BANK, "999", AccountKind.ORDINARY.value, number, held_by(life, who))
        row = BankAccount(
            pk=next(self.account_keys),
            person_id=person,
            use=AccountUse.DEBIT.value,
            bank_code=account.bank_code,
            branch_code=account.branch_code,
            kind=account.kind,
            holder_kana=account.holder_kana,
            since=since,
            recorded_by="demo",
        )
        return account_row(row, account)

    # --- loans ---------------------------------------------------------------------------------

    def _loans(self, life: Life, people: list[int], applications: list[int]) -> tuple[list[int], dict[str, int]]:
        """Write the loans with plans and ledger; returns their keys, and those of the ledger rows by source key."""
        keys: list[int] = []
        entries: dict[str, int] = {}
        for loan in life.loans:
            key = next(self.loan_keys)
            keys.append(key)
            self.rows[LOAN].append(
                (
                    key, loan.code, loan.kind.value, people[loan.borrower], self.offices[loan.office],
                    loan.state.value, loan.applied_on, loan.decided_on, loan.disbursed_on, loan.household_size,
                    loan.principal, loan.instalments, loan.first_month, loan.channel.value,
                )
            )  # fmt: skip
            plans = self._plans(loan, key)
            self.rows[DEFERRAL] += [
                (
                    key, grant.from_month, grant.months, grant.granted_on, at_hour(grant.granted_on, 15), "ken02",
                    f"deferral:{loan.code}:{grant.from_month}",
                )
                for grant in loan.deferrals
            ]  # fmt: skip
            entries |= self._ledger(loan, key, plans, applications)
            for rest in loan.rests:
                source = _hold_key(loan, rest.reason.value, rest.filing, applications)
                self.rows[HOLD].append((key, rest.reason.value, rest.since, rest.until, source, rest.by))
        return keys, entries

    def _plans(self, loan: Loan, loan_key: int) -> dict[int, int]:
        keys = {}
        for version in loan.plans:
            keys[version.version] = key = next(self.plan_keys)
            plan, original = version.plan, version.version == 1
            reason = PlanReason.ORIGINAL if original else loan.replanned_for
            source = f"original:{loan.code}" if original else f"plan:{loan.code}:{version.version}"
            self.rows[PLAN].append(
                (
                    key, loan_key, version.version, version.effective_on, plan.principal, plan.count, plan.first_month,
                    plan.first_amount, plan.regular_amount, version.debit_day, reason.value,
                    at_hour(version.effective_on, 14), DEMO.label, source,
                )
            )  # fmt: skip
        return keys

    def _ledger(self, loan: Loan, loan_key: int, plans: dict[int, int], applications: list[int]) -> dict[str, int]:
        """Write the ledger; returns the keys of the rows that others point at, by their source keys."""
        keys: dict[str, int] = {}
        wanted = {row.reverses for row in loan.movements if row.reverses}
        rows = self.rows[ENTRY]
        for row in loan.movements:
            key, exempted = next(self.entry_keys), row.kind == "exempted"
            if exempted or row.key in wanted:
                keys[row.key] = key
            recorded_on = min(row.on + timedelta(days=row.lag), self.as_of)
            rows.append(
                (
                    key, loan_key, row.kind, row.amount, row.on, at_hour(recorded_on, 9), row.by,
                    application_key(row.key, applications) if exempted else row.key,
                    plans[row.version] if exempted else None, row.first_no, row.last_no,
                    keys[row.reverses] if row.reverses else None, row.note,
                )
            )  # fmt: skip
        return {f"{loan.code}:{source}": key for source, key in keys.items()}

    # --- papers and applications ---------------------------------------------------------------

    def _papers(self, life: Life, people: list[int], papers: list[int], applications: list[int]) -> None:
        for paper, key in zip((*life.papers, *life.extra_papers), papers, strict=True):
            if paper.filing is not None and paper.slot is not None:
                source = f"exemption:{applications[paper.filing]}:{paper.slot.value}:{paper.number}"
            else:
                source = f"demo:{person_number(life.number, paper.who)}:{paper.key}"
            self.rows[PAPER].append(
                (
                    key, people[paper.who], paper.kind.value, paper.received_on, paper.issued_on, paper.note, paper.by,
                    source,
                )
            )  # fmt: skip
            if paper.levies is not None:
                levies = paper.levies
                self.rows[CERTIFICATE].append(
                    (key, levies.fiscal_year, levies.per_capita, levies.income, levies.municipality)
                )

    def _filing(
        self,
        life: Life,
        filing: Filing,
        key: int,
        people: list[int],
        loans: list[int],
        papers: list[int],
        applications: list[int],
        entries: dict[str, int],
    ) -> None:
        looks = [next(self.assessment_keys) for _ in filing.looks]
        users = self.users
        self.rows[APPLICATION].append(
            (
                key, loans[filing.loan], self.offices[filing.office], filing.fiscal_year, filing.state.value,
                filing.received_on, filing.signed_on, filing.signed, filing.phone, filing.erasable_ink,
                filing.requested_amount, filing.situation.value if filing.situation else "", filing.several,
                None if filing.head is None else people[filing.head], sorted(filing.consents), filing.note,
                users[filing.entered_by], filing.entered_at,
                users[filing.prepared_by] if filing.prepared_by else None, filing.prepared_at, filing.state_since,
                filing.answered_on, filing.deficiency_count, looks[-1] if looks else None, 1 + len(filing.steps),
            )
        )  # fmt: skip
        self.rows[APPLICATION_PAPER] += [
            (key, papers[paper], slot.value, replaced_on) for slot, paper, replaced_on in filing.laid
        ]
        for look, look_key in zip(filing.looks, looks, strict=True):
            self._look(life, look, look_key, key, papers, applications)
        for step in filing.steps:
            sent = [found.to_json() for found in step.deficiencies]
            if step.own_words:
                sent.append({"code": Code.OTHER.value, "paper": "", "text": step.own_words})
            reason = "" if step.move == Move.REFUSE else step.reason
            self.rows[STATE_CHANGE].append(
                (
                    key, step.move.value, step.before, step.after.value, reason, json.dumps(sent, ensure_ascii=False),
                    step.by, users[step.by], step.at,
                )
            )  # fmt: skip
        ruling = filing.ruling
        if ruling is not None:
            entry = entries[f"{life.loans[filing.loan].code}:{ruling.movement.key}"] if ruling.movement else None
            self.rows[DECISION].append(
                (
                    key, looks[-1], ruling.outcome.value, ruling.amount, ruling.remaining, entry, ruling.reason,
                    users[filing.entered_by], users[filing.prepared_by], users[ruling.by],
                    users[ruling.instead_of] if ruling.instead_of else None, ruling.at.date(), ruling.at, ruling.told_on,
                )
            )  # fmt: skip

    def _look(
        self, life: Life, look: Look, key: int, application: int, papers: list[int], applications: list[int]
    ) -> None:
        question, answer = look.question, look.answer
        entries = tuple(
            replace(entry, source_key=application_key(entry.source_key, applications))
            if entry.source_key.startswith("exemption:")
            else entry
            for entry in question.loan.entries
        )
        question = replace(question, loan=replace(question.loan, entries=entries))
        origins = question.origins(f"貸付台帳（貸付コード {question.loan.code}）", _tax_origins(life, look, papers))
        facts = json.dumps(facts_to_json(question.facts(origins)), ensure_ascii=False)
        self.rows[ASSESSMENT].append(
            (
                key, application, question.as_of, look.at, look.by, facts, self.settings_used, answer.result.value,
                answer.ground.value if answer.ground else "", answer.cut_off, answer.first_no, answer.last_no,
                answer.amount, answer.remaining, list(answer.missing), [flag.value for flag in look.flags],
                answer.checks_with(origins),
            )
        )  # fmt: skip


def debited(life: Life) -> Iterator[tuple[int, date]]:
    """Who of a family has an account to draw instalments from, and since when: two borrowers of three."""
    lent: dict[int, date] = {}
    for loan in life.loans:
        if loan.disbursed_on is not None:
            lent[loan.borrower] = min(loan.disbursed_on, lent.get(loan.borrower, loan.disbursed_on))
    yield from ((who, since) for who, since in sorted(lent.items()) if (life.number + who) % 3)


def held_by(life: Life, who: int) -> str:
    """The holder of an account as a bank writes the name."""
    return bank_kana(life.family.people[who].name.kana, FieldClass.NAME).text


def _households(life: Life) -> int:
    return 1 + max(stay.household for stay in life.family.stays)


def _tax_origins(life: Life, look: Look, papers: list[int]) -> dict[str, str]:
    """Where each tax fact came from, in the words of the review."""
    origins: dict[str, str] = {}
    for judged, at in look.certificates:
        paper = life.papers[at]
        assert paper.levies is not None
        row = Paper(pk=papers[at], issued_on=paper.issued_on, received_on=paper.received_on)
        held = HeldCertificate(judged, TaxCertificate(paper=row))
        name = f"residence_tax:{judged.value}:{paper.levies.fiscal_year}"
        origins[name] = "、".join(filter(None, [origins.get(name), held.origin]))
    return origins


def application_key(source: str, applications: list[int]) -> str:
    """The source key of an exempted row: ``exemption:`` and the key of its application, of which we knew the place."""
    return f"exemption:{applications[int(source.partition(':')[2])]}"


def _hold_key(loan: Loan, reason: str, filing: int | None, applications: list[int]) -> str:
    return f"hold:{loan.code}:{reason}" if filing is None else f"exemption:{applications[filing]}"


def person_number(life: int, who: int) -> str:
    """The number under which a council knows somebody: the family's seven digits and their place in it."""
    return f"{life:07d}{who}"
