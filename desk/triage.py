"""Two records side by side: what each floor knows of both, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from japan.eras import era_date
from japan.yen import yen
from loans.enums import FundKind
from loans.selectors import of_people
from notices.models import Letter
from people.addresses import addresses_for
from people.models import Document, HouseholdMember, MailBlock, Paper, Person, Phone, in_force
from people.selectors import offices_of

if TYPE_CHECKING:
    from accounts.models import User
    from loans.models import Loan

NOTHING = ("記録なし",)


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison. ``mark`` is "same", "different", or empty where nothing may or can be compared."""

    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    mark: str


def side_by_side(left: Person, right: Person, *, reader: User, on: date) -> list[Compared]:
    """Everything that helps to tell two records apart or take them for one; the number of queries is constant."""
    keys = [left.pk, right.pk]
    homes = addresses_for(keys, reader=reader, on=on)
    open_homes = not any(homes[key].withheld for key in keys)
    loans, offices = of_people(keys), offices_of(keys)
    phones = _texts(Phone.objects.filter(in_force(on), person__in=keys).order_by("number"), "number")
    members = HouseholdMember.objects.filter(in_force(on), person__in=keys).select_related("household")
    households = {row.person_id: (f"{row.household.number}（{row.relationship}）",) for row in members}
    blocks = {
        row.person_id: (row.get_reason_display(),) for row in MailBlock.objects.filter(in_force(on), person__in=keys)
    }
    home = {key: tuple(line.text for line in homes[key].lines) or (homes[key].text,) for key in keys}
    plain = [
        _compared("借受人番号", {p.pk: (p.number,) for p in (left, right)}, keys, told=False),
        _compared("氏名", {p.pk: (p.name,) for p in (left, right)}, keys),
        _compared("カナ氏名", {p.pk: (p.kana,) for p in (left, right)}, keys),
        _compared("生年月日", {p.pk: (era_date(p.birth_date),) for p in (left, right)}, keys),
        _compared("死亡日", {p.pk: (era_date(p.died_on),) for p in (left, right) if p.died_on}, keys),
        _compared("性別", {p.pk: (p.get_sex_display(),) for p in (left, right)}, keys),
        _compared("使用言語", {p.pk: (p.get_language_display(),) for p in (left, right)}, keys),
        _compared("電話", phones, keys),
        _compared("住所", home, keys, told=open_homes),
        _compared("世帯", households, keys),
        _compared("担当", {key: tuple(names) for key, names in offices.items()}, keys),
        _compared("貸付", {key: tuple(map(_loan, found)) for key, found in loans.items()}, keys, told=False),
        _compared("送付停止", blocks, keys),
        _compared("備考", {p.pk: (p.note,) for p in (left, right) if p.note}, keys),
    ]
    counts = (
        ("書類", Paper.objects.filter(person__in=keys).values_list("person_id", flat=True)),
        ("スキャン", Document.objects.filter(person__in=keys).values_list("person_id", flat=True)),
        ("通知", Letter.objects.filter(addressee__in=keys).values_list("addressee_id", flat=True)),
    )
    for label, rows in counts:
        owners = list(rows)
        plain.append(_compared(label, {key: (f"{owners.count(key)}件",) for key in keys}, keys, told=False))
    return plain


def _compared(label: str, values: Mapping[int, tuple[str, ...]], keys: list[int], *, told: bool = True) -> Compared:
    left, right = (values.get(key, ()) for key in keys)
    mark = ""
    if told and (left or right):
        mark = "same" if set(left) == set(right) else "different"
    return Compared(label, left or NOTHING, right or NOTHING, mark)


def _texts(rows: object, column: str) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:  # type: ignore[attr-defined]
        found[row.person_id] = (*found.get(row.person_id, ()), getattr(row, column))
    return found


def _loan(loan: Loan) -> str:
    return f"{FundKind(loan.fund).label} {loan.code} {yen(loan.principal)} {loan.get_state_display()}"
