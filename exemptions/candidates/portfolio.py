"""Which loans are worth a look: one statement over a range of the portfolio that thinks of too many rather than too few.

Every condition here is weaker than the rule that confirms it (``finding.py``): the statement only spares the rules the
loans about which nothing is held. Loans with nothing left to repay, and those with an application under way, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection

from exemptions.candidates.enums import CandidateKind as K
from exemptions.candidates.words import SOUGHT
from exemptions.models import OPEN_STATES
from loans.enums import FundKind
from loans.funds import FUNDS
from loans.models import Loan
from people.enums import MailBlockReason, PaperKind
from repayment.ageing import ageing_statement
from repayment.enums import AssistanceBegan, HoldReason
from repayment.position import Policy
from rulebook.settings import Settings

EVENTS = (
    PaperKind.DEATH_RECORD,
    PaperKind.DISAPPEARANCE_RULING,
    PaperKind.DISCHARGE_DECISION,
    PaperKind.REHABILITATION_PROOF,
)

Thought = dict[int, frozenset[K]]


def thought_of(first: int, last: int, *, on: date, rules: Settings) -> Thought:
    """The loans between two keys that may be candidates on a day, with the kinds that come into question; one query."""
    return dict(_rows(first, last, on=on, rules=rules))


def _rows(first: int, last: int, *, on: date, rules: Settings) -> Iterator[tuple[int, frozenset[K]]]:
    some = Loan.objects.filter(pk__gte=first, pk__lte=last)
    aged = ageing_statement(as_of=on, policy=Policy.of(rules), loans=some)
    params = aged.params | {
        "open": [state.value for state in OPEN_STATES],
        "special": [kind.value for kind in FundKind if FUNDS[kind].special],
        "assistance": PaperKind.PUBLIC_ASSISTANCE_NOTICE.value,
        "handbook": PaperKind.DISABILITY_CERTIFICATE.value,
        "events": [kind.value for kind in EVENTS],
        "began": [AssistanceBegan.AFTER.value, AssistanceBegan.BEFORE.value],
        "words": [f"%{word}%" for word in SOUGHT],
        "req4_months": rules.req4_months,
        "silent_months": min(rules.arrears_notice_months),
        "deceased": MailBlockReason.DECEASED.value,
        "returned": MailBlockReason.RETURNED.value,
        "legal": HoldReason.LEGAL.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT.format(aged=aged.sql), params)
        for loan_id, kinds in cursor.fetchall():
            yield loan_id, frozenset(map(K, kinds))


_STATEMENT = """
with aged as materialized ({aged}),
base as materialized (
    select a.loan_id, l.borrower_id, l.applied_on, coalesce(l.disbursed_on, l.applied_on) as lent_on,
           l.fund = any(%(special)s) as special, a.months_in_arrears, a.paid
    from aged a
    join loans_loan l on l.id = a.loan_id
    where a.outstanding > 0
      and not exists (select from exemptions_application x where x.loan_id = a.loan_id and x.state = any(%(open)s))
),
untaxed as materialized (
    select distinct p.person_id, t.per_capita_levy as per_capita
    from people_taxcertificate t join people_paper p on p.id = t.paper_id
    where not t.income_levy
),
remark as materialized (
    select id as person_id, note as text from people_person where note like any(%(words)s)
    union all
    select person_id, note from people_paper where note like any(%(words)s)
    union all
    select borrower_id, situation from repayment_deferralapplication where situation like any(%(words)s)
    union all
    select a.borrower_id, i.situation
    from repayment_deferralinterview i join repayment_deferralapplication a on a.id = i.application_id
    where i.situation like any(%(words)s)
),
heard as materialized (
    select l.borrower_id as person_id from repayment_loantotals t join loans_loan l on l.id = t.loan_id where t.net > 0
    union
    select l.borrower_id from exemptions_application x join loans_loan l on l.id = x.loan_id
    union
    select l.borrower_id from exemptions_priordecision x join loans_loan l on l.id = x.loan_id
    union
    select l.borrower_id from repayment_deferral x join loans_loan l on l.id = x.loan_id
    union
    select l.borrower_id from repayment_paymentpromise x join loans_loan l on l.id = x.loan_id
    union
    select l.borrower_id from repayment_debtacknowledgement x join loans_loan l on l.id = x.loan_id
    union
    select l.borrower_id from repayment_smallrepaymentagreement x join loans_loan l on l.id = x.loan_id
    union
    select l.borrower_id from repayment_planchange x join loans_loan l on l.id = x.loan_id
    union
    select borrower_id from repayment_deferralapplication
),
thought as (
    select b.loan_id, 'new_tax_year' as kind
    from base b where b.special and b.borrower_id in (select person_id from untaxed where not per_capita)
    union all
    select b.loan_id, 'long_arrears'
    from base b
    where b.special and b.months_in_arrears >= %(req4_months)s and b.paid > 0
      and b.borrower_id in (select person_id from untaxed)
    union all
    select b.loan_id, 'assistance'
    from base b
    where b.special and (
        b.borrower_id in (select person_id from remark)
        or b.loan_id in (select loan_id from repayment_assistancecheck where began = any(%(began)s))
        or exists (
            select from people_paper p
            where p.person_id = b.borrower_id and p.kind = %(assistance)s and p.received_on > b.applied_on
        )
        or exists (
            select from loans_lendingapplication x
            where x.applicant_id = b.borrower_id and x.on_public_assistance and x.applied_on > b.applied_on
        )
    )
    union all
    select b.loan_id, 'handbook'
    from base b
    where b.special and b.borrower_id in (select person_id from people_paper where kind = %(handbook)s)
    union all
    select b.loan_id, 'silent'
    from base b
    where b.months_in_arrears >= %(silent_months)s and b.paid = 0
      and b.borrower_id not in (select person_id from heard)
      and not exists (select from people_paper p where p.person_id = b.borrower_id and p.received_on > b.lent_on)
    union all
    select b.loan_id, 'learned'
    from base b
    where b.borrower_id in (
        select id from people_person where died_on <= %(as_of)s
        union
        select person_id from people_paper where kind = any(%(events)s)
        union
        select person_id from people_mailblock
        where reason in (%(deceased)s, %(returned)s) and since <= %(as_of)s and (until is null or until >= %(as_of)s)
        union
        select person_id from remark
    )
    or b.loan_id in (
        select loan_id from repayment_collectionhold
        where reason = %(legal)s and since <= %(as_of)s and (until is null or until >= %(as_of)s)
    )
)
select loan_id, array_agg(distinct kind) from thought group by loan_id order by loan_id
"""
