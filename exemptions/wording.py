"""Sentences about applications that several pages and refusals share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from exemptions.assessment import Assessment
from exemptions.enums import ApplicationState, Result
from exemptions.models import BY_NIGHT, Application
from exemptions.portions import Change
from exemptions.trace.inputs import input_words
from exemptions.workflow import Move
from japan.eras import era_date, era_month
from japan.yen import yen


def how_it_stands(application: Application) -> str:
    """Who did what last, when, and how the application stands now: one sentence for whoever was too late."""
    state = application.get_state_display()
    last = application.changes.select_related("by_user").order_by("-pk").first()
    if last is None:
        return f"この申請の現在の状態は「{state}」です。"
    at = timezone.localtime(last.at)
    when = f"{era_date(at.date())}{at:%H時%M分}"
    who = f"{last.by_user.name}さん" if last.by_user is not None else BY_NIGHT
    return f"この申請は、{who}が{when}に「{Move(last.move).done}」を行い、現在は「{state}」です。"


def not_eligible_sentence(findings: Assessment) -> str:
    """Why a decision to exempt cannot be taken on these findings."""
    match findings.result:
        case Result.NOT_YET:
            month = era_month(findings.known_from) if findings.known_from is not None else "これから"
            return f"判定年度の住民税は{month}に決まるため、まだ決裁できません。"
        case Result.WAITING:
            return "償還が始まってから決定する要件のため、まだ承認できません。"
        case Result.UNKNOWN:
            return f"{missing_sentence(findings.missing)}の確認ができていないため、承認できません。"
        case _:
            return "免除の要件を満たしていないため、承認できません。"


def missing_words(missing: Iterable[str]) -> list[str]:
    """The names of facts that are not established, in words: 「世帯主の令和4年度の住民税」."""
    return [input_words(name) for name in missing]


def missing_sentence(missing: Iterable[str]) -> str:
    """The same as one phrase."""
    return "・".join(missing_words(missing)) or "必要な事実"


def consequences_of_approval(change: Change, *, on_hold: bool) -> list[str]:
    """What approving does, sentence by sentence, before anybody clicks. ``on_hold``: collection rests at present."""
    if not change.exempted.amount:
        return []
    if change.remaining is None:
        sentences = [f"残っている {yen(change.exempted.amount)} の全額を免除します。償還はこれで終わります。"]
    else:
        remaining = change.remaining
        sentences = [
            f"{change.exempted.period_ja}の {yen(change.exempted.amount)} を免除します。",
            f"{remaining.period_ja}の {yen(remaining.amount)} は残ります。",
        ]
        if change.after.arrears:
            sentences.append(f"残る額のうち {yen(change.after.arrears)} は、すでに期日を過ぎています。")
    sentences.append("決定までに返済された金額は払い戻しません。")
    return [*sentences, *_what_follows(on_hold)]


def consequences_of_refusal(change: Change, *, on_hold: bool) -> list[str]:
    """What refusing does."""
    before = change.before
    sentences = [f"免除はしません。残額 {yen(before.outstanding)} の償還が続きます。"]
    if before.arrears:
        sentences.append(f"このうち {yen(before.arrears)} は、すでに期日を過ぎています。")
    sentences.append("理由は内部の記録にだけ残り、通知には書かれません（同意欄⑤）。")
    return [*sentences, *_what_follows(on_hold)]


def consequences_of_waiting(day: date) -> list[str]:
    """What letting a proposal wait for repayment to begin does."""
    return [
        f"償還は{era_date(day)}に始まります。それまで償還開始待ちとし、引落しと督促は止めたままにします。",
        "その日の夜に決裁へ進みます。申請者がもう一度出す書類はありません。",
    ]


def _what_follows(on_hold: bool) -> list[str]:
    resting = ["引落しと督促の停止は今日で終わります。"] if on_hold else []
    return [*resting, "決定通知は今夜作成されます。"]


STATE_MEANINGS: dict[str, str] = {
    ApplicationState.DRAFT: "",
    ApplicationState.RECEIVED: "key",
    ApplicationState.INCOMPLETE: "caution",
    ApplicationState.UNDER_REVIEW: "key",
    ApplicationState.WAITING_FOR_START: "caution",
    ApplicationState.APPROVED: "done",
    ApplicationState.REFUSED: "stop",
    ApplicationState.REVOKED: "stop",
    ApplicationState.WITHDRAWN: "",
}
"""The meaning of a state for its pill: colour, icon and word together."""
