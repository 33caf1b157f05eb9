"""What waits for one person, by what they may do: each number leads to the rows it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Permission as P
from accounts.selectors import without_role
from exemptions.bulk.enums import BulkState
from exemptions.candidates import listing as candidates
from exemptions.enums import ApplicationState
from exemptions.filters import TARGET_DAYS, Age, Filters
from exemptions.models import Application, Bulk, Revocation
from exemptions.next_case import decides
from exemptions.second_looks.selectors import numbers as second_look_numbers
from jobs.enums import ImportState
from jobs.models import ImportBatch
from loans.deciding.enums import ProposalState
from loans.disbursement.enums import TransferState
from loans.enums import LendingState
from loans.intake import worklist
from loans.models import LoanDeed
from notices.enums import LetterState, PrintRunState
from notices.models import Letter
from notices.selectors import count_due, runs_for
from people.duplicates import selectors as duplicates
from people.enums import PairState
from people.protections import endings_to_answer
from people.selectors import own_reveals, reveals_to_answer
from people.transit.selectors import red_count, to_receive_count
from repayment.aftercare.assistance import assistance_found
from repayment.aftercare.support import support_owed
from repayment.aftercare.tasks import tasks_after_lending
from repayment.agreements.selectors import Show
from repayment.agreements.selectors import counts_for as agreement_counts
from repayment.arrears.desk import promises_for
from repayment.closing.selectors import closings
from repayment.debit.desk import waiting_counts as debit_counts
from repayment.debit.enums import DebitState
from repayment.deferring import selectors as deferring
from repayment.deferring.enums import DeferralState
from repayment.enums import PromiseState, RefundState
from repayment.models import PlanChange
from repayment.transfers.desk import urgent_clocks, waiting_counts
from rulebook.changes import unread_changes
from rulebook.models import SettingRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: how many, the day of the oldest, and the page with these rows. ``urgent`` marks lateness."""

    label: str
    number: int
    url: str
    oldest: date | None = None
    note: str = ""
    urgent: bool = False

    @property
    def oldest_in_words(self) -> str:
        """「12日前」; empty where nothing waits."""
        if self.oldest is None:
            return ""
        days = (timezone.localdate() - self.oldest).days
        return f"{days}日前" if days > 0 else "今日"


def waiting_for(user: User, *, at: datetime, on: date) -> Iterator[Waiting]:
    """What waits for somebody at a moment, the work of the day first."""
    if user.can(P.WRITE_CASES) or user.can(P.REVIEW_EXEMPTIONS) or decides(user, on=on):
        yield from _applications(user, on=on)
    if user.can(P.ENTER_LENDING) or user.can(P.REVIEW_LENDING) or user.can(P.DECIDE_LENDING):
        yield from _lending(user)
        yield from _aftercare(user, on=on)
    if user.can(P.ENTER_REPAYMENT) or user.can(P.DECIDE_REPAYMENT):
        yield from _eased(user, on=on)
        yield from _deferrals(user, on=on)
        yield _broken_promises(user, on=on)
    if user.can(P.MOVE_MONEY) or user.can(P.APPROVE_TRANSFERS):
        yield from _transfers(user, on=on)
        yield from _debits(user)
    if user.can(P.APPROVE_TRANSFERS):
        yield from _closings(user)
    if user.can(P.WRITE_CASES):
        yield from _parcels(user, on=on)
    yield from _reveals(user, at=at, on=on)
    if user.can(P.MERGE_PERSONS):
        yield from _duplicates(user, on=on)
    if user.can(P.SEE_LETTERS) and user.can(P.WRITE_CASES):
        yield from _letters(user, on=on)
    if user.can(P.IMPORT):
        yield _imports()
    if user.can(P.APPROVE_SETTINGS):
        yield _settings(user)
    if unread := unread_changes(user, on=on).count():
        yield Waiting("確認していない改正のお知らせ", unread, reverse("rulebook:changes"))
    if user.can(P.MANAGE_ACCOUNTS):
        yield from _accounts(on)


def _queue(filters: Filters) -> str:
    query = filters.query()
    return reverse("exemptions:queue") + (f"?{query}" if query else "")


def _applications(user: User, *, on: date) -> Iterator[Waiting]:
    state = ApplicationState
    late = Q(state__in=[state.RECEIVED, state.UNDER_REVIEW], received_on__lt=on - timedelta(days=TARGET_DAYS))
    groups: dict[str, Q] = {
        "to_decide": Q(state=state.UNDER_REVIEW),
        "to_prepare": Q(state=state.RECEIVED),
        "answered": Q(state=state.RECEIVED, answered_on__isnull=False),
        "sent_back": Q(state=state.INCOMPLETE),
        "draft": Q(state=state.DRAFT),
        "late": late,
        "to_revoke": Q(state=state.APPROVED)
        & Q(Exists(Revocation.objects.filter(decision__application=OuterRef("pk"), state=ProposalState.PROPOSED))),
    }
    asked: dict[str, Any] = {}
    for name, condition in groups.items():
        asked[name] = Count("pk", filter=condition)
        asked[f"{name}_oldest"] = Min("received_on", filter=condition)
    found = Application.objects.visible_to(user).aggregate(**asked)

    def item(name: str, label: str, filters: Filters, *, urgent: bool = False) -> Waiting:
        return Waiting(label, found[name], _queue(filters), found[f"{name}_oldest"], urgent=urgent)

    if decides(user, on=on):
        yield item("to_decide", "決裁を待っている申請", Filters(state=state.UNDER_REVIEW))
        yield Waiting("決裁を待っている免除の取消", found["to_revoke"], reverse("exemptions:revocations"))
    if user.can(P.REVIEW_EXEMPTIONS):
        yield item("to_prepare", "点検・起案を待っている申請", Filters(state=state.RECEIVED))
        yield item("late", f"受付から{TARGET_DAYS}日を過ぎた申請", Filters(age=Age.OVERDUE), urgent=True)
    if user.can(P.DECIDE_EXEMPTIONS):
        yield from _second_looks(user)
    yield item("answered", "不備への回答が届いた申請", Filters(answered=True))
    yield item("sent_back", "不備を返送中の申請", Filters(state=state.INCOMPLETE))
    if user.can(P.ENTER_EXEMPTIONS):
        yield item("draft", "入力の途中の申請", Filters(state=state.DRAFT))
        number, oldest = candidates.waiting(user)
        yield Waiting("免除の申請がない、対象と思われる貸付", number, reverse("exemptions:candidates"), oldest)


def _second_looks(user: User) -> Iterator[Waiting]:
    """For supervisors: bulk approvals looked at, decisions to look at a second time, differences without a conclusion."""
    looked = Bulk.objects.filter(state=BulkState.LOOKED).order_by("drawn_at").values_list("drawn_at", flat=True)
    yield Waiting(
        "承認を待っている一括承認", len(looked), reverse("exemptions:bulks"), _day(looked[0]) if looked else None
    )
    url, found = reverse("exemptions:second_looks"), second_look_numbers(user)
    yield Waiting("再審査を待っている決定", found.open, f"{url}?show=open")
    yield Waiting("再審査で答えが違った決定", found.differ, f"{url}?show=differ")
    yield Waiting("判断の食い違い", found.pairs, f"{url}?show=pairs")


def _lending(user: User) -> Iterator[Waiting]:
    found = worklist.counts(user)

    def item(number: int, label: str, *, urgent: bool = False, **filters: Any) -> Waiting:
        query = worklist.Filters(**filters).query()
        return Waiting(label, number, f"{reverse('loans:applications')}?{query}", urgent=urgent)

    if user.can(P.DECIDE_LENDING):
        yield item(found.under_review, "決裁を待っている借入申込み", state=LendingState.UNDER_REVIEW)
    if user.can(P.REVIEW_LENDING):
        yield item(found.received, "点検・起案を待っている借入申込み", state=LendingState.RECEIVED)
    yield item(found.urgent, "急ぎの借入申込み", urgent=True)
    yield item(found.with_task, "確認や同意を待っている借入申込み", with_task=True)
    yield item(found.incomplete, "不備を返送中の借入申込み", state=LendingState.INCOMPLETE)
    deeds, page = LoanDeed.objects.visible_to(user), reverse("loans:deeds")
    yield Waiting("返却が必要な借用書", deeds.to_return().count(), page)
    yield Waiting("日付の記入を待っている借用書", deeds.to_date().count(), page)


def _aftercare(user: User, *, on: date) -> Iterator[Waiting]:
    page = reverse("repayment:aftercare")
    owed = support_owed(user, on=on)
    yield Waiting("支援の連絡がなく、3か月以内に償還が始まる貸付", len(owed.soon), f"{page}?show=soon")
    yield Waiting("支援の連絡がないまま償還が始まった貸付", len(owed.begun), f"{page}?show=begun", urgent=True)
    found = assistance_found(user, on=on)
    yield Waiting("生活保護の受給が分かった貸付", len(found), f"{page}?show=assistance")
    tasks = tasks_after_lending(user, on=on)
    late = tasks.filter(due_on__lt=on).exists()
    yield Waiting("貸付の後に残る課題", tasks.count(), f"{page}?show=tasks", urgent=late)


def _eased(user: User, *, on: date) -> Iterator[Waiting]:
    page, changes = reverse("repayment:agreements"), reverse("repayment:plan_changes")
    counts = agreement_counts(user, on=on)
    yield Waiting("見直しの時期の少額返済", counts[Show.REVIEW], page)
    if user.can(P.DECIDE_REPAYMENT):
        yield Waiting("決裁を待っている少額返済", counts[Show.PROPOSED], f"{page}?show={Show.PROPOSED.value}")
        proposed = PlanChange.objects.visible_to(user).filter(state=ProposalState.PROPOSED)
        found = proposed.aggregate(number=Count("pk"), oldest=Min("proposed_at"))
        yield Waiting("決裁を待っている計画の変更", found["number"], changes, _day(found["oldest"]))


def _deferrals(user: User, *, on: date) -> Iterator[Waiting]:
    page = reverse("repayment:deferrals")
    states = deferring.to_decide(user) | deferring.waiting_for_papers(user)
    ready, incomplete = Q(state=DeferralState.RECEIVED), Q(state=DeferralState.INCOMPLETE)
    found = states.aggregate(
        ready=Count("pk", filter=ready),
        ready_since=Min("received_on", filter=ready),
        incomplete=Count("pk", filter=incomplete),
        incomplete_since=Min("received_on", filter=incomplete),
    )
    if user.can(P.DECIDE_REPAYMENT):
        yield Waiting("決裁を待っている猶予申請", found["ready"], f"{page}?show=to_decide", found["ready_since"])
        yield Waiting("終了の確認を待っている猶予", deferring.ends_to_answer(user).count(), f"{page}?show=ends")
    if user.can(P.ENTER_REPAYMENT):
        since = found["incomplete_since"]
        yield Waiting("書類を待っている猶予申請", found["incomplete"], f"{page}?show=incomplete", since)
        number = deferring.to_connect(user, on).count()
        yield Waiting("猶予中で相談につないでいない人", number, f"{page}?show=to_connect")


def _broken_promises(user: User, *, on: date) -> Waiting:
    broken = [one for one in promises_for(user, on=on) if one.state == PromiseState.BROKEN]
    oldest = min((one.row.due_on for one in broken), default=None)
    page = reverse("repayment:dunning")
    return Waiting("守られなかった入金の約束", len(broken), f"{page}#promises-title", oldest)


def _transfers(user: User, *, on: date) -> Iterator[Waiting]:
    page = reverse("repayment:transfers")
    found = waiting_counts(user)
    if "approve" in found:
        yield Waiting("承認を待っている送金", found["approve"], f"{page}?state={TransferState.LOCKED.value}#files")
    if "onward" in found:
        yield Waiting("ファイル作成から消込までの途中の送金", found["onward"], f"{page}#files")
    if "agree" in found:
        yield Waiting("同意を待っている貸付の変更・制裁", found["agree"], page)
    clocks = urgent_clocks(on)
    late = any(clock.is_late for clock in clocks)
    yield Waiting("まだ送金していない急ぎの貸付", len(clocks), page, urgent=late)


def _closings(user: User) -> Iterator[Waiting]:
    waiting = closings().filter(answer__isnull=True).exclude(prepared_by=user)
    yield Waiting("確認を待っている月の締め", waiting.count(), reverse("repayment:closings"))


def _debits(user: User) -> Iterator[Waiting]:
    """The collection desk: what waits for a decision or a next step; a result that has not come is late."""
    page, found = reverse("repayment:debits"), debit_counts(user)
    refunds = reverse("repayment:refunds")
    if "approve" in found:
        yield Waiting("承認を待っている口座振替", found["approve"], f"{page}?state={DebitState.LOCKED.value}#runs")
        yield Waiting("承認を待っている返金の対応", found["agree"], f"{refunds}?state={RefundState.PROPOSED.value}")
    if "onward" in found:
        yield Waiting("次の操作を待っている口座振替", found["onward"], f"{page}#runs")
        yield Waiting("結果が届いていない口座振替", found["late"], reverse("repayment:debit_results"), urgent=True)
        yield Waiting("対応が必要な振替不能", found["failed"], reverse("repayment:debit_failures"))
        yield Waiting("仮受の入金", found["suspense"], reverse("repayment:suspense"))
        yield Waiting("返金の確認", found["refund"], refunds)


def _parcels(user: User, *, on: date) -> Iterator[Waiting]:
    page = reverse("people:transit")
    yield Waiting("届いていない書類", red_count(user, on=on), page, urgent=True)
    yield Waiting("受け取りを待っている送付便", to_receive_count(user), page)


def _duplicates(user: User, *, on: date) -> Iterator[Waiting]:
    page = reverse("desk:duplicates")
    unseen, to_confirm = duplicates.waiting_for(user, on=on)
    yield Waiting("重複しているかもしれない借受人", unseen, page)
    yield Waiting("統合の確認依頼", to_confirm, f"{page}?state={PairState.PROPOSED.value}")
    undoings = duplicates.undoings_for(user, on=on)
    yield Waiting("統合の取消しの確認依頼", undoings, f"{page}?state={PairState.UNDOING.value}")


def _reveals(user: User, *, at: datetime, on: date) -> Iterator[Waiting]:
    page = reverse("people:reveal_list")
    if user.can(P.APPROVE_REVEAL):
        found = reveals_to_answer(user).aggregate(number=Count("pk"), oldest=Min("requested_at"))
        yield Waiting("住所の表示の確認依頼", found["number"], page, _day(found["oldest"]))
    if user.can(P.WRITE_CASES) and user.can(P.SEE_ALL_OFFICES):
        endings = endings_to_answer(user).aggregate(number=Count("pk"), oldest=Min("asked_at"))
        yield Waiting("支援措置の終了の確認依頼", endings["number"], page, _day(endings["oldest"]))
    if user.can(P.REQUEST_REVEAL):
        open_now = own_reveals(user, since=on - timedelta(days=1)).filter(expires_at__gt=at).count()
        if open_now:
            yield Waiting("いま表示できる秘匿住所", open_now, page, note="認められてから10分間だけ見られます")


def _letters(user: User, *, on: date) -> Iterator[Waiting]:
    held = (
        Letter.objects.visible_to(user)
        .filter(state=LetterState.HELD)
        .aggregate(number=Count("pk"), oldest=Min("drafted_on"))
    )
    url = f"{reverse('notices:letters')}?state={LetterState.HELD.value}"
    yield Waiting("保留になっている通知", held["number"], url, held["oldest"])
    if user.can(P.RUN_LETTERS):
        if user.can(P.SEE_ALL_OFFICES):
            yield Waiting("今夜作成する通知", count_due(on), reverse("notices:due"))
        ready = runs_for(user).filter(state=PrintRunState.READY)
        yield _runs("印刷を待っている印刷便", ready.filter(printed_at__isnull=True))
        yield _runs("発送の確認を待っている印刷便", ready.filter(printed_at__isnull=False))


def _runs(label: str, runs: QuerySet[Any]) -> Waiting:
    found = list(runs.order_by("business_date", "pk").values_list("pk", "business_date"))
    url = reverse("notices:run", args=[found[0][0]]) if len(found) == 1 else reverse("notices:runs")
    return Waiting(label, len(found), url, found[0][1] if found else None)


def _imports() -> Waiting:
    rows = ImportBatch.objects.filter(state=ImportState.CHECKED).order_by("uploaded_at")
    found = list(rows.values_list("pk", "uploaded_at"))
    url = reverse("jobs:import_detail", args=[found[0][0]]) if len(found) == 1 else reverse("jobs:import_list")
    return Waiting("点検が済み、反映を待っている取込", len(found), url, _day(found[0][1]) if found else None)


def _settings(user: User) -> Waiting:
    found = (
        SettingRow.objects.filter(approved_at__isnull=True, withdrawn_at__isnull=True)
        .exclude(proposed_by=user)
        .aggregate(number=Count("pk"), oldest=Min("proposed_at"))
    )
    return Waiting("承認を待っている設定の変更", found["number"], reverse("rulebook:settings"), _day(found["oldest"]))


def _accounts(on: date) -> Iterator[Waiting]:
    url = f"{reverse('accounts:staff')}?state=without_role"
    yield Waiting("役割のない職員", without_role(on).count(), url)


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment is not None else None
