"""What is wrong with the papers, sentence by sentence: pure, in the order of the paper."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exemptions.deficiencies import (
    Code,
    Deficiency,
    ResidenceRecord,
    Sheet,
    TaxPaper,
    find_deficiencies,
    months_before,
)
from exemptions.enums import HouseholdSituation, PaperSlot, Person
from exemptions.years import YearsAsked
from loans.funds import cohort_of

RECEIVED = date(2023, 9, 15)
FIRST_COHORT = YearsAsked.of(cohort_of("SP_GS_INITIAL", date(2020, 6, 10)), RECEIVED)
COMPLETE = Sheet(
    received_on=RECEIVED,
    today=date(2023, 9, 20),
    born_on=date(1971, 3, 2),
    years=FIRST_COHORT,
    fiscal_year=2023,
    principal=600_000,
    cap_left=600_000,
    record_months=3,
    requested_amount=560_000,
    situation=HouseholdSituation.BORROWER_IS_HEAD,
    consents=frozenset(range(1, 7)),
    signed_on=date(2023, 9, 10),
    signed=True,
    phone="090-1234-5678",
    residence_record=ResidenceRecord(date(2023, 9, 1), RECEIVED),
    certificates=(TaxPaper(Person.BORROWER, 2023, RECEIVED, date(2023, 9, 1)),),
)


def found(**changes: Any) -> list[Deficiency]:
    return list(find_deficiencies(replace(COMPLETE, **changes)))


def only(**changes: Any) -> Deficiency:
    (deficiency,) = found(**changes)
    return deficiency


def test_a_complete_form_has_none() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "code", "paper", "text"),
    [
        ({"requested_amount": None}, Code.AMOUNT_MISSING, PaperSlot.FORM, "免除申請額の記入がありません。"),
        (
            {"requested_amount": 600_001},
            Code.AMOUNT_OVER_CAP,
            PaperSlot.FORM,
            "免除申請額 600,001円が、貸付金額 600,000円を超えています。",
        ),
        (
            {"requested_amount": 560_000, "cap_left": 450_000},
            Code.AMOUNT_OVER_CAP,
            PaperSlot.FORM,
            "免除申請額 560,000円が、この資金の免除上限額 450,000円を超えています。",
        ),
        (
            {"situation": None},
            Code.SITUATION_MISSING,
            PaperSlot.FORM,
            "世帯の状況に印がありません。当てはまる一つに印を付けてください。",
        ),
        (
            {"situation": None, "several_situations": True},
            Code.SITUATION_TWICE,
            PaperSlot.FORM,
            "世帯の状況に二つ以上の印があります。当てはまる一つだけに印を付けてください。",
        ),
        ({"consents": frozenset({1, 2, 3, 4, 5})}, Code.CONSENT_MISSING, PaperSlot.FORM, "同意欄⑥に印がありません。"),
        ({"signed_on": None}, Code.DATE_MISSING, PaperSlot.FORM, "記入日がありません。"),
        ({"signed": False}, Code.SIGNATURE_MISSING, PaperSlot.FORM, "借受人ご本人の署名がありません。"),
        ({"phone": ""}, Code.PHONE_MISSING, PaperSlot.FORM, "日中に連絡のとれる電話番号の記入がありません。"),
        (
            {"erasable_ink": True},
            Code.ERASABLE_INK,
            PaperSlot.FORM,
            "えんぴつや消せるボールペンで記入されています。消えない筆記具で書き直してください。",
        ),
        (
            {"residence_record": None},
            Code.RESIDENCE_RECORD_MISSING,
            PaperSlot.RESIDENCE_RECORD,
            "住民票がありません。世帯全員の載った、発行から3か月以内のものを添えてください。",
        ),
        (
            {"residence_record": ResidenceRecord(None, RECEIVED)},
            Code.RESIDENCE_RECORD_UNDATED,
            PaperSlot.RESIDENCE_RECORD,
            "住民票の発行日が分かりません。",
        ),
        (
            {"residence_record": ResidenceRecord(date(2023, 6, 14), RECEIVED)},
            Code.RESIDENCE_RECORD_TOO_OLD,
            PaperSlot.RESIDENCE_RECORD,
            "住民票が令和5年6月14日の発行です。令和5年6月15日以後に発行されたものを添えてください。",
        ),
        (
            {"certificates": ()},
            Code.CERTIFICATE_MISSING,
            PaperSlot.BORROWER_TAX,
            "借受人の課税（非課税）証明書がありません。令和5年度のものを添えてください。",
        ),
        (
            {"certificates": (TaxPaper(Person.BORROWER, 2022, RECEIVED),)},
            Code.CERTIFICATE_WRONG_YEAR,
            PaperSlot.BORROWER_TAX,
            "借受人の課税証明書が令和4年度のものです。令和5年度のものを添えてください。",
        ),
        (
            {"situation": HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE},
            Code.CIRCUMSTANCES_MISSING,
            PaperSlot.CIRCUMSTANCES,
            "世帯主の証明書を取得できない事情を確認できる書類がありません。事務センターへお電話ください。",
        ),
    ],
)
def test_each_thing_that_can_be_wrong_has_its_sentence_and_its_paper(
    changes: dict[str, Any], code: Code, paper: PaperSlot, text: str
) -> None:
    deficiency = only(**changes)
    assert (deficiency.code, deficiency.paper, deficiency.text) == (code, paper, text)
    assert not deficiency.impossible


def test_every_missing_consent_is_named_by_its_number() -> None:
    assert [item.text for item in found(consents=frozenset({2, 4}))] == [
        "同意欄①に印がありません。",
        "同意欄③に印がありません。",
        "同意欄⑤に印がありません。",
        "同意欄⑥に印がありません。",
    ]


def test_a_judged_head_needs_a_name_and_a_certificate() -> None:
    texts = [item.text for item in found(situation=HouseholdSituation.NONE_OF_THESE)]
    assert texts == [
        "現在の世帯主が分かりません。世帯主と続柄の載った世帯全員の住民票を添えてください。",
        "世帯主の課税（非課税）証明書がありません。令和5年度のものを添えてください。",
    ]


@pytest.mark.parametrize(
    "situation",
    [
        HouseholdSituation.BORROWER_IS_HEAD,
        HouseholdSituation.HEAD_WAS_SEPARATE,
    ],
)
def test_a_head_who_is_not_judged_needs_neither(situation: HouseholdSituation) -> None:
    assert found(situation=situation) == []


def test_either_of_two_judgement_years_will_do() -> None:
    for year in (2021, 2022):
        certificates = (TaxPaper(Person.BORROWER, year, RECEIVED),)
        assert found(fiscal_year=2022, certificates=certificates) == []
    wrong = only(fiscal_year=2022, certificates=(TaxPaper(Person.BORROWER, 2023, RECEIVED),))
    assert wrong.text == ("借受人の課税証明書が令和5年度のものです。令和3年度または令和4年度のものを添えてください。")


def test_a_residence_record_exactly_three_months_old_is_young_enough() -> None:
    assert found(residence_record=ResidenceRecord(date(2023, 6, 15), RECEIVED)) == []


def test_a_residence_record_is_measured_on_the_day_it_came_itself() -> None:
    later = ResidenceRecord(date(2023, 6, 20), date(2023, 9, 18))
    assert found(residence_record=later) == []
    assert only(residence_record=replace(later, received_on=date(2023, 9, 21))).code == Code.RESIDENCE_RECORD_TOO_OLD


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2023, 9, 21), "記入日が、まだ来ていない日（令和5年9月21日）です。"),
        (date(1971, 3, 1), "記入日が、借受人の生年月日 昭和46年3月2日より前の日（昭和46年3月1日）です。"),
        (date(2023, 9, 16), "記入日（令和5年9月16日）が、受け取った日 令和5年9月15日より後です。"),
    ],
)
def test_a_day_that_cannot_be_is_said_and_never_stored(day: date, text: str) -> None:
    deficiency = only(signed_on=day)
    assert (deficiency.text, deficiency.impossible, deficiency.field) == (text, True, "signed_on")


def test_the_list_follows_the_paper() -> None:
    nothing = Sheet(
        received_on=RECEIVED,
        today=RECEIVED,
        born_on=date(1971, 3, 2),
        years=FIRST_COHORT,
        fiscal_year=2023,
        principal=600_000,
        cap_left=600_000,
        record_months=3,
    )
    papers = [item.paper for item in find_deficiencies(nothing)]
    assert papers == [PaperSlot.FORM] * 11 + [PaperSlot.RESIDENCE_RECORD, PaperSlot.BORROWER_TAX]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2023, 9, 15), 3, date(2023, 6, 15)),
        (date(2023, 5, 31), 3, date(2023, 2, 28)),
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2023, 1, 10), 3, date(2022, 10, 10)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
