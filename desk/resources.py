"""The lists of the desk that may be taken out: who was found, and the loans of one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Permission
from desk.search import Hit, find
from japan.eras import era_date, era_month
from jobs.exporting.kinds import Cell, ExportKind, Line
from loans.selectors import of_person
from people.models import Person
from people.selectors import offices_of
from repayment.status import standings_of


def office_of(user: User, filters: QueryDict) -> Office | None:
    """The office chosen on the search page; only those who see all of them may choose."""
    code = filters.get("office", "")
    if not (user.can(Permission.SEE_ALL_OFFICES) and code.isascii() and code.isdigit()):
        return None
    return Office.objects.filter(pk=int(code)).first()


def found_people(user: User, filters: QueryDict, at: datetime) -> Iterator[Line]:
    text, after = filters.get("q", "").strip()[:100], ""
    office = office_of(user, filters)
    while text:
        results = find(user=user, text=text, office=office, after=after)
        yield from (Line(hit.person_id, person_cells(hit)) for hit in results.hits)
        if not results.after:
            return
        after = results.after


def person_cells(hit: Hit) -> tuple[Cell, ...]:
    return (
        hit.number,
        hit.name,
        hit.kana,
        "支援措置" if hit.protected else "",
        era_date(hit.died_on) if hit.died_on else "",
        era_date(hit.birth_date),
        "、".join(hit.offices),
        "、".join(f"{loan.fund} {loan.code}" for loan in hit.loans),
    )


def person_asked(user: User, filters: QueryDict) -> Person | None:
    key = filters.get("person", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Person.objects.visible_to(user).filter(pk=int(key)).first()


def loans_of_a_person(user: User, filters: QueryDict, at: datetime) -> Iterator[Line]:
    person = person_asked(user, filters)
    if person is None:
        return
    on = timezone.localtime(at).date()
    loans = list(of_person(user=user, person_id=person.pk))
    standings = standings_of([loan.pk for loan in loans], on)
    offices = "、".join(offices_of([person.pk]).get(person.pk, ()))
    for loan in loans:
        standing = standings.get(loan.pk)
        money: tuple[Cell, ...] = ("", "", "")
        if standing is not None:
            position = standing.position
            money = (position.outstanding, position.arrears, position.exempted)
        yield Line(
            loan.pk,
            (
                person.number, person.name, offices, loan.get_fund_display(), loan.code,
                str(standing.status.label) if standing else loan.get_state_display(), loan.principal, *money,
                era_date(loan.applied_on), loan.instalments, era_month(loan.first_due_month),
            ),
        )  # fmt: skip


def in_words_of_search(user: User, filters: QueryDict) -> str:
    office = office_of(user, filters)
    where = f"（担当：{office.name}）" if office else ""
    return f"「{filters.get('q', '')}」で見つかった方{where}"


def in_words_of_loans(user: User, filters: QueryDict) -> str:
    person = person_asked(user, filters)
    return f"{person.name}さんの貸付" if person else ""


EXPORTS = (
    ExportKind(
        code="people",
        label="検索結果",
        subject="person",
        columns=("番号", "氏名", "カナ氏名", "支援措置", "死亡日", "生年月日", "担当", "貸付"),
        filters=("q", "office"),
        rows=found_people,
        is_there=lambda user, filters: bool(filters.get("q", "").strip()),
        in_words=in_words_of_search,
    ),
    ExportKind(
        code="person-loans",
        label="借受人の貸付",
        subject="loan",
        columns=(
            "借受人番号", "氏名", "担当", "資金種類", "貸付コード", "状態", "貸付金額", "残額", "滞納額", "免除額",
            "借入申込日", "償還回数", "償還開始月",
        ),
        filters=("person",),
        rows=loans_of_a_person,
        is_there=lambda user, filters: person_asked(user, filters) is not None,
        in_words=in_words_of_loans,
    ),
)  # fmt: skip
