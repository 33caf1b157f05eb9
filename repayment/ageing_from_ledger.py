"""The long way of ageing: SQL that works a loan's figures out from its plans, deferrals and ledger rows."""

MONTH_END = "(make_date(last_due / 12, last_due %% 12 + 1, 1) + interval '1 month - 1 day')::date"
LAST_DEBIT_DAY = "make_date(last_due / 12, last_due %% 12 + 1, debit_day)"

INTEREST = """
late as materialized (
    select loan_id, deadline, lent, rate_bp, standing, spared, net from due where deadline < %(as_of)s
),
-- Days after the deadline on which the interest-bearing principal of a loan changed.
changes as (
    select loan_id, deadline as on_day, 0 as change, false as is_payment from late
    union all
    select e.loan_id, e.effective_on, case e.kind when 'paid' then -e.amount else e.amount end, e.kind = 'paid'
    from repayment_ledgerentry e join late d on d.loan_id = e.loan_id
    where e.kind in ('paid', 'refunded') and e.effective_on > d.deadline and e.effective_on <= %(as_of)s
    union all
    select b.loan_id, b.asked_on, b.amount, false
    from taken_back b join late d on d.loan_id = b.loan_id
    where b.asked_on > d.deadline and b.asked_on <= %(as_of)s
    union all
    select x.loan_id, x.effective_on, -x.amount, false
    from exemption x join late d on d.loan_id = x.loan_id
    where %(keep_accrued)s and x.effective_on > d.deadline
),
changed as (
    select loan_id, on_day, sum(change) as change
    from changes group by loan_id, on_day
),
levels as (
    select loan_id, on_day,
           d.lent - d.spared - d.net
               - sum(change) over (partition by loan_id)
               + sum(change) over (partition by loan_id order by on_day) as level
    from changed join late d using (loan_id)
),
steps as (
    select loan_id, on_day, greatest(level, 0) as bearing,
           lag(greatest(level, 0)) over (partition by loan_id order by on_day) as bearing_before
    from levels
),
parts as (
    select loan_id,
           bearing * (coalesce(lead(on_day) over (partition by loan_id order by on_day), %(as_of)s) - on_day)
               * rate_bp as part
    from steps join late using (loan_id) where bearing is distinct from bearing_before
),
accrued as (
    select loan_id,
           case when %(floor_each)s then sum(div(part, 10000 * %(day_count)s))
                else div(sum(part), 10000 * %(day_count)s) end::bigint as accrued
    from parts group by loan_id
),{allocation}"""

PRINCIPAL_FIRST = """
interest as (
    select loan_id, accrued, least(accrued, greatest(0, net - (lent - standing))) as interest_paid
    from accrued join late using (loan_id)
),"""

INTEREST_FIRST = """
-- Only a payment after the deadline can have paid interest; each depends on the one before.
called as materialized (
    select loan_id,
           repayment_interest_first(
               loan_id, lent, deadline, %(as_of)s, rate_bp, %(day_count)s, %(floor_each)s, %(keep_accrued)s
           ) as figures
    from late where loan_id in (select loan_id from changes where is_payment)
),
interest as (
    select loan_id, coalesce(figures[1], accrued) as accrued, coalesce(figures[2], 0) as interest_paid
    from accrued left join called using (loan_id)
),"""

STATEMENT = """
collected (debit_day, last_month) as (
    select debit_day, last_month from unnest({collected}) with ordinality as c (last_month, debit_day)
),
-- The version whose day came last, or before all of them the first one.
version as (
    select p.*,
           not exists (
               select from repayment_repaymentplan q
               where q.loan_id = p.loan_id and (q.effective_on, q.version) < (p.effective_on, p.version)
           ) as is_first
    from long_way w join repayment_repaymentplan p on p.loan_id = w.loan_id
    where not exists (
          select from repayment_repaymentplan q
          where q.loan_id = p.loan_id and (q.effective_on, q.version) > (p.effective_on, p.version)
            and q.effective_on <= %(as_of)s
      )
),
plan as (
    select p.*, l.principal::bigint as lent, l.late_interest_rate_bp as rate_bp, c.last_month,
           p.first_month + p.count - 1 as last_planned
    from version p
    join loans_loan l on l.id = p.loan_id
    join collected c using (debit_day)
    where p.effective_on <= %(as_of)s or p.is_first
),
-- A deferral shifts the plan in force on the day it was granted. It reaches every month of the plan from a threshold
-- on: its start less what earlier deferrals have moved, never below an earlier threshold.
deferral as (
    select p.loan_id, p.last_month, p.last_planned, d.id, d.from_month, d.months,
           sum(d.months) over in_order as moved,
           d.from_month - (sum(d.months) over in_order - d.months) as own_threshold
    from plan p
    join (
        select d.id, d.loan_id, d.granted_on, d.from_month,
               coalesce(e.ends_after + 1 - d.from_month, d.months)::integer as months
        from repayment_deferral d left join repayment_deferralend e on e.deferral_id = d.id
    ) as d on d.loan_id = p.loan_id and d.months > 0
    where (p.effective_on <= d.granted_on or p.is_first)
      and not exists (
          select from repayment_repaymentplan q
          where q.loan_id = p.loan_id and (q.effective_on, q.version) > (p.effective_on, p.version)
            and q.effective_on <= d.granted_on
      )
    window in_order as (partition by p.loan_id order by d.from_month, d.id)
),
threshold as (
    select *, max(own_threshold) over (partition by loan_id order by from_month, id) as threshold from deferral
),
step as (
    select *, lead(threshold) over (partition by loan_id order by from_month, id) as next_threshold from threshold
),
shift as (
    select loan_id,
           greatest(
               least(min(last_month), min(threshold) - 1),
               max(least(last_month - moved, next_threshold - 1))
           ) as last_month,
           coalesce(sum(months) filter (where last_planned >= threshold), 0) as moved
    from step group by loan_id
),
-- Corrections count from their own day, never before the row they take back, and never for more than it.
taken_back as (
    select e.loan_id, e.reverses_id, e.kind, least(e.amount, t.amount) as amount,
           greatest(e.effective_on, t.effective_on, e.due_on) as asked_on
    from long_way w join repayment_ledgerentry e on e.loan_id = w.loan_id join repayment_ledgerentry t on t.id = e.reverses_id
    where e.reverses_id is not null and greatest(e.effective_on, t.effective_on) <= %(as_of)s
),
money as (
    select loan_id, sum(amount)::bigint as net
    from (
        select e.loan_id, case e.kind when 'paid' then e.amount else -e.amount end as amount
        from long_way w join repayment_ledgerentry e on e.loan_id = w.loan_id
        where e.kind in ('paid', 'refunded') and e.effective_on <= %(as_of)s
        union all
        select loan_id, -amount from taken_back where kind = 'paid_reversed'
    ) as movement
    group by loan_id
),
-- standing: still exempted; spared: not yet to be asked for again.
exemption as (
    select e.loan_id, e.plan_id, e.first_no, e.last_no, e.amount, e.effective_on, e.source_key,
           e.amount - coalesce(b.amount, 0) as standing,
           e.amount - case when b.asked_on <= %(as_of)s then b.amount else 0 end as spared
    from long_way w join repayment_ledgerentry e on e.loan_id = w.loan_id left join taken_back b on b.reverses_id = e.id
    where e.kind = 'exempted' and e.effective_on <= %(as_of)s
),
exempted as (
    select x.loan_id, sum(x.standing)::bigint as standing, sum(x.spared)::bigint as spared,
           coalesce(sum(x.spared) filter (where x.plan_id <> p.id), 0)::bigint as elsewhere,
           count(*) filter (where x.plan_id = p.id and x.spared > 0) as here,
           min(x.first_no) filter (where x.plan_id = p.id and x.spared > 0) as first_no,
           min(x.last_no) filter (where x.plan_id = p.id and x.spared > 0) as last_no,
           min(x.spared) filter (where x.plan_id = p.id and x.spared > 0) as amount
    from exemption x join plan p on p.loan_id = x.loan_id
    group by x.loan_id
),
several as (
    select x.loan_id,
           array_agg(x.first_no::integer order by x.effective_on, x.source_key collate "C") as first_nos,
           array_agg(x.last_no::integer order by x.effective_on, x.source_key collate "C") as last_nos,
           array_agg(x.spared order by x.effective_on, x.source_key collate "C") as amounts
    from exemption x
    join plan p on p.loan_id = x.loan_id and p.id = x.plan_id
    join exempted a on a.loan_id = x.loan_id
    where a.here > 1 and x.spared > 0
    group by x.loan_id
),
reached as (
    select p.*,
           least(greatest(coalesce(s.last_month, p.last_month) - p.first_month + 1, 0), p.count)::integer as k,
           (p.last_planned + coalesce(s.moved, 0))::integer as last_due,
           coalesce(m.net, 0) as net,
           coalesce(a.standing, 0) as standing,
           coalesce(a.spared, 0) as spared,
           p.lent - p.principal - coalesce(a.elsewhere, 0) as settled_before,
           coalesce(a.here, 0) as exemptions_here, a.first_no, a.last_no, a.amount
    from plan p
    left join shift s on s.loan_id = p.loan_id
    left join money m on m.loan_id = p.loan_id
    left join exempted a on a.loan_id = p.loan_id
),
due as materialized (
    select r.loan_id, r.version, r.k, r.lent, r.rate_bp, r.net, r.standing, r.spared, r.settled_before,
           {deadline} as deadline,
           repayment_scheduled(r.principal, r.count, r.first_amount, r.regular_amount, r.k) as scheduled,
           coalesce(
               nullif(r.regular_amount, 0),
               greatest(
                   r.first_amount,
                   r.principal
                       - repayment_scheduled(r.principal, r.count, r.first_amount, r.regular_amount, r.count - 1)
               )
           ) as month_worth,
           case
               when r.exemptions_here = 0 then 0
               when r.exemptions_here = 1 then
                   -- It fills its range from the end: what does not fit behind instalment k lies within what is due.
                   least(
                       greatest(
                           0,
                           r.amount
                           - repayment_scheduled(
                               r.principal, r.count, r.first_amount, r.regular_amount, r.last_no)
                           + repayment_scheduled(
                               r.principal, r.count, r.first_amount, r.regular_amount, least(r.k, r.last_no))
                       ),
                       repayment_scheduled(
                           r.principal, r.count, r.first_amount, r.regular_amount, least(r.k, r.last_no))
                       - repayment_scheduled(
                           r.principal, r.count, r.first_amount, r.regular_amount, least(r.k, r.first_no - 1))
                   )
               else
                   repayment_exempted_of_due(
                       r.principal, r.count, r.first_amount, r.regular_amount, r.k,
                       v.first_nos, v.last_nos, v.amounts
                   )
           end as exempted_due
    from reached r left join several v on v.loan_id = r.loan_id
),{interest}
settled as (
    select d.*, greatest(0, d.settled_before + d.scheduled - d.exempted_due) as due,
           coalesce(i.accrued, 0) as accrued, coalesce(i.interest_paid, 0) as interest_paid,
           d.net - coalesce(i.interest_paid, 0) as to_principal,
           d.lent - d.standing as payable
    from due d left join interest i on i.loan_id = d.loan_id
),
owed as (
    select *, least(greatest(0, due - to_principal), greatest(0, payable - to_principal)) as arrears from settled
)
select loan_id, version, k as instalments_due, settled_before, scheduled, exempted_due, due,
       net as paid, standing as exempted, arrears,
       coalesce(arrears / nullif(month_worth, 0), 0) as months_in_arrears,
       greatest(0, payable - to_principal) as outstanding,
       greatest(0, least(to_principal, payable) - due) as paid_ahead,
       greatest(0, to_principal - payable) as surplus,
       deadline,
       greatest(0, accrued - interest_paid) as late_interest,
       accrued as late_interest_accrued, interest_paid as late_interest_paid
from owed"""
