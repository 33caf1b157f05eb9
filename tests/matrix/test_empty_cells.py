"""On a phone a row becomes a block of labelled lines: a cell without words is really empty, so that its label goes too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from tests.matrix.rows import address
from tests.matrix.table import PAGES, ROLE_OF
from tests.scenes import Council, signed_in, standing_council

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

BLANK_CELL = re.compile(r"<td[^>]*\bdata-label=[^>]*>\s+</td>")


@pytest.fixture(scope="module")
def council(django_db_setup: None, django_db_blocker: Any) -> Iterator[Council]:
    with standing_council(django_db_blocker) as scene:
        yield scene


@pytest.mark.parametrize("letter", ["M", "P", "S", "A", "Y"])
def test_no_page_has_a_labelled_cell_with_nothing_but_space_in_it(council: Council, letter: str) -> None:
    role = ROLE_OF[letter]
    assert role is not None
    client = signed_in(User.objects.get(pk=council.staff[role].pk))
    blank = {}
    for name, page in PAGES.items():
        if letter in page.get and not page.public:
            answer = client.get(address(page.row, council).of(name))
            if "text/html" in answer.headers.get("Content-Type", "") and (cells := BLANK_CELL.findall(answer.text)):
                blank[name] = sorted(set(cells))
    assert blank == {}
