"""Correcting what was written down about a person. What stood there before is kept with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from people.models import FormerName, Person, PersonCorrection
from people.services import PersonRefused, lock, refuse_future

CORRECTED: Final = ("name", "kana", "birth_date", "died_on")


@service
def correct_person(
    *, person: Person, name: str, kana: str, birth_date: date, reason: str, by: Actor, at: datetime
) -> Person:
    """Write another name, reading or birth date; the search keys follow. Names are kept exactly as given.

    ``PersonRefused`` without a reason, for a day that cannot be, or when nothing differs.
    """
    person = lock(person)
    if not name.strip() or not kana.strip():
        raise PersonRefused("氏名とカナ氏名を入力してください。")
    refuse_future(birth_date, at, "生年月日に先の日付は使えません。")
    if person.died_on is not None and birth_date > person.died_on:
        raise PersonRefused("生年月日が死亡日より後になっています。")
    return _write(person, {"name": name, "kana": kana, "birth_date": birth_date}, reason=reason, by=by, at=at)


@service
def withdraw_death(*, person: Person, reason: str, by: Actor, at: datetime) -> Person:
    """Take back a death that was written down by mistake; letters can go out again."""
    person = lock(person)
    if person.died_on is None:
        raise PersonRefused("死亡の登録はありません。")
    return _write(person, {"died_on": None}, reason=reason, by=by, at=at)


@service
def take_back_corrections(*, correction_ids: Sequence[int], reason: str, by: Actor, at: datetime) -> None:
    """Write down that names a file had brought are taken back; called before the former names stand there again."""
    taken = PersonCorrection.objects.filter(pk__in=correction_ids).select_related("person").order_by("pk")
    PersonCorrection.objects.bulk_create(
        PersonCorrection(
            person=each.person,
            columns=each.columns,
            name_before=each.person.name,
            kana_before=each.person.kana,
            birth_date_before=each.person.birth_date,
            died_on_before=each.person.died_on,
            reason=f"取込の取消し：{reason}"[:200],
            recorded_by=by.label,
            recorded_at=at,
        )
        for each in taken
    )


def _write(person: Person, new: dict[str, object], *, reason: str, by: Actor, at: datetime) -> Person:
    changed = [column for column in CORRECTED if column in new and getattr(person, column) != new[column]]
    if not reason.strip():
        raise PersonRefused("訂正の理由を入力してください。")
    if not changed:
        raise PersonRefused("登録と同じ内容です。直すところがなければ、訂正は要りません。")
    PersonCorrection.objects.create(
        person=person,
        columns=changed,
        name_before=person.name,
        kana_before=person.kana,
        birth_date_before=person.birth_date,
        died_on_before=person.died_on,
        reason=reason.strip(),
        recorded_by=by.label,
        recorded_at=at,
    )
    if "name" in changed or "kana" in changed:
        FormerName.objects.get_or_create(
            person=person, name=person.name, kana=person.kana, defaults={"until": timezone.localtime(at).date()}
        )
    for column in changed:
        setattr(person, column, new[column])
    person.save()
    return person
