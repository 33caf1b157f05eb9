"""Taking an exemption back, in tests: the proposal and the decision on what is shown at that moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accounts.models import User
from audit.actors import Actor
from exemptions.enums import RevocationGround
from exemptions.models import Revocation
from exemptions.revoking.outlook import outlook
from exemptions.revoking.services import agree_to_revocation, propose_revocation
from repayment.services import post_payment
from tests.exemptions.builders import DECIDED, MACHINE, TOKYO, Story

FOUND = date(2024, 5, 7)
PROPOSED = datetime(2024, 5, 8, 10, 0, tzinfo=TOKYO)
REVOKED = datetime(2024, 5, 10, 10, 0, tzinfo=TOKYO)


def an_approval(story: Story, at: datetime = DECIDED) -> Story:
    """The same story, prepared and approved, and the rest of 2023 paid month by month: nothing but the exemption is left."""
    story.prepare()
    story.approve(at=at)
    for month in range(9, 13):
        day = datetime(2023, month, 26, 12, 0, tzinfo=TOKYO)
        key = f"rest:{story.loan.code}:{month}"
        post_payment(loan=story.loan, amount=5_000, effective_on=day.date(), source_key=key, by=MACHINE, at=day)
    return story


def proposed(story: Story, *, by: User | None = None, at: datetime = PROPOSED, **told: Any) -> Revocation:
    details: dict[str, Any] = {
        "ground": RevocationGround.FALSE_STATEMENT,
        "evidence": "令和6年5月7日に届いた令和5年度課税証明書の写し",
        "found_on": FOUND,
        "reason": "給与収入の申告があり、均等割が課税されていた",
    } | told
    person = Actor.person(by or story.staff.preparer)
    return propose_revocation(application_id=story.application.pk, **details, by=person, at=at)


def revoked(story: Story, *, by: User | None = None, at: datetime = REVOKED, **told: Any) -> Revocation:
    """Proposed by the preparer, decided by a supervisor on what the page shows at that moment."""
    row = proposed(story, **told)
    return agree_to_revocation(
        revocation_id=row.pk, seen=seen(story, at), by=Actor.person(by or story.staff.supervisor), at=at
    )


def seen(story: Story, at: datetime = REVOKED) -> str:
    look = outlook(story.reloaded(), on=at.date())
    assert look.restoration is not None, look.refusal
    return look.restoration.fingerprint
