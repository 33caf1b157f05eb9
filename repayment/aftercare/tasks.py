"""What is still open about loans that were decided: ratification at majority, papers that follow, reviews afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from loans.enums import LendingState
from loans.models import LendingApplication, LendingTask

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

DAYS_AHEAD = 30


def tasks_after_lending(user: User, *, on: date) -> QuerySet[LendingTask]:
    """Open tasks of decided applications that are due within a month, or have no day; the earliest first."""
    visible = LendingApplication.objects.visible_to(user).filter(state=LendingState.APPROVED)
    return (
        LendingTask.objects.filter(
            Q(due_on__isnull=True) | Q(due_on__lte=on + timedelta(days=DAYS_AHEAD)),
            application__in=visible,
            done_at__isnull=True,
        )
        .select_related("application__applicant", "application__office")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )
