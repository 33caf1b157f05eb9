"""Lives as rows: what COPY writes for a chunk of them. Knows the tables and their columns, but no database.

Rows name each other by keys, so a chunk first says how many keys of each table it takes, and is laid out once it is told
where they begin.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Final

from audit.actors import Actor
from desk.demo.filing import TOKYO, Filing, Look
from desk.demo.lending import Loan
from desk.demo.lives import Life
from desk.demo.tables import (
    ACCOUNT,
    ADDRESS,
    APPLICATION,
    APPLICATION_PAPER,
    ASSESSMENT,
    CASELOAD,
    CERTIFICATE,
    DECISION,
    DEFERRAL,
    ENTRY,
    HOLD,
    HOUSEHOLD,
    IN_ORDER,
    LOAN,
    MAIL_BLOCK,
    MEMBER,
    PAPER,
    PERSON,
    PHONE,
    PLAN,
    PROTECTION,
    STATE_CHANGE,
    Row,
    Table,
    copy_text,
)
from exemptions.deficiencies import Code
from exemptions.enums import ApplicationForm
from exemptions.evidence import HeldCertificate
from exemptions.snapshot import facts_to_json
from exemptions.trace.origins import ledger_origin, loan_origin
from exemptions.workflow import Move
from japan.banks import PRACTICE_BANK
from japan.phones import phone_digits
from japan.zengin.kana import FieldClass, bank_kana
from people.account_sealing import OpenAccount
from people.account_sealing import copy_row as account_row
from people.addresses import copy_row
from people.enums import AccountKind, AccountUse
from people.models import BankAccount, Paper, Person, TaxCertificate
from repayment.enums import PaymentChannel, PlanReason
from rulebook.settings import Settings

DEMO: Final = Actor.machine("demo")
CHANNELS: Final = {
    "debit": PaymentChannel.DIRECT_DEBIT.value,
    "slip": PaymentChannel.SLIP.value,
    "transfer": PaymentChannel.TRANSFER.value,
    "early": PaymentChannel.TRANSFER.value,
}
"""How a payment came in, by the first word of its source key."""
KEYED: Final = (PERSON, HOUSEHOLD, ACCOUNT, LOAN, PLAN, ENTRY, PAPER, APPLICATION, ASSESSMENT)
"""The tables whose rows other rows name."""


@lru_cache(maxsize=20_000)
def at_hour(day: date, hour: int) -> datetime:
    """A full hour of a day in Japan."""
    return datetime.combine(day, time(hour), tzinfo=TOKYO)


class Chunk:
    """Some lives on their way into the tables: rows by table, and the keys that rows name each other by."""

    def __init__(
        self, chunk: Sequence[Life], offices: dict[str, int], users: dict[str, int], rules: Settings, as_of: date
    ) -> None:
        self.lives, self.offices, self.users, self.as_of = chunk, offices, users, as_of
        self.settings_used = json.dumps(rules.as_json(), ensure_ascii=False)
        self.rows: dict[Table, list[Row]] = {table: [] for table in IN_ORDER}

    @property
    def borrowers(self) -> int:
        return sum(life.borrowers for life in self.lives)

    def counts(self) -> list[int]:
        """How many keys of each table in ``KEYED`` its rows take."""
        loans = [loan for life in self.lives for loan in life.loans]
        filings = [filing for life in self.lives for filing in life.filings]
        return [
            sum(len(life.family.people) for life in self.lives),
            sum(_households(life) for life in self.lives),
            sum(len(list(debited(life))) for life in self.lives),
            len(loans),
            sum(len(loan.plans) for loan in loans),
            sum(len(loan.movements) for loan in loans),
            sum(len(life.papers) + len(life.extra_papers) for life in self.lives),
            len(filings),
            sum(len(filing.looks) for filing in filings),
        ]

    def laid_out(self, first_keys: Sequence[int]) -> list[bytes]:
        """The rows of every life as text, table by table in ``IN_ORDER``; keys count up from the first of each table."""
        (
            self.person_keys, self.household_keys, self.account_keys, self.loan_keys, self.plan_keys, self.entry_keys,
            self.paper_keys, self.application_keys, self.assessment_keys,
        ) = (count(first) for first in first_keys)  # fmt: skip
        for life in self.lives:
            self._life(life)
        return [copy_text(self.rows[table]) for table in IN_ORDER]

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
                    keys[row.reverses] if row.reverses else None,
                    CHANNELS[row.key.partition(":")[0]] if row.kind == "paid" else "", row.note,
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
                key, loans[filing.loan], self.offices[filing.office], ApplicationForm.FORM_1_1.value,
                filing.ground.value, [], False, "", "", "", filing.fiscal_year, filing.state.value,
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
        code = question.loan.code
        origins = question.origins(loan_origin(code), ledger_origin(code), _tax_origins(life, look, papers))
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
