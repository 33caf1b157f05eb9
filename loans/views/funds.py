"""The fund table of the exemption guide, as the code applies it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from loans.lending.guide import guide_on
from loans.lending.terms import terms_table
from loans.selectors import fund_table
from rulebook.selectors import settings_on


@require_GET
@permission(Permission.SEE_RULES)
def funds(request: HttpRequest) -> HttpResponse:
    """Every fund: judged years, cap and start of repayment by cohort, terms and windows, each with its document."""
    today = timezone.localdate()
    guide = guide_on(settings_on(today).regular_loan_guide, today)
    return render(request, "loans/funds.html", {"table": fund_table(), "terms": terms_table(guide)})
