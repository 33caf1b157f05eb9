"""H-20: at most six questions, no borrower looked up, and every end with its papers and rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role
from audit.models import AccessLog
from exemptions.flowchart.questions import MOST, Question, next_step, path_of
from exemptions.flowchart.results import Result
from rulebook.rules import find_rule
from tests.people.builders import a_member_of_staff

ON = date(2026, 11, 21)


def walks(taken: dict[str, str], on: date) -> Iterator[tuple[dict[str, str], Result]]:
    step = next_step(taken, on)
    if isinstance(step, Result):
        yield taken, step
        return
    assert step.key not in taken
    for choice in step.choices:
        yield from walks({**taken, step.key: choice.value}, on)


@pytest.mark.parametrize("on", [date(2022, 9, 5), date(2024, 6, 20), ON])
def test_h_20_every_way_through_takes_six_questions_at_most_and_ends_with_papers_and_rules(on):
    ends = list(walks({}, on))

    assert max(len(taken) for taken, _ in ends) <= MOST
    for _, result in ends:
        assert result.papers
        assert result.notes
        assert all(find_rule(code, on) is not None for code in result.rules)
        assert all(text.endswith("。") for text in (result.covers, *result.notes))


CASES = [
    (
        {"fund": "initial-early", "state": "none", "head": "self", "tax": "yes"},
        "residence_tax",
        "令和3年度または令和4年度",
    ),
    ({"fund": "extension", "state": "none", "head": "self", "tax": "yes"}, "residence_tax", "借受人の令和5年度"),
    (
        {"fund": "reloan", "state": "none", "head": "together", "tax": "yes"},
        "residence_tax",
        "借受人と世帯主の令和6年度",
    ),
    (
        {"fund": "small-late", "state": "none", "head": "separate", "tax": "unknown"},
        "residence_tax_to_prove",
        "令和5年度",
    ),
    (
        {"fund": "reloan", "state": "none", "head": "unobtainable", "tax": "no", "later": "yes"},
        "later_year",
        "事情を確認できる書類",
    ),
    (
        {"fund": "initial-late", "state": "none", "head": "self", "tax": "no", "later": "no", "arrears": "yes"},
        "long_arrears",
        "令和8年度",
    ),
    (
        {"fund": "reloan", "state": "none", "head": "self", "tax": "no", "later": "no", "arrears": "no"},
        "nothing_now",
        "猶予",
    ),
    ({"fund": "initial-early", "state": "assistance"}, "public_assistance", "生活保護受給証明書"),
    ({"fund": "reloan", "state": "card"}, "disability", "障害者手帳の写し"),
    ({"fund": "regular", "state": "death"}, "death", "死亡を確認できる書類"),
    ({"fund": "regular", "state": "assistance"}, "nothing_now", "猶予"),
    ({"fund": "small-early", "state": "bankruptcy"}, "bankruptcy", "免責"),
]


@pytest.mark.parametrize(("answers", "key", "paper"), CASES)
def test_answers_lead_to_their_result(answers, key, paper):
    path, result = path_of(answers, ON)

    assert isinstance(result, Result)
    assert len(path) == len(answers)
    assert result.key == key
    assert paper in "".join(result.papers)


def test_the_later_year_is_asked_only_once_one_is_fixed_and_the_next_chance_is_told():
    taxed = {"fund": "reloan", "state": "none", "head": "self", "tax": "no"}
    _, in_2024 = path_of(taxed, date(2024, 9, 1))
    _, in_2026 = path_of(taxed, ON)
    assert isinstance(in_2024, Question)
    assert isinstance(in_2026, Question)
    assert (in_2024.key, in_2026.key) == ("arrears", "later")
    _, end = path_of({**taxed, "later": "no", "arrears": "no"}, ON)
    assert isinstance(end, Result)
    assert any("令和9年6月" in note for note in end.notes)


def test_a_year_that_is_not_fixed_yet_is_not_asked_about():
    _, end = path_of({"fund": "reloan", "state": "none", "head": "self"}, date(2022, 9, 5))

    assert isinstance(end, Result)
    assert any("令和6年6月に判定年度の住民税が決まると" in note for note in end.notes)


def test_an_answer_that_is_none_is_asked_again():
    path, step = path_of({"fund": "initial-early", "state": "'; drop"}, ON)

    assert len(path) == 1
    assert isinstance(step, Question)
    assert step.key == "state"


@pytest.mark.django_db
def test_the_page_asks_leads_back_prints_and_leaves_nothing_behind(client):
    client.force_login(a_member_of_staff(Role.MUNICIPAL_CLERK))
    url = reverse("exemptions:flowchart")
    first = client.get(url).content.decode()
    last = client.get(url, {"fund": "reloan", "state": "card"}).content.decode()

    assert "質問1" in first
    assert "要件③（障害者手帳）で申請できます" in last
    assert "障害者手帳の写し" in last
    assert f"{url}?fund=reloan" in last
    assert not AccessLog.objects.exists()
