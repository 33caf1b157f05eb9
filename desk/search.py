"""One search over people and their loans: what a clerk hears on the telephone is enough to find somebody."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from japan.eras import era_date
from loans.enums import FundKind
from loans.selectors import borrowers_by_codes, of_people
from people.searching import search
from people.selectors import offices_of
from people.sought import Sought

if TYPE_CHECKING:
    from accounts.models import Office, User


@dataclass(frozen=True, slots=True)
class LoanMark:
    """A loan as a search result shows it."""

    code: str
    fund: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found. Never an address. ``near``: the reading only sounds like what was typed.

    ``former`` are names they bore before and that the text may mean.
    """

    person_id: int
    number: str
    name: str
    kana: str
    birth_date: date
    died_on: date | None
    protected: bool
    offices: tuple[str, ...]
    loans: tuple[LoanMark, ...]
    near: bool = False
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """What was found. ``understood`` says in words what was looked for, ``after`` continues the list."""

    hits: tuple[Hit, ...]
    understood: str
    after: str

    @property
    def only_near(self) -> bool:
        """Whether nobody's name reads as typed, so that everybody here only sounds alike."""
        return bool(self.hits) and all(hit.near for hit in self.hits)


def find(*, user: User, text: str, office: Office | None = None, after: str = "") -> Results:
    """Search by name, reading, telephone or account number, birth date, person number, loan code, town and lot, or by
    several of these together. The number of queries does not depend on how many are found.
    """
    codes = [part for part in (text, *text.split()) if may_be_a_code(part)]
    by_code = borrowers_by_codes(user=user, codes=codes) if codes else []
    page = search(user=user, text=text, office=office, also=by_code, after=after)
    keys = [person.pk for person in page.people]
    offices = offices_of(keys)
    loans = of_people(keys)
    hits = tuple(
        Hit(
            person_id=person.pk,
            number=person.number,
            name=person.name,
            kana=person.kana,
            birth_date=person.birth_date,
            died_on=person.died_on,
            protected=person.protected,  # type: ignore[attr-defined]
            offices=tuple(offices.get(person.pk, ())),
            loans=tuple(LoanMark(loan.code, FundKind(loan.fund).label) for loan in loans.get(person.pk, ())),
            near=person.pk in page.near,
            former=tuple(name for name in page.former.words_for(person.pk) if name != person.name),
        )
        for person in page.people
    )
    return Results(hits=hits, understood=in_words(page.sought), after=page.after)


def may_be_a_code(text: str) -> bool:
    """Whether a text holds a digit and nothing but letters, digits and hyphens, as loan codes do."""
    plain = unicodedata.normalize("NFKC", text).replace("-", "").strip()
    return plain.isascii() and plain.isalnum() and any(letter.isdigit() for letter in plain)


def in_words(sought: Sought) -> str:
    """「生年月日 昭和46年3月2日、電話番号・番号・貸付コード 0900」; empty for words alone, which need no explaining."""
    parts = []
    if sought.birth_date is not None:
        parts.append(f"生年月日 {era_date(sought.birth_date)}")
    elif sought.born is not None:
        parts.append(f"生年月日 {era_date(sought.born[0])}から{era_date(sought.born[1])}まで")
    if sought.numbers:
        parts.append(f"電話・口座・貸付コードなどの番号 {' '.join(number.digits for number in sought.numbers)}")
    if parts and sought.words:
        parts.append(f"氏名・カナ・町名 {' '.join(sought.words)}")
    return "、".join(parts)
