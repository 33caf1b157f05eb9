"""Requirements ② and ③, death, disappearance and discharges: everything outstanding, once repayment has begun."""

from typing import Any

import pytest

from exemptions.enums import Ground
from tests.exemptions.situations import (
    SMALL,
    a_certificate,
    a_loan,
    an_event,
    answer,
    assessed,
    day,
    facts_of,
    outcome,
    received,
    taxed,
    untaxed,
)

TAXED = [taxed(2021), taxed(2022), taxed(2023), taxed(2024)]


def assisted(since: str, *, receipt: str, loan=None, until: str | None = None):
    return facts_of(
        loan or a_loan(),
        *TAXED,
        public_assistance_from=day(since),
        public_assistance_until=day(until) if until else None,
        application=received(receipt),
    )


def test_assistance_received_at_receipt_exempts_everything_with_the_arrears():
    loan = a_loan(paid=(("2023-01-26", 5_000),))
    found = assessed(assisted("2023-08-01", receipt="2023-09-15", loan=loan), "2023-09-15")

    assert answer(found) == ("eligible", "PUBLIC_ASSISTANCE", 595_000, 0)
    assert (found.first_no, found.last_no) == (2, 120)


@pytest.mark.parametrize(
    ("since", "until", "receipt", "met"),
    [
        ("2023-09-15", None, "2023-09-15", True),
        ("2023-09-16", None, "2023-09-15", False),
        ("2023-08-01", "2023-09-15", "2023-09-15", True),
        ("2023-08-01", "2023-09-14", "2023-09-15", False),
        ("2015-04-01", None, "2023-09-15", True),
    ],
)
def test_assistance_has_to_be_received_when_the_application_comes_in(since, until, receipt, met):
    found = assessed(assisted(since, receipt=receipt, until=until), "2023-10-20")

    assert outcome(found, Ground.PUBLIC_ASSISTANCE).holds is met


def test_assistance_that_begins_after_the_day_asked_about_is_not_known():
    facts = facts_of(a_loan(), *TAXED, public_assistance_from=day("2023-09-16"))

    assert assessed(facts, "2023-09-15").result.value == "not_eligible"


@pytest.mark.parametrize(
    ("since", "met"), [("2020-06-09", True), ("2020-06-10", False), ("2020-06-19", False), ("2020-06-20", True)]
)
def test_assistance_begun_between_loan_application_and_disbursement_does_not_count(since, met):
    loan = a_loan(disbursed="2020-06-20")
    facts = assisted(since, receipt="2023-09-15", loan=loan)

    assert outcome(assessed(facts, "2023-09-15"), Ground.PUBLIC_ASSISTANCE).holds is met
    free = assessed(facts, "2023-09-15", public_assistance_before_disbursement_excluded=False)
    assert outcome(free, Ground.PUBLIC_ASSISTANCE).holds


def test_where_the_disbursement_is_not_known_its_date_is_not_asked_for():
    facts = assisted("2020-06-15", receipt="2023-09-15")

    assert assessed(facts, "2023-09-15").result.value == "eligible"


@pytest.mark.parametrize(
    ("kind", "grade", "met"),
    [
        ("PHYSICAL", "1級", True),
        ("PHYSICAL", "2級", True),
        ("PHYSICAL", "3級", False),
        ("MENTAL", "1級", True),
        ("MENTAL", "2級", False),
        ("INTELLECTUAL", "A", True),
        ("INTELLECTUAL", "B1", False),
    ],
)
def test_the_certificates_that_count(kind, grade, met):
    facts = facts_of(a_loan(), *TAXED, certificates=(a_certificate(kind, grade, "2023-08-01"),))
    found = assessed(facts, "2023-09-15")

    assert outcome(found, Ground.DISABILITY).holds is met
    assert found.result.value == ("eligible" if met else "not_eligible")


def test_a_council_may_leave_the_intellectual_certificate_out():
    facts = facts_of(a_loan(), *TAXED, certificates=(a_certificate("INTELLECTUAL", "A", "2023-08-01"),))

    assert assessed(facts, "2023-09-15", accept_intellectual_severe=False).result.value == "not_eligible"


def test_one_certificate_that_counts_is_enough_beside_others_that_do_not():
    certificates = (
        a_certificate("PHYSICAL", "4級", "2010-08-01"),
        a_certificate("PHYSICAL", "2級", "2023-03-01"),
        a_certificate("MENTAL", "3級", "2012-08-01"),
    )
    found = assessed(facts_of(a_loan(), *TAXED, certificates=certificates), "2023-09-15")

    assert outcome(found, Ground.DISABILITY).met_on == day("2023-03-01")


def test_a_certificate_of_a_later_day_is_not_known():
    facts = facts_of(a_loan(), *TAXED, certificates=(a_certificate("PHYSICAL", "1", "2023-09-16"),))

    assert assessed(facts, "2023-09-15").result.value == "not_eligible"


EVENTS = ["DEATH", "DISAPPEARANCE", "BANKRUPTCY_DISCHARGE", "CIVIL_REHABILITATION_DISCHARGE"]


@pytest.mark.parametrize("kind", EVENTS)
def test_each_event_is_a_ground_of_its_own_from_its_day_on(kind):
    facts = facts_of(a_loan(), *TAXED, events=(an_event(kind, "2024-02-01"),))

    assert assessed(facts, "2024-01-31").result.value == "not_eligible"
    assert answer(assessed(facts, "2024-02-01")) == ("eligible", kind, 600_000, 0)


@pytest.mark.parametrize("kind", EVENTS)
def test_the_regular_loan_knows_the_events_but_none_of_the_requirements_1_to_4(kind):
    loan = a_loan("REG_SMALL", principal=100_000, count=12, first="2023-03", applied="2023-01-10", size=1)
    facts = facts_of(
        loan,
        untaxed(2022),
        untaxed(2023),
        public_assistance_from=day("2023-01-01"),
        certificates=(a_certificate("PHYSICAL", "1", "2020-01-01"),),
        events=(an_event(kind, "2024-02-01"),),
    )

    assert assessed(facts, "2024-01-31").result.value == "not_eligible"
    assert answer(assessed(facts, "2024-02-01")) == ("eligible", kind, 100_000, 0)


RELOAN: dict[str, Any] = {"fund": "SP_GS_RELOAN", "first": "2025-01", "applied": "2021-04-10"}
WAITING: dict[str, Any] = {
    "PUBLIC_ASSISTANCE": {"public_assistance_from": day("2024-03-01")},
    "DISABILITY": {"certificates": (a_certificate("MENTAL", "1", "2024-03-01"),)},
    "DEATH": {"events": (an_event("DEATH", "2024-03-01"),)},
    "DISAPPEARANCE": {"events": (an_event("DISAPPEARANCE", "2024-03-01"),)},
    "BANKRUPTCY_DISCHARGE": {"events": (an_event("BANKRUPTCY_DISCHARGE", "2024-03-01"),)},
    "CIVIL_REHABILITATION_DISCHARGE": {"events": (an_event("CIVIL_REHABILITATION_DISCHARGE", "2024-03-01"),)},
}


@pytest.mark.parametrize("ground", WAITING)
def test_filed_in_grace_it_waits_for_the_nominal_day_of_the_first_instalment(ground):
    # 26 January 2025 is a Sunday: the debit is made on the 27th, but repayment begins on the 26th.
    facts = facts_of(a_loan(**RELOAN), *TAXED, application=received("2024-09-15"), **WAITING[ground])
    before, on_the_day = assessed(facts, "2025-01-25"), assessed(facts, "2025-01-26")

    assert answer(before) == ("waiting", ground, 600_000, 0)
    assert before.waits_until == day("2025-01-26")
    assert answer(on_the_day) == ("eligible", ground, 600_000, 0)
    assert on_the_day.waits_until is None


def test_a_deferral_of_the_first_instalment_does_not_prolong_the_waiting():
    facts = facts_of(a_loan(**RELOAN, deferrals=(("2025-01", 12),)), *TAXED, **WAITING["DISABILITY"])

    assert assessed(facts, "2025-01-26").result.value == "eligible"


def test_the_waiting_ends_on_the_debit_day_of_the_council():
    facts = facts_of(a_loan(**RELOAN, debit_day=22), *TAXED, **WAITING["DISABILITY"])

    assert (assessed(facts, "2025-01-21").result.value, assessed(facts, "2025-01-22").result.value) == (
        "waiting",
        "eligible",
    )


@pytest.mark.parametrize("ground", WAITING)
def test_a_council_may_decide_death_and_discharges_at_once(ground):
    facts = facts_of(a_loan(**RELOAN), *TAXED, **WAITING[ground])
    found = assessed(facts, "2024-10-01", other_grounds_wait_for_start=False)

    assert found.result.value == ("waiting" if ground in ("PUBLIC_ASSISTANCE", "DISABILITY") else "eligible")


def test_a_loan_paid_off_has_nothing_left_for_any_ground():
    loan = a_loan(**SMALL, paid=(("2023-02-01", 200_000),))
    facts = facts_of(loan, untaxed(2022), events=(an_event("DEATH", "2023-03-01"),))

    assert answer(assessed(facts, "2023-04-01")) == ("not_eligible", None, 0, 0)


def test_what_happens_on_the_day_asked_about_is_known():
    certificate = facts_of(a_loan(), *TAXED, certificates=(a_certificate("PHYSICAL", "1", "2023-09-15"),))
    assistance = facts_of(a_loan(), *TAXED, public_assistance_from=day("2023-09-15"))

    assert answer(assessed(certificate, "2023-09-15"))[:2] == ("eligible", "DISABILITY")
    assert answer(assessed(assistance, "2023-09-15"))[:2] == ("eligible", "PUBLIC_ASSISTANCE")
