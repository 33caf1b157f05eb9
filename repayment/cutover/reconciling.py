"""Comparing the other system's balances with our position on the day of the change, by fund and office, to the yen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from jobs.enums import RowOutcome
from jobs.models import ImportBatch
from loans.enums import FundKind
from loans.models import Loan
from repayment.ageing import ageing_statement
from repayment.cutover.batches import ReconciliationRefused, lock
from repayment.cutover.controls import ControlLine, control_lines, latest_control
from repayment.models import CutoverControl, CutoverExplanation, CutoverSignOff, OpeningBalance
from repayment.selectors import policy_on


@dataclass(frozen=True, slots=True)
class Group:
    """One fund at one office. ``old_*`` is the other system, ``our_*`` our position of the day; yen."""

    fund: str
    office_id: int
    office: str
    loans: int
    differing: int
    old_outstanding: int
    our_outstanding: int
    old_arrears: int
    our_arrears: int
    explanation: CutoverExplanation | None = None

    @property
    def fund_label(self) -> str:
        return str(FundKind(self.fund).label)

    @property
    def outstanding_difference(self) -> int:
        return self.our_outstanding - self.old_outstanding

    @property
    def arrears_difference(self) -> int:
        return self.our_arrears - self.old_arrears

    @property
    def differs(self) -> bool:
        """Whether any loan differs: sums that agree by chance are no agreement."""
        return self.differing > 0

    @property
    def is_settled(self) -> bool:
        return not self.differs or self.explanation is not None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The whole comparison of one file of opening balances. ``left_out`` are lines that were not taken in.

    ``control`` is what the other system's own list says; without one nobody knows whether the file is complete.
    """

    batch: ImportBatch
    day: date | None
    groups: tuple[Group, ...]
    left_out: int
    signed: CutoverSignOff | None
    control: CutoverControl | None = None

    @property
    def control_lines(self) -> list[ControlLine]:
        """The control totals beside the file and ours; empty without any."""
        return control_lines(self, self.control) if self.control is not None else []

    @property
    def is_complete(self) -> bool:
        """Whether the file comes to just what the other system's list says."""
        return self.control is not None and not any(line.missing for line in self.control_lines)

    @property
    def loans(self) -> int:
        return sum(group.loans for group in self.groups)

    @property
    def differing(self) -> int:
        return sum(group.differs for group in self.groups)

    @property
    def open(self) -> int:
        """Groups that differ without an explanation of just this difference."""
        return sum(not group.is_settled for group in self.groups)

    def total(self, name: str) -> int:
        return sum(getattr(group, name) for group in self.groups)


# The positions are worked out once, whatever the planner thinks of tables that a change of systems has just filled.
_COMPARED = """
    with a as materialized ({ageing})
    select l.fund, l.office_id, o.code, o.name, l.id,
           b.principal - b.paid - b.exempted as old_outstanding, b.arrears as old_arrears,
           coalesce(a.outstanding, 0) as our_outstanding, coalesce(a.arrears, 0) as our_arrears
      from repayment_openingbalance b
      join loans_loan l on l.id = b.loan_id
      join accounts_office o on o.id = l.office_id
      left join a on a.loan_id = l.id
     where b.batch_id = %(batch)s and b.day = %(day)s
"""


def compared(batch: ImportBatch, day: date) -> tuple[str, dict[str, Any]]:
    """SQL and parameters: each loan of a file with both systems' figures on a day."""
    loans = Loan.objects.filter(pk__in=OpeningBalance.objects.filter(batch=batch, day=day).values("loan"))
    ageing = ageing_statement(as_of=day, policy=policy_on(day), loans=loans)
    return _COMPARED.format(ageing=ageing.sql), {**ageing.params, "batch": batch.pk, "day": day}


def reconciliation(batch: ImportBatch) -> Reconciliation:
    """The comparison of one file; a file has one day of change for each fund and office, usually one for all."""
    groups: list[Group] = []
    days = sorted(set(OpeningBalance.objects.filter(batch=batch).values_list("day", flat=True)))
    explained = latest_explanations(batch)
    for day in days:
        sql, params = compared(batch, day)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                select fund, office_id, name, count(*),
                       count(*) filter (where (old_outstanding, old_arrears) <> (our_outstanding, our_arrears)),
                       sum(old_outstanding)::bigint, sum(our_outstanding)::bigint,
                       sum(old_arrears)::bigint, sum(our_arrears)::bigint
                  from ({sql}) compared
                 group by fund, office_id, code, name order by fund, code
                """,
                params,
            )
            groups += [with_explanation(Group(*row), explained) for row in cursor.fetchall()]
    return Reconciliation(
        batch=batch,
        day=days[0] if days else None,
        groups=tuple(groups),
        left_out=batch.rows.filter(outcome=RowOutcome.ERROR).count(),
        signed=CutoverSignOff.objects.filter(batch=batch).select_related("signed_by").first(),
        control=latest_control(batch),
    )


def latest_explanations(batch: ImportBatch) -> dict[tuple[str, int], CutoverExplanation]:
    rows = CutoverExplanation.objects.filter(batch=batch).select_related("explained_by").order_by("pk")
    return {(row.fund, row.office_id): row for row in rows}


def with_explanation(group: Group, explained: dict[tuple[str, int], CutoverExplanation]) -> Group:
    """The group with its explanation, if that speaks of just these differences."""
    row = explained.get((group.fund, group.office_id))
    if row is None or (row.outstanding, row.arrears) != (group.outstanding_difference, group.arrears_difference):
        return group
    values = {name: getattr(group, name) for name in Group.__slots__}
    return Group(**(values | {"explanation": row}))


@dataclass(frozen=True, slots=True)
class Differing:
    """One loan for which the two systems say different things; yen."""

    loan_id: int
    code: str
    day: date
    old_outstanding: int
    our_outstanding: int
    old_arrears: int
    our_arrears: int


def differing_loans(batch: ImportBatch, *, fund: str, office_id: int, limit: int = 500) -> list[Differing]:
    """The loans behind the difference of a fund at an office, by code."""
    found: list[Differing] = []
    for day in sorted(set(OpeningBalance.objects.filter(batch=batch).values_list("day", flat=True))):
        sql, params = compared(batch, day)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                select c.id, l.code, %(day)s::date, old_outstanding, our_outstanding, old_arrears, our_arrears
                  from ({sql}) c join loans_loan l on l.id = c.id
                 where c.fund = %(fund)s and c.office_id = %(office)s
                   and (old_outstanding, old_arrears) <> (our_outstanding, our_arrears)
                 order by l.code limit %(limit)s
                """,
                {**params, "fund": fund, "office": office_id, "limit": limit},
            )
            found += [Differing(*row) for row in cursor.fetchall()]
    return found[:limit]


# --- what people say about it -----------------------------------------------------------------------


@service
def explain(
    *, batch_id: int, fund: str, office_id: int, text: str, user: User, by: Actor, at: datetime
) -> CutoverExplanation:
    """Say why the systems differ for a fund at an office. It holds for just the differences of this moment."""
    batch = lock(batch_id)
    groups = {(group.fund, group.office_id): group for group in reconciliation(batch).groups}
    group = groups.get((fund, office_id))
    if group is None or not group.differs:
        raise ReconciliationRefused("この区分に差はありません。")
    if not text.strip():
        raise ReconciliationRefused("差の理由を入力してください。")
    return CutoverExplanation.objects.create(
        batch=batch,
        fund=fund,
        office_id=office_id,
        outstanding=group.outstanding_difference,
        arrears=group.arrears_difference,
        text=text.strip()[:400],
        explained_by=user,
        explained_at=at,
    )


@service
def sign_off(*, batch_id: int, user: User, by: Actor, at: datetime) -> CutoverSignOff:
    """Sign the comparison: a second person, once nothing differs or every difference is explained."""
    batch = lock(batch_id)
    if user.pk == batch.uploaded_by_id:
        raise ReconciliationRefused("登録した人は確認者になれません。ほかの人が確認してください。")
    found = reconciliation(batch)
    if not found.groups:
        raise ReconciliationRefused("登録された開始残高がありません。")
    if found.open:
        raise ReconciliationRefused(f"理由のない差が{found.open}区分あります。差をなくすか、理由を入力してください。")
    if found.left_out:
        raise ReconciliationRefused(
            f"取り込めなかった行が{found.left_out}行あります。取込を取り消し、直したファイルを取り込んでください。"
        )
    if found.control is None:
        raise ReconciliationRefused("元のシステムの合計が登録されていません。合計表の件数と金額を登録してください。")
    if not found.is_complete:
        raise ReconciliationRefused(
            "ファイルの合計が、元のシステムの合計と違います。ファイルを取り直すか、合計を確かめてください。"
        )
    return CutoverSignOff.objects.create(
        batch=batch,
        handed_in_by=batch.uploaded_by,
        signed_by=user,
        signed_at=at,
        loans=found.loans,
        outstanding=found.total("our_outstanding"),
        differing=found.differing,
    )
