"""The page of the flow chart. It shows and keeps nothing about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.decorators import permission
from accounts.roles import Permission
from exemptions.flowchart.questions import MOST, Question, path_of


@require_GET
@permission(Permission.SEE_CASES)
def flowchart(request: HttpRequest) -> HttpResponse:
    """The next question, or the result with its papers; the answers so far stand in the address."""
    today = timezone.localdate()
    path, step = path_of(request.GET.dict(), today)
    context = {
        "path": [(each, urlencode(each.before)) for each in path],
        "answers": [(each.question.key, each.answer.value) for each in path],
        "question": step if isinstance(step, Question) else None,
        "result": None if isinstance(step, Question) else step,
        "number": len(path) + 1,
        "most": MOST,
        "today": today,
    }
    return render(request, "exemptions/flowchart/flowchart.html", context)
