"""What counting unpaid months cannot say as a set: instalments of a plan that fell due by a month, and those still open.

The twins of ``repayment.schedule.instalments_due`` and of the lines of ``repayment.position``.
"""

from django.db import migrations

BY_MONTH = """
create function repayment_instalments_by(
    first_month integer, count integer, from_months integer[], months integer[], last_month integer
) returns integer language plpgsql immutable parallel safe as $$
declare
    month integer := last_month;
begin
    for i in reverse coalesce(cardinality(from_months), 0) .. 1 loop
        if month >= from_months[i] then
            month := greatest(month - months[i], from_months[i] - 1);
        end if;
    end loop;
    return least(greatest(month - first_month + 1, 0), count);
end $$;
"""

# How many of the instalments after "before" up to "k" are not exempted as a whole.
OPEN = """
create function repayment_open_instalments(
    principal integer, count integer, first_amount integer, regular integer,
    first_nos integer[], last_nos integer[], amounts integer[], before integer, k integer
) returns integer language plpgsql immutable parallel safe as $$
declare
    filled bigint[] := array_fill(0::bigint, array[count]);
    share bigint;
    rest bigint;
begin
    for i in 1 .. coalesce(cardinality(amounts), 0) loop
        rest := amounts[i];
        for nr in reverse least(last_nos[i], count) .. greatest(first_nos[i], 1) loop
            exit when rest <= 0;
            share := least(rest, repayment_scheduled(principal, count, first_amount, regular, nr)
                                 - repayment_scheduled(principal, count, first_amount, regular, nr - 1) - filled[nr]);
            filled[nr] := filled[nr] + share;
            rest := rest - share;
        end loop;
    end loop;
    return (
        select count(*)
        from generate_series(before + 1, k) as nr
        where filled[nr] < repayment_scheduled(principal, repayment_open_instalments.count, first_amount, regular, nr)
                           - repayment_scheduled(
                               principal, repayment_open_instalments.count, first_amount, regular, nr - 1)
    );
end $$;
"""

DROP = """
drop function repayment_open_instalments;
drop function repayment_instalments_by;
"""


class Migration(migrations.Migration):
    dependencies = [("repayment", "0007_slips_promises_acknowledgements")]

    operations = [migrations.RunSQL(BY_MONTH + OPEN, DROP)]
