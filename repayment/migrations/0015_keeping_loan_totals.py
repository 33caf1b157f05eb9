"""The triggers that keep what ageing reads: added to by ledger rows, counted anew when plan, deferral or loan change.

Whoever writes to a ledger holds the loan's row locked, so that rows of one loan come in one after another.
"""

from django.db import migrations

# What ledger rows add to a loan's totals. A correction counts from its own day, never before the row it takes back, and
# never for more than it. {rows} are the rows to be counted, {totals} where the deadline stands.
_COUNTED = """
    select e.loan_id,
           sum(case e.kind when 'paid' then e.amount
                           when 'refunded' then -e.amount
                           when 'paid_reversed' then -least(e.amount, t.amount) else 0 end) as net,
           coalesce(sum(e.amount) filter (where e.kind = 'exempted'), 0) as exempted,
           count(*) filter (where e.kind = 'exempted') as exemptions,
           count(*) filter (where e.kind = 'exemption_revoked') as revocations,
           max(e.plan_id) as exempted_plan_id, max(e.first_no) as first_no, max(e.last_no) as last_no,
           max(e.effective_on) filter (where e.kind = 'exempted') as exempted_on,
           coalesce(max(d.on_day) filter (where e.kind <> 'disbursed'), '0001-01-01') as last_on,
           coalesce(sum(e.amount::bigint * (d.on_day - s.deadline_on))
                    filter (where e.kind = 'paid' and d.on_day > s.deadline_on), 0) as late_weight,
           count(*) filter (where e.kind in ('paid_reversed', 'refunded') and d.on_day > s.deadline_on) as late_odd
    from {rows} e
    join {totals} s on s.loan_id = e.loan_id
    left join repayment_ledgerentry t on t.id = e.reverses_id
    cross join lateral (select greatest(e.effective_on, t.effective_on, e.due_on) as on_day) as d
    group by e.loan_id
"""

# All but the last, which the database works out.
_COLUMNS = """
    loan_id, lent, rate_bp, plan_id, version, plan_since, principal, count, first_month, first_amount, regular_amount,
    debit_day, one_shift, defer_from, defer_months, deadline_on, net, exempted, exemptions, revocations,
    exempted_plan_id, first_no, last_no, exempted_on, last_on, late_weight, late_odd"""

TOTALS_OF = f"""
create function repayment_totals_of(loan_ids bigint[]) returns setof repayment_loantotals
language sql stable security definer set search_path = public, pg_temp as $$
    with asked as materialized (select unnest(loan_ids) as loan_id),
    plan as (
        select distinct on (p.loan_id) p.*, p.first_month + p.count - 1 as last_month,
               l.principal as lent, l.late_interest_rate_bp,
               count(*) over (partition by p.loan_id) as versions
        from asked
        join repayment_repaymentplan p on p.loan_id = asked.loan_id
        join loans_loan l on l.id = asked.loan_id and l.state <> 'given_up'
        order by p.loan_id, p.effective_on desc, p.version desc
    ),
    deferral as (
        select p.loan_id, p.last_month, d.from_month, d.months,
               lag(d.from_month + d.months) over (partition by p.loan_id order by d.from_month, d.id) as free_from
        from plan p
        join (
            select d.id, d.loan_id, d.granted_on, d.from_month,
                   coalesce(e.ends_after + 1 - d.from_month, d.months)::integer as months
            from repayment_deferral d left join repayment_deferralend e on e.deferral_id = d.id
        ) as d on d.loan_id = p.loan_id and d.months > 0
        where p.versions = 1 or p.effective_on <= d.granted_on
    ),
    shift as (
        select loan_id, bool_and(coalesce(free_from = from_month, true)) as one_shift,
               min(from_month) as from_month, sum(months)::integer as months
        from deferral group by loan_id
    ),
    planned as (
        select p.*, coalesce(d.one_shift, true) as one_shift, coalesce(d.from_month, 0) as defer_from,
               coalesce(d.months, 0) as defer_months,
               p.last_month + case when p.last_month >= d.from_month then d.months else 0 end as last_due
        from plan p left join shift d on d.loan_id = p.loan_id
    ),
    dated as materialized (
        select *, (make_date(last_due / 12, last_due % 12 + 1, 1) + interval '1 month - 1 day')::date as deadline_on
        from planned
    ),
    counted as ({_COUNTED.format(rows="repayment_ledgerentry", totals="dated")}),
    totals as (
        select d.loan_id, d.lent, d.late_interest_rate_bp, d.id, d.version,
               case when d.versions = 1 then '0001-01-01' else d.effective_on end,
               d.principal, d.count, d.first_month, d.first_amount, d.regular_amount, d.debit_day,
               d.one_shift, d.defer_from, d.defer_months, d.deadline_on,
               coalesce(c.net, 0), coalesce(c.exempted, 0), coalesce(c.exemptions, 0), coalesce(c.revocations, 0),
               c.exempted_plan_id, c.first_no, c.last_no, c.exempted_on, coalesce(c.last_on, '0001-01-01'),
               coalesce(c.late_weight, 0), coalesce(c.late_odd, 0)
        from dated d left join counted c on c.loan_id = d.loan_id
    )
    select totals.*,
           d.one_shift and coalesce(c.exemptions, 0) <= 1 and coalesce(c.revocations, 0) = 0
           and (coalesce(c.last_on <= d.deadline_on, true) or (c.late_odd = 0 and c.net <= d.lent - c.exempted))
    from totals join dated d on d.loan_id = totals.loan_id left join counted c on c.loan_id = totals.loan_id
$$;
"""

COUNT_ANEW = f"""
create function repayment_count_totals(loan_ids bigint[]) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    -- Waits for whoever is adding to one of these rows; what follows sees what they wrote.
    perform from repayment_loantotals where loan_id in (select unnest(loan_ids)) order by loan_id for update;
    delete from repayment_loantotals where loan_id in (select unnest(loan_ids));
    insert into repayment_loantotals ({_COLUMNS}) select {_COLUMNS} from repayment_totals_of(loan_ids);
end $$;
"""

ADD = f"""
create function repayment_add_to_totals() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    update repayment_loantotals s
    set net = s.net + n.net, exempted = s.exempted + n.exempted, exemptions = s.exemptions + n.exemptions,
        revocations = s.revocations + n.revocations,
        exempted_plan_id = greatest(s.exempted_plan_id, n.exempted_plan_id),
        first_no = greatest(s.first_no, n.first_no), last_no = greatest(s.last_no, n.last_no),
        exempted_on = greatest(s.exempted_on, n.exempted_on), last_on = greatest(s.last_on, n.last_on),
        late_weight = s.late_weight + n.late_weight, late_odd = s.late_odd + n.late_odd
    from ({_COUNTED.format(rows="new_rows", totals="repayment_loantotals")}) as n
    where n.loan_id = s.loan_id;
    return null;
end $$;
create trigger repayment_totals after insert on repayment_ledgerentry referencing new table as new_rows
for each statement execute function repayment_add_to_totals();
"""

RECOUNT = """
create function repayment_recount_totals() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    perform repayment_count_totals(array(select distinct loan_id from new_rows));
    return null;
end $$;
create trigger repayment_totals after insert on repayment_repaymentplan referencing new table as new_rows
for each statement execute function repayment_recount_totals();
create trigger repayment_totals after insert on repayment_deferral referencing new table as new_rows
for each statement execute function repayment_recount_totals();

create function repayment_recount_ended() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    perform repayment_count_totals(array(
        select distinct d.loan_id from new_rows n join repayment_deferral d on d.id = n.deferral_id
    ));
    return null;
end $$;
create trigger repayment_totals after insert on repayment_deferralend referencing new table as new_rows
for each statement execute function repayment_recount_ended();

create function repayment_recount_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    perform repayment_count_totals(array(
        select n.id from new_rows n join old_rows o on o.id = n.id
        where (o.state, o.principal, o.late_interest_rate_bp) is distinct from
              (n.state, n.principal, n.late_interest_rate_bp)
    ));
    return null;
end $$;
create trigger repayment_totals after update on loans_loan referencing old table as old_rows new table as new_rows
for each statement execute function repayment_recount_changed();
"""

FILL = """
alter table repayment_loantotals set (fillfactor = 70);
select repayment_count_totals(array(select distinct loan_id from repayment_repaymentplan));
"""

DROP = """
drop trigger repayment_totals on loans_loan;
drop trigger repayment_totals on repayment_deferralend;
drop trigger repayment_totals on repayment_deferral;
drop trigger repayment_totals on repayment_repaymentplan;
drop trigger repayment_totals on repayment_ledgerentry;
drop function repayment_recount_changed;
drop function repayment_recount_ended;
drop function repayment_recount_totals;
drop function repayment_add_to_totals;
drop function repayment_count_totals;
drop function repayment_totals_of;
delete from repayment_loantotals;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loans", "0009_contract_rate_of_late_interest"),
        ("repayment", "0014_loan_totals"),
    ]

    operations = [
        migrations.RunSQL(TOTALS_OF + COUNT_ANEW + ADD + RECOUNT + FILL, DROP),
    ]
