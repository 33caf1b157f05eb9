"""What ageing cannot say as a set: a plan's sum as a formula, overlapping exemptions, and interest paid first.

Each function is the twin of pure Python: ``Plan.scheduled_sum``, ``exempted_by_instalment`` and ``late_interest``.
"""

from django.db import migrations

SCHEDULED = """
create function repayment_scheduled(principal integer, count integer, first_amount integer, regular integer, k integer)
returns bigint language sql immutable parallel safe as $$
    select case when k <= 0 then 0
                when k >= count then principal
                else first_amount + (k - 1) * regular end::bigint
$$;
"""

EXEMPTED_OF_DUE = """
create function repayment_exempted_of_due(
    principal integer, count integer, first_amount integer, regular integer, k integer,
    first_nos integer[], last_nos integer[], amounts integer[]
) returns bigint language plpgsql immutable parallel safe as $$
declare
    filled bigint[] := array_fill(0::bigint, array[count]);
    share bigint;
    rest bigint;
begin
    for i in 1 .. cardinality(amounts) loop
        rest := amounts[i];
        for nr in reverse least(last_nos[i], count) .. greatest(first_nos[i], 1) loop
            exit when rest <= 0;
            share := least(rest, repayment_scheduled(principal, count, first_amount, regular, nr)
                                 - repayment_scheduled(principal, count, first_amount, regular, nr - 1) - filled[nr]);
            filled[nr] := filled[nr] + share;
            rest := rest - share;
        end loop;
    end loop;
    return (select coalesce(sum(filled[nr]), 0) from generate_series(1, k) as nr);
end $$;
"""

ACCRUED = """
create function repayment_accrued(
    level bigint, days date[], changes bigint[], deadline date, until date,
    rate_bp integer, day_count integer, floor_each boolean
) returns bigint language sql immutable parallel safe as $$
    with known as (
        select greatest(day, deadline) as on_day, change
        from unnest(days, changes) as t (day, change) where day <= until
        union all select deadline, 0
    ),
    levels as (
        select on_day, greatest(0, level + sum(sum(change)) over (order by on_day)) as bearing from known group by on_day
    ),
    steps as (select on_day, bearing, lag(bearing) over (order by on_day) as bearing_before from levels),
    parts as (
        select bearing * (coalesce(lead(on_day) over (order by on_day), until) - on_day) * rate_bp as part
        from steps where bearing is distinct from bearing_before
    )
    select case when floor_each then sum(div(part, 10000 * day_count))
                else div(sum(part), 10000 * day_count) end::bigint
    from parts
$$;
"""

INTEREST_FIRST = """
create function repayment_interest_first(
    loan bigint, principal bigint, deadline date, as_of date,
    rate_bp integer, day_count integer, floor_each boolean, keep_accrued boolean
) returns bigint[] language plpgsql stable parallel safe as $$
declare
    days date[] := '{}';
    changes bigint[] := '{}';
    ids bigint[] := '{}';
    principal_shares bigint[] := '{}';
    interest_shares bigint[] := '{}';
    interest_paid bigint := 0;
    accrued bigint := 0;
    part bigint;
    place integer;
    movement record;
begin
    for movement in
        select e.id, e.kind, e.amount, e.reverses_id, greatest(e.effective_on, t.effective_on) as on_day
        from repayment_ledgerentry e left join repayment_ledgerentry t on t.id = e.reverses_id
        where e.loan_id = loan and e.kind in ('paid', 'paid_reversed', 'refunded')
          and greatest(e.effective_on, t.effective_on) <= as_of
        order by 5, e.kind <> 'paid', e.source_key collate "C"
    loop
        if movement.kind = 'paid' then
            part := 0;
            if movement.on_day > deadline then
                accrued := repayment_accrued_on(loan, principal, days, changes, deadline, movement.on_day,
                                                as_of, rate_bp, day_count, floor_each, keep_accrued);
                part := least(movement.amount, greatest(0, accrued - interest_paid));
            end if;
            ids := ids || movement.id;
            principal_shares := principal_shares || (movement.amount - part);
            interest_shares := interest_shares || part;
            interest_paid := interest_paid + part;
            changes := changes || (part - movement.amount);
        elsif movement.kind = 'paid_reversed' then
            place := array_position(ids, movement.reverses_id);
            part := least(movement.amount, principal_shares[place]);
            interest_paid := interest_paid - least(movement.amount - part, interest_shares[place]);
            changes := changes || part;
        else
            changes := changes || movement.amount::bigint;
        end if;
        days := days || movement.on_day;
    end loop;
    accrued := repayment_accrued_on(loan, principal, days, changes, deadline, as_of,
                                    as_of, rate_bp, day_count, floor_each, keep_accrued);
    return array[accrued, interest_paid];
end $$;
"""

# The exemptions known on a day join the changes: from the deadline on, or from their own day where accrued interest
# is kept; what a revocation takes back by as_of bears interest again from the day it is asked for.
ACCRUED_ON = """
create function repayment_accrued_on(
    loan bigint, principal bigint, days date[], changes bigint[], deadline date, until date, as_of date,
    rate_bp integer, day_count integer, floor_each boolean, keep_accrued boolean
) returns bigint language sql stable parallel safe as $$
    select repayment_accrued(
        principal, days || coalesce(array_agg(day), '{}'), changes || coalesce(array_agg(change), '{}'),
        deadline, until, rate_bp, day_count, floor_each
    )
    from (
        select case when keep_accrued then x.effective_on else deadline end as day, -x.amount::bigint as change
        from repayment_ledgerentry x
        where x.loan_id = loan and x.kind = 'exempted' and x.effective_on <= until
        union all
        select greatest(e.effective_on, x.effective_on, e.due_on), least(e.amount, x.amount)::bigint
        from repayment_ledgerentry e join repayment_ledgerentry x on x.id = e.reverses_id
        where e.loan_id = loan and e.kind = 'exemption_revoked' and x.effective_on <= until
          and greatest(e.effective_on, x.effective_on) <= as_of
    ) as exemption
$$;
"""

DROP = """
drop function repayment_interest_first;
drop function repayment_accrued_on;
drop function repayment_accrued;
drop function repayment_exempted_of_due;
drop function repayment_scheduled;
"""


class Migration(migrations.Migration):
    dependencies = [("repayment", "0002_new_date_after_a_revocation")]

    operations = [
        migrations.RunSQL(SCHEDULED + EXEMPTED_OF_DUE + ACCRUED + ACCRUED_ON + INTEREST_FIRST, DROP),
    ]
