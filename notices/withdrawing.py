"""Letters that must not go out after all, because what they tell of was taken back before they were bound."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from audit.actors import Actor
from audit.services import service
from notices.enums import LetterState
from notices.issuing import run_label
from notices.models import Letter

UNBOUND = (LetterState.DRAFTED, LetterState.HELD, LetterState.RENDERED)


@service
def withdraw_letters(*, occasions: Collection[str], by: Actor, at: datetime) -> dict[str, str]:
    """Cancel the letters of some occasions; a document number that was given out stays with its cancelled letter.

    Gives, by occasion, why a letter cannot be cancelled any more (a Japanese sentence): it is bound into a print run, or was
    posted. An occasion without a letter has nothing to cancel.
    """
    letters = Letter.objects.filter(occasion__in=occasions).select_related("run__office").order_by("pk")
    refused: dict[str, str] = {}
    withdrawn = []
    for letter in letters.select_for_update(of=("self",)):
        if letter.state in UNBOUND:
            withdrawn.append(letter.pk)
        elif letter.state == LetterState.POSTED:
            refused[letter.occasion] = "決定通知を発送済みです。免除の取消として扱ってください。"
        elif letter.run is not None:
            refused[letter.occasion] = (
                f"決定通知が印刷便 {run_label(letter.run)} に入っています。先にその印刷便を破棄してください。"
            )
    Letter.objects.filter(pk__in=withdrawn).update(
        state=LetterState.CANCELLED, hold_cause="", hold_detail="", held_on=None
    )
    return refused
