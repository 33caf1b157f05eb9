"""Who may open a page. The permission matrix of the tests reads the attribute the decorator leaves on the view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User
from accounts.roles import Permission

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def permission(*permissions: Permission) -> Callable[[View[P]], View[P]]:
    """Open a view only to staff who hold at least one of these permissions today; everybody else gets a 403.

    The view carries them as ``.permissions``.
    """
    if not permissions:
        raise ValueError("permission() needs at least one permission")

    def mark(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request, permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return guarded

    return mark


def may(request: HttpRequest, permissions: tuple[Permission, ...]) -> bool:
    """Whether who is signed in holds one of these permissions today."""
    user = request.user
    return isinstance(user, User) and any(user.can(permission) for permission in permissions)


def step_up(view: View[P]) -> View[P]:
    """Ask for the password or the second factor again, unless that was done within ACCOUNT_REAUTHENTICATION_TIMEOUT.

    For what gives power or takes much away at one stroke. What was sent is kept and goes on after the answer.
    """
    guarded: View[P] = reauthentication_required(view)
    return guarded
