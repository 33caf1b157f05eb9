"""割当: giving applications to people, evenly and for a reason. A plan is shown first, and carried out as it was shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from audit.actors import Actor
from audit.services import service
from exemptions.enums import ApplicationState
from exemptions.filters import Filters
from exemptions.models import Application, Handover, HandoverLine, StateChange, is_assigned
from exemptions.next_case import decides
from exemptions.refusals import MovedMeanwhile, NotAllowed, NotReady, ReasonMissing
from exemptions.services.moves import member_of_staff
from exemptions.workflow import MAKING
from exemptions.workload.people import Member, members_for
from exemptions.workload.sharing import Carrier, Case, Shared, share_out


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are to be given to whom: the oldest ``most`` (None: all) of a state, an office, a present holder.

    ``people`` empty: they are taken from whoever has them, and are anybody's again.
    """

    state: str
    office: int | None = None
    assigned: str = ""
    most: int | None = None
    people: tuple[int, ...] = ()

    @property
    def filters(self) -> Filters:
        """The same choice as filters of the queue, for the way to the rows."""
        return Filters(state=self.state, office=self.office, assigned=self.assigned)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What one person has in this state now, and would have."""

    member: Member
    now: int
    gets: int
    after: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done. ``number`` cases change hands; ``left`` can be given to nobody of the people named."""

    shared: Shared
    before: dict[int, int | None]
    lines: tuple[PlanLine, ...]

    @property
    def changes(self) -> dict[int, int | None]:
        """To whom each case goes that does not stay where it is."""
        after: dict[int, int | None] = {**self.shared.given}
        if not self.lines:
            after = dict.fromkeys(self.before)
        return {key: person for key, person in after.items() if self.before[key] != person}

    @property
    def number(self) -> int:
        return len(self.changes)

    @property
    def left(self) -> int:
        return len(self.shared.left)


def plan_of(wanted: Wanted, *, user: User, at: datetime, lock: bool = False) -> Plan:
    """Work out who would get what; five queries. ``lock`` holds the rows until the end of the transaction."""
    rows = _chosen(wanted, user=user, at=at)
    if lock:
        rows = rows.select_for_update(of=("self",))
    chosen = list(rows.only("assigned_to", "assigned_at", "state_since", "entered_by", "prepared_by"))
    before = {each.pk: _holder(each) for each in chosen}
    on = timezone.localtime(at).date()
    members = [member for member in members_for(wanted.state, on=on) if member.key in wanted.people]
    barred: dict[int, set[int]] = defaultdict(set)
    if wanted.state == ApplicationState.UNDER_REVIEW:
        for each in chosen:
            barred[each.pk] = {each.entered_by_id, *([each.prepared_by_id] if each.prepared_by_id else ())}
        made = StateChange.objects.filter(application__in=list(before), move__in=MAKING)
        for pk, person in made.values_list("application", "by_user"):
            barred[pk].add(person)
    have = _loads(wanted.state, user=user)
    moving = Counter(before.values())
    carriers = [Carrier(member.key, have.get(member.key, 0) - moving[member.key]) for member in members]
    shared = share_out((Case(pk, holder, frozenset(barred[pk])) for pk, holder in before.items()), carriers)
    gets = shared.counts()
    lines = tuple(
        PlanLine(member, have.get(member.key, 0), gets.get(member.key, 0), carrier.load + gets.get(member.key, 0))
        for member, carrier in zip(members, carriers, strict=True)
    )
    return Plan(shared, before, lines)


def _chosen(wanted: Wanted, *, user: User, at: datetime) -> QuerySet[Application]:
    rows = wanted.filters.apply(Application.objects.visible_to(user), user=user, at=at).order_by("received_on", "pk")
    return rows if wanted.most is None else rows[: wanted.most]


def _holder(application: Application) -> int | None:
    """Who was given the present step; the same question as ``is_assigned``, for a locked row."""
    given_at = application.assigned_at
    return application.assigned_to_id if given_at is not None and given_at > application.state_since else None


def _loads(state: str, *, user: User) -> dict[int, int]:
    rows = Application.objects.visible_to(user).filter(is_assigned(), state=state).order_by()
    return dict(rows.values_list("assigned_to").annotate(Count("pk")))


@service
def hand_over(*, wanted: Wanted, reason: str, expected: int, by: Actor, at: datetime) -> Handover:
    """Give the cases to the people, as the plan said that was shown: ``expected`` is how many change hands.

    For supervisors and their deputies. Refused without a reason, where nothing changes hands, and where the plan is another
    by now. Claims stay as they are: who has a case in hand finishes it.
    """
    person = member_of_staff(by)
    if not decides(person, on=timezone.localtime(at).date()):
        raise NotAllowed("申請を割り当てる権限がありません。")
    if not reason.strip():
        raise ReasonMissing("割り当てる理由を入力してください。")
    plan = plan_of(wanted, user=person, at=at, lock=True)
    changes = plan.changes
    if len(changes) != expected:
        raise MovedMeanwhile(
            f"案を表示した後に申請が動きました（{expected}件が{len(changes)}件に）。新しい案を確かめてください。"
        )
    if not changes:
        raise NotReady("担当者が変わる申請はありません。")
    made = Handover.objects.create(reason=reason.strip()[:200], number=len(changes), made_by=person, made_at=at)
    HandoverLine.objects.bulk_create(
        HandoverLine(handover=made, application_id=key, before_id=plan.before[key], after_id=after)
        for key, after in changes.items()
    )
    for after in set(changes.values()):
        keys = [key for key, to in changes.items() if to == after]
        given_at = at if after is not None else None
        Application.objects.filter(pk__in=keys).update(assigned_to=after, assigned_at=given_at)
    return made


def handovers(limit: int = 20) -> QuerySet[Handover]:
    """The last handovers, the newest first."""
    return Handover.objects.select_related("made_by").order_by("-pk")[:limit]
