"""The short way of ageing: SQL that answers a loan from the one row of its totals."""

MONTH_END = "deadline_on"
LAST_DEBIT_DAY = "make_date(extract(year from deadline_on)::int, extract(month from deadline_on)::int, debit_day)"

# Whether a row of the totals says all there is to know on the day; under some policies only until the deadline.
IS_ENOUGH = "(is_plain and plan_since <= %(as_of)s and last_on <= %(as_of)s)"
IS_ENOUGH_UNTIL_THE_DEADLINE = "(is_plain and plan_since <= %(as_of)s and last_on <= least(%(as_of)s, {deadline}))"

# Each bracket is worked out once for the next; ``offset 0`` keeps the planner from copying it into every use.
FIGURES = """
select loan_id, version, k as instalments_due, settled_before, scheduled, exempted_due, due,
       net as paid, exempted, arrears,
       coalesce(arrears / nullif(month_worth, 0), 0) as months_in_arrears,
       outstanding,
       greatest(0, least(net, payable) - due) as paid_ahead,
       greatest(0, net - payable) as surplus,
       deadline,
       accrued as late_interest, accrued as late_interest_accrued, 0::bigint as late_interest_paid
from (
    select *, least(greatest(0, due - net), outstanding) as arrears,
           case when %(as_of)s > deadline
                then (outstanding * (%(as_of)s - deadline) + late_weight) * rate_bp / (10000 * %(day_count)s)
                else 0 end as accrued
    from (
        select loan_id, version, k, settled_before, scheduled, exempted_due, net, exempted, payable, month_worth,
               deadline, late_weight, rate_bp,
               greatest(0, settled_before + scheduled - exempted_due) as due,
               greatest(0, payable - net) as outstanding
        from (
            select loan_id, version, k, net, exempted, rate_bp, late_weight, {deadline} as deadline,
                   lent - exempted as payable,
                   lent - principal - case when plan_id = exempted_plan_id then 0 else exempted end as settled_before,
                   repayment_scheduled(principal, count, first_amount, regular_amount, k) as scheduled,
                   case when regular_amount > 0 then regular_amount
                        when count = 1 then principal
                        else greatest(first_amount, principal - first_amount) end as month_worth,
                   case when plan_id = exempted_plan_id then
                       -- It fills its range from the end: what does not fit behind instalment k lies within what is due.
                       least(
                           greatest(
                               0,
                               exempted
                               - repayment_scheduled(principal, count, first_amount, regular_amount, last_no)
                               + repayment_scheduled(principal, count, first_amount, regular_amount, least(k, last_no))
                           ),
                           repayment_scheduled(principal, count, first_amount, regular_amount, least(k, last_no))
                           - repayment_scheduled(
                               principal, count, first_amount, regular_amount, least(k, first_no - 1))
                       )
                   else 0 end as exempted_due
            from (
                select loan_id, version, lent, rate_bp, plan_id, principal, count, first_amount, regular_amount, debit_day,
                       deadline_on, net, exempted, exempted_plan_id, first_no, last_no, late_weight,
                       least(
                           greatest(
                               case when ({collected})[debit_day] < defer_from
                                    then ({collected})[debit_day]
                                    else greatest(({collected})[debit_day] - defer_months, defer_from - 1) end
                               - first_month + 1,
                               0),
                           count) as k
                from on_the_day
                where is_enough
                offset 0
            ) as counted
            offset 0
        ) as spared
        offset 0
    ) as owed
    offset 0
) as aged
"""
