"""From rows to the relief map of one borrower; the number of queries does not depend on how many loans there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exemptions.enums import EventKind
from exemptions.evidence import certificates_on_file, loan_facts
from exemptions.facts import Event, Facts, TaxRecord
from exemptions.models import OPEN_STATES, Application
from exemptions.persons import tax_fact
from exemptions.reliefs.asking import Asked
from exemptions.reliefs.cells import Cell, Relief
from exemptions.reliefs.households import head_of, household_of
from exemptions.reliefs.mapping import cells_of
from exemptions.shown import shown_of
from exemptions.trace.origins import AS_IF_TODAY, DEATH_RECORD, RESIDENCE_RECORD, ledger_origin, loan_origin
from loans.deciding.enums import ProposalState
from loans.enums import FundKind
from loans.funds import fund
from loans.models import Loan
from people.enums import MailBlockReason, PaperKind
from people.households import HouseholdPeriod, history_of
from people.models import MailBlock, Paper, Person, Protection, in_force
from repayment.deferring.gathering import granted_before
from repayment.enums import HoldReason
from repayment.models import CollectionHold, DeferralRequest, PlanChange, SmallRepaymentAgreement
from repayment.selectors import histories_of
from rulebook.selectors import settings_on


@dataclass(frozen=True, slots=True)
class Column:
    """One loan of the map, with what its cells were found from."""

    loan: Loan
    asked: Asked

    @property
    def short(self) -> str:
        """The fund in a few characters, for a narrow screen."""
        return _SHORT[FundKind(self.loan.fund)]


_SHORT = {
    FundKind.SP_SMALL: "小口",
    FundKind.SP_GS_INITIAL: "初回",
    FundKind.SP_GS_EXTENSION: "延長",
    FundKind.SP_GS_RELOAN: "再貸付",
    FundKind.REG_SMALL: "本則",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One relief with its cells, in the order of the columns."""

    relief: Relief
    cells: tuple[tuple[Column, Cell], ...]


@dataclass(frozen=True, slots=True)
class ReliefMap:
    """Reliefs by loans on a day."""

    on: date
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def relief_map(
    person: Person, loans: Sequence[Loan], *, on: date, periods: Sequence[HouseholdPeriod] | None = None
) -> ReliefMap:
    """The map of a borrower's loans of which something is owed; the asker has been admitted to the loans.

    ``periods`` are the borrower's households where the caller has read them already.
    """
    everything = columns_of(person, loans, on=on, periods=periods)
    columns = tuple(column for column in everything if column.asked.position.outstanding)
    cells = [(column, dict(zip(Relief, cells_of(column.asked), strict=True))) for column in columns]
    rows = tuple(Row(relief, tuple((column, found[relief]) for column, found in cells)) for relief in Relief)
    return ReliefMap(on, columns, rows if columns else ())


def columns_of(
    person: Person, loans: Sequence[Loan], *, on: date, periods: Sequence[HouseholdPeriod] | None = None
) -> tuple[Column, ...]:
    """What the map is a function of, loan by loan, in the order of the funds."""
    ids = [loan.pk for loan in loans]
    histories, settings = histories_of(ids), settings_on(on)
    households = history_of(person.pk) if periods is None else periods
    head = head_of(households, on)
    head_id = head.person_id if head is not None and head.person_id != person.pk else None
    held = certificates_on_file(person.pk, head_id)
    is_protected = Protection.objects.filter(in_force(on), person=person).exists()
    taxes = tuple(
        TaxRecord(each.person, each.row.fiscal_year, each.row.per_capita_levy, each.row.income_levy) for each in held
    )
    origins = {"application:received_on": AS_IF_TODAY}
    for each in held:
        name = tax_fact(each.person, each.row.fiscal_year)
        origins[name] = "、".join(filter(None, [origins.get(name), each.origin]))
    if households:
        origins |= {
            f"household:{name}": RESIDENCE_RECORD for name in ("borrower_is_head", "head_was_separate_at_loan")
        }
    shown = shown_of(person.pk)
    events = shown.events
    if person.died_on is not None and not any(event.kind == EventKind.DEATH for event in events):
        events = (*events, Event(EventKind.DEATH, person.died_on))
        origins["event:DEATH"] = DEATH_RECORD
    origins |= shown.origins
    papers = frozenset(PaperKind(kind) for kind in Paper.objects.filter(person=person).values_list("kind", flat=True))
    returned = MailBlock.objects.filter(in_force(on), person=person, reason=MailBlockReason.RETURNED).order_by("since")
    returned_since = returned.values_list("since", flat=True).first()
    state = _State.of(ids, on)
    order = list(FundKind)
    return tuple(
        Column(
            loan,
            Asked(
                facts=Facts(
                    loan=loan_facts(loan, histories[loan.pk]),
                    household=household_of(
                        households,
                        borrower_id=person.pk,
                        loan_applied_on=loan.applied_on,
                        on=on,
                        elderly_age=settings.elderly_age,
                        is_protected=is_protected,
                        has_handbook=bool(shown.certificates),
                    ),
                    taxes=taxes,
                    public_assistance_from=shown.assistance.since if shown.assistance else None,
                    public_assistance_until=shown.assistance.until if shown.assistance else None,
                    certificates=shown.certificates,
                    events=events,
                    origins={**origins, "loan": loan_origin(loan.code), "payments": ledger_origin(loan.code)},
                ),
                settings=settings.with_values({"late_interest_rate_bp": loan.late_interest_rate_bp}),
                as_of=on,
                pending=state.applications.get(loan.pk, ""),
                papers=papers,
                returned_since=returned_since,
                in_court=loan.pk in state.in_court,
                deferrals_had=state.deferred.get(loan.pk, 0),
                deferral_waits=loan.pk in state.deferral_waits,
                agreement_until=state.agreed_until.get(loan.pk),
                agreement_waits=loan.pk in state.agreement_waits,
                change_waits=loan.pk in state.change_waits,
                most_instalments=fund(loan.fund).most_instalments,
            ),
        )
        for loan in sorted(loans, key=lambda each: (order.index(FundKind(each.fund)), each.applied_on, each.pk))
        if histories[loan.pk].plans
    )


@dataclass(frozen=True, slots=True)
class _State:
    """What waits or runs on some loans: one query each."""

    applications: dict[int, str]
    in_court: frozenset[int]
    deferred: dict[int, int]
    deferral_waits: frozenset[int]
    agreed_until: dict[int, int]
    agreement_waits: frozenset[int]
    change_waits: frozenset[int]

    @classmethod
    def of(cls, ids: list[int], on: date) -> _State:
        legal = CollectionHold.objects.filter(in_force(on), loan__in=ids, reason=HoldReason.LEGAL)
        waits = ProposalState.PROPOSED
        agreed = SmallRepaymentAgreement.objects.in_force(on).filter(loan__in=ids)
        return cls(
            applications={
                row.loan_id: str(row) for row in Application.objects.filter(loan__in=ids, state__in=OPEN_STATES)
            },
            in_court=frozenset(legal.values_list("loan_id", flat=True)),
            deferred=granted_before(ids),
            deferral_waits=frozenset(
                DeferralRequest.objects.filter(loan__in=ids, is_open=True).values_list("loan_id", flat=True)
            ),
            agreed_until={row.loan_id: row.last_month for row in agreed},
            agreement_waits=frozenset(
                SmallRepaymentAgreement.objects.filter(loan__in=ids, state=waits).values_list("loan_id", flat=True)
            ),
            change_waits=frozenset(
                PlanChange.objects.filter(loan__in=ids, state=waits).values_list("loan_id", flat=True)
            ),
        )
