"""From the JSON of a case file to the facts that the pure functions take, or to the one key that does not fit.

The layout is described in ``docs/case-files.md``. Unknown keys are refused everywhere, so that a misspelt key is never
silently ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from desk.casefiles.lending import lending_facts
from desk.casefiles.strict import LAST_YEAR, CaseFileError, Node, Read, load
from exemptions.enums import CONSENT_NUMBERS, CertificateKind, Composition, EventKind, Person
from exemptions.facts import Application, Certificate, Event, Facts, Household, LoanFacts, TaxRecord
from japan.months import month_of, month_text
from loans.enums import FundKind
from loans.lending.facts import LendingFacts
from repayment.entries import PAID, Entry
from repayment.position import PlanVersion
from repayment.schedule import Deferral, due_month, make_plan
from rulebook.setting_keys import SettingError
from rulebook.settings import Settings

MOST_INSTALMENTS = 600
MOST_DEFERRED_MONTHS = 600
_LAST_MONTH = month_of(LAST_YEAR, 12)

_BLOCKS = (
    "settings",
    "household",
    "residence_tax",
    "public_assistance_from",
    "certificates",
    "events",
    "exemption_application",
    "loans",
    "lending",
)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case: the day asked about, the settings, for each loan the facts in the order of the file, and an application.

    ``lending`` is None where the file has no such block; ``loans`` is empty where it was not asked for.
    """

    as_of: date
    settings: Settings
    loans: tuple[Facts, ...]
    lending: LendingFacts | None


def parse(raw: bytes, about: str = "loans") -> CaseFile:
    """Read the bytes of a case file; :class:`CaseFileError` for the first key that does not fit.

    ``about`` is the block that the question needs: ``loans`` or ``lending``. The other one is checked where it is given.
    """
    needed = ("as_of", about)
    blocks = load(raw).members(required=needed, optional=[name for name in _BLOCKS if name != about])
    given = {name: node for name, node in blocks.items() if not node.is_null or name in needed}
    as_of = given["as_of"].day()
    settings = _settings(given.get("settings"))
    household = _read(given.get("household"), _household, Household())
    taxes = _taxes(given.get("residence_tax"))
    assistance = given["public_assistance_from"].day() if "public_assistance_from" in given else None
    certificates = _all(given.get("certificates"), _certificate)
    events = _all(given.get("events"), _event)
    application = _read(given.get("exemption_application"), _application, None)
    return CaseFile(
        as_of,
        settings,
        tuple(
            Facts(
                loan=loan,
                household=household,
                taxes=taxes,
                public_assistance_from=assistance,
                certificates=certificates,
                events=events,
                application=application,
            )
            for loan in (_loans(given["loans"], settings) if "loans" in given else ())
        ),
        lending_facts(given["lending"]) if "lending" in given else None,
    )


def _read(node: Node | None, read: Callable[[Node], Read], absent: Read) -> Read:
    return absent if node is None else read(node)


def _all(node: Node | None, read: Callable[[Node], Read]) -> tuple[Read, ...]:
    """Read a list whose absence, or null, means that there is nothing."""
    return () if node is None or node.is_null else tuple(read(item) for item in node.items())


def _settings(node: Node | None) -> Settings:
    if node is None:
        return Settings.defaults()
    if not isinstance(node.value, dict):
        node.refuse("an object")
    try:
        return Settings.defaults().override(node.value)
    except SettingError as error:
        raise CaseFileError(f"settings.{error.key}", error.message) from None


def _household(node: Node) -> Household:
    ticks = ("borrower_is_head", "head_was_separate_at_loan", "head_certificate_unobtainable")
    members = node.members(optional=[*ticks, "composition"])
    said = {name: members[name].maybe(Node.yes_or_no) for name in ticks if name in members}
    composition = members["composition"].maybe(lambda it: it.word(Composition)) if "composition" in members else None
    return Household(**said, composition=composition)


def _taxes(node: Node | None) -> tuple[TaxRecord, ...]:
    records: dict[tuple[Person, int], TaxRecord] = {}
    for item in node.items() if node is not None else ():
        levies = ("per_capita_levy", "income_levy")
        members = item.members(required=["person", "fiscal_year"], optional=levies)
        person, year = members["person"].word(Person), members["fiscal_year"].whole(1900, LAST_YEAR)
        said = {name: members[name].maybe(Node.yes_or_no) if name in members else None for name in levies}
        if (person, year) in records:
            raise CaseFileError(item.path, f"{person.value} {year} is given twice")
        records[person, year] = TaxRecord(person, year, **said)
    return tuple(records.values())


def _certificate(node: Node) -> Certificate:
    members = node.members(required=["kind", "grade", "issued_on"])
    return Certificate(members["kind"].word(CertificateKind), members["grade"].text(), members["issued_on"].day())


def _event(node: Node) -> Event:
    members = node.members(required=["kind", "on"])
    return Event(members["kind"].word(EventKind), members["on"].day())


def _application(node: Node) -> Application:
    members = node.members(required=["received_on", "consents"])
    received_on = members["received_on"].day()
    numbers = frozenset(item.whole(CONSENT_NUMBERS[0], CONSENT_NUMBERS[-1]) for item in members["consents"].items())
    return Application(received_on, numbers)


def _loans(node: Node, settings: Settings) -> list[LoanFacts]:
    loans: dict[str, LoanFacts] = {}
    for item in node.items():
        loan = _loan(item, settings)
        if loan.code in loans:
            raise CaseFileError(f"{item.path}.code", f'"{loan.code}" is given twice')
        loans[loan.code] = loan
    if not loans:
        node.refuse("at least one loan")
    return list(loans.values())


def _loan(node: Node, settings: Settings) -> LoanFacts:
    required = ("code", "fund", "applied_on", "household_size", "principal", "instalments", "first_due")
    members = node.members(required=required, optional=["payments", "deferrals"])
    principal = members["principal"].yen()
    first_month = members["first_due"].month()
    plan = make_plan(
        principal=principal,
        count=members["instalments"].whole(1, MOST_INSTALMENTS),
        first_month=first_month,
        unit=settings.instalment_unit,
        remainder=settings.remainder_position,
    )
    deferrals = _all(members.get("deferrals"), _deferral)
    if due_month(plan, deferrals, plan.count) > _LAST_MONTH:
        key = "deferrals" if deferrals else "first_due"
        raise CaseFileError(f"{node.path}.{key}", f"the last instalment would fall after {month_text(_LAST_MONTH)}")
    applied_on = members["applied_on"].day()
    return LoanFacts(
        code=members["code"].text(),
        fund=members["fund"].word(FundKind).value,
        applied_on=applied_on,
        household_size=members["household_size"].whole(1, 999),
        principal=principal,
        first_month=first_month,
        plans=(PlanVersion(version=1, effective_on=applied_on, plan=plan, debit_day=settings.debit_day),),
        deferrals=deferrals,
        entries=_all(members.get("payments"), _payment),
    )


def _payment(node: Node) -> Entry:
    members = node.members(required=["on", "amount"])
    on, amount = members["on"].day(), members["amount"].yen()
    return Entry(kind=PAID, amount=amount, effective_on=on, source_key=node.path)


def _deferral(node: Node) -> Deferral:
    members = node.members(required=["from", "months"])
    return Deferral(from_month=members["from"].month(), months=members["months"].whole(1, MOST_DEFERRED_MONTHS))
