"""Which pairs of persons look like one, over everybody at once: statements over sets, then the reasons for each pair.

A pair that was ever put before somebody, or told apart, is never chosen again, also not under the record that one of the
two was merged into. Addresses are compared through the accessor only, and only where nobody's is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import connection

from people.addresses import home_marks, people_of_one_home
from people.duplicates.likeness import Traits, reasons, score
from people.enums import PairReason
from people.models import BankAccount, Person, PersonPair, Phone

Pair = tuple[int, int]
CHUNK = 1_000
MOST_OF_ONE_NUMBER = 6
"""A telephone or account that more persons share belongs to a home or an office and tells nothing."""

_ALIKE = (
    # the same reading and birthday
    """select a.id, b.id from people_person a join people_person b
         on b.birth_date = a.birth_date and b.kana_loose = a.kana_loose and b.id > a.id""",
    # month and day exchanged
    """select least(a.id, b.id), greatest(a.id, b.id) from people_person a join people_person b
         on b.kana_loose = a.kana_loose
        and b.birth_date = make_date(extract(year from a.birth_date)::int, extract(day from a.birth_date)::int,
                                     extract(month from a.birth_date)::int)
      where extract(day from a.birth_date) <= 12 and extract(day from a.birth_date) <> extract(month from a.birth_date)""",
    # one telephone
    """select least(a.person_id, b.person_id), greatest(a.person_id, b.person_id) from people_phone a
         join people_phone b on b.digits = a.digits and b.person_id > a.person_id
      where a.digits in (select digits from people_phone group by digits having count(distinct person_id)
                         between 2 and %(most)s)""",
    # one account
    """select least(a.person_id, b.person_id), greatest(a.person_id, b.person_id) from people_bankaccount a
         join people_bankaccount b on b.number_hash = a.number_hash and b.bank_code = a.bank_code
          and b.branch_code = a.branch_code and b.person_id > a.person_id
      where a.number_hash in (select number_hash from people_bankaccount group by number_hash
                              having count(distinct person_id) between 2 and %(most)s)""",
)

_NEW = """
with alike as ({alike}),
standing as (
    select distinct alike.low, alike.high from alike
      join people_person a on a.id = alike.low and a.merged_into_id is null
      join people_person b on b.id = alike.high and b.merged_into_id is null
),
known as (
    select coalesce(a.merged_into_id, a.id) as one, coalesce(b.merged_into_id, b.id) as other
      from people_personpair pair
      join people_person a on a.id = pair.low_id
      join people_person b on b.id = pair.high_id
)
select low, high from standing
 where not exists (select 1 from known where least(one, other) = low and greatest(one, other) = high)
 order by low, high
"""


def new_pairs(*, on: date) -> Iterator[Pair]:
    """Pairs that look like one person and were never put before anybody, in the order of their keys."""
    alike = " union ".join(f"({statement})" for statement in _ALIKE)
    statement = _NEW.format(alike=f"select * from ({alike}) as found(low, high)")
    with connection.cursor() as cursor:
        cursor.execute(statement, {"most": MOST_OF_ONE_NUMBER})
        found = set(cursor.fetchall())
    found |= _not_known(people_of_one_home(on=on) - found)
    chosen = sorted(found)
    for start in range(0, len(chosen), CHUNK):
        chunk = chosen[start : start + CHUNK]
        traits = traits_of({key for pair in chunk for key in pair}, on=on)
        yield from ((low, high) for low, high in chunk if reasons(traits[low], traits[high]))


def _not_known(pairs: set[Pair]) -> set[Pair]:
    """Of these pairs those that nobody has seen."""
    if not pairs:
        return set()
    rows = PersonPair.objects.values_list("low_id", "high_id", "low__merged_into_id", "high__merged_into_id")
    known = set()
    for low, high, low_now, high_now in rows.iterator():
        one, other = sorted((low_now or low, high_now or high))
        known.add((one, other))
    return pairs - known


def traits_of(person_ids: Iterable[int], *, on: date) -> dict[int, Traits]:
    """What is compared, for many persons; the number of queries does not depend on how many."""
    keys = set(person_ids)
    phones = _sets(Phone.objects.filter(person__in=keys).values_list("person_id", "digits"))
    accounts = _sets(
        (person, f"{bank}{branch}{number}")
        for person, bank, branch, number in BankAccount.objects.filter(person__in=keys).values_list(
            "person_id", "bank_code", "branch_code", "number_hash"
        )
    )
    homes = home_marks(keys, on=on)
    return {
        person.pk: Traits(
            name=person.name,
            kana=person.kana,
            born=person.birth_date,
            phones=phones.get(person.pk, frozenset()),
            accounts=accounts.get(person.pk, frozenset()),
            homes=homes.get(person.pk, frozenset()),
        )
        for person in Person.objects.filter(pk__in=keys)
    }


def write_pair(low: int, high: int, *, on: date, at: datetime) -> bool:
    """Write a pair down with its reasons; False where it no longer looks like one person or is there already."""
    traits = traits_of({low, high}, on=on)
    found = reasons(traits[low], traits[high])
    standing = Person.objects.filter(pk__in=(low, high), merged_into__isnull=True).count() == 2
    if not found or not standing:
        return False
    _, made = PersonPair.objects.get_or_create(
        low_id=low,
        high_id=high,
        defaults={
            "reasons": [PairReason(reason) for reason in found],
            "score": score(found, traits[low], traits[high]),
            "found_at": at,
        },
    )
    return made


def _sets(rows: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for person, value in rows:
        found.setdefault(person, set()).add(value)
    return {person: frozenset(values) for person, values in found.items()}
