"""For each kind of row that stands in an address: one of the own office, one of another office, one that is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from exemptions.enums import ApplicationState as State
from tests.scenes import Corner, Council

NOT_THERE = 999_999_999


@dataclass(frozen=True)
class Address:
    """The changing parts of an address: path arguments and query."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        path = reverse(name, kwargs=self.kwargs)
        if not self.query:
            return path
        data = QueryDict(mutable=True)
        data.update(self.query)
        return f"{path}?{data.urlencode()}"


def pk(row: Any, **more: Any) -> Address:
    return Address({"pk": row.pk} | more)


OF_A_CORNER: dict[str, Callable[[Corner], Address]] = {
    "person": lambda corner: pk(corner.borrower),
    "sheltered": lambda corner: pk(corner.sheltered),
    "open_reveal": lambda corner: pk(corner.open_reveal),
    "answer": lambda corner: pk(corner.waiting_reveal, answer="approve"),
    "document": lambda corner: pk(corner.document),
    "parcel": lambda corner: pk(corner.parcel),
    "parcel_step": lambda corner: pk(corner.parcel, step="receive"),
    "account": lambda corner: pk(corner.account),
    "caseload": lambda corner: pk(corner.borrower.caseloads.order_by("pk").last()),
    "phone": lambda corner: pk(corner.phone),
    "mail_block": lambda corner: pk(corner.mail_block),
    "housed": lambda corner: pk(corner.housed),
    "ending": lambda corner: pk(corner.ending, answer="approve"),
    "loan": lambda corner: pk(corner.loans[State.UNDER_REVIEW]),
    "regular_loan": lambda corner: pk(corner.regular_loan),
    "loan_proposal": lambda corner: pk(
        corner.regular_loan, kind="sanction", proposal=corner.sanction_id, answer="drop"
    ),
    "loan_entry": lambda corner: pk(
        corner.loans[State.UNDER_REVIEW], entry=corner.loans[State.UNDER_REVIEW].entries.earliest("pk").pk
    ),
    "agreement": lambda corner: pk(corner.agreement),
    "agreement_answer": lambda corner: pk(corner.agreement, answer="drop"),
    "plan_change": lambda corner: pk(corner.plan_change),
    "plan_change_answer": lambda corner: pk(corner.plan_change, answer="drop"),
    "revocation": lambda corner: pk(corner.revocation),
    "revocation_answer": lambda corner: pk(corner.revocation, answer="drop"),
    "approved": lambda corner: pk(corner.applications[State.APPROVED]),
    "refused_loan": lambda corner: pk(corner.loans[State.REFUSED]),
    "promise": lambda corner: pk(corner.promise),
    "hold": lambda corner: pk(corner.hold),
    "acknowledgement": lambda corner: pk(corner.acknowledgement),
    "slip": lambda corner: pk(corner.slip),
    "relief": lambda corner: pk(corner.loans[State.UNDER_REVIEW], relief="residence_tax"),
    "inquiry": lambda corner: pk(corner.inquiry),
    "inquiry_letter": lambda corner: pk(corner.inquiry_letter),
    "loan_code": lambda corner: Address(query={"code": corner.loans[State.APPROVED].code}),
    "candidate": lambda corner: pk(corner.candidate),
    "application": lambda corner: pk(corner.applications[State.UNDER_REVIEW]),
    "assessment": lambda corner: pk(
        corner.applications[State.UNDER_REVIEW], number=corner.applications[State.UNDER_REVIEW].assessment_id
    ),
    "received": lambda corner: pk(corner.applications[State.RECEIVED]),
    "step": lambda corner: pk(corner.applications[State.UNDER_REVIEW], step="withdraw"),
    "lending": lambda corner: pk(corner.lending["draft"]),
    "lending_special": lambda corner: pk(corner.lending["special"]),
    "lending_received": lambda corner: pk(corner.lending["received"]),
    "lending_assessment": lambda corner: pk(
        corner.lending["received"], number=corner.lending["received"].assessment_id
    ),
    "lending_step": lambda corner: pk(corner.lending["received"], step="withdraw"),
    "lending_proposed": lambda corner: pk(corner.lending["received"]),
    "lending_decide": lambda corner: pk(corner.lending["received"], step="return"),
    "lending_task": lambda corner: pk(corner.lending["draft"], task=corner.lending_task_id),
    "lending_override": lambda corner: pk(
        corner.lending["draft"], override=corner.lending_override_id, answer="agree"
    ),
    "lending_form": lambda corner: pk(corner.lending["draft"], code="deed"),
    "deed_step": lambda corner: pk(corner.lending["received"], move="receive"),
    "deferral_application": lambda corner: pk(corner.deferral_application),
    "deferral_step": lambda corner: pk(corner.deferral_application, step="withdraw"),
    "deferral": lambda corner: pk(corner.deferral),
    "deferral_end": lambda corner: pk(corner.deferral, ending=corner.deferral_end_id, answer="drop"),
    "letter": lambda corner: pk(corner.letter),
    "due_letter": lambda corner: Address({"code": corner.due_letter[0], "occasion": corner.due_letter[1]}),
}

OF_THE_HOUSE: dict[str, Callable[[Council], Address]] = {
    "transfer": lambda council: pk(council.transfers[-1]),
    "transfer_move": lambda council: pk(council.transfers[-1], step="discard"),
    "debit": lambda council: pk(council.debits[0]),
    "debit_move": lambda council: pk(council.debits[-1], step="discard"),
    "failure": lambda council: pk(council.failure),
    "mandate_move": lambda council: pk(council.debit_account, move="end"),
    "suspense": lambda council: pk(council.suspense),
    "refund": lambda council: pk(council.refund),
    "refund_move": lambda council: pk(council.refund, step="back"),
    "written_transfer": lambda council: pk(council.transfers[0]),
    "enrolment": lambda council: Address({"token": council.enrolment_token}),
    "pair": lambda council: pk(council.pair),
    "pair_step": lambda council: pk(council.pair, step="different"),
    "merge": lambda council: pk(council.merge),
    "merge_answer": lambda council: pk(council.merge, answer="withdraw"),
    "print_run": lambda council: pk(council.runs[1]),
    "print_move": lambda council: pk(council.runs[1], move="printed"),
    "night_run": lambda council: pk(council.night_run),
    "import_kind": lambda council: Address({"code": "borrowers"}),
    "mapping": lambda council: pk(council.mapping),
    "closing": lambda council: pk(council.closing),
    "closing_answer": lambda council: pk(council.closing, move="sign"),
    "closed_month": lambda council: Address(query={"month": "2026-10"}),
    "opening": lambda council: pk(council.opening),
    "opening_sign": lambda council: pk(council.opening, move="sign"),
    "export_kind": lambda council: Address({"code": "exemption-queue"}),
    "export": lambda council: pk(council.export),
    "bulk": lambda council: pk(council.bulk),
    "second_look": lambda council: pk(council.second_look),
    "unlike_pair": lambda council: pk(council.unlike_pair),
    "bulk_step": lambda council: pk(council.bulk, step="discard"),
    "batch": lambda council: pk(council.batch),
    "batch_move": lambda council: pk(council.batch, move="discard"),
    "setting": lambda council: Address({"key": "elderly_age"}),
    "simulation": lambda council: pk(council.simulation),
    "moving_draft": lambda council: Address({"pk": council.simulation and council.simulation.draft_id}),
    "setting_row": lambda council: Address({"pk": council.setting_row_id}),
    "member": lambda council: pk(council.nobody),
    "assignment": lambda council: Address({"pk": council.assignment_id}),
    "deputy": lambda council: Address({"pk": council.deputy_row_id}),
    "office": lambda council: pk(council.agency),
}


def address(row: str, council: Council, *, corner: Corner | None = None) -> Address:
    """The address parts of a kind of row; of the east unless another corner is given."""
    if not row:
        return Address()
    if row in OF_A_CORNER:
        return OF_A_CORNER[row](corner or council.east)
    return OF_THE_HOUSE[row](council)


def of_nothing(there: Address) -> Address:
    """The same parts, of a row that does not exist."""
    gone: dict[str, Any] = {"pk": NOT_THERE, "token": "no-such-token", "key": "no_such_key", "occasion": "decision:0"}
    kwargs = there.kwargs | {name: value for name, value in gone.items() if name in there.kwargs}
    if set(kwargs) == {"code"}:
        kwargs = {"code": "no-such-kind"}
    return Address(kwargs, {name: "0000000" for name in there.query})
