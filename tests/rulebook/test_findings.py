"""Three-valued answers: not knowing is not the same as no."""

from itertools import product

import pytest

from rulebook.findings import Answer, Finding, all_of, any_of

YES, NO = Answer.of(True), Answer.of(False)
VALUES = [True, False, None]


def an_answer(value: bool | None, name: str) -> Answer:
    return Answer.of(value, name)


def completions(values: tuple[bool | None, ...]) -> list[tuple[bool, ...]]:
    return list(product(*([value] if value is not None else [True, False] for value in values)))


@pytest.mark.parametrize("values", list(product(VALUES, repeat=3)))
def test_conditions_joined_by_and_say_what_every_way_of_filling_the_gaps_would_say(values):
    outcomes = {all(filled) for filled in completions(values)}

    joined = all_of(*(an_answer(value, f"fact{i}") for i, value in enumerate(values)))

    assert joined.finding is (Finding.UNKNOWN if len(outcomes) == 2 else Finding.of(outcomes.pop()))


@pytest.mark.parametrize("values", list(product(VALUES, repeat=3)))
def test_alternatives_joined_by_or_say_what_every_way_of_filling_the_gaps_would_say(values):
    outcomes = {any(filled) for filled in completions(values)}

    joined = any_of(*(an_answer(value, f"fact{i}") for i, value in enumerate(values)))

    assert joined.finding is (Finding.UNKNOWN if len(outcomes) == 2 else Finding.of(outcomes.pop()))


def test_only_what_could_still_turn_the_answer_is_missing():
    assert all_of(an_answer(None, "a"), an_answer(None, "b")).missing == {"a", "b"}
    assert all_of(an_answer(None, "a"), NO).missing == frozenset()
    assert any_of(an_answer(None, "a"), YES).missing == frozenset()
    assert any_of(an_answer(None, "a"), NO).missing == {"a"}


def test_the_opposite_of_unknown_is_unknown_with_the_same_question():
    assert an_answer(None, "a").negated() == Answer(Finding.UNKNOWN, frozenset({"a"}))
    assert YES.negated() == NO
    assert NO.negated() == YES


def test_every_finding_has_a_word_for_the_screen():
    assert [finding.label for finding in Finding] == ["満たす", "満たさない", "未確認"]
