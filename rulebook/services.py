"""Changing what differs by prefecture, and what a rule says: one person proposes with a source, another approves.

A proposal is the draft, its approval the publication: from its day on it stands. What moves held loans is published only
with a finished simulation of exactly this draft (N-21). Refusals are :class:`SettingRefused`; their text is the sentence
that the person at the screen reads.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from rulebook.certifying import Standing, standing_of
from rulebook.keys import key_named
from rulebook.models import SettingRow, SimulationCertificate
from rulebook.refusals import NoSimulation, NoSource, OnePersonAlone, SettingRefused, StaleSimulation
from rulebook.selectors import stored_value
from rulebook.setting_keys import SettingError

__all__ = ["SettingRefused", "approve_setting", "propose_setting", "withdraw_setting"]


@service
def propose_setting(
    *, key: str, value: Any, valid_from: date, source: str, reason: str = "", by: Actor, at: datetime
) -> SettingRow:
    """Propose a value (JSON) for a key from a day on, today at the earliest. It stands once a second person approved it.

    Refused: an unknown key, a value that does not fit, no source, the value that stands on that day anyway, a second
    change of the same key for the same day.
    """
    proposer = _staff(by, Permission.PROPOSE_SETTINGS, "設定の変更を起案できるのは、都道府県社協の職員と決裁者です。")
    setting = key_named(key)
    if setting is None:
        raise SettingRefused(f"「{key}」という設定はありません。")
    try:
        chosen = setting.read(value)
    except SettingError as error:
        raise SettingRefused(error.message_ja) from None
    if valid_from < timezone.localdate(at):
        raise SettingRefused("適用開始日は今日以降の日付にしてください。過去の判定は変えられません。")
    if not source.strip():
        raise NoSource
    if stored_value(setting, valid_from) == setting.write(chosen):
        raise SettingRefused("その日の値と同じです。変更する必要はありません。")
    row = SettingRow(
        key=key,
        value=setting.write(chosen),
        valid_from=valid_from,
        source=source.strip(),
        reason=reason.strip(),
        needs_simulation=setting.moves.needs_simulation,
        proposed_by=proposer,
        proposed_at=at,
    )
    try:
        row.clean_fields()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        raise SettingRefused(error.messages[0]) from None
    except IntegrityError:
        raise SettingRefused(
            "この設定には、同じ日から始まる変更がすでにあります。取り下げるか、別の日を選んでください。"
        ) from None
    return row


@service
def approve_setting(*, row_id: int, by: Actor, at: datetime) -> SettingRow:
    """Let a proposal stand from its day on. Never by the person who proposed it, never after its day has passed.

    What moves held loans also needs a finished simulation of this very draft, upon the settings and rules that stand on its
    day now, not older than the setting ``simulation_valid_days``: ``NoSimulation``, ``StaleSimulation``.
    """
    approver = _staff(by, Permission.APPROVE_SETTINGS, "設定の変更を承認できるのは決裁者です。")
    row = _open(row_id)
    if row.approved_at is not None:
        raise SettingRefused("この変更はすでに承認されています。")
    if row.proposed_by_id == approver.pk:
        raise OnePersonAlone
    if row.valid_from < timezone.localdate(at):
        raise SettingRefused("適用開始日を過ぎています。取り下げて、今日以降の日付で起案し直してください。")
    row.certificate = _certificate(row, at) if row.needs_simulation else None
    row.approved_by, row.approved_at = approver, at
    row.save(update_fields=["approved_by", "approved_at", "certificate"])
    return row


@service
def withdraw_setting(*, row_id: int, by: Actor, at: datetime) -> SettingRow:
    """Take back a proposal, or an approved change that has not begun; what has begun is followed by another change.

    By the person who proposed it, or by a supervisor.
    """
    person = _staff(by, Permission.PROPOSE_SETTINGS, "設定の変更を取り下げられるのは、起案した人と決裁者です。")
    row = _open(row_id)
    if row.proposed_by_id != person.pk and not person.can(Permission.APPROVE_SETTINGS):
        raise SettingRefused("設定の変更を取り下げられるのは、起案した人と決裁者です。")
    if row.approved_at is not None and row.valid_from <= timezone.localdate(at):
        raise SettingRefused("すでに適用されています。元に戻すには、新しい変更を起案してください。")
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    return row


def _staff(by: Actor, permission: Permission, refusal: str) -> User:
    """The member of staff who acts. Machines propose and approve nothing."""
    user = User.objects.filter(pk=by.user_id).first() if by.user_id is not None else None
    if user is None or not user.can(permission):
        raise SettingRefused(refusal)
    return user


def _certificate(row: SettingRow, at: datetime) -> SimulationCertificate:
    """The simulation that a publication rests on, while nothing else is published."""
    _one_publication_at_a_time()
    certificate, standing = standing_of(row, at=at)
    if certificate is None:
        raise NoSimulation
    if standing is not Standing.GOOD:
        raise StaleSimulation(standing.because_ja)
    return certificate


def _one_publication_at_a_time() -> None:
    """Two drafts simulated upon the same settings must not both be published: the second has to see the first."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('rulebook:publication'))")


def _open(row_id: int) -> SettingRow:
    row = SettingRow.objects.select_for_update().get(pk=row_id)
    if row.withdrawn_at is not None:
        raise SettingRefused("この変更はすでに取り下げられています。")
    return row
