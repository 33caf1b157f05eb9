import dataclasses
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exemptions.letters import Portion
from notices.kinds import Addressee, FactsError, UnknownKind, all_kinds, from_json, kind, to_json
from tests.notices.sample_letters import SAMPLES, WATANABE_VARIANT, addressee, approved, approved_in_part


@pytest.mark.parametrize("code", SAMPLES)
def test_facts_go_to_json_and_come_back_equal(code: str) -> None:
    facts = SAMPLES[code](addressee=addressee(WATANABE_VARIANT))
    assert from_json(kind(code), json.loads(json.dumps(to_json(facts)))) == facts


@given(
    name=st.text(alphabet=st.characters(codec="utf-8")),
    day=st.dates(),
    amount=st.integers(0, 10**9),
    first=st.none() | st.integers(24_000, 25_000),
)
def test_any_facts_come_back_equal(name: str, day: date, amount: int, first: int | None) -> None:
    facts = approved_in_part(
        addressee=Addressee(name, "", ()), decided_on=day, exempted=Portion(amount, first, None), desks=()
    )
    assert from_json(kind("exemption_approved_in_part"), json.loads(json.dumps(to_json(facts)))) == facts


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("principal",), "600000", "exemption_approved.principal: expected int, found str"),
        (("principal",), True, "expected int, found bool"),
        (("principal",), 1.5, "expected int, found float"),
        (("fund_name",), None, "fund_name: expected str"),
        (("decided_on",), "令和5年9月1日", "decided_on"),
        (("decided_on",), 20230901, "decided_on"),
        (("desks",), "窓口", "desks: expected a list"),
        (("desks",), [{"name": "窓口"}], r"desks\[0\]: missing field contact"),
        (("sender",), [], "sender: expected an object"),
        (("sender", "seal"), "somewhere", "sender.seal"),
        (("addressee", "postal_code"), "999-0002", "addressee: 郵便番号は7桁の数字です。"),
        (("envelope", "window_w"), 1.0, "envelope: 窓が小さい"),
        (("reason",), "所得が多いため", "unknown field reason"),
    ],
)
def test_json_that_is_not_the_facts_of_this_kind_is_refused(path: tuple[str, ...], value: Any, complaint: str) -> None:
    data = to_json(approved())
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(FactsError, match=complaint):
        from_json(kind("exemption_approved"), data)


def test_a_missing_fact_is_refused() -> None:
    data = to_json(approved())
    del data["exempted_amount"]
    with pytest.raises(FactsError, match="missing field exempted_amount"):
        from_json(kind("exemption_approved"), data)


def test_facts_cannot_be_changed_once_made() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        approved().principal = 1  # type: ignore[misc]


def test_kinds_are_found_in_the_apps_that_declare_them() -> None:
    assert {declared.code for declared in all_kinds()} >= set(SAMPLES)
    assert kind("exemption_refused", version=1) is kind("exemption_refused")


@pytest.mark.parametrize(("code", "version"), [("nothing", None), ("exemption_refused", 99)])
def test_a_kind_that_nobody_declares_is_not_found(code: str, version: int | None) -> None:
    with pytest.raises(UnknownKind):
        kind(code, version)


@pytest.mark.parametrize("postal_code", ["999-0002", "99900", "９９９０００２", "abcdefg"])
def test_a_postal_code_is_seven_digits_or_nothing(postal_code: str) -> None:
    with pytest.raises(ValueError, match="郵便番号は7桁の数字です"):
        Addressee("横山 啓輔", postal_code, ())
