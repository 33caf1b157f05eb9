"""What people do with letters: print a run, sign it off as posted, put a run away, send a held letter on."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from notices.enums import LetterState, PrintRunState
from notices.models import Letter, PrintRun
from notices.selectors import withheld_in


class LetterRefused(Exception):
    """Something cannot be done with a letter or a run; the text is a Japanese sentence for the person who tried."""


def need(user: User, permission: Permission) -> None:
    if not user.can(permission):
        raise LetterRefused("この操作の権限がありません。")


def ready_run(run_id: int) -> PrintRun:
    """The run, locked, if it waits to be printed or posted."""
    run = PrintRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != PrintRunState.READY:
        raise LetterRefused(f"この印刷便は「{run.get_state_display()}」のため、変更できません。")
    if withheld_in(run):
        raise LetterRefused(
            "作成後に支援措置の対象となった方が含まれています。この印刷便を破棄すると、その方を除いて次の夜間処理で作り直します。"
        )
    return run


@service
def mark_printed(*, run_id: int, user: User, by: Actor, at: datetime) -> PrintRun:
    """Somebody printed the run's file; another person signs off the posting."""
    need(user, Permission.RUN_LETTERS)
    run = ready_run(run_id)
    if run.printed_at is not None:
        raise LetterRefused("この印刷便はすでに印刷済みとして記録されています。")
    run.printed_by, run.printed_at = user, at
    run.save(update_fields=["printed_by", "printed_at"])
    return run


@service
def mark_posted(*, run_id: int, user: User, by: Actor, at: datetime) -> PrintRun:
    """A second person signs off that every letter of the run went into the post."""
    need(user, Permission.SIGN_OFF_POSTING)
    run = ready_run(run_id)
    if run.printed_at is None:
        raise LetterRefused("先に「印刷した」を記録してください。")
    if run.printed_by_id == user.pk:
        raise LetterRefused("印刷した人は発送の確認ができません。別の職員が確認してください。")
    run.posted_by, run.posted_at, run.state = user, at, PrintRunState.POSTED
    run.save(update_fields=["posted_by", "posted_at", "state"])
    run.letters.filter(state=LetterState.IN_RUN).update(state=LetterState.POSTED)
    return run


@service
def void_run(*, run_id: int, user: User, by: Actor, at: datetime) -> PrintRun:
    """Put a run away that is not posted; its letters are issued again by the next night, under the same numbers."""
    need(user, Permission.RUN_LETTERS)
    run = PrintRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != PrintRunState.READY:
        raise LetterRefused(f"この印刷便は「{run.get_state_display()}」のため、破棄できません。")
    run.letters.update(state=LetterState.DRAFTED, run=None, first_page=None, releases=F("releases") + 1)
    run.state = PrintRunState.VOID
    run.save(update_fields=["state"])
    return run


@service
def release_letter(*, letter_id: int, user: User, by: Actor, at: datetime) -> Letter:
    """Send a held letter on to the next night, after the cause was seen to; it is held again if the cause still stands."""
    need(user, Permission.RUN_LETTERS)
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter_id)
    if letter.state != LetterState.HELD:
        raise LetterRefused(f"この通知は「{letter.get_state_display()}」のため、保留を解除できません。")
    letter.state, letter.hold_cause, letter.hold_detail = LetterState.DRAFTED, "", ""
    letter.held_on, letter.releases = None, letter.releases + 1
    letter.save(update_fields=["state", "hold_cause", "hold_detail", "held_on", "releases"])
    return letter
