"""Tags and filters of the frame: what a plain ``{% include %}`` cannot work out by itself.

Everything else is a file in ``templates/components/``; the gallery page shows them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm, BaseFormSet, CheckboxSelectMultiple, MultiWidget, RadioSelect
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from japan.yen import yen

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One symbol of ``static/icons.svg``. Without a label it is decoration, and the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" focusable="false" {}><use href="{}#{}"></use></svg>',
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        static("icons.svg"),
        name,
    )


@register.inclusion_tag("components/pill.html")
def pill(label: str, meaning: str = "", icon: str = "") -> dict[str, str]:
    """A state as a word in a frame; ``meaning`` is "", key, caution, stop or done and brings its own icon."""
    return {"label": label, "meaning": meaning, "icon": icon}


MEANING_OF_LEVEL = {constants.SUCCESS: "done", constants.WARNING: "caution", constants.ERROR: "stop"}


@register.filter
def meaning(message: Message) -> str:
    """The meaning of a message of django.contrib.messages: done, caution, stop or info."""
    return MEANING_OF_LEVEL.get(message.level, "info")


@register.filter
def grouped(number: int) -> str:
    """A count as people read it: 20,000."""
    return f"{number:,}"


@register.filter
def minutes(duration: timedelta) -> int:
    """Whole minutes, rounded up: waiting that long is enough."""
    return -(-duration // timedelta(minutes=1))


# --- forms ------------------------------------------------------------------------------------------


@register.filter
def widget_attr(field: BoundField, name: str) -> str:
    """An attribute of the field's widget, such as ``data-unit``; empty when it has none."""
    return str(field.field.widget.attrs.get(name, ""))


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One line of the error summary: the field's label, what is wrong, and where to go (empty for the whole form)."""

    label: str
    message: str
    target: str


def _first_control(field: BoundField) -> str:
    """The id of the control that a link to the field must reach: of a group, its first."""
    if isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple | MultiWidget):
        return f"{field.auto_id}_0"
    return field.id_for_label or str(field.auto_id)


def _problems(form: BaseForm) -> Iterable[FieldProblem]:
    for message in form.non_field_errors():
        yield FieldProblem("", str(message), "")
    for field in form:
        target = "" if field.is_hidden else f"#{_first_control(field)}"
        for message in field.errors:
            yield FieldProblem(str(field.label), str(message), target)


@register.inclusion_tag("components/form_errors.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> dict[str, list[FieldProblem]]:
    """Everything wrong in these forms and formsets, in the order of the page; nothing at all when nothing is wrong."""
    problems: list[FieldProblem] = []
    for form in forms:
        if isinstance(form, BaseFormSet):
            problems += [FieldProblem("", str(message), "") for message in form.non_form_errors()]
            for each in form:
                problems += _problems(each)
        elif form is not None:
            problems += _problems(form)
    return {"problems": problems}


# --- lists ------------------------------------------------------------------------------------------


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, label: str, key: str, default: str = "", css: str = "") -> dict[str, Any]:
    """The head of a sortable column. The order is ``?sort=key`` or ``?sort=-key``; changing it goes back to the first page.

    ``default`` is the order of the list when the address names none.
    """
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    current = query.get("sort", default)
    for cursor in ("after", "before"):
        query.pop(cursor, None)
    query["sort"] = f"-{key}" if current == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {"label": label, "url": f"?{query.urlencode()}", "direction": direction, "css": css}


# --- money ------------------------------------------------------------------------------------------

SMALLEST_SHARE = 150
"""In ten-thousandths of the bar: what is not zero must be seen."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar: ``start`` and ``width`` as SVG percentages, the amount already written."""

    kind: str
    label: str
    amount: str
    start: str
    width: str


def _shares(amounts: list[int]) -> list[int]:
    """Ten-thousandths of the bar for each amount (yen), together exactly 10,000; the largest part pays for the small ones."""
    total = sum(amounts)
    shares = [max(amount * 10_000 // total, SMALLEST_SHARE) if amount else 0 for amount in amounts]
    largest = max(range(len(shares)), key=lambda index: shares[index])
    shares[largest] += 10_000 - sum(shares)
    return shares


def _percent(share: int) -> str:
    return f"{share // 100}.{share % 100:02d}%"


@register.inclusion_tag("components/money_bar.html")
def money_bar(
    id: str, label: str, *, paid: int = 0, arrears: int = 0, exempted: int = 0, to_come: int = 0
) -> dict[str, Any]:
    """Where the money of one loan stands, as a bar and as words. Amounts in yen, none negative; together the principal.

    ``id`` must be unique on the page; ``label`` names the loan for people who hear the page.
    """
    parts = [
        ("paid", "償還済み", paid),
        ("arrears", "滞納", arrears),
        ("exempted", "免除", exempted),
        ("to-come", "これから", to_come),
    ]
    shown = [(kind, words, amount) for kind, words, amount in parts if amount > 0]
    segments = []
    start = 0
    for (kind, words, amount), share in zip(shown, _shares([a for *_, a in shown]) if shown else [], strict=True):
        segments.append(Segment(kind, words, yen(amount), _percent(start), _percent(share)))
        start += share
    return {"id": id, "label": label, "segments": segments}
