"""What an agreed sanction or change does to the repayment, in the same transaction (LN-35, LN-39)."""

from __future__ import annotations

from datetime import datetime

from audit.actors import Actor
from audit.services import service
from loans.models import LendingChange, LendingSanction
from loans.services.changes import agree_to_change
from loans.services.sanctions import agree_to_sanction
from repayment.settling import demand_at_once, settle


@service
def sanction(*, sanction_id: int, by: Actor, at: datetime) -> LendingSanction:
    """Agree to a sanction: lending ends with what was paid, and a lump sum is asked back in one instalment.

    Where no money is out, the loan is cancelled. Money that a file already carries to the bank stays in the stop list of
    that file; once it is reconciled, lending ends with it and the sum is asked back then.
    """
    agreed = agree_to_sanction(sanction_id=sanction_id, by=by, at=at)
    if not settle(loan=agreed.loan, by=by, at=at):
        demand_at_once(loan=agreed.loan, by=by, at=at)
    return agreed


@service
def change_within_period(*, change_id: int, by: Actor, at: datetime) -> LendingChange:
    """Agree to a change of the months to come; where no month is left, lending ends with what was paid."""
    change = agree_to_change(change_id=change_id, by=by, at=at)
    settle(loan=change.loan, by=by, at=at)
    return change
