"""Changing what differs by prefecture: one person proposes with a source, another approves.

Refusals are :class:`SettingRefused`; their text is the sentence that the person at the screen reads.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actors import Actor
from audit.services import service
from rulebook.models import SettingRow
from rulebook.selectors import stored_value
from rulebook.setting_keys import BY_KEY, SettingError


class SettingRefused(Exception):
    """A change of settings that must not be made. ``str()`` is a Japanese sentence for the person who tried."""


@service
def propose_setting(
    *, key: str, value: Any, valid_from: date, source: str, reason: str = "", by: Actor, at: datetime
) -> SettingRow:
    """Propose a value (JSON) for a key from a day on, today at the earliest. It stands once a second person approved it.

    Refused: an unknown key, a value that does not fit, no source, the value that stands on that day anyway, a second
    change of the same key for the same day.
    """
    proposer = _staff(by, Permission.PROPOSE_SETTINGS, "設定の変更を起案できるのは、都道府県社協の職員と決裁者です。")
    if key not in BY_KEY:
        raise SettingRefused(f"「{key}」という設定はありません。")
    setting = BY_KEY[key]
    try:
        chosen = setting.read(value)
    except SettingError as error:
        raise SettingRefused(error.message_ja) from None
    if valid_from < timezone.localdate(at):
        raise SettingRefused("適用開始日は今日以降の日付にしてください。過去の判定は変えられません。")
    if not source.strip():
        raise SettingRefused("根拠（通知・規程などの文書名と箇所）を入力してください。")
    if stored_value(setting, valid_from) == setting.write(chosen):
        raise SettingRefused("その日の値と同じです。変更する必要はありません。")
    row = SettingRow(
        key=key,
        value=setting.write(chosen),
        valid_from=valid_from,
        source=source.strip(),
        reason=reason.strip(),
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
    """Let a proposal stand from its day on. Never by the person who proposed it, never after its day has passed."""
    approver = _staff(by, Permission.APPROVE_SETTINGS, "設定の変更を承認できるのは決裁者です。")
    row = _open(row_id)
    if row.approved_at is not None:
        raise SettingRefused("この変更はすでに承認されています。")
    if row.proposed_by_id == approver.pk:
        raise SettingRefused("起案した人は承認できません。ほかの決裁者が承認してください。")
    if row.valid_from < timezone.localdate(at):
        raise SettingRefused("適用開始日を過ぎています。取り下げて、今日以降の日付で起案し直してください。")
    row.approved_by, row.approved_at = approver, at
    row.save(update_fields=["approved_by", "approved_at"])
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


def _open(row_id: int) -> SettingRow:
    row = SettingRow.objects.select_for_update().get(pk=row_id)
    if row.withdrawn_at is not None:
        raise SettingRefused("この変更はすでに取り下げられています。")
    return row
