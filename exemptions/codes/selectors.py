"""Whom a caller may be, what is registered about them to compare with, and the codes of their loans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from exemptions.codes.identity import Question, asked_of
from japan.eras import era_month
from japan.kana import kana_key
from japan.months import month_index
from loans.funds import fund
from loans.letter_sources import account_text
from loans.models import Loan
from loans.selectors import of_person
from people.addresses import address_for, withheld_people
from people.bank_accounts import account_on
from people.enums import AccountUse
from people.models import Person, in_force

NOT_REGISTERED = "登録なし"


@dataclass(frozen=True, slots=True)
class Compared:
    """One question with what is registered, for the member of staff alone."""

    question: Question
    registered: str


@dataclass(frozen=True, slots=True)
class Codes:
    """What is told: the codes of one loan."""

    fund_name: str
    fund_code: str
    loan_code: str


def found_by(*, user: User, kana: str, birth_date: date) -> list[Person]:
    """The persons this reader may know of with exactly this reading and birth date."""
    rows = Person.objects.visible_to(user).filter(kana_key=kana_key(kana), birth_date=birth_date)
    return list(rows.order_by("pk")[:10])


def is_protected(person: Person, *, on: date) -> bool:
    """Whether the person's address is withheld, by a measure of their own or of somebody they live with."""
    return person.pk in withheld_people([person.pk], on=on)


def compared(person: Person, *, user: User, on: date, protected: bool) -> tuple[Compared, ...]:
    """The questions with what is registered."""
    loans = list(of_person(user=user, person_id=person.pk))
    phone = person.phones.filter(in_force(on)).order_by("-since", "-pk").first()
    accounts = [account_on(person, use, on) for use in (AccountUse.DEBIT, AccountUse.TRANSFER)]
    registered = {
        Question.LOAN: "、".join(
            f"{loan.get_fund_display()} {era_month(month_index(loan.applied_on))}" for loan in loans
        ),
        Question.ACCOUNT: "／".join(dict.fromkeys(account_text(account) for account in accounts if account)),
        Question.SIZE: "、".join(dict.fromkeys(f"{loan.household_size}人" for loan in loans)),
        Question.PHONE: phone.digits[-4:] if phone else "",
        Question.CALL_BACK: phone.number if phone else "",
    }
    if not protected:
        registered[Question.ADDRESS] = address_for(person, reader=user, on=on).text
    return tuple(
        Compared(question, registered.get(question) or NOT_REGISTERED) for question in asked_of(protected=protected)
    )


def codes_of(person: Person, *, user: User) -> tuple[Codes, ...]:
    """The codes of every loan of a person that this reader may know of."""
    loans: list[Loan] = list(of_person(user=user, person_id=person.pk))
    return tuple(Codes(fund(loan.fund).name_ja, fund(loan.fund).fund_code, loan.code) for loan in loans)
