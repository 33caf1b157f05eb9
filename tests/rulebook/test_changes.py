"""改正のお知らせ: what was published stands there with what stood before, until each office has read it (N-21, G-21)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from audit.actors import Actor
from rulebook.changes import changes_for, mark_read, unread_changes
from rulebook.models import ChangeReading
from rulebook.refusals import SettingRefused
from rulebook.services import approve_setting, propose_setting
from tests.people.builders import a_member_of_staff, an_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = date(2026, 11, 20)


def test_n_21_a_published_change_is_told_to_every_office_until_somebody_there_has_read_it() -> None:
    clerk, supervisor = a_member_of_staff(Role.PREFECTURAL_CLERK), a_member_of_staff(Role.SUPERVISOR)
    reader = a_member_of_staff(Role.MUNICIPAL_CLERK, office=an_office(name="見本町社会福祉協議会"))
    row = propose_setting(
        key="residence_record_max_age_months", value=6, valid_from=DAY + timedelta(days=11),
        source="運営委員会議事録 議題3", by=Actor.person(clerk), at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(SettingRefused, match="公表されていません"):
        mark_read(change_id=row.pk, by=Actor.person(reader), at=timezone.now())
    assert changes_for(reader, on=DAY) == []
    approve_setting(row_id=row.pk, by=Actor.person(supervisor), at=timezone.now())
    (change,) = changes_for(reader, on=DAY)
    assert (change.before_ja, change.after_ja, change.read_by_us) == ("3か月", "6か月", False)
    assert "見本町社会福祉協議会" in change.unread_by
    assert unread_changes(reader, on=DAY).count() == 1
    for _ in range(2):
        mark_read(change_id=row.pk, by=Actor.person(reader), at=timezone.now())
    assert ChangeReading.objects.count() == 1
    (change,) = changes_for(reader, on=DAY)
    assert (change.read_by, change.read_by_us) == (("見本町社会福祉協議会",), True)
    assert unread_changes(reader, on=DAY).count() == 0
    assert unread_changes(supervisor, on=DAY).count() == 1
    assert changes_for(reader, on=DAY + timedelta(days=500)) == []
