"""What registered residence records say about the household, as the grounds ask for it. Pure over what was read.

A form has its own tick; without one, the records are the best that is known. A protected borrower is judged alone: the
head's certificate is never asked for from somebody the borrower fled (form 1-1-D, third box).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from exemptions.candidates.composition import Resident, composition_of
from exemptions.facts import Household
from people.households import HouseholdPeriod, Member


def present(periods: Sequence[HouseholdPeriod], on: date) -> tuple[Member, ...]:
    """Everybody on the borrower's record on a day; nobody where no record is known."""
    for period in periods:
        if period.since <= on and (period.until is None or on <= period.until):
            return tuple(it for it in period.members if it.since <= on and (it.until is None or on <= it.until))
    return ()


def head_of(periods: Sequence[HouseholdPeriod], on: date) -> Member | None:
    """The head on the record that lists the borrower (MHLW Q&A vol. 17, part 2, question 5)."""
    return next((member for member in present(periods, on) if member.is_head), None)


def household_of(
    periods: Sequence[HouseholdPeriod],
    *,
    borrower_id: int,
    loan_applied_on: date,
    on: date,
    elderly_age: int,
    is_protected: bool,
    has_handbook: bool = False,
) -> Household:
    """Return what the records say about one loan's borrower on a day; None wherever they are silent.

    ``has_handbook``: a disability certificate of the borrower, of any grade, is on file.
    """
    members = present(periods, on)
    head = head_of(periods, on)
    residents = [
        Resident(
            it.birth_date, it.relationship, it.person_id == borrower_id, has_handbook and it.person_id == borrower_id
        )
        for it in members
    ]
    composition = composition_of(residents, on=on, elderly_age=elderly_age)
    if head is None:
        return Household(head_certificate_unobtainable=True if is_protected else None, composition=composition)
    if head.person_id == borrower_id:
        return Household(borrower_is_head=True, composition=composition)
    then = present(periods, loan_applied_on)
    return Household(
        borrower_is_head=False,
        head_was_separate_at_loan=head.person_id not in {member.person_id for member in then} if then else None,
        head_certificate_unobtainable=is_protected,
        composition=composition,
    )
