"""What an inquiry rests on, and the least it has to say. Pure: no database, clock or settings.

Consent 3 of the form lets the council ask public bodies for the applicant's own data, consent 4 ask authorities whether
the applicant or somebody of the household is a member of organised crime (forms 1-1-D and 1-2, consents). Nobody else is
asked, and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from exemptions.deficiencies import CIRCLED
from exemptions.enums import Person
from exemptions.inquiries.enums import Asked, AuthorityKind, Item
from japan.eras import era_date

ASKED_OF: dict[AuthorityKind, tuple[Asked, ...]] = {
    AuthorityKind.MUNICIPALITY: (Asked.RESIDENCE_TAX, Asked.HEAD_HISTORY),
    AuthorityKind.WELFARE_OFFICE: (Asked.ASSISTANCE,),
    AuthorityKind.NATIONAL_COUNCIL: (Asked.OTHER_LOANS,),
    AuthorityKind.OTHER_COUNCIL: (Asked.OTHER_LOANS,),
    AuthorityKind.HELLO_WORK: (Asked.WORK,),
    AuthorityKind.SUPPORT_AGENCY: (Asked.SUPPORT,),
    AuthorityKind.POLICE: (Asked.ANTI_GANG,),
}
"""What each authority knows, and may therefore be asked."""

_EVERYBODY = (Item.NAME, Item.KANA, Item.BIRTH_DATE)
_WHERE_THEY_ARE_REGISTERED = {AuthorityKind.MUNICIPALITY, AuthorityKind.WELFARE_OFFICE}

OWN_DATA, ORGANISED_CRIME = 3, 4
"""The numbers of the two consents that allow asking."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The consent an inquiry rests on: its number, the form it stands on, and the day it was given."""

    consent: int
    form: str
    on: date

    @property
    def text_ja(self) -> str:
        """「免除申請書（様式1-1-B）の同意③（令和5年9月10日）」."""
        return f"免除申請書（{self.form}）の同意{CIRCLED[self.consent]}（{era_date(self.on)}）"


class NoBasis(Exception):
    """Nothing allows this inquiry; ``str()`` is a Japanese sentence for the desk."""


def consent_for(asked: Asked) -> int:
    """Return the number of the consent that allows asking this."""
    return ORGANISED_CRIME if asked == Asked.ANTI_GANG else OWN_DATA


def basis_of(
    asked: Asked, subject: Person, *, form: str, consents: Collection[int], signed: bool, signed_on: date | None
) -> Basis:
    """Return what an inquiry would rest on. Raises ``NoBasis`` with what is missing."""
    number = consent_for(asked)
    if subject == Person.HEAD and number == OWN_DATA:
        raise NoBasis(
            "同意③は、申請したご本人の情報についてのものです。世帯主については照会できないので、証明書を出していただいてください。"
        )
    if number not in consents:
        raise NoBasis(f"申請書の同意{CIRCLED[number]}に印がないため、照会できません。不備として返送してください。")
    if not signed or signed_on is None:
        raise NoBasis("申請書に署名か記入日がないため、同意の日が示せず、照会できません。不備として返送してください。")
    return Basis(number, form, signed_on)


def items_for(kind: AuthorityKind, asked: Asked, *, address_withheld: bool) -> tuple[Item, ...]:
    """Return the least an authority has to be told: an address only where people are registered, a withheld one never."""
    items = list(_EVERYBODY)
    if kind in _WHERE_THEY_ARE_REGISTERED and not address_withheld:
        items.append(Item.ADDRESS)
    if asked == Asked.RESIDENCE_TAX:
        items.append(Item.FISCAL_YEAR)
    return tuple(items)
