"""The night's search for candidates, one range of loans at a time: think of, gather, confirm, write, close.

A range is one transaction: a night that is killed begins it again, and a second night of the same day changes nothing.
Statements and queries do not depend on how many loans a range has, besides one set of them for each ``AT_ONCE`` loans thought
of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice

from django.db import connection
from django.db.backends.utils import CursorWrapper

from audit.actors import Actor
from audit.services import service
from exemptions.candidates.enums import CandidateState
from exemptions.candidates.finding import find
from exemptions.candidates.gathering import gather
from exemptions.candidates.known import Found
from exemptions.candidates.portfolio import thought_of
from exemptions.models import DECIDED_STATES, OPEN_STATES
from loans.models import Loan
from repayment.ageing import ageing_statement
from repayment.position import Policy
from rulebook.selectors import settings_on
from rulebook.settings import Settings

AT_ONCE = 1_000
"""Loans whose papers and ledgers are in memory at the same time."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to: new candidates, those that are there again, and those that were closed."""

    new: int
    again: int
    closed: int


@service
def find_candidates(*, first: int, last: int, on: date, by: Actor, at: datetime) -> Searched:
    """Bring the candidates among the loans between two keys up to a day."""
    rules = settings_on(on)
    found = list(_found(first, last, on=on, rules=rules))
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table candidate_found (loan_id bigint, kind text, mark text, ground text, reason text,"
            " missing text[], amount integer) on commit drop"
        )
        cursor.execute(_FILL, _columns(found))
        cursor.execute(_WRITE, {"on": on})
        written = [is_new for (is_new,) in cursor.fetchall()]
        closed = _close(cursor, first, last, on=on, rules=rules)
        cursor.execute("drop table candidate_found")
    return Searched(new=sum(written), again=len(written) - sum(written), closed=closed)


def _found(first: int, last: int, *, on: date, rules: Settings) -> Iterator[Found]:
    @cache
    def of_contract(rate_bp: int) -> Settings:
        return rules.with_values({"late_interest_rate_bp": rate_bp})

    thought = iter(thought_of(first, last, on=on, rules=rules).items())
    while some := dict(islice(thought, AT_ONCE)):
        rates = dict(Loan.objects.filter(pk__in=list(some)).values_list("pk", "late_interest_rate_bp"))
        for known in gather(some, on=on, elderly_age=rules.elderly_age):
            yield from find(known, settings=of_contract(rates[known.loan_id]), on=on)


def _columns(found: list[Found]) -> dict[str, list[object]]:
    return {
        "loans": [each.loan_id for each in found],
        "kinds": [each.kind.value for each in found],
        "marks": [each.mark for each in found],
        "grounds": [each.ground for each in found],
        "reasons": [each.reason for each in found],
        "missing": ["\n".join(each.missing) for each in found],
        "amounts": [each.amount for each in found],
    }


def _close(cursor: CursorWrapper, first: int, last: int, *, on: date, rules: Settings) -> int:
    open_ones = Loan.objects.filter(pk__gte=first, pk__lte=last, candidates__state=CandidateState.OPEN)
    aged = ageing_statement(as_of=on, policy=Policy.of(rules), loans=open_ones.distinct())
    values = {"on": on, "first": first, "last": last, "applied": list(OPEN_STATES), "decided": list(DECIDED_STATES)}
    cursor.execute(_CLOSE.format(aged=aged.sql), aged.params | values)
    return cursor.rowcount


_FILL = """
insert into candidate_found
select loan_id, kind, mark, ground, reason, string_to_array(missing, E'\\n'), amount
from unnest(%(loans)s::bigint[], %(kinds)s::text[], %(marks)s::text[], %(grounds)s::text[], %(reasons)s::text[],
            %(missing)s::text[], %(amounts)s::integer[])
     as f (loan_id, kind, mark, ground, reason, missing, amount)
"""

# What was decided or dismissed stays closed; what had no reason any more and has one again is open again.
_WRITE = """
insert into exemptions_candidate as c
    (loan_id, kind, mark, ground, reason, missing, amount, found_on, state, closed_on)
select loan_id, kind, mark, ground, reason, missing, amount, %(on)s, 'open', null
from candidate_found
order by loan_id, kind, mark
on conflict (loan_id, kind, mark) do update
set ground = excluded.ground, reason = excluded.reason, missing = excluded.missing, amount = excluded.amount,
    state = 'open', closed_on = null
where c.state in ('open', 'gone')
  and (c.ground, c.reason, c.missing::text[], coalesce(c.amount, -1), c.state)
      is distinct from (excluded.ground, excluded.reason, excluded.missing::text[], coalesce(excluded.amount, -1), 'open')
returning xmax = 0
"""

_CLOSE = """
with aged as materialized ({aged})
update exemptions_candidate c
set closed_on = %(on)s,
    state = case
        when exists (
            select from exemptions_application x where x.loan_id = c.loan_id and x.state = any(%(applied)s)
        ) then 'applied'
        when exists (
            select from exemptions_application x
            where x.loan_id = c.loan_id and x.state = any(%(decided)s) and x.received_on >= c.found_on
        ) then 'decided'
        when not exists (select from aged a where a.loan_id = c.loan_id and a.outstanding > 0) then 'settled'
        else 'gone'
    end
where c.state = 'open' and c.loan_id between %(first)s and %(last)s
  and not exists (
      select from candidate_found f where f.loan_id = c.loan_id and f.kind = c.kind and f.mark = c.mark
  )
"""
