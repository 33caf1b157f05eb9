"""The closing of months: the list, one closing with its ties and corrections, the rows behind a figure, statistics."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import permission
from accounts.roles import Permission
from audit.actors import Actor
from audit.enums import AccessAction
from audit.services import record_access
from japan.eras import era_month
from japan.months import last_day, month_index, month_text
from loans.views.asking import staff
from repayment.closing.asking import month_asked, part_of, source_query, source_words
from repayment.closing.corrections import causes_of, corrections_of, later_entries, touched_loans
from repayment.closing.counting import BUCKETS, MOVEMENTS, POSITION, Figure
from repayment.closing.forms import MonthForm, ReasonForm, RemarkForm
from repayment.closing.selectors import (
    GROUPS,
    Source,
    cells,
    closings,
    entry_rows,
    loan_rows,
    source_of,
    ties_with_statistics,
)
from repayment.closing.services import answer_closing, next_month_to_close, prepare_closing
from repayment.closing.tying import untied_lines
from repayment.models import MonthClosing
from repayment.refusals import RepaymentRefused

ROWS_ON_A_PAGE = 100
CORRECTIONS_SHOWN = 100
HEADLINES: tuple[Figure, ...] = (
    *POSITION, *MOVEMENTS,
)  # fmt: skip
SEEING = (Permission.MOVE_MONEY, Permission.APPROVE_TRANSFERS, Permission.SEE_AUDIT)


@require_GET
@permission(*SEEING)
def closing_list(request: HttpRequest) -> HttpResponse:
    """Every counting, and the month that is to be closed next."""
    user, now = staff(request), timezone.now()
    month = next_month_to_close(now)
    rows = list(closings()[:60])
    waiting = any(row.answered is None for row in rows)
    may_prepare = user.can(Permission.MOVE_MONEY) and month is not None and not waiting
    context = {
        "closings": rows,
        "month": month,
        "waiting": waiting,
        "form": MonthForm(initial={"month": month}) if may_prepare else None,
        "consequences": [
            "対象月の月末の残額と、その月の入金・送金・免除を、すべての貸付について集計して保存します。",
            "ほかの人が確認すると、その月は締め済みになります。後から記録された分は、訂正として一覧に出ます。",
        ],
    }
    return render(request, "repayment/closings.html", context)


@require_POST
@permission(Permission.MOVE_MONEY)
def closing_prepare(request: HttpRequest) -> HttpResponse:
    """Count a month and keep it."""
    form = MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["month"].as_data()[0].messages[0])
        return redirect("repayment:closings")
    try:
        closing = prepare_closing(month=form.cleaned_data["month"], by=Actor.person(staff(request)), at=timezone.now())
    except RepaymentRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("repayment:closings")
    messages.success(request, f"{era_month(closing.month)}の締めを作成しました。ほかの人が確認してください。")
    return redirect("repayment:closing", pk=closing.pk)


@require_GET
@permission(*SEEING)
def closing(request: HttpRequest, pk: int) -> HttpResponse:
    """One counting: its figures by fund, office or state, how they tie to the bank's files, and what came later.

    ``?recount=all`` counts every loan anew; otherwise only those of which something was recorded since.
    """
    row = get_object_or_404(closings(), pk=pk)
    user = staff(request)
    answer = row.answered
    source = Source.kept(row)
    ties, tied = ties_with_statistics(row)
    every = request.GET.get("recount") == "all"
    corrected = corrections_of(row, loans=None if every else touched_loans(row))
    shown = corrected[:CORRECTIONS_SHOWN]
    causes = causes_of(row, [each.loan_id for each in shown])
    untied = untied_lines(row.month) if row.difference else []
    if shown or untied:
        _seen(request, [each.loan_id for each in shown] + [each.loan_id for each in untied])
    may_answer = answer is None and user.can(Permission.APPROVE_TRANSFERS) and row.prepared_by_id != user.pk
    context = _sums(request, source) | {
        "closing": row,
        "answer": answer,
        "ties": ties,
        "tied": tied,
        "untied": untied,
        "corrections": [(each, causes[each.loan_id]) for each in shown],
        "corrected": len(corrected),
        "later": later_entries(row).aggregate(amount=Sum("amount"))["amount"] or 0,
        "later_count": later_entries(row).count(),
        "recounted": every,
        "may_answer": may_answer,
        "own": answer is None and row.prepared_by_id == user.pk,
        "sign_form": RemarkForm() if may_answer else None,
        "return_form": ReasonForm() if may_answer else None,
        "sign_consequences": [
            f"{era_month(row.month)}を締め済みにします。後から取り消すことはできません。",
            f"貸付{row.loans:,}件、残額{row.outstanding:,}円、当月の入金{row.paid_in_month:,}円を確認したことになります。",
        ],
        "return_consequences": ["この集計は差し戻しとして残り、作成をやり直せるようになります。"],
    }
    return render(request, "repayment/closing.html", context)


@require_POST
@permission(Permission.APPROVE_TRANSFERS)
def closing_answer(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Sign a counting, or send it back."""
    if move not in ("sign", "send-back"):
        raise Http404
    row = get_object_or_404(MonthClosing, pk=pk)
    sign = move == "sign"
    try:
        answer_closing(
            closing_id=row.pk,
            sign=sign,
            remark=request.POST.get("remark", ""),
            by=Actor.person(staff(request)),
            at=timezone.now(),
        )
    except RepaymentRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = "締め済みにしました。" if sign else "差し戻しました。"
        messages.success(request, f"{era_month(row.month)}を{words}")
    return redirect("repayment:closing", pk=row.pk)


@require_GET
@permission(*SEEING)
def closing_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The loans or ledger rows behind a figure of a closing."""
    return _rows(request, Source.kept(get_object_or_404(closings(), pk=pk)))


@require_GET
@permission(*SEEING)
def statistics(request: HttpRequest) -> HttpResponse:
    """The figures of a month by fund, municipality or state: as they were signed, else as they stand now."""
    month = month_asked(request.GET)
    typed = MonthForm(request.GET) if "of" in request.GET else None
    if typed is not None and typed.is_valid():
        return redirect(f"{request.path}?month={month_text(typed.cleaned_data['month'])}")
    if month is None:
        month = month_index(timezone.localdate()) - 1
    source = source_of(month)
    context = _sums(request, source) | {
        "form": typed or MonthForm(initial={"month": month}),
        "previous": month_text(month - 1),
        "following": month_text(month + 1) if month < month_index(timezone.localdate()) else "",
    }
    return render(request, "repayment/statistics.html", context)


@require_GET
@permission(*SEEING)
def statistics_rows(request: HttpRequest) -> HttpResponse:
    """The loans or ledger rows behind a figure of the statistics."""
    month = month_asked(request.GET)
    if month is None:
        raise Http404
    return _rows(request, source_of(month))


def _sums(request: HttpRequest, source: Source) -> dict[str, Any]:
    """The sums of a month for a page: the whole, and by what the address asks for."""
    asked = part_of(request.GET)
    by = request.GET.get("by", "fund")
    by = by if by in GROUPS and by != "all" else "fund"
    whole = cells(source, "all", asked.chosen)
    return {
        "source": source,
        "source_words": source_words(source),
        "source_query": source_query(source),
        "month": source.month,
        "ends": last_day(source.month),
        "whole": whole[0] if whole else None,
        "headlines": [(figure, whole[0].sums[figure.name]) for figure in HEADLINES] if whole else [],
        "cells": cells(source, by, asked.chosen),
        "by": by,
        "groupings": (("fund", "資金別"), ("office", "事業所別"), ("state", "状態別"), ("cell", "すべての区分")),
        "buckets": [(at, label, *whole[0].buckets[at]) for at, (_, _, label) in enumerate(BUCKETS) if whole],
        "asked": asked,
        "part_query": asked.query,
        "month_text": month_text(source.month),
        "may_export": staff(request).can(Permission.EXPORT),
    }


def _rows(request: HttpRequest, source: Source) -> HttpResponse:
    user, asked, after = staff(request), part_of(request.GET), request.GET.get("after", "")
    context: dict[str, Any] = {
        "source": source,
        "source_words": source_words(source),
        "source_query": source_query(source),
        "asked": asked,
        "part_query": asked.query + (f"&figure={asked.figure.name}" if asked.figure else ""),
        "ends": last_day(source.month),
        "month_text": month_text(source.month),
        "may_export": user.can(Permission.EXPORT),
    }
    if asked.figure is not None and asked.figure.is_movement:
        entries = entry_rows(source, asked.chosen, asked.figure, user=user)
        context["total"] = entries.count()
        context["amount"] = entries.aggregate(amount=Sum("amount"))["amount"] or 0
        found = list(
            entries.filter(pk__gt=int(after) if after.isdigit() and len(after) < 19 else 0)[: ROWS_ON_A_PAGE + 1]
        )
        context["entries"] = found[:ROWS_ON_A_PAGE]
        context["after"] = found[ROWS_ON_A_PAGE - 1].pk if len(found) > ROWS_ON_A_PAGE else ""
        _seen(request, [entry.loan_id for entry in context["entries"]])
    else:
        whole = cells(source, "all", asked.chosen)
        context["total"] = whole[0].loans if whole and asked.figure is None else None
        rows = list(
            loan_rows(source, asked.chosen, user=user, figure=asked.figure, after=after[:12], limit=ROWS_ON_A_PAGE + 1)
        )
        context["loans"] = rows[:ROWS_ON_A_PAGE]
        context["after"] = rows[ROWS_ON_A_PAGE - 1].code if len(rows) > ROWS_ON_A_PAGE else ""
        context["amount"] = whole[0].sums[asked.figure.name] if whole and asked.figure else None
        _seen(request, [row.loan_id for row in context["loans"]])
    return render(request, "repayment/closing_rows.html", context)


def _seen(request: HttpRequest, loans: list[int]) -> None:
    record_access(
        by=Actor.person(staff(request)), action=AccessAction.LIST, subject="loan", ids=loans, at=timezone.now()
    )
