"""The fund table of the exemption guide, as the code applies it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from loans.selectors import fund_table


@require_GET
@permission(Permission.SEE_RULES)
def funds(request: HttpRequest) -> HttpResponse:
    """Every fund and cohort with judged years, cap and start of repayment, each with its document."""
    return render(request, "loans/funds.html", {"table": fund_table()})
