"""How many applied at which counter, with the rows behind every number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from audit.enums import AccessAction
from japan.eras import fiscal_year_text
from loans.channels import Filters, applications_by, channel_lines, loans_by, years_of
from loans.enums import FundKind, IntakeChannel
from loans.views.asking import record_seen, staff

PAGE = 50


class ChannelForm(forms.Form):
    """The filters, as they stand in the address."""

    year = forms.TypedChoiceField(label="申込みの年度", required=False, coerce=int, empty_value=None)
    fund = forms.ChoiceField(label="資金", required=False, choices=[("", "すべて"), *FundKind.choices])

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            ("", "すべて"), *((year, fiscal_year_text(year)) for year in years)
        ]  # fmt: skip

    def filters(self) -> Filters:
        """The filters asked for; a value that is none of the choices asks for nothing."""
        self.is_valid()
        return Filters(year=self.cleaned_data.get("year"), fund=self.cleaned_data.get("fund") or "")


@require_GET
@permission(Permission.SEE_CASES)
def channels(request: HttpRequest) -> HttpResponse:
    """The counts by channel; under ``?channel=&what=`` the applications or loans behind one of them."""
    user = staff(request)
    form = ChannelForm(request.GET, years=years_of(user))
    filters = form.filters()
    channel, what = request.GET.get("channel", ""), request.GET.get("what", "")
    page = None
    if channel in IntakeChannel.values and what in ("applications", "loans"):
        rows: Any = (
            applications_by(user, filters, channel=channel).select_related("applicant", "office")
            if what == "applications"
            else loans_by(user, filters, channel=channel).select_related("borrower", "office")
        )
        page = Paginator(rows.order_by("applied_on", "pk"), PAGE).get_page(request.GET.get("page"))
        subject = "lending_application" if what == "applications" else "loan"
        record_seen(request, AccessAction.LIST, *(row.pk for row in page), subject=subject)
    lines = channel_lines(user, filters)
    context = {
        "form": form,
        "lines": [
            (
                line,
                filters.query(channel=line.channel, what="applications"),
                filters.query(channel=line.channel, what="loans"),
            )
            for line in lines
        ],
        "applications": sum(line.applications for line in lines),
        "loans": sum(line.loans for line in lines),
        "amount": sum(line.amount for line in lines),
        "page": page,
        "what": what,
        "shown": filters.query(channel=channel, what=what),
        "rows_title": f"{IntakeChannel(channel).label}{'の貸付' if what == 'loans' else 'からの借入申込み'}"
        if page
        else "",
    }
    return render(request, "loans/channels.html", context)
