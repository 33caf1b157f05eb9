"""What the rules of deferral find about an application and each of its loans. Pure; three-valued; no clock, no database.

Looked at is how things are now (rule DF-02, circular on follow-up support): neither the facts nor a check knows anything of
what the borrower could pay later. Months as index, amounts in yen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from japan.eras import era_date, era_month
from japan.months import month_index
from japan.yen import yen
from people.enums import PaperKind
from repayment.deferring.evidence import named, papers_of
from repayment.deferring.preview import Preview, preview
from repayment.deferring.rules import RULEBOOK
from repayment.deferring.timing import MONTHS_AHEAD, effective_month, first_month_possible
from repayment.entries import Entry
from repayment.enums import DeferralGround
from repayment.position import PlanVersion, Policy, plan_in_force
from repayment.schedule import Deferral, shifted_month
from rulebook.findings import Finding
from rulebook.rules import Check
from rulebook.settings import Settings


class Verdict(StrEnum):
    """What the findings on one loan come to."""

    GRANTABLE = "grantable"
    NOT_YET = "not_yet"
    NOT_GRANTABLE = "not_grantable"


@dataclass(frozen=True, slots=True)
class AskedLoan:
    """One loan as asked for, and all its money is a function of. ``earlier`` counts the deferrals granted before."""

    code: str
    principal: int
    plans: tuple[PlanVersion, ...]
    deferrals: tuple[Deferral, ...]
    entries: tuple[Entry, ...]
    from_month: int
    months: int
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class AskedDeferral:
    """The application itself. ``papers`` are the kinds filed with it, ``situation`` is what is hard now in words."""

    received_on: date
    ground: str
    situation: str
    papers: frozenset[PaperKind] = frozenset()
    by_phone: bool = False
    other_debt_is_housing: bool | None = None
    exemption_explained: bool = False
    exemption_pending: bool = False


@dataclass(frozen=True, slots=True)
class LoanFindings:
    """What was found about one loan; ``preview`` is missing where there is nothing to look at."""

    checks: tuple[Check, ...]
    verdict: Verdict
    from_month: int
    months: int
    preview: Preview | None

    @property
    def against(self) -> tuple[Check, ...]:
        """The checks that stand in the way for good."""
        return tuple(check for check in self.checks if check.finding is Finding.NOT_MET)


def about_application(asked: AskedDeferral, *, as_of: date) -> tuple[Check, ...]:
    """What holds for every loan of an application: ground and paper, present hardship, what was explained."""
    return (_ground(asked, as_of), _hardship(asked, as_of), _exemption_first(asked, as_of))


def about_loan(
    asked: AskedDeferral, loan: AskedLoan, *, settings: Settings, policy: Policy, as_of: date
) -> LoanFindings:
    """What holds for one loan, looked at on a day; ``from_month`` of the answer is the month it would really begin."""
    month = effective_month(
        loan.from_month, received_on=asked.received_on, decided_on=as_of, cutoff_day=settings.deferral_cutoff_day
    )
    checks = [
        _length(loan, settings, as_of),
        _begins(asked, loan, settings, month, as_of),
        _renewal(loan, settings, as_of),
        _overlap(loan, month, as_of),
    ]
    seen = None
    if loan.plans and loan.months >= 1:
        seen = preview(
            principal=loan.principal,
            plans=loan.plans,
            deferrals=loan.deferrals,
            entries=loan.entries,
            policy=policy,
            from_month=month,
            months=loan.months,
            as_of=as_of,
        )
    if seen is not None or not loan.plans:
        checks.append(_moves_something(loan, seen, as_of))
    found = [check.finding for check in (*deciding(about_application(asked, as_of=as_of)), *checks)]
    if Finding.NOT_MET in found:
        verdict = Verdict.NOT_GRANTABLE
    else:
        verdict = Verdict.NOT_YET if Finding.UNKNOWN in found else Verdict.GRANTABLE
    return LoanFindings(tuple(checks), verdict, month, loan.months, seen)


def deciding(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Those of the checks that decide. What has to be explained (DF-03) is shown, and decides nothing."""
    return tuple(check for check in checks if check.rule.code != "DF-03")


# --- the application --------------------------------------------------------------------------------


def _ground(asked: AskedDeferral, as_of: date) -> Check:
    wanted = papers_of(asked.ground)
    there = [kind for kind in wanted if kind in asked.papers]
    label = str(DeferralGround(asked.ground).label) if asked.ground in DeferralGround.values else "事由が未選択"
    if asked.ground == DeferralGround.OTHER_DEFERRAL and asked.other_debt_is_housing:
        return _check(
            "DF-01",
            as_of,
            False,
            label,
            "住宅ローンの返済猶予は、この事由に当たりません。",
            "ほかの事由に当たるか確かめる",
        )
    if not wanted:
        return _check("DF-01", as_of, None, label, "6つの事由から選びます。", missing=("ground",))
    if not there:
        because = f"確認する書類（{named(wanted)}）がまだありません。"
        return _check("DF-01", as_of, None, label, because, "書類が届く", missing=("evidence",))
    return _check("DF-01", as_of, True, label, "事由を書類で確認しました。", origin=named(there))


def _hardship(asked: AskedDeferral, as_of: date) -> Check:
    if not asked.situation.strip():
        return _check(
            "DF-02", as_of, None, "", "いまの状況をまだ聞いていません。", "いまの状況を聞く", missing=("situation",)
        )
    origin = "電話での聞き取り" if asked.by_phone else "償還猶予申請書"
    return _check("DF-02", as_of, True, asked.situation.strip(), "申請した時点の状況で判断します。", origin=origin)


def _exemption_first(asked: AskedDeferral, as_of: date) -> Check:
    if asked.exemption_pending:
        return _check("DF-03", as_of, True, "免除の申請を審査中", "同時に申請できます。")
    if asked.exemption_explained:
        return _check("DF-03", as_of, True, "免除の要件に当たるか確かめ、案内した", "")
    because = "免除の要件に当たるかを、まだ案内していません。猶予の決定は妨げません。"
    return _check("DF-03", as_of, None, "", because, missing=("exemption_explained",))


# --- one loan ---------------------------------------------------------------------------------------


def _length(loan: AskedLoan, settings: Settings, as_of: date) -> Check:
    most = settings.deferral_max_months
    if 1 <= loan.months <= most:
        return _check("DF-10", as_of, True, f"{loan.months}か月", f"上限は{most}か月です。", subject=loan.code)
    return _check(
        "DF-10",
        as_of,
        False,
        f"{loan.months}か月",
        f"猶予の月数は1か月から{most}か月までです。",
        "月数を変える",
        subject=loan.code,
    )


def _begins(asked: AskedDeferral, loan: AskedLoan, settings: Settings, month: int, as_of: date) -> Check:
    """DF-12 and DF-04: not before the plan, not in the past, not years ahead."""
    wish = f"希望は{era_month(loan.from_month)}から"
    first = _first_due(loan, as_of)
    received = month_index(asked.received_on)
    if first is not None and loan.from_month < first:
        return _check(
            "DF-12",
            as_of,
            False,
            wish,
            f"この貸付の償還は{era_month(first)}からです。償還が始まる前の月からは猶予できません。",
            f"開始月を{era_month(first)}以降にする",
            subject=loan.code,
        )
    if loan.from_month <= received:
        return _check(
            "DF-12",
            as_of,
            False,
            wish,
            f"受付日（{era_date(asked.received_on)}）の月までにさかのぼって猶予することはできません。",
            f"開始月を{era_month(received + 1)}以降にする",
            subject=loan.code,
        )
    if loan.from_month > received + MONTHS_AHEAD:
        return _check(
            "DF-12",
            as_of,
            False,
            wish,
            f"開始月は、受付から{MONTHS_AHEAD}か月先（{era_month(received + MONTHS_AHEAD)}）までです。",
            "開始月が近づいてから申請する",
            subject=loan.code,
        )
    cutoff = settings.deferral_cutoff_day
    possible = first_month_possible(asked.received_on, cutoff_day=cutoff)
    because = (
        f"{era_date(asked.received_on)}受付（締切は毎月{cutoff}日）のため、{era_month(possible)}分から猶予できます。"
    )
    if month > loan.from_month and month > possible:
        because += f"決定が{era_month(month_index(as_of))}のため、{era_month(month)}分からになります。"
    told = f"{era_month(month)}分から" if month == loan.from_month else f"{wish}、実際は{era_month(month)}分から"
    return _check("DF-12", as_of, True, told, because, subject=loan.code)


def _renewal(loan: AskedLoan, settings: Settings, as_of: date) -> Check:
    most = settings.deferral_renewals_max
    told = f"これまでに{loan.earlier}回" if loan.earlier else "はじめて"
    if most is None or loan.earlier <= most:
        limit = "回数の上限はありません。" if most is None else f"更新は{most}回までです。"
        return _check("DF-11", as_of, True, told, limit, subject=loan.code)
    return _check("DF-11", as_of, False, told, f"更新は{most}回までです。", subject=loan.code)


def _overlap(loan: AskedLoan, month: int, as_of: date) -> Check:
    end = month + loan.months
    for other in loan.deferrals:
        if other.from_month < end and month < other.from_month + other.months:
            there = f"{era_month(other.from_month)}から{era_month(other.from_month + other.months - 1)}まで"
            return _check(
                "DF-04",
                as_of,
                False,
                f"{there}の猶予があります。",
                "同じ月を二重に猶予することはできません。",
                f"開始月を{era_month(other.from_month + other.months)}以降にする",
                subject=loan.code,
            )
    return _check("DF-04", as_of, True, "重なる猶予はありません。", "貸付ごとに判断します。", subject=loan.code)


def _moves_something(loan: AskedLoan, seen: Preview | None, as_of: date) -> Check:
    if seen is None:
        return _check("DF-13", as_of, False, "", "償還計画が登録されていないため、猶予できません。", subject=loan.code)
    if not seen.before.outstanding:
        return _check(
            "DF-13", as_of, False, "残額 0円", "完済または免除されていて、猶予する額がありません。", subject=loan.code
        )
    if not seen.moved:
        last = seen.before.lines[-1].due_month if seen.before.lines else month_index(as_of)
        return _check(
            "DF-13",
            as_of,
            False,
            f"最終回は{era_month(last)}",
            "開始月より後に期日の来る回がなく、猶予で移るものがありません。少額返済や計画の変更をご検討ください。",
            subject=loan.code,
        )
    return _check(
        "DF-13",
        as_of,
        True,
        f"{seen.moved}回が{seen.months}か月後に移ります。",
        f"残額{yen(seen.before.outstanding)}は変わりません。",
        subject=loan.code,
    )


def _first_due(loan: AskedLoan, as_of: date) -> int | None:
    """The month of the first instalment after the deferrals there are; None without a plan."""
    if not loan.plans:
        return None
    current = plan_in_force(loan.plans, as_of)
    shifts = [each for each in loan.deferrals if each.plan_version == current.version]
    return shifted_month(current.plan.first_month, shifts)


def _check(
    code: str,
    as_of: date,
    answer: bool | None,
    value: str,
    because: str,
    would_change: str = "",
    *,
    subject: str = "",
    missing: tuple[str, ...] = (),
    origin: str = "",
) -> Check:
    return Check(
        rule=RULEBOOK.on(code, as_of),
        finding=Finding.of(answer),
        value=value,
        because=because,
        would_change=would_change,
        subject=subject,
        missing=missing,
        origin=origin,
    )
