"""What is wrong with the papers of every form but 1-1-x, named exactly (H-6, H-23)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exemptions.deficiencies import Sheet, find_deficiencies
from exemptions.enums import ApplicationForm, CertificateKind, Composition, Ground
from exemptions.transcript import AssistanceTranscript, CertificateTranscript, EventTranscript
from exemptions.years import YearsAsked

ON = date(2025, 3, 15)
PLAIN = Sheet(
    received_on=ON,
    today=ON,
    born_on=date(1960, 4, 1),
    years=YearsAsked((2023,), 2024),
    fiscal_year=None,
    principal=450_000,
    cap_left=450_000,
    record_months=3,
    consents=frozenset(range(1, 7)),
    signed_on=ON,
    signed=True,
    phone="0901234567",
    form=ApplicationForm.FORM_1_2,
)
ASSISTED = AssistanceTranscript(date(2024, 5, 1))


def codes(**told: Any) -> list[str]:
    return [item.code.value for item in find_deficiencies(replace(PLAIN, **told))]


def a_card(kind: str, grade: str) -> CertificateTranscript:
    return CertificateTranscript(CertificateKind(kind), grade, date(2024, 1, 10))


def ticked(*grounds: Ground) -> frozenset[Ground]:
    return frozenset(grounds)


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({}, ["reason_missing"]),
        ({"ticked": ticked(Ground.PUBLIC_ASSISTANCE)}, ["proof_missing"]),
        ({"ticked": ticked(Ground.PUBLIC_ASSISTANCE), "assistance": ASSISTED}, []),
        ({"ticked": ticked(Ground.PUBLIC_ASSISTANCE), "assistance": AssistanceTranscript(date(2025, 4, 1))},
         ["date_impossible"]),
        ({"ticked": ticked(Ground.DISABILITY)}, ["proof_missing"]),
        ({"ticked": ticked(Ground.DISABILITY), "certificate": a_card("PHYSICAL", "3級")}, ["certificate_wrong_grade"]),
        ({"ticked": ticked(Ground.DISABILITY), "certificate": a_card("MENTAL", "2級")}, ["certificate_wrong_grade"]),
        ({"ticked": ticked(Ground.DISABILITY), "certificate": a_card("INTELLECTUAL", "マルA")}, []),
        ({"ticked": ticked(Ground.DISABILITY), "certificate": a_card("INTELLECTUAL", "A"),
          "accepts_intellectual": False}, ["certificate_wrong_grade"]),
        ({"ticked": ticked(Ground.PUBLIC_ASSISTANCE), "assistance": ASSISTED, "consents": frozenset({1, 2, 3, 5, 6}),
          "erasable_ink": True}, ["consent_missing", "erasable_ink"]),
        ({"ticked": ticked(Ground.LONG_ARREARS)},
         ["situation_missing", "household_kind_missing", "residence_record_missing", "certificate_missing"]),
        ({"ticked": ticked(Ground.LONG_ARREARS, Ground.PUBLIC_ASSISTANCE), "assistance": ASSISTED}, []),
    ],
)  # fmt: skip
def test_h6_form_1_2_lists_exactly_what_is_missing(told: dict[str, Any], wrong: list[str]) -> None:
    assert codes(**told) == wrong


def test_a_single_parent_household_is_shown_by_a_paper_an_elderly_one_by_the_residence_record() -> None:
    fourth = {"ticked": ticked(Ground.LONG_ARREARS)}
    assert "household_kind_missing" in codes(**fourth, composition=Composition.SINGLE_PARENT)
    assert "household_kind_missing" not in codes(**fourth, composition=Composition.SINGLE_PARENT, household_kind=True)
    assert "household_kind_missing" not in codes(**fourth, composition=Composition.ELDERLY_ONLY)


@pytest.mark.parametrize(
    ("ground", "told", "wrong"),
    [
        (Ground.DEATH, {"event": EventTranscript(date(2025, 2, 1)), "consents": frozenset(), "signed": False}, []),
        (Ground.DEATH, {}, ["proof_missing"]),
        (Ground.DEATH, {"event": EventTranscript(date(1950, 2, 1))}, ["date_impossible"]),
        (Ground.DISAPPEARANCE, {"event": EventTranscript(None)}, ["proof_missing"]),
        (Ground.BANKRUPTCY_DISCHARGE, {"event": EventTranscript(None)}, ["not_final"]),
        (Ground.BANKRUPTCY_DISCHARGE, {"event": EventTranscript(date(2025, 2, 1)), "signed": False},
         ["signature_missing"]),
        (Ground.BANKRUPTCY_DISCHARGE, {"event": EventTranscript(date(2025, 2, 1)), "in_part": True},
         ["amount_missing"]),
        (Ground.BANKRUPTCY_DISCHARGE, {"event": EventTranscript(date(2025, 2, 1)), "in_part": True,
                                       "requested_amount": 450_001}, ["amount_over_cap"]),
        (Ground.CIVIL_REHABILITATION_DISCHARGE, {"event": EventTranscript(date(2025, 2, 1))}, ["not_final"]),
        (Ground.CIVIL_REHABILITATION_DISCHARGE,
         {"event": EventTranscript(date(2025, 2, 1), completed_on=date(2025, 1, 31))}, []),
    ],
)  # fmt: skip
def test_h13_evidence_is_asked_for_by_its_kind(ground: Ground, told: dict[str, Any], wrong: list[str]) -> None:
    assert codes(form=ApplicationForm.EVIDENCE, ticked=ticked(ground), **told) == wrong


@pytest.mark.parametrize(
    ("ground", "told", "wrong"),
    [
        (Ground.OVERDUE_EX_OFFICIO, {}, ["reason_missing"]),
        (Ground.OVERDUE_EX_OFFICIO, {"has_note": True}, []),
        (Ground.UNTRACEABLE, {"has_note": True}, ["unknown_since_missing", "proof_missing"]),
        (Ground.GENERAL_1999, {"has_note": True}, ["proof_missing"]),
        (Ground.GENERAL_1999, {"has_note": True, "not_collectable": True}, []),
        (Ground.GENERAL_1999, {"has_note": True, "unknown_since": date(2026, 1, 1)}, ["date_impossible"]),
    ],
)
def test_what_the_council_begins_has_its_reason_and_its_proof(
    ground: Ground, told: dict[str, Any], wrong: list[str]
) -> None:
    nobody = {"consents": frozenset[int](), "signed": False, "signed_on": None, "phone": ""}
    assert codes(form=ApplicationForm.EX_OFFICIO, ticked=ticked(ground), **nobody, **told) == wrong
