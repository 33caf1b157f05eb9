"""Minors: from which age a person borrows alone, by which ways a minor may, and ratification afterwards (LN-18).

Majority is a dated fact: 20 until 2022-03-31, 18 from 2022-04-01 (Civil Code, article 4); whoever was 18 or 19 on
that day came of age on it. Sources: MHLW Q&A vol. 17, questions 17-1 and 17-2; Civil Code, article 122.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from japan.eras import age_on, era_date
from loans.lending.enums import MinorWay
from loans.lending.facts import LendingFacts
from loans.lending.inquiry import Inquiry
from rulebook.rules import Check


@dataclass(frozen=True, slots=True)
class Majority:
    """The age of majority from a day on."""

    since: date
    age: int


MAJORITIES: tuple[Majority, ...] = (Majority(date(1898, 7, 16), 20), Majority(date(2022, 4, 1), 18))


def majority_age(day: date, majorities: tuple[Majority, ...] = MAJORITIES) -> int:
    """Return the age of majority in force on a day."""
    return next(majority.age for majority in reversed(majorities) if majority.since <= day)


def of_age_from(birth: date, majorities: tuple[Majority, ...] = MAJORITIES) -> date:
    """Return the first day on which a person born then is of age."""
    for majority, following in zip(majorities, (*majorities[1:], None), strict=True):
        birthday = max(_birthday(birth, majority.age), majority.since)
        if following is None or birthday < following.since:
            return birthday
    raise ValueError("there is always a last majority")  # pragma: no cover


def _birthday(birth: date, age: int) -> date:
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:  # 29 February
        return date(birth.year + age, 3, 1)


def is_minor(facts: LendingFacts) -> bool | None:
    """Whether the applicant was an unmarried minor when applying; None where that is not established."""
    if facts.birth_date is None:
        return None
    if facts.applied_on >= of_age_from(facts.birth_date):
        return False
    return None if facts.married is None else not facts.married


def ratification_due_on(facts: LendingFacts) -> date | None:
    """Return the day from which ratification is to be asked for (question 17-2): that of majority, of a minor who

    borrowed without a guardian's consent; None for everybody else.
    """
    if not is_minor(facts) or facts.birth_date is None or facts.minor_way == MinorWay.GUARDIAN_CONSENT:
        return None
    return of_age_from(facts.birth_date)


def look(inquiry: Inquiry) -> tuple[Check, ...]:
    """Look at the applicant's age; nothing where it is not told."""
    facts = inquiry.facts
    if facts.birth_date is None:
        return ()
    age, majority = age_on(facts.birth_date, facts.applied_on), majority_age(facts.applied_on)
    used = ("birth_date", "married", "minor_way", "applied_on")
    value = f"申込みの時に{age}歳"
    excused = bool(facts.married) or facts.minor_way is not None
    if facts.applied_on >= of_age_from(facts.birth_date):
        check = inquiry.check(
            "LN-18",
            True,
            value=value,
            because=f"成年（{majority}歳）に達している。",
            would_change="" if excused else f"{majority}歳未満であれば、同意などが要る。",
            change_fact="" if excused else "birth_date",
            facts=used,
        )
    elif facts.married:
        check = inquiry.check(
            "LN-18", True, value=f"{value}・婚姻", because="婚姻しているため、同意は要らない。", facts=used
        )
    elif facts.minor_way is not None:
        due = ratification_due_on(facts)
        later = f"成年に達する{era_date(due)}に追認を求める（問17-2）。" if due else ""
        check = inquiry.check(
            "LN-18",
            True,
            value=f"{value}・{facts.minor_way.label}",
            because=f"未成年だが、{facts.minor_way.label}がある。{later}",
            would_change="同意も意見書も面接もなければ、満たさなくなる。",
            change_fact="minor_way",
            facts=used,
        )
    else:
        check = inquiry.check(
            "LN-18",
            None if facts.married is None else False,
            value=value,
            because=f"成年（{majority}歳）に達しておらず、同意、施設長・里親の意見書、面接、支援団体の意見書のいずれもない。",
            would_change="同意、意見書、面接のいずれかがあれば、満たす。",
            change_fact="minor_way",
            facts=used,
            missing=("married",) if facts.married is None else (),
        )
    return (check,)
