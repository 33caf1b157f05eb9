"""What is in force on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def in_force(on: date) -> Q:
    """Rows with ``since``/``until`` whose period holds a day."""
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))
