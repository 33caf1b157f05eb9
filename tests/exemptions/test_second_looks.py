"""Gold test N-18: a drawn sample is reviewed blind, agreement is counted, like cases decided differently are all found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.enums import Role
from audit.actors import Actor
from exemptions.enums import Outcome
from exemptions.models import Decision, DecisionLikeness, SampleDraw, SecondLook, UnlikePair
from exemptions.second_looks import services
from exemptions.second_looks.drawing import drawn
from exemptions.second_looks.enums import Conclusion
from exemptions.second_looks.likeness import Agreement, Decided, likeness, unlike_pairs
from exemptions.second_looks.night import STEPS
from exemptions.second_looks.services import LookRefused
from jobs.nightly import run_step
from tests.exemptions.browsers import signed_in, words
from tests.exemptions.builders import DECIDED, Staff, Story, some_staff
from tests.exemptions.bulk import equal_stories
from tests.people.builders import a_member_of_staff

DAY = date(2023, 9, 20)
AFTER = DECIDED + timedelta(days=11)


# --- pure -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("of", "percent", "number"), [(0, 4, 0), (1, 3, 1), (100, 4, 4), (101, 4, 5), (1_000, 5, 50)])
def test_a_sample_has_so_many_per_cent_rounded_up(of: int, percent: int, number: int) -> None:
    assert len(drawn(range(of), percent=percent, seed="a")) == number


def test_the_seed_alone_decides_whom_the_sample_holds() -> None:
    keys = list(range(500))
    again = keys[::-1]
    assert drawn(keys, percent=4, seed="0f") == drawn(again, percent=4, seed="0f")
    assert drawn(keys, percent=4, seed="0f") != drawn(keys, percent=4, seed="1f")


def test_what_matters_is_what_was_found_and_not_in_which_words() -> None:
    found = {"subject": "RESIDENCE_TAX", "version": "EX-11@2020-03-25", "finding": "met", "value": "令和5年度"}
    other = found | {"value": "令和4年度", "because": "別の文"}
    elsewhere = {"subject": "DEATH", "version": "EX-50@2020-03-25", "finding": "not_met"}
    plain: dict[str, Any] = {"fund": "SP_SMALL", "asked": ["RESIDENCE_TAX"], "result": "eligible", "flags": []}
    key = likeness(**plain, checks=[found])
    assert key == likeness(**plain, checks=[elsewhere, other])
    assert key != likeness(**plain, checks=[found | {"finding": "unknown"}])
    assert key != likeness(**plain, checks=[found | {"version": "EX-11@2026-04-01"}])
    assert key != likeness(**plain | {"flags": ["late"]}, checks=[found])
    assert key != likeness(**plain | {"fund": "SP_GS_INITIAL"}, checks=[found])


def test_every_planted_pair_is_found_and_nothing_else() -> None:
    random = Random(18)
    decisions, planted = [], set()
    for n in range(2_000):
        decisions.append(Decided(n, f"like-{n % 400}", "APPROVED", DAY + timedelta(days=n % 90)))
    for n, group in enumerate(random.sample(range(400), 120)):
        odd = Decided(10_000 + n, f"like-{group}", "REFUSED", DAY + timedelta(days=200))
        decisions.append(odd)
        planted.add(odd.key)
    random.shuffle(decisions)
    pairs = unlike_pairs(decisions)
    assert {second for _, second in pairs} == planted and len(pairs) == 120
    by_key = {each.key: each for each in decisions}
    assert all(by_key[first].likeness == by_key[second].likeness for first, second in pairs)


def test_agreement_is_told_in_tenths_of_a_per_cent() -> None:
    assert Agreement({}).text == "まだありません"
    counted = {("APPROVED", "APPROVED"): 37, ("REFUSED", "REFUSED"): 2, ("APPROVED", "REFUSED"): 1}
    assert (Agreement(counted).given, Agreement(counted).agreed, Agreement(counted).text) == (40, 39, "97.5%")


# --- stored -----------------------------------------------------------------------------------------


@pytest.fixture
def on_the_day() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


def decided_stories(staff: Staff) -> tuple[list[Story], Story]:
    """Four like cases; three approved, one refused."""
    *approved, refused = equal_stories(staff, 4)
    for story in approved:
        story.approve()
    refused.refuse(by=staff.other_supervisor, reason="書類の印象による")
    return approved, refused


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_a_case_of_the_sample_is_answered_blind_by_somebody_who_had_no_part_in_it() -> None:
    staff = some_staff()
    _, refused = decided_stories(staff)
    draw = services.draw_sample(
        until=DAY, person=staff.supervisor, by=Actor.person(staff.supervisor), at=AFTER, seed="seed-18"
    )
    assert draw is not None and (draw.decisions, draw.picked, draw.percent) == (4, 1, 4)
    (look,) = SecondLook.objects.all()
    assert [look.decision_id] == drawn(Decision.objects.values_list("pk", flat=True), percent=4, seed=draw.seed)
    again = services.draw_sample(until=DAY, person=None, by=Actor.machine("night"), at=AFTER)
    assert again is None and SampleDraw.objects.count() == 1

    look.decision = refused.reloaded().decision
    look.entered_by, look.prepared_by = look.decision.entered_by, look.decision.prepared_by
    look.decided_by = look.decision.decided_by
    look.save()
    fresh, clerk = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.PREFECTURAL_CLERK)
    address = reverse("exemptions:second_look", args=[look.pk])
    blind = words(signed_in(clerk).get(address))
    for secret in ("不承認 ", "書類の印象", staff.other_supervisor.name, staff.preparer.name, "最初の決定の理由"):
        assert secret not in blind.replace("承認 不承認", "")
    assert "EX-11" in blind and "最初の決定は表示していません" in blind

    for party in (staff.preparer, staff.other_supervisor):
        with pytest.raises(LookRefused, match="関わった人"):
            services.give(
                look_id=look.pk, outcome=Outcome.APPROVED, reason="要件を満たす", by=Actor.person(party), at=AFTER
            )
    with pytest.raises(IntegrityError, match="second_look_by_somebody_else"), transaction.atomic():
        SecondLook.objects.filter(pk=look.pk).update(
            outcome="APPROVED", agrees=False, given_by=staff.other_supervisor, given_at=AFTER
        )
    with pytest.raises(LookRefused, match="理由"):
        services.give(look_id=look.pk, outcome=Outcome.APPROVED, reason=" ", by=Actor.person(clerk), at=AFTER)
    signed_in(clerk).post(
        reverse("exemptions:second_look_give", args=[look.pk]), {"outcome": "APPROVED", "reason": "要件を満たす"}
    )
    look.refresh_from_db()
    assert (look.outcome, look.agrees, look.given_by) == ("APPROVED", False, clerk)
    with pytest.raises(LookRefused, match="すでに"):
        services.give(look_id=look.pk, outcome=Outcome.REFUSED, reason="再考", by=Actor.person(fresh), at=AFTER)
    told = words(signed_in(fresh).get(address))
    assert "書類の印象" in told and "不一致" in told and "要件を満たす" in told
    listed = words(signed_in(fresh).get(reverse("exemptions:second_looks"), {"show": "differ"}))
    assert "一致の割合 0.0%" in listed and str(refused.application) in listed

    for party in (staff.other_supervisor, clerk):
        with pytest.raises(LookRefused):
            services.conclude_look(
                look_id=look.pk,
                conclusion=Conclusion.PRACTICE,
                note="基準をそろえる",
                by=Actor.person(party),
                at=AFTER,
            )
    signed_in(fresh).post(
        reverse("exemptions:second_look_conclude", args=[look.pk]),
        {"conclusion": "practice", "note": "基準をそろえる"},
    )
    look.refresh_from_db()
    assert (look.conclusion, look.concluded_by) == ("practice", fresh)


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_day")
def test_the_night_finds_like_cases_that_were_decided_differently_once_and_draws_on_the_first() -> None:
    staff = some_staff()
    approved, refused = decided_stories(staff)
    (step,) = STEPS
    assert run_step(step, business_date=date(2023, 9, 30)).failed == 0
    assert DecisionLikeness.objects.count() == 4 and SampleDraw.objects.count() == 0
    (pair,) = UnlikePair.objects.all()
    keys = {story.reloaded().decision.pk for story in (approved[0], refused)}
    assert {pair.first_id, pair.second_id} == keys
    assert run_step(step, business_date=date(2023, 10, 1)).failed == 0
    assert UnlikePair.objects.count() == 1
    drawing = SampleDraw.objects.get()
    assert (drawing.until, drawing.decisions, drawing.drawn_by) == (date(2023, 9, 30), 4, None)

    fresh = a_member_of_staff(Role.SUPERVISOR)
    address = reverse("exemptions:unlike_pair", args=[pair.pk])
    shown = words(signed_in(fresh).get(address))
    assert str(approved[0].application) in shown and str(refused.application) in shown
    assert shown.count("EX-11") >= 2 and "書類の印象" in shown
    with pytest.raises(LookRefused, match="決裁または再審査"):
        services.conclude_pair(
            pair_id=pair.pk, conclusion=Conclusion.STANDS, note="確認済み", by=Actor.person(staff.supervisor), at=AFTER
        )
    signed_in(fresh).post(
        reverse("exemptions:unlike_pair_conclude", args=[pair.pk]), {"conclusion": "reviewed", "note": "再申請を案内"}
    )
    pair.refresh_from_db()
    assert pair.conclusion == "reviewed"
    assert "検討する" in words(signed_in(fresh).get(address))
