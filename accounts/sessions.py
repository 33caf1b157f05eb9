"""Which requests keep a session alive."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponse

V = TypeVar("V", bound=Callable[..., HttpResponse])


def polled(view: V) -> V:
    """Mark a view that a page asks by itself: being asked is no sign that somebody is still at the desk."""
    view.extends_session = False  # type: ignore[attr-defined]
    return view
