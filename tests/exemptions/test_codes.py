"""Codes are told on the telephone only to whom the questions show to be the borrower (H-21)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import Role
from audit.models import AccessLog
from exemptions.codes.identity import Question, still_missing
from loans.enums import FundKind
from tests.loans.builders import a_loan
from tests.people.builders import a_member_of_staff, a_person, an_office, has_phone, is_protected, lives_at
from tests.scenes import signed_in

Q = Question


@pytest.mark.parametrize(
    ("answered", "protected", "missing"),
    [
        ({Q.LOAN, Q.PHONE}, False, 0),
        ({Q.LOAN, Q.SIZE}, False, 0),
        ({Q.ACCOUNT, Q.ADDRESS}, False, 0),
        ({Q.PHONE, Q.ADDRESS}, False, 1),
        ({Q.PHONE, Q.ADDRESS, Q.CALL_BACK}, False, 1),
        ({Q.LOAN}, False, 1),
        ({Q.LOAN, Q.CALL_BACK}, False, 1),
        (set(), False, 2),
        ({Q.LOAN, Q.PHONE}, True, 1),
        ({Q.LOAN, Q.PHONE, Q.CALL_BACK}, True, 0),
        ({Q.LOAN, Q.ADDRESS, Q.CALL_BACK}, True, 1),
        (set(), True, 3),
    ],
)
def test_h21_one_answer_comes_from_the_loan_and_two_in_all_and_the_protected_are_called_back(
    answered: set[Question], protected: bool, missing: int
) -> None:
    assert len(still_missing(answered, protected=protected)) == missing


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_h21_codes_are_shown_after_the_questions_and_written_down() -> None:
    cache.clear()
    office = an_office()
    person = a_person("渡辺 啓輔", "ワタナベ ケイスケ", office=office)
    lives_at(person)
    has_phone(person, "09077771234")
    loan = a_loan(person, office=office, code="0100777", fund=FundKind.SP_SMALL)
    client = signed_in(a_member_of_staff(Role.MUNICIPAL_CLERK, office=office))
    find, told = reverse("exemptions:codes"), reverse("exemptions:codes_told", args=[person.pk])

    def answer(**said: object) -> tuple[int, str]:
        response = client.post(told, said)
        return response.status_code, response.content.decode()

    other = client.post(find, {"kana": "ワタナベ ケイスケ", "birth_date": "昭和46年3月3日"}).content.decode()
    assert "両方が合う方はいません" in other and told not in other
    found = client.post(find, {"kana": "わたなべけいすけ", "birth_date": "昭和46年3月2日"}).content.decode()
    assert told in found and loan.code not in found
    asked = client.get(told).content.decode()
    assert loan.code not in asked and "1234" in asked and "令和2年6月" in asked

    status, page = answer(is_borrower="on", answered=["phone", "address"])
    assert status == 422 and "申し込んだ年月" in page and "少なくとも1つ" in page and loan.code not in page
    status, page = answer(answered=["loan", "phone"])
    assert status == 422 and "ご本人のほかには" in page and loan.code not in page
    assert not AccessLog.objects.exclude(reason="").exists()
    status, page = answer(is_borrower="on", answered=["loan", "phone"])
    assert status == 200 and loan.code in page and "KA" in page
    seen = AccessLog.objects.exclude(reason="").get()
    assert seen.ids == [person.pk] and "借りた資金の種類と申し込んだ年月、登録の電話番号の下4桁" in seen.reason

    is_protected(person, since=date(2026, 1, 1))
    hidden = client.get(told).content.decode()
    assert "かけ直して" in hidden and "登録の住所" not in hidden and "架空市" not in hidden
    status, page = answer(is_borrower="on", answered=["loan", "phone"])
    assert status == 422 and "登録の電話番号へかけ直して、ご本人と" in page and loan.code not in page
    status, page = answer(is_borrower="on", answered=["loan", "phone", "call_back"])
    assert status == 200 and loan.code in page

    stranger = signed_in(a_member_of_staff(Role.MUNICIPAL_CLERK))
    assert stranger.get(told).status_code == 404
    assert told not in stranger.post(find, {"kana": "ワタナベ ケイスケ", "birth_date": "1971-03-02"}).content.decode()
