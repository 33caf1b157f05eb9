"""Files about people: borrowers with their address, residence records, tax certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

from import_export import resources
from import_export.fields import Field

from accounts.models import Office
from audit.actors import Actor
from japan.eras import fiscal_year_text
from jobs.enums import RowOutcome
from jobs.importing.columns import Choice, Code, Count, Day, Phone, Text
from jobs.importing.kinds import ImportKind, RowRefused
from jobs.importing.staging import add_problem, mark, refuse_doubles
from jobs.models import ImportBatch, ImportRow
from people.addresses import Place, moved
from people.enums import AddressKind, Language, PaperKind, Sex
from people.models import Household, Paper, Person, TaxCertificate
from people.services import (
    PersonRefused,
    add_address,
    add_phone,
    add_to_caseload,
    move_household,
    register_person,
    rename,
)

CHUNK = 2_000
SEXES = {"女性": Sex.FEMALE.value, "男性": Sex.MALE.value, "記載なし": Sex.UNKNOWN.value}
LANGUAGES = {label: value for value, label in Language.choices}
LEVY = {"課税": True, "非課税": False}
YES = {"はい": True, "いいえ": False}


class BorrowerResource(resources.Resource):
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    name = Field(column_name="氏名", widget=Text(longest=80))
    kana = Field(column_name="カナ氏名", widget=Text(longest=80))
    birth_date = Field(column_name="生年月日", widget=Day())
    sex = Field(column_name="性別", widget=Choice(SEXES, default=Sex.UNKNOWN.value))
    language = Field(column_name="使用言語", widget=Choice(LANGUAGES, default=Language.JAPANESE.value))
    phone = Field(column_name="電話番号", widget=Phone())
    office = Field(column_name="担当事業所コード", widget=Code(longest=10))
    since = Field(column_name="担当開始日", widget=Day())
    postal_code = Field(column_name="郵便番号", widget=Code(longest=8))
    area = Field(column_name="都道府県市区町村", widget=Text(longest=60))
    street = Field(column_name="町名番地", widget=Text(longest=80))
    building = Field(column_name="建物名", widget=Text(longest=80, required=False))
    moved_on = Field(column_name="住み始めた日", widget=Day())


class HouseholdResource(resources.Resource):
    household = Field(column_name="世帯番号", widget=Code(longest=12))
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    relationship = Field(column_name="続柄", widget=Text(longest=20))
    is_head = Field(column_name="世帯主", widget=Choice(YES))
    since = Field(column_name="異動日", widget=Day())


class TaxCertificateResource(resources.Resource):
    number = Field(column_name="借受人番号", widget=Code(longest=12))
    fiscal_year = Field(column_name="年度", widget=Count(2020, 2060, "年度"))
    per_capita_levy = Field(column_name="均等割", widget=Choice(LEVY))
    income_levy = Field(column_name="所得割", widget=Choice(LEVY))
    municipality = Field(column_name="発行市区町村", widget=Text(longest=40))
    issued_on = Field(column_name="発行日", widget=Day())
    received_on = Field(column_name="受領日", widget=Day())


def refuse_future(batch: ImportBatch, name: str, column: str) -> None:
    """A day after today is an error."""
    add_problem(
        batch,
        column=column,
        reason="'先の日付です。日付をお確かめください。'",
        where="(r.values ->> %(name)s)::date > (now() at time zone 'Asia/Tokyo')::date",
        parameters={"name": name},
    )


def refuse_unknown_person(batch: ImportBatch) -> None:
    add_problem(
        batch,
        column="借受人番号",
        reason="'この借受人番号は登録されていません。先に借受人を取り込んでください。'",
        where="not exists (select 1 from people_person p where p.number = r.values ->> 'number')",
    )


def refuse_unknown_office(batch: ImportBatch, column: str) -> None:
    add_problem(
        batch,
        column=column,
        reason="'この事業所コードの社協は登録されていません。'",
        where="not exists (select 1 from accounts_office o where o.code = r.values ->> 'office' and o.kind <> 'agency')",
    )


def check_borrowers(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="借受人番号")
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


def commit_borrower(row: ImportRow, by: Actor, at: datetime) -> None:
    values = row.values
    office = Office.objects.get(code=values["office"])
    since, moved_on = date.fromisoformat(values["since"]), date.fromisoformat(values["moved_on"])
    try:
        person = Person.objects.filter(number=values["number"]).first()
        if person is None:
            person = register_person(
                number=values["number"],
                name=values["name"],
                kana=values["kana"],
                birth_date=date.fromisoformat(values["birth_date"]),
                office=office,
                since=since,
                sex=Sex(values["sex"]),
                language=Language(values["language"]),
                by=by,
                at=at,
            )
        else:
            if (person.name, person.kana) != (values["name"], values["kana"]):
                person = rename(person=person, name=values["name"], kana=values["kana"], by=by, at=at)
            Person.objects.filter(pk=person.pk).update(sex=values["sex"], language=values["language"])
            add_to_caseload(person=person, office=office, since=since, by=by, at=at)
        if values["phone"]:
            add_phone(person=person, number=values["phone"], since=since, by=by, at=at)
        add_address(person=person, kind=AddressKind.REGISTERED, place=place_of(values), since=moved_on, by=by, at=at)
    except PersonRefused as refusal:
        raise RowRefused("行全体", str(refusal)) from refusal


def check_households(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="借受人番号")
    refuse_unknown_person(batch)
    refuse_future(batch, "since", "異動日")
    add_problem(
        batch,
        column="世帯主",
        reason="'同じ世帯の世帯主が、同じ異動日で2人以上います。'",
        source="(select values ->> 'household' as household, values ->> 'since' as since from jobs_importrow "
        "where batch_id = %(batch)s and key <> '' and values ->> 'is_head' = 'true' "
        "group by 1, 2 having count(*) > 1) heads",
        where="heads.household = r.values ->> 'household' and heads.since = r.values ->> 'since' "
        "and r.values ->> 'is_head' = 'true'",
    )
    mark(
        batch,
        RowOutcome.UNCHANGED,
        source="people_householdmember m join people_person p on p.id = m.person_id "
        "join people_household h on h.id = m.household_id",
        where="p.number = r.values ->> 'number' and h.number = r.values ->> 'household' "
        "and m.relationship = r.values ->> 'relationship' and m.is_head = (r.values ->> 'is_head')::boolean "
        "and m.since <= (r.values ->> 'since')::date and (m.until is null or m.until >= (r.values ->> 'since')::date)",
    )
    mark(batch, RowOutcome.NEW)


def commit_household(row: ImportRow, by: Actor, at: datetime) -> None:
    values = row.values
    household, _ = Household.objects.get_or_create(number=values["household"])
    try:
        move_household(
            person=Person.objects.get(number=values["number"]),
            household=household,
            relationship=values["relationship"],
            is_head=values["is_head"],
            since=date.fromisoformat(values["since"]),
            by=by,
            at=at,
        )
    except PersonRefused as refusal:
        raise RowRefused("異動日", str(refusal)) from refusal


def certificate_key(values: Mapping[str, Any]) -> str:
    return f"{values['number']}:{values['fiscal_year']}"


def check_tax_certificates(batch: ImportBatch) -> None:
    refuse_doubles(batch, column="年度")
    refuse_unknown_person(batch)
    refuse_future(batch, "issued_on", "発行日")
    refuse_future(batch, "received_on", "受領日")
    add_problem(
        batch,
        column="受領日",
        reason="'受領日が発行日より前になっています。'",
        where="(r.values ->> 'received_on')::date < (r.values ->> 'issued_on')::date",
    )
    add_problem(
        batch,
        column="年度",
        reason="'発行日にはまだ決まっていない年度です。年度または発行日をお確かめください。'",
        where="(r.values ->> 'issued_on')::date < make_date((r.values ->> 'fiscal_year')::int, 6, 1)",
    )
    stored = (
        "people_taxcertificate t join people_paper a on a.id = t.paper_id join people_person p on p.id = a.person_id"
    )
    same = "p.number = r.values ->> 'number' and t.fiscal_year = (r.values ->> 'fiscal_year')::int"
    levies = (
        "(t.per_capita_levy, t.income_levy) {} "
        "((r.values ->> 'per_capita_levy')::boolean, (r.values ->> 'income_levy')::boolean)"
    )
    add_problem(
        batch,
        column="均等割",
        reason="'同じ年度の証明書が、別の内容ですでに登録されています。'",
        source=stored,
        where=f"{same} and {levies.format('<>')}",
    )
    mark(batch, RowOutcome.UNCHANGED, source=stored, where=f"{same} and {levies.format('=')}")
    mark(batch, RowOutcome.NEW)


def commit_tax_certificate(row: ImportRow, by: Actor, at: datetime) -> None:
    values = row.values
    year = values["fiscal_year"]
    paper = Paper.objects.create(
        person=Person.objects.get(number=values["number"]),
        kind=PaperKind.TAX_CERTIFICATE,
        received_on=date.fromisoformat(values["received_on"]),
        issued_on=date.fromisoformat(values["issued_on"]),
        note=f"{fiscal_year_text(year)}（取込）",
        recorded_by=by.label,
        source_key=f"import:tax:{certificate_key(values)}",
    )
    TaxCertificate.objects.create(
        paper=paper,
        fiscal_year=year,
        per_capita_levy=values["per_capita_levy"],
        income_levy=values["income_levy"],
        municipality=values["municipality"],
    )


IMPORTS = (
    ImportKind(
        code="borrowers",
        label="借受人",
        hint="氏名・生年月日・電話・住所・担当事業所。世帯主など世帯の方も、この形で取り込みます。",
        resource=BorrowerResource,
        key=lambda values: str(values["number"]),
        check=check_borrowers,
        commit=commit_borrower,
        private=frozenset({"郵便番号", "都道府県市区町村", "町名番地", "建物名"}),
        sample=(
            (
                "M0000001", "見本 髙子", "ミホン タカコ", "昭和52年4月3日", "女性", "日本語", "090-0000-0001", "01",
                "2020-06-10", "000-0001", "見本県見本市", "架空町1丁目2-3", "見本荘101", "2018-04-01",
            ),
            (
                "M0000002", "見本 太一", "ﾐﾎﾝ ﾀｲﾁ", "S50.11.20", "男性", "", "", "01", "R2.6.10", "0000002",
                "見本県見本市", "架空町4-5", "", "H25.3.1",
            ),
        ),
    ),
    ImportKind(
        code="households",
        label="世帯",
        hint="住民票の世帯と世帯主、異動した日。借受人の取込が先です。",
        resource=HouseholdResource,
        key=lambda values: f"{values['household']}:{values['number']}:{values['since']}",
        check=check_households,
        commit=commit_household,
        sample=(
            ("MH00001", "M0000002", "本人", "はい", "H25.3.1"),
            ("MH00001", "M0000001", "妻", "いいえ", "2018-04-01"),
        ),
    ),
    ImportKind(
        code="tax_certificates",
        label="課税（非課税）証明書",
        hint="年度ごとに均等割と所得割の課税・非課税。",
        resource=TaxCertificateResource,
        key=certificate_key,
        check=check_tax_certificates,
        commit=commit_tax_certificate,
        sample=(
            ("M0000001", "2023", "非課税", "非課税", "見本市", "令和5年7月3日", "令和5年7月10日"),
            ("M0000002", "2023", "課税", "非課税", "見本市", "R5.7.3", "R5.7.10"),
        ),
    ),
)  # fmt: skip
