"""Keeping the answers of guided questions with an application that is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from audit.actors import Actor
from audit.services import service
from loans.models import OPEN_STATES, LendingApplication
from loans.refusals import MovedMeanwhile
from loans.services.moves import lock_application
from loans.services.tasks import worker

INVOLVEMENT, POINTS = "involvement", "five_points"


@service
def answer_group(
    *, application_id: int, group: str, answers: Mapping[str, str], version: int, by: Actor, at: datetime
) -> LendingApplication:
    """Replace one group of answers. Refused once the application is decided, or where somebody saved it first."""
    person = worker(by, at)
    application = lock_application(application_id, person)
    if application.state not in OPEN_STATES:
        raise MovedMeanwhile(f"申込み {application} は「{application.get_state_display()}」のため、変えられません。")
    if version != application.version:
        raise MovedMeanwhile("ほかの画面または職員が、この申込みを先に保存しました。新しい内容を確かめてください。")
    kept = {name: found for name, found in application.answers.items() if name != group}
    application.answers = kept | ({group: dict(answers)} if answers else {})
    application.version += 1
    application.save(update_fields=["answers", "version"])
    return application
