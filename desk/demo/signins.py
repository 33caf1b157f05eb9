"""Whom a visitor can sign in as. The password is public, so it opens nothing but the demonstration."""

from __future__ import annotations

from typing import NamedTuple

from accounts.enums import Role
from desk.demo.places import MUNICIPALITIES, OFFICES
from desk.demo.staff import DEPUTY, STAFF, clerks_of

PASSWORD = "tsunagi-demo"


class SignIn(NamedTuple):
    """One line of the table that ``make run`` prints: role, user name, password, office, and what to try."""

    role_ja: str
    username: str
    password: str
    office: str
    note: str = ""


_NOTES: dict[str, str] = {
    clerks_of(MUNICIPALITIES[0].code)[0]: "申請書を受け付ける",
    clerks_of(MUNICIPALITIES[1].code)[0]: "別の市の窓口（架瀬市の借受人は見えない）",
    "ken01": "点検して起案する",
    "ken02": "起案する二人目",
    DEPUTY: "不在の決裁者に代わって決裁する（代決）",
    "kessai01": "決裁する",
    "kessai02": "決裁する二人目",
    "shien01": "引き継がれた相談だけが見える",
    "kansa01": "読むだけで、何も変えられない",
    "system01": "職員と事業所を登録する（借受人は見えない）",
}


def signins() -> list[SignIn]:
    """One sign-in for each role, two where a second person is needed."""
    offices = {office.code: office.name for office in OFFICES}
    order = list(Role)
    listed = sorted((each for each in STAFF if each.username in _NOTES), key=lambda each: order.index(each.role))
    return [
        SignIn(str(each.role.label), each.username, PASSWORD, offices[each.office], _NOTES[each.username])
        for each in listed
    ]
