"""Borrowers and the members of their households, with telephone, office and address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

from import_export import resources
from import_export.fields import Field

from accounts.models import Office
from audit.actors import Actor
from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Day, PhoneNumber, Text
from jobs.importing.effects import RowRefused, Watched, Writing
from jobs.importing.kinds import TakingBack
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from people.addresses import Place, moved
from people.bulk import NewPerson, register_people
from people.corrections import correct_person, take_back_corrections
from people.enums import AddressKind, Language, Sex
from people.models import Address, Caseload, FormerName, Person, PersonCorrection, Phone
from people.services import PersonRefused, add_address, add_phone, add_to_caseload
from people.taking_in.checks import people_of, refuse_future, refuse_merged_person, refuse_unknown_office

CHUNK = 2_000
SEXES = {"女性": Sex.FEMALE.value, "男性": Sex.MALE.value, "記載なし": Sex.UNKNOWN.value}
LANGUAGES = {label: value for value, label in Language.choices}


class BorrowerResource(resources.Resource):
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    name = Field(column_name="氏名", widget=Text(longest=80))
    kana = Field(column_name="カナ氏名", widget=Text(longest=80))
    birth_date = Field(column_name="生年月日", widget=Day())
    sex = Field(column_name="性別", widget=Choice(SEXES, default=Sex.UNKNOWN.value))
    language = Field(column_name="使用言語", widget=Choice(LANGUAGES, default=Language.JAPANESE.value))
    phone = Field(column_name="電話番号", widget=PhoneNumber())
    office = Field(column_name="担当事業所コード", widget=Code(longest=10))
    since = Field(column_name="担当開始日", widget=Day())
    postal_code = Field(column_name="郵便番号", widget=Code(longest=8))
    area = Field(column_name="都道府県市区町村", widget=Text(longest=60))
    street = Field(column_name="町名番地", widget=Text(longest=80))
    building = Field(column_name="建物名", widget=Text(longest=80, required=False))
    moved_on = Field(column_name="住み始めた日", widget=Day())


def check_borrowers(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="借受人番号")
    refuse_merged_person(batch)
    refuse_future(batch, "birth_date", "生年月日")
    refuse_future(batch, "since", "担当開始日")
    refuse_future(batch, "moved_on", "住み始めた日")
    add_problem(
        batch,
        column="郵便番号",
        reason="'郵便番号は7桁の数字で入力してください。'",
        where="r.values ->> 'postal_code' !~ '^[0-9]{3}-?[0-9]{4}$'",
    )
    refuse_unknown_office(batch, "担当事業所コード")
    add_problem(
        batch,
        column="生年月日",
        reason="'登録済みの生年月日と違います。借受人番号をお確かめください。'",
        source="people_person p",
        where="p.number = r.values ->> 'number' and p.birth_date <> (r.values ->> 'birth_date')::date",
    )
    mark(
        batch,
        RowOutcome.NEW,
        where="not exists (select 1 from people_person p where p.number = r.values ->> 'number')",
    )
    mark(
        batch,
        RowOutcome.CHANGED,
        source="people_person p",
        where="""p.number = r.values ->> 'number' and (
            p.name <> r.values ->> 'name' or p.kana <> r.values ->> 'kana'
            or p.sex <> r.values ->> 'sex' or p.language <> r.values ->> 'language'
            or (r.values ->> 'phone' <> '' and not exists (
                select 1 from people_phone t where t.person_id = p.id
                   and t.digits = regexp_replace(normalize(r.values ->> 'phone', NFKC), '[^0-9]', '', 'g')))
            or not exists (
                select 1 from people_caseload c join accounts_office o on o.id = c.office_id
                 where c.person_id = p.id and o.code = r.values ->> 'office'))""",
    )
    mark_moved(batch)
    mark(batch, RowOutcome.UNCHANGED)


def mark_moved(batch: ImportBatch) -> None:
    """Rows whose person is known but lives elsewhere now; compared without the stored address leaving its module."""
    rows = batch.rows.filter(outcome=RowOutcome.UNCHECKED).order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        people = dict(
            Person.objects.filter(number__in=[r.values["number"] for r in chunk]).values_list("number", "pk")
        )
        by_day: Iterator[tuple[str, Iterator[ImportRow]]] = groupby(
            sorted(chunk, key=lambda r: str(r.values["moved_on"])), key=lambda r: str(r.values["moved_on"])
        )
        changed: set[int] = set()
        for day, group in by_day:
            changed |= moved(
                {people[r.values["number"]]: place_of(r.values) for r in group},
                kind=AddressKind.REGISTERED,
                on=date.fromisoformat(day),
            )
        numbers = {number for number, pk in people.items() if pk in changed}
        batch.rows.filter(pk__in=[r.pk for r in chunk if r.values["number"] in numbers]).update(
            outcome=RowOutcome.CHANGED
        )


def place_of(values: Mapping[str, Any]) -> Place:
    return Place(
        postal_code=str(values["postal_code"]).replace("-", ""),
        area=values["area"],
        street=values["street"],
        building=values["building"],
    )


WHAT_A_PERSON_IS = (
    Watched(Person),
    Watched(PersonCorrection, "person_id"),
    Watched(FormerName, "person_id"),
    Watched(Caseload, "person_id"),
    Watched(Phone, "person_id"),
    Watched(Address, "person_id"),
)


def commit_borrowers(rows: Sequence[ImportRow], writing: Writing) -> None:
    """New persons in one go, changes to known ones through the services one by one."""
    known = people_of(rows)
    offices = {office.code: office for office in Office.objects.all()}
    new = [row for row in rows if row.values["number"] not in known]
    answers = register_people(people=[new_person(row.values, offices) for row in new], by=writing.by, at=writing.at)
    for row, answer in zip(new, answers, strict=True):
        if isinstance(answer, PersonRefused):
            writing.refuse(row, "行全体", str(answer))
        else:
            writing.effects.created(row.line, answer.person, answer.caseload, answer.address)
            if answer.phone is not None:
                writing.effects.created(row.line, answer.phone)

    def change(row: ImportRow) -> None:
        person = known[row.values["number"]]
        if person.number != row.values["number"]:
            raise RowRefused("借受人番号", f"この借受人番号は {person.number} に統合されています。")
        with writing.effects.watching({person.pk: row.line}, *WHAT_A_PERSON_IS):
            change_borrower(person, row.values, offices, by=writing.by, at=writing.at)

    writing.one_by_one([row for row in rows if row.values["number"] in known], change)


def new_person(values: Mapping[str, Any], offices: Mapping[str, Office]) -> NewPerson:
    return NewPerson(
        number=values["number"],
        name=values["name"],
        kana=values["kana"],
        birth_date=date.fromisoformat(values["birth_date"]),
        sex=Sex(values["sex"]),
        language=Language(values["language"]),
        office=offices[values["office"]],
        since=date.fromisoformat(values["since"]),
        phone=values["phone"],
        place=place_of(values),
        moved_on=date.fromisoformat(values["moved_on"]),
    )


def change_borrower(
    person: Person, values: Mapping[str, Any], offices: Mapping[str, Office], *, by: Actor, at: datetime
) -> None:
    """Write what a file says differently about a known person."""
    since, moved_on = date.fromisoformat(values["since"]), date.fromisoformat(values["moved_on"])
    try:
        if (person.name, person.kana) != (values["name"], values["kana"]):
            person = correct_person(
                person=person,
                name=values["name"],
                kana=values["kana"],
                birth_date=person.birth_date,
                reason="取込で届いた氏名",
                by=by,
                at=at,
            )
        Person.objects.filter(pk=person.pk).update(sex=values["sex"], language=values["language"])
        add_to_caseload(person=person, office=offices[values["office"]], since=since, by=by, at=at)
        if values["phone"]:
            add_phone(person=person, number=values["phone"], since=since, by=by, at=at)
        add_address(person=person, kind=AddressKind.REGISTERED, place=place_of(values), since=moved_on, by=by, at=at)
    except PersonRefused as refusal:
        raise RowRefused("行全体", str(refusal)) from refusal


def correct_back(correction_ids: Sequence[int], taking: TakingBack) -> None:
    """A correction stays as it was written; that it was taken back is one more."""
    take_back_corrections(correction_ids=correction_ids, reason=taking.reason, by=taking.by, at=taking.at)
