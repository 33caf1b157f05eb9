"""Arrears by how old they are, as of any day: counts and yen by fund and by office, and the rows behind each number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Office, User
from loans.enums import FundKind
from loans.models import Loan
from repayment.ageing import Statement, ageing_statement
from repayment.arrears.unpaid import rows_of
from repayment.position import Policy
from rulebook.selectors import settings_on


@dataclass(frozen=True, slots=True)
class Bucket:
    """Loans in arrears by so many months' worth: from ``low`` up to and with ``high`` (None: without end)."""

    code: str
    label: str
    low: int
    high: int | None


BUCKETS = (
    Bucket("0", "1か月未満", 0, 0),
    Bucket("1-2", "1〜2か月", 1, 2),
    Bucket("3-5", "3〜5か月", 3, 5),
    Bucket("6-11", "6〜11か月", 6, 11),
    Bucket("12", "12か月以上", 12, None),
)
BY_CODE = {bucket.code: bucket for bucket in BUCKETS}


@dataclass(frozen=True, slots=True)
class Cell:
    """Loans and yen of one bucket; ``query`` leads to the rows."""

    label: str
    number: int
    amount: int
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """One fund or office with its buckets and their sum."""

    label: str
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is overdue on a day among the loans somebody may see."""

    on: date
    funds: tuple[Line, ...]
    offices: tuple[Line, ...]
    total: Line


def arrears_on(user: User, *, on: date) -> Arrears:
    """Count what is overdue, in one statement over the loans this member of staff may know of."""
    rows = rows_of(_statement(user, on, _COUNT))
    counted = {(fund, office, code): (number, int(amount)) for fund, office, code, number, amount in rows}
    offices = Office.objects.in_bulk({office for _, office, _ in counted})

    def line(label: str, query: str, **only: Any) -> Line:
        cells = []
        for bucket in BUCKETS:
            found = [
                value
                for (fund, office, code), value in counted.items()
                if code == bucket.code and only.get("fund", fund) == fund and only.get("office", office) == office
            ]
            cells.append(
                Cell(
                    bucket.label,
                    sum(n for n, _ in found),
                    sum(a for _, a in found),
                    f"{query}&bucket={bucket.code}",
                )
            )
        return Line(
            label, tuple(cells), Cell("合計", sum(c.number for c in cells), sum(c.amount for c in cells), query)
        )

    day = f"on={on.isoformat()}"
    funds = {fund for fund, _, _ in counted}
    return Arrears(
        on=on,
        funds=tuple(
            line(kind.label, f"{day}&fund={kind.value}", fund=kind.value) for kind in FundKind if kind.value in funds
        ),
        offices=tuple(
            line(office.name, f"{day}&office={office.pk}", office=office.pk)
            for office in sorted(offices.values(), key=lambda office: office.code)
        ),
        total=line("合計", day),
    )


@dataclass(frozen=True, slots=True)
class ArrearsRow:
    """One loan in arrears: yen, months' worth, and what is outstanding."""

    loan_id: int
    arrears: int
    months: int
    outstanding: int


def rows_in(user: User, *, on: date, bucket: str = "", fund: str = "", office: int | None = None) -> list[ArrearsRow]:
    """The loans behind a number, the most months first."""
    chosen = BY_CODE.get(bucket)
    params = {
        "low": chosen.low if chosen else 0,
        "high": chosen.high if chosen else None,
        "fund": fund or None,
        "office": office,
    }
    statement = _statement(user, on, _ROWS)
    return [ArrearsRow(*row) for row in rows_of(Statement(statement.sql, statement.params | params))]


def _statement(user: User, on: date, sql: str) -> Statement:
    policy = Policy.of(settings_on(on))
    aged = ageing_statement(as_of=on, policy=policy, loans=Loan.objects.visible_to(user))
    case = " ".join(f"when a.months_in_arrears >= {bucket.low} then '{bucket.code}'" for bucket in reversed(BUCKETS))
    return Statement(sql.format(aged=aged.sql, case=case), aged.params)


_COUNT = """
select l.fund, l.office_id, case {case} end as bucket, count(*), sum(a.arrears)
from ({aged}) as a join loans_loan l on l.id = a.loan_id
where a.arrears > 0
group by 1, 2, 3
"""

_ROWS = """
select a.loan_id, a.arrears, a.months_in_arrears, a.outstanding
from ({aged}) as a join loans_loan l on l.id = a.loan_id
where a.arrears > 0 and a.months_in_arrears >= %(low)s
  and (%(high)s::integer is null or a.months_in_arrears <= %(high)s)
  and (%(fund)s::text is null or l.fund = %(fund)s)
  and (%(office)s::bigint is null or l.office_id = %(office)s)
order by a.months_in_arrears desc, a.arrears desc, l.code
"""
