"""How long a search takes, at the selector and as a page, over texts as they are typed at the desk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from statistics import quantiles
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OfficeKind, Role
from accounts.models import Office, RoleAssignment, User
from desk.bench.timing import processor_clock
from desk.search import find
from japan.eras import short
from loans.models import Loan
from people.addresses import address_for
from people.models import Person, Phone

WARM_UP = 20
_HALF_WIDTH = str.maketrans(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ",
)
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody of whom a few things are known, as a caller tells them."""

    person: Person
    phone: str
    code: str
    town: str
    street: str

    @property
    def family(self) -> str:
        return self.person.kana.split()[0]


@dataclass(frozen=True, slots=True)
class Took:
    """One search, in milliseconds."""

    clock: float
    busy: float


TYPED: dict[str, Callable[[Sample], str]] = {
    "whole reading": lambda s: s.person.kana,
    "half-width reading": lambda s: s.person.kana.translate(_HALF_WIDTH),
    "family name in hiragana": lambda s: s.family.translate(_HIRAGANA),
    "family name as written": lambda s: s.person.name.split()[0],
    "whole name as written": lambda s: s.person.name,
    "given name first": lambda s: " ".join(reversed(s.person.kana.split())),
    "inside of a reading": lambda s: "".join(s.person.kana.split())[1:4],
    "one character": lambda s: s.family[0],
    "sounds alike": lambda s: s.person.kana.replace("ウ", "ー").replace("ガ", "カ"),
    "birth date": lambda s: short(s.person.birth_date),
    "family name and year": lambda s: f"{s.family} {s.person.birth_date.year}年",
    "family name, year, town": lambda s: f"{s.family} {s.person.birth_date.year}年 {s.town}",
    "family name and town": lambda s: f"{s.family} {s.town}",
    "town": lambda s: s.town,
    "town and lot": lambda s: s.street,
    "whole telephone number": lambda s: s.phone,
    "last four digits": lambda s: s.phone[-4:],
    "first seven digits": lambda s: s.phone[:7],
    "last four digits and name": lambda s: f"{s.phone[-4:]} {s.family}",
    "loan code": lambda s: s.code,
    "beginning of a loan code": lambda s: s.code[:5],
    "person number": lambda s: s.person.number,
    "account number of nobody": lambda s: s.phone[-7:],
    "nobody": lambda s: f"ソンザイシナイ {s.person.pk}",
}
"""Kinds of texts, each made from what is known of somebody."""


def measure(*, repeat: int, seed: int = 1) -> dict[str, Any]:
    """Search ``repeat`` times for each kind of text, as the prefecture and as one municipal office.

    Milliseconds: by the clock, and of processor time (``busy_``). Nothing is left behind.
    """
    rng = Random(seed)
    with transaction.atomic():
        readers = {
            "prefecture": _reader(Role.PREFECTURAL_CLERK, OfficeKind.PREFECTURAL),
            "municipality": _reader(Role.MUNICIPAL_CLERK, OfficeKind.MUNICIPAL),
        }
        samples = list(_samples(rng, repeat, readers["prefecture"]))
        result: dict[str, Any] = {"people": Person.objects.count(), "searches": 0}
        slowest: dict[str, float] = {}
        for name, reader in readers.items():
            client = Client(SERVER_NAME="localhost")
            client.force_login(reader)
            url = reverse("desk:search")
            for level, ask in (
                ("selector", lambda text, reader=reader: find(user=reader, text=text)),
                ("page", lambda text, client=client, url=url: _opened(client, url, text)),
            ):
                took = _times(ask, samples)
                every = [each for times in took.values() for each in times]
                result["searches"] += len(every)
                result[f"{name} {level}"] = _summary(every)
                for kind, times in took.items():
                    slowest[kind] = max(slowest.get(kind, 0.0), _summary(times)["busy_p95"])
        result["busy_p95_by_kind"] = dict(sorted(slowest.items(), key=lambda item: -item[1]))
        transaction.set_rollback(True)
    return result


def _opened(client: Client, url: str, text: str) -> None:
    answer = client.get(url, {"q": text})
    if answer.status_code != 200:
        raise RuntimeError(f"the page answered {answer.status_code}")


def _times(ask: Callable[[str], object], samples: list[Sample]) -> dict[str, list[Took]]:
    for sample in samples[:WARM_UP]:
        ask(sample.person.kana)
    took: dict[str, list[Took]] = {kind: [] for kind in TYPED}
    used = processor_clock()
    for sample in samples:
        for kind, typed in TYPED.items():
            text = typed(sample)
            began, busy = time.perf_counter(), used()
            ask(text)
            took[kind].append(Took(clock=(time.perf_counter() - began) * 1_000, busy=(used() - busy) * 1_000))
    return took


def _summary(took: list[Took]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, times in (("", [each.clock for each in took]), ("busy_", [each.busy for each in took])):
        cuts = quantiles(times, n=100, method="inclusive")
        found |= {
            f"{name}p50": round(cuts[49], 1),
            f"{name}p95": round(cuts[94], 1),
            f"{name}max": round(max(times), 1),
        }
    return found


def _samples(rng: Random, count: int, reader: User) -> Iterator[Sample]:
    """Persons with a telephone and a loan, chosen by chance, whose address the reader may see."""
    borrowers = Loan.objects.filter(borrower__phones__isnull=False)
    with connection.cursor() as cursor:
        cursor.execute("select setseed(%s)", [rng.random()])
    keys = borrowers.order_by("?").values_list("borrower", flat=True)[: count * 3]
    found = 0
    for key in keys:
        person = Person.objects.get(pk=key)
        shown = address_for(person, reader=reader, on=timezone.localdate())
        if shown.withheld or not shown.lines:
            continue
        street = _street(shown.text)
        phone = Phone.objects.filter(person=key).values_list("digits", flat=True)[0]
        code = Loan.objects.filter(borrower=key).values_list("code", flat=True)[0]
        yield Sample(person, phone, code, street.rstrip("0123456789番地号-丁目一二三四五六七八九"), street)
        found += 1
        if found == count:
            return


def _street(address: str) -> str:
    """Town and lot of a written address: what follows the last city, town or village."""
    plain = address.split()[1] if " " in address else address
    for end in ("市", "郡"):
        if end in plain:
            plain = plain.split(end, 1)[1]
    for end in ("町", "村"):
        head, mark, rest = plain.partition(end)
        if mark and rest.startswith(("大字", "字")):
            plain = rest
    return plain


def _reader(role: Role, kind: OfficeKind) -> User:
    office = Office.objects.filter(kind=kind).order_by("code").first()
    if office is None:
        raise RuntimeError("there is no office to search from")
    user = User.objects.create(username=f"bench-{role}", name="計測 係", office=office)
    RoleAssignment.objects.create(user=user, role=role, since=timezone.localdate(), granted_by="bench")
    return user
