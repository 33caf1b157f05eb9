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

# The interest-bearing principal is levels[i] from the end of days[i] on, until the next day or the end of until.
ACCRUED = """
create function repayment_accrued(
    days date[], levels bigint[], until date, rate_bp integer, day_count integer, floor_each boolean
) returns bigint language plpgsql immutable parallel safe as $$
declare
    divisor bigint := 10000 * day_count;
    total bigint := 0;
    part bigint;
    start date := days[1];
    bearing bigint := greatest(0, levels[1]);
begin
    for i in 2 .. cardinality(days) + 1 loop
        continue when i <= cardinality(days) and greatest(0, levels[i]) = bearing;
        part := bearing * (coalesce(days[i], until) - start) * rate_bp;
        total := total + case when floor_each then part / divisor else part end;
        start := days[i];
        bearing := greatest(0, levels[i]);
    end loop;
    return case when floor_each then total else total / divisor end;
end $$;
"""

# One walk through payments, corrections and exemptions in the order in which they count. On one day exemptions are known
# before payments are allocated, and payments before what takes them back.
INTEREST_FIRST = """
create function repayment_interest_first(
    loan bigint, principal bigint, deadline date, as_of date,
    rate_bp integer, day_count integer, floor_each boolean, keep_accrued boolean
) returns bigint[] language plpgsql stable parallel safe as $$
declare
    level bigint := principal;
    since date := deadline;
    days date[] := '{}';
    levels bigint[] := '{}';
    ids bigint[] := '{}';
    principal_shares bigint[] := '{}';
    interest_paid bigint := 0;
    part bigint;
    event record;
begin
    for event in
        select e.id, e.kind, least(e.amount, t.amount)::bigint as amount, e.reverses_id,
               case e.kind when 'exemption_revoked' then greatest(e.effective_on, t.effective_on, e.due_on)
                           else greatest(e.effective_on, t.effective_on) end as on_day,
               array_position(array['exempted', 'paid'], e.kind::text) as turn
        from repayment_ledgerentry e left join repayment_ledgerentry t on t.id = e.reverses_id
        where e.loan_id = loan and e.kind <> 'disbursed' and greatest(e.effective_on, t.effective_on) <= as_of
        order by 5, turn nulls last, e.source_key collate "C"
    loop
        exit when event.on_day > as_of;
        if event.on_day > since then
            days := days || since;
            levels := levels || level;
            since := event.on_day;
        end if;
        if event.kind = 'exempted' then
            level := level - event.amount;
            if not keep_accrued then
                for i in 1 .. cardinality(levels) loop
                    levels[i] := levels[i] - event.amount;
                end loop;
            end if;
        elsif event.kind = 'paid' then
            part := 0;
            if event.on_day > deadline then
                part := repayment_accrued(days, levels, since, rate_bp, day_count, floor_each);
                part := least(event.amount, greatest(0, part - interest_paid));
            end if;
            ids := ids || event.id;
            principal_shares := principal_shares || (event.amount - part);
            interest_paid := interest_paid + part;
            level := level - event.amount + part;
        elsif event.kind = 'paid_reversed' then
            part := least(event.amount, principal_shares[array_position(ids, event.reverses_id)]);
            interest_paid := interest_paid - (event.amount - part);
            level := level + part;
        else
            level := level + event.amount;
        end if;
    end loop;
    return array[
        repayment_accrued(days || since, levels || level, as_of, rate_bp, day_count, floor_each), interest_paid
    ];
end $$;
"""

DROP = """
drop function repayment_interest_first;
drop function repayment_accrued;
drop function repayment_exempted_of_due;
drop function repayment_scheduled;
"""


class Migration(migrations.Migration):
    dependencies = [("repayment", "0002_new_date_after_a_revocation")]

    operations = [
        migrations.RunSQL(SCHEDULED + EXEMPTED_OF_DUE + ACCRUED + INTEREST_FIRST, DROP),
    ]
