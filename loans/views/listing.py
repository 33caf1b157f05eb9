"""The work list of applications."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.enums import OfficeKind
from accounts.models import Office
from accounts.roles import Permission
from audit.enums import AccessAction
from loans.intake.small_forms import WorklistForm
from loans.intake.worklist import counts, page, saved_views
from loans.views.asking import record_seen, staff


@require_GET
@permission(Permission.SEE_CASES)
def applications(request: HttpRequest) -> HttpResponse:
    """The applications that are open, oldest first, by the filters in the address."""
    user = staff(request)
    councils = Office.objects.exclude(kind=OfficeKind.AGENCY).order_by("code")
    form = WorklistForm(request.GET, offices=councils.values_list("pk", "name"))
    filters = form.filters()
    found = page(
        user,
        filters,
        today=timezone.localdate(),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    numbers = counts(user)
    views = saved_views(numbers, filters)
    record_seen(request, AccessAction.LIST, *(row.application.pk for row in found.rows))
    context = {
        "form": form,
        "filters": filters,
        "page": found,
        "views": views,
        "own_filters": not any(view.current for view in views),
        "numbers": numbers,
        "may_apply": user.can(Permission.ENTER_LENDING),
    }
    return render(request, "loans/applications.html", context)
