"""Draw up a bulk approval, approve it, put it away, take it back. What is long runs in the background (``steps``)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Permission, permissions_of
from audit.actors import Actor
from audit.services import service
from exemptions.bulk.enums import BulkState, RowState
from exemptions.bulk.proving import Group
from exemptions.bulk.steps import APPROVE, LOOK, TAKE_BACK, settle
from exemptions.bulk.undoing import take_back_rows
from exemptions.enums import ApplicationState
from exemptions.models import Application, Bulk, BulkRow
from exemptions.services.moves import member_of_staff
from jobs.engine import open_run, retry_failed
from jobs.models import Run
from jobs.tasks import advance_run


class BulkRefused(Exception):
    """A bulk approval cannot be moved on; the text is a Japanese sentence for the person who tried."""


@service
def draw_up(*, group: Group, office: Office | None, by: Actor, at: datetime) -> Bulk:
    """Have every proposal of a fund and year looked at, in the background. Nothing of them is changed.

    Those with another ground, or that deviate in whatever else, come out with their reasons.
    """
    person = member_of_staff(by)
    day = timezone.localtime(at).date()
    held = permissions_of(person.roles_on(day))
    if not held & {Permission.REVIEW_EXEMPTIONS, Permission.DECIDE_EXEMPTIONS}:
        raise BulkRefused("一括承認の試算をする権限がありません。")
    of_year = Q(fiscal_year__isnull=True) if group.fiscal_year is None else Q(fiscal_year=group.fiscal_year)
    waiting = Application.objects.visible_to(person).filter(
        of_year, state=ApplicationState.UNDER_REVIEW, loan__fund=group.fund
    )
    if office is not None:
        waiting = waiting.filter(office=office)
    keys = list(waiting.order_by("received_on", "pk").values_list("pk", flat=True))
    if not keys:
        raise BulkRefused("この条件で決裁を待っている申請はありません。")
    bulk = Bulk.objects.create(
        ground=group.ground,
        fund=group.fund,
        fiscal_year=group.fiscal_year,
        office=office,
        drawn_by=person,
        drawn_at=at,
        looked_on=day,
    )
    BulkRow.objects.bulk_create(BulkRow(bulk=bulk, application_id=key) for key in keys)
    bulk.look = begin(bulk, LOOK.code, person, at, decides=Permission.DECIDE_EXEMPTIONS in held)
    bulk.save(update_fields=["look"])
    return bulk


def begin(bulk: Bulk, kind: str, person: User, at: datetime, **parameters: bool) -> Run:
    """Open the run that does the work, and send it to the workers once all this is written."""
    tries = Run.objects.filter(kind=kind, parameters__bulk=bulk.pk).count()
    run = open_run(
        kind=kind,
        business_date=timezone.localtime(at).date(),
        key=f"{bulk.pk}.{tries + 1}",
        parameters={"bulk": bulk.pk, **parameters},
        by_id=person.pk,
    )
    transaction.on_commit(lambda: advance_run.delay(run.pk))
    return run


def lock(bulk_id: int, *needed: BulkState) -> Bulk:
    bulk = Bulk.objects.select_for_update(of=("self",)).get(pk=bulk_id)
    if bulk.state not in needed:
        raise BulkRefused(f"この一括承認は「{bulk.get_state_display()}」のため、操作できません。")
    return bulk


def decider(by: Actor, at: datetime) -> User:
    """The supervisor behind an actor. Deputies decide one by one."""
    person = member_of_staff(by)
    if Permission.DECIDE_EXEMPTIONS not in permissions_of(person.roles_on(timezone.localtime(at).date())):
        raise BulkRefused("一括承認は、決裁の権限がある人だけができます（代決はできません）。")
    return person


@service
def approve(*, bulk_id: int, by: Actor, at: datetime) -> Bulk:
    """Approve the equal rows of a bulk approval, in the background, as of now.

    Only on the day of the look: on another day the findings may be others. What the supervisor entered or proposed, and
    whatever changed since the look, is left out with its reason.
    """
    person = decider(by, at)
    bulk = lock(bulk_id, BulkState.LOOKED)
    if bulk.looked_on != timezone.localtime(at).date():
        raise BulkRefused("試算した日と日付が変わりました。もう一度試算してください。")
    if not bulk.rows.filter(state=RowState.IN).exists():
        raise BulkRefused("承認できる申請がありません。")
    bulk.state, bulk.approved_by, bulk.approved_at = BulkState.APPROVING, person, at
    bulk.approval = begin(bulk, APPROVE.code, person, at)
    bulk.save(update_fields=["state", "approved_by", "approved_at", "approval"])
    return bulk


@service
def discard(*, bulk_id: int, by: Actor, at: datetime) -> Bulk:
    """Put a look away; nothing was decided."""
    member_of_staff(by)
    bulk = lock(bulk_id, BulkState.LOOKED)
    bulk.state = BulkState.DISCARDED
    bulk.save(update_fields=["state"])
    return bulk


@service
def go_on(*, bulk_id: int, by: Actor, at: datetime) -> Bulk:
    """Run again what broke off unforeseen: the chunks that failed, whose rows are as they were."""
    member_of_staff(by)
    bulk = lock(bulk_id, BulkState.LOOKED, BulkState.APPROVED)
    approving = bulk.state == BulkState.APPROVED
    run_id = bulk.approval_id if approving else bulk.look_id
    if approving:
        decider(by, at)
    if run_id is None or not retry_failed(run_id):
        raise BulkRefused("続きを処理する行はありません。")
    bulk.state = BulkState.APPROVING if approving else BulkState.LOOKING
    bulk.save(update_fields=["state"])
    transaction.on_commit(lambda: advance_run.delay(run_id))
    return bulk


@service
def take_back(*, bulk_id: int, reason: str, row_id: int | None = None, by: Actor, at: datetime) -> Bulk:
    """Take back what was approved: one row at once, or all of them in the background, with the reason.

    Decisions whose letter is bound or posted stay, and say so.
    """
    person = decider(by, at)
    bulk = lock(bulk_id, BulkState.APPROVED)
    if not reason.strip():
        raise BulkRefused("取り消す理由を入力してください。")
    bulk.undo_by, bulk.undo_at, bulk.undo_reason = person, at, reason.strip()[:200]
    if row_id is None:
        bulk.state = BulkState.TAKING_BACK
        bulk.undo = begin(bulk, TAKE_BACK.code, person, at)
    bulk.save(update_fields=["state", "undo_by", "undo_at", "undo_reason", "undo"])
    if row_id is not None:
        row = bulk.rows.filter(pk=row_id, state=RowState.APPROVED).first()
        if row is None:
            raise BulkRefused("この行は、すでに取り消されています。")
        take_back_rows(rows=[row], reason=reason, person=person, by=by, at=at)
        if row.state == RowState.APPROVED:
            raise BulkRefused(row.reasons[0])
        settle(bulk)
    return bulk
