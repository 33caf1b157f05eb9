"""The tables the demonstration fills by COPY, with the columns it gives them, and rows as the text that COPY reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db import connection, models

from exemptions.models import Application, ApplicationPaper, Assessment, Decision, StateChange
from loans.models import Loan as LoanRow
from people.account_sealing import COPY_COLUMNS as ACCOUNT_COLUMNS
from people.addresses import COPY_COLUMNS
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
from repayment.models import CollectionHold, Deferral, LedgerEntry, RepaymentPlan

Row = tuple[Any, ...]

_ROWS_AT_ONCE = 5_000
# The backslash first: the others are written with one.
_ESCAPES: Final = (
    ("\\", "\\\\"),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("\b", "\\b"),
    ("\f", "\\f"),
    ("\v", "\\v"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table and the columns that are written, in the order of the rows handed over."""

    model: type[models.Model]
    columns: tuple[str, ...]

    def copy(self, rows: Iterable[Row]) -> None:
        """Write rows by COPY; triggers and constraints work as for any other insert."""
        left = iter(rows)
        while some := list(islice(left, _ROWS_AT_ONCE)):
            self.copy_text(copy_text(some))

    def copy_text(self, text: bytes) -> None:
        """Write rows that are text already."""
        names = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
            copy.write(text)


def copy_text(rows: Iterable[Row]) -> bytes:
    """Rows in the text format of COPY: no value is ``\\N``, arrays are literals, days and moments ISO."""
    return "".join("\t".join(map(_text, row)) + "\n" for row in rows).encode()


def _text(value: Any) -> str:
    """One value; a choice as what is stored of it."""
    write = _AS_TEXT.get(type(value))
    return _text(value.value) if write is None else write(value)


def _escaped(value: str) -> str:
    if value.isprintable() and "\\" not in value:
        return value
    for character, escaped in _ESCAPES:
        value = value.replace(character, escaped)
    return value


def _array(value: list[Any]) -> str:
    return _escaped("{" + ",".join([_element(item) for item in value]) + "}")


def _element(value: str | int) -> str:
    quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


_AS_TEXT: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda value: r"\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    str: _escaped,
    date: date.isoformat,
    datetime: datetime.isoformat,
    list: _array,
}


def keys_for(model: type[models.Model], count: int) -> Iterator[int]:
    """So many keys of a table, taken from its own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([key for (key,) in cursor.fetchall()])


def skip_keys(model: type[models.Model], count: int) -> None:
    """Leave out so many keys of a table's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(nextval(pg_get_serial_sequence(%s, 'id'))) from generate_series(1, %s)",
            [model._meta.db_table, count],
        )


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
     "first_no", "last_no", "reverses_id", "channel", "note"),
)  # fmt: skip
HOLD = Table(CollectionHold, ("loan_id", "reason", "since", "until", "source_key", "recorded_by"))
PAPER = Table(
    Paper, ("id", "person_id", "kind", "received_on", "issued_on", "note", "recorded_by", "source_key")
)  # fmt: skip
CERTIFICATE = Table(TaxCertificate, ("paper_id", "fiscal_year", "per_capita_levy", "income_levy", "municipality"))
APPLICATION = Table(
    Application,
    ("id", "loan_id", "office_id", "form", "ground", "ticked", "in_part", "composition", "notifier",
     "notifier_relation", "fiscal_year", "state", "received_on", "signed_on", "signed", "phone", "erasable_ink",
     "requested_amount", "situation", "several_situations", "head_id", "consents", "note",
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
