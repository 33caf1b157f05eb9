"""The cast: the first lives of every demonstration, so that whatever can be tried is there, however small it is.

What they show is listed, and looked for in the database, in :mod:`desk.demo.incidents`. The names with rare characters
are borne by people whose letters are due tonight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from desk.demo.filing import Paper, Round
from desk.demo.lending import Applied, Loan, Movement, Rest
from desk.demo.lives import Deferred, Habit, Life, Means, Script
from desk.demo.names import UNPRINTABLE, Name
from desk.demo.people import BORROWER, Change, Residence, Secrecy, Shape, Stop, Traits
from desk.demo.places import MUNICIPALITIES
from desk.demo.repaying import Conduct
from desk.demo.staff import ABSENT_SUPERVISOR, DEPUTY
from exemptions.deficiencies import Code
from exemptions.enums import ApplicationState
from exemptions.inquiry import newest_fixed_year
from japan.bankdays import add_bank_days, collection_date, next_bank_day
from japan.months import month_index
from loans.enums import FundKind, LoanState
from people.addresses import Place
from people.enums import AddressKind, MailBlockReason, PaperKind
from people.papers import Levies
from repayment.enums import HoldReason, PlanReason
from repayment.position import PlanVersion, position
from repayment.schedule import due_month, make_plan

SMALL, INITIAL, EXTENSION, RELOAN = (
    FundKind.SP_SMALL, FundKind.SP_GS_INITIAL, FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN,
)  # fmt: skip
CAPITAL = MUNICIPALITIES[0]
FIRST_JUDGEMENT_YEAR = 2022

Play = Callable[[Random, date], Script]


def last_bank_days(as_of: date) -> tuple[date, date]:
    """The last two days on which somebody decided: today and yesterday, as far as offices are open."""
    tomorrow = as_of + timedelta(days=1)
    return add_bank_days(tomorrow, -1), add_bank_days(tomorrow, -2)


# --- letters that are due tonight -------------------------------------------------------------------


def _decided(
    *,
    ago: int = 0,
    conduct: Conduct = Conduct.PUNCTUAL,
    means: Means = Means.NEVER_TAXED,
    traits: Traits | None = None,
    chain: tuple[FundKind, ...] = (SMALL, INITIAL),
    decided_by: str = "",
    instead_of: str = "",
    later_year: bool = False,
    **more: object,
) -> Play:
    """A late application for the initial loan that was decided today (``ago`` 0) or the bank day before (1).

    ``later_year``: by the tax of the newest year, so that only what falls due from the anniversary on is exempted.
    """

    def play(rng: Random, as_of: date) -> Script:
        received_on = add_bank_days(as_of, -24)
        round_ = Round(
            newest_fixed_year(received_on) if later_year else FIRST_JUDGEMENT_YEAR,
            received_on,
            decided_on=last_bank_days(as_of)[ago],
            decided_by=decided_by,
            instead_of=instead_of,
        )
        given = traits or Traits()
        script = Script(
            traits=replace(
                given,
                shape=given.shape or Shape.ALONE,
                change=given.change or Change.NONE,
                from_abroad=bool(given.from_abroad),
            ),
            chain=chain,
            applied=Applied.EARLY,
            full_term=True,
            conduct=conduct,
            means=means,
            head_means=means,
            rounds=((round_, (INITIAL,)),),
        )
        return replace(script, **more)  # type: ignore[arg-type]

    return play


def _called(written: str, kana: str) -> Traits:
    return Traits(name=Name(written, kana))


def _moved_yesterday(rng: Random, as_of: date) -> Script:
    script = _decided(traits=Traits(change=Change.MOVED))(rng, as_of)
    return replace(script, traits=replace(script.traits, changed_on=as_of - timedelta(days=1)))


def _neighbour(number: int, given: tuple[str, str]) -> Play:
    """Two households of one surname side by side: their letters follow each other in the run."""
    place = Place(CAPITAL.postal_code("若葉町"), CAPITAL.area, f"若葉町三丁目2番{number}号")
    return _decided(
        traits=Traits(name=Name(f"齋藤 {given[0]}", f"サイトウ {given[1]}"), municipality=CAPITAL, place=place)
    )


def _protected_with_spouse(rng: Random, as_of: date) -> Script:
    """Under a 支援措置; the spouse who must not learn the address is head of the record, and a borrower too."""
    fled_on = as_of - timedelta(days=260)
    return _decided(
        ago=1,
        traits=Traits(
            name=Name("濵田 小百合", "ハマダ サユリ"), shape=Shape.COUPLE, head_is_other=True, change=Change.FLED,
            changed_on=fled_on,
        ),
        spouse_chain=(SMALL, INITIAL),
    )(rng, as_of)  # fmt: skip


def _address_too_long(rng: Random, as_of: date) -> Script:
    city = MUNICIPALITIES[1]
    building = "グランドヴィレッジ白鐘中央駅前イーストタワーアネックス・ガーデンテラス棟南側別館　居住区画第三ブロック 3012号室"
    place = Place(city.postal_code("春日台"), city.area, "春日台二丁目18番27号 白鐘駅前第三地区再開発街区内", building)
    return _decided(traits=Traits(municipality=city, place=place))(rng, as_of)


def _died_after_decision(rng: Random, as_of: date) -> Script:
    return _decided(ago=1, dies_on=as_of)(rng, as_of)


# --- money ------------------------------------------------------------------------------------------


def _debit(loan: Loan, day: date, amount: int, suffix: str, *, note: str = "口座振替", lag: int = 3) -> Movement:
    return Movement("paid", amount, day, f"debit:{loan.code}:{day:%Y%m%d}:{suffix}", note=note, lag=lag)


def _paid_after_exemption(*, refunded: bool) -> Play:
    """Exempted in full, yet the next debit went through: the file had gone to the bank before."""

    def afterwards(rng: Random, life: Life) -> None:
        loan = life.loans[0]
        decided_on = next(row.on for row in loan.movements if row.kind == "exempted")
        day = collection_date(month_index(decided_on) + 1, loan.debit_day)
        loan.movements.append(_debit(loan, day, 5000, "late"))
        if refunded:
            back = next_bank_day(day + timedelta(days=12))
            loan.movements.append(Movement("refunded", 5000, back, f"refund:{loan.code}:1", note="免除後の入金を返金"))

    def play(rng: Random, as_of: date) -> Script:
        received = add_bank_days(as_of - timedelta(days=150), -1)
        round_ = Round(FIRST_JUDGEMENT_YEAR, received, decided_on=add_bank_days(as_of - timedelta(days=90), -1))
        return Script(
            traits=Traits(shape=Shape.ALONE, change=Change.NONE),
            chain=(INITIAL,),
            applied=Applied.EARLY,
            full_term=True,
            conduct=Conduct.PUNCTUAL,
            means=Means.NEVER_TAXED,
            rounds=((round_, ()),),
            afterwards=afterwards,
        )

    return play


def _debited_twice(rng: Random, as_of: date) -> Script:
    """The bank was sent the same file twice; the second debit was taken back."""

    def afterwards(rng: Random, life: Life) -> None:
        loan = life.loans[0]
        paid = [row for row in loan.movements if row.kind == "paid"][-3]
        again = _debit(loan, paid.on, paid.amount, "again")
        back = min(next_bank_day(paid.on + timedelta(days=4)), life.as_of)
        reversal = Movement(
            "paid_reversed",
            paid.amount,
            back,
            f"reversal:{loan.code}:1",
            note="二重引落のため取消",
            reverses=again.key,
        )
        loan.movements += [again, reversal]

    return Script(
        chain=(INITIAL,), applied=Applied.EARLY, full_term=True, conduct=Conduct.PUNCTUAL, means=Means.ALWAYS_TAXED,
        traits=Traits(change=Change.NONE), afterwards=afterwards,
    )  # fmt: skip


def _paid_before_we_knew(rng: Random, as_of: date) -> Script:
    """Months in arrears, then paid at a convenience store; the slip took eight days to reach us."""

    def afterwards(rng: Random, life: Life) -> None:
        loan = life.loans[0]
        day = add_bank_days(life.as_of, -7)
        key = f"slip:{loan.code}:{day:%Y%m%d}:all"
        owed = position(
            principal=loan.principal, plans=loan.plans, deferrals=loan.shifts, entries=loan.entries, as_of=day
        )
        loan.movements.append(Movement("paid", owed.arrears, day, key, note="払込票（コンビニ）", lag=8))

    return Script(
        chain=(INITIAL,), applied=Applied.EARLY, full_term=True, conduct=Conduct.SILENT, means=Means.ALWAYS_TAXED,
        traits=Traits(change=Change.NONE), afterwards=afterwards,
    )  # fmt: skip


def _past_deadline(rng: Random, as_of: date) -> Script:
    return Script(
        chain=(SMALL,), applied=Applied.EARLY, early_start=True, conduct=Conduct.STOPS, means=Means.ALWAYS_TAXED
    )


def _overpaid(rng: Random, as_of: date) -> Script:
    """Rounded up every month and did not stop in time: something is owed back."""

    def afterwards(rng: Random, life: Life) -> None:
        loan = life.loans[0]
        last = max(row.on for row in loan.movements)
        day = next_bank_day(last + timedelta(days=28))
        if day <= life.as_of:
            loan.movements.append(_debit(loan, day, 9000, "more", note="銀行振込"))

    return Script(
        chain=(SMALL,), applied=Applied.EARLY, early_start=True, conduct=Conduct.GENEROUS, means=Means.ALWAYS_TAXED,
        afterwards=afterwards,
    )  # fmt: skip


def _new_plan(rng: Random, as_of: date) -> Script:
    """償還計画の変更: what was left has been divided anew, so that each instalment is half as large."""

    def afterwards(rng: Random, life: Life) -> None:
        loan = life.loans[0]
        since = add_bank_days(life.as_of - timedelta(days=100), 1)
        loan.movements = [row for row in loan.movements if row.on < since]
        at = position(principal=loan.principal, plans=loan.plans, entries=loan.entries, as_of=since)
        month = month_index(since) + 1
        count = min(120, loan.instalments * 2 - at.instalments_due)
        plan = make_plan(principal=at.outstanding, count=count, first_month=month)
        loan.plans.append(PlanVersion(2, since, plan, loan.debit_day))
        loan.replanned_for = PlanReason.PLAN_CHANGE
        for no in range(1, 4):
            day = collection_date(due_month(plan, (), no), loan.debit_day)
            if day <= life.as_of:
                loan.movements.append(_debit(loan, day, plan.amount(no), f"new{no}"))

    return Script(
        chain=(INITIAL,), applied=Applied.EARLY, conduct=Conduct.PUNCTUAL, means=Means.ALWAYS_TAXED, full_term=True,
        traits=Traits(change=Change.NONE), afterwards=afterwards,
    )  # fmt: skip


def _held(reason: HoldReason, conduct: Conduct = Conduct.STOPS) -> Play:
    """Collection rests for a reason of its own."""

    def afterwards(rng: Random, life: Life) -> None:
        since = add_bank_days(life.as_of, -20)
        life.loans[-1].rests.append(Rest(reason, since, None, "ken01"))

    return lambda rng, as_of: Script(
        chain=(SMALL, INITIAL), applied=Applied.EARLY, conduct=conduct, afterwards=afterwards
    )


# --- people nobody looked at ------------------------------------------------------------------------


def _entitled_and_unaware(rng: Random, as_of: date) -> Script:
    """The certificate on file exempts one loan; nobody has asked for the others."""
    received = add_bank_days(as_of - timedelta(days=200), -1)
    year = newest_fixed_year(received)
    round_ = Round(year, received, decided_on=add_bank_days(as_of - timedelta(days=140), -1))
    return Script(
        traits=Traits(shape=Shape.ALONE, change=Change.NONE), chain=(SMALL, INITIAL, EXTENSION, RELOAN),
        conduct=Conduct.PARTIAL, means=Means.NEVER_TAXED, rounds=((round_, (INITIAL,)),),
    )  # fmt: skip


def _on_assistance_when_lent(rng: Random, as_of: date) -> Script:
    def afterwards(rng: Random, life: Life) -> None:
        lent_on = life.loans[0].applied_on
        life.family.people[BORROWER].note = "貸付時に生活保護を受給していたことが、福祉事務所への照会で判明"
        life.extra_papers.append(
            Paper(
                BORROWER,
                PaperKind.PUBLIC_ASSISTANCE_NOTICE,
                add_bank_days(life.as_of, -60),
                lent_on - timedelta(days=220),
                "ken01",
                key="assistance",
                note="保護の開始日は貸付申込みより前",
            )
        )

    return Script(chain=(SMALL,), conduct=Conduct.SILENT, means=Means.NEVER_TAXED, afterwards=afterwards)


def _papers_lost(rng: Random, as_of: date) -> Script:
    round_ = Round(
        newest_fixed_year(as_of),
        add_bank_days(as_of, -15),
        goal=ApplicationState.INCOMPLETE,
        wrong=frozenset({Code.RESIDENCE_RECORD_MISSING, Code.CERTIFICATE_MISSING}),
        own_words="市区町村社協から送付した住民票と課税証明書が、県社協に届いていません。もう一度取り寄せてください。",
        note="送付簿に発送の記録があるが、県社協に未着。郵便局に調査を依頼中。",
    )
    return _filing(round_)(rng, as_of)


def _waiting_long(rng: Random, as_of: date) -> Script:
    received = add_bank_days(as_of, -58)
    return _filing(Round(newest_fixed_year(received), received, goal=ApplicationState.RECEIVED))(rng, as_of)


def _filing(round_: Round, *, traits: Traits | None = None, means: Means = Means.NEVER_TAXED) -> Play:
    """One application for the initial loan that has come as far as the round says."""
    return lambda rng, as_of: Script(
        traits=traits or Traits(shape=Shape.ALONE, change=Change.NONE),
        chain=(INITIAL,),
        applied=Applied.EARLY,
        full_term=True,
        conduct=Conduct.STOPS,
        means=means,
        head_means=means,
        rounds=((round_, ()),),
    )


def _filed(
    goal: ApplicationState,
    *,
    bank_days_ago: int = 12,
    prepared_by: str = "",
    answered: bool = False,
    traits: Traits | None = None,
    means: Means = Means.NEVER_TAXED,
    changed_days_ago: int | None = None,
) -> Play:
    def play(rng: Random, as_of: date) -> Script:
        received = add_bank_days(as_of, -bank_days_ago)
        wrong = frozenset({Code.RESIDENCE_RECORD_TOO_OLD}) if answered else frozenset()
        round_ = Round(
            newest_fixed_year(received), received, goal=goal, prepared_by=prepared_by, answered=answered, wrong=wrong
        )
        given = traits
        if traits is not None and changed_days_ago is not None:
            given = replace(traits, changed_on=as_of - timedelta(days=changed_days_ago))
        return _filing(round_, traits=given, means=means)(rng, as_of)

    return play


def _deferred_on_opinion(rng: Random, as_of: date) -> Script:
    """Deferred because the agency thinks it proper; its opinion letter is on file."""

    def afterwards(rng: Random, life: Life) -> None:
        granted = next((grant for loan in life.loans for grant in loan.deferrals), None)
        if granted is not None:
            life.extra_papers.append(
                Paper(
                    BORROWER,
                    PaperKind.OPINION_LETTER,
                    granted.granted_on - timedelta(days=14),
                    granted.granted_on - timedelta(days=20),
                    "ken02",
                    key="opinion",
                    note="自立相談支援機関の意見書（償還猶予が適当）",
                )
            )

    return Script(
        chain=(SMALL, INITIAL), applied=Applied.EARLY, full_term=True, conduct=Conduct.STOPS, deferred=Deferred.RUNNING,
        afterwards=afterwards,
    )  # fmt: skip


def _growing_arrears(rng: Random, as_of: date) -> Script:
    """Pays a little every month, and owes more every month; a single parent who pays no residence tax."""

    def afterwards(rng: Random, life: Life) -> None:
        received = add_bank_days(life.as_of, -30)
        year = newest_fixed_year(received)
        life.extra_papers.append(
            Paper(
                BORROWER,
                PaperKind.TAX_CERTIFICATE,
                received,
                max(date(year, 6, 1), received - timedelta(days=9)),
                "ken01",
                levies=Levies(year, False, False, life.family.municipality.name),
                key="certificate:now",
            )
        )

    return Script(
        traits=Traits(shape=Shape.SINGLE_PARENT, change=Change.NONE), chain=(SMALL, INITIAL), applied=Applied.EARLY,
        full_term=True, conduct=Conduct.PARTIAL, means=Means.NEVER_TAXED, afterwards=afterwards,
    )  # fmt: skip


def _refused_loan(state: LoanState, note: str) -> Play:
    """A special loan that was asked for and never stood: refused, or cancelled for false statements."""

    def afterwards(rng: Random, life: Life) -> None:
        first = life.loans[0]
        life.loans.append(
            Loan(
                code=life.spare_code,
                kind=INITIAL,
                applied_on=first.applied_on + timedelta(days=40),
                household_size=first.household_size,
                principal=450_000,
                instalments=120,
                first_month=first.first_month,
                office=first.office,
                state=state,
                decided_on=first.applied_on + timedelta(days=60),
            )
        )
        life.family.people[BORROWER].note = note

    return lambda rng, as_of: Script(
        chain=(SMALL,), applied=Applied.EARLY, conduct=Conduct.REGULAR, means=Means.ALWAYS_TAXED, afterwards=afterwards
    )


def _registered_twice(rng: Random, as_of: date) -> Script:
    """The same person under two numbers: two councils took an application in."""
    return Script(
        traits=Traits(
            name=Name("汐見 あかね", "シオミ アカネ"), born_on=date(1979, 8, 14), shape=Shape.ALONE, change=Change.NONE
        ),
        chain=(SMALL,),
        conduct=Conduct.STOPS,
    )


def _protection_over(rng: Random, as_of: date) -> Script:
    def afterwards(rng: Random, life: Life) -> None:
        since = life.as_of - timedelta(days=800)
        life.family.secrecies.append(Secrecy(BORROWER, since, since + timedelta(days=364)))

    return Script(
        chain=(SMALL, INITIAL), applied=Applied.EARLY, traits=Traits(change=Change.NONE), afterwards=afterwards
    )


def _mail_elsewhere(rng: Random, as_of: date) -> Script:
    """Letters go to somebody's care: a mailing address beside the registered one."""

    def afterwards(rng: Random, life: Life) -> None:
        since = life.as_of - timedelta(days=300)
        place = Place(CAPITAL.postal_code("県庁前"), CAPITAL.area, "県庁前一丁目9番3号", "架瀬自立寮 気付")
        life.family.residences.append(Residence(BORROWER, AddressKind.MAILING, place, since))

    return Script(chain=(SMALL,), traits=Traits(shape=Shape.ALONE, change=Change.NONE), afterwards=afterwards)


def _asked_for_no_mail(rng: Random, as_of: date) -> Script:
    def afterwards(rng: Random, life: Life) -> None:
        since = add_bank_days(life.as_of, -40)
        life.family.stops.append(Stop(BORROWER, MailBlockReason.REQUESTED, since))

    return Script(chain=(SMALL, INITIAL), conduct=Conduct.LATE, afterwards=afterwards)


def _regular(state: LoanState) -> Play:
    return lambda rng, as_of: Script(
        chain=(SMALL,), applied=Applied.EARLY, conduct=Conduct.REGULAR, habit=Habit.NEVER, regular_loan=state
    )


_FLED_NOW = Traits(shape=Shape.COUPLE, head_is_other=True, change=Change.FLED)
_WENT_HOME = Traits(shape=Shape.ALONE, change=Change.WENT_HOME)
_HEAD_RETIRED = Traits(shape=Shape.WITH_PARENTS, head_is_other=True, change=Change.HEAD_RETIRED)
_WITH_HEAD = Traits(shape=Shape.WITH_PARENTS, head_is_other=True, change=Change.NONE)

CAST: tuple[Play, ...] = (
    _protected_with_spouse,
    _decided(traits=_called("髙﨑 美和", "タカサキ ミワ")),
    _decided(traits=_called("𠮷田 航", "ヨシダ ワタル"), conduct=Conduct.STOPS),
    _decided(traits=_called("渡邉\U000e0102 智", "ワタナベ サトシ"), means=Means.ALWAYS_TAXED),
    _decided(ago=1, traits=_called(f"{UNPRINTABLE}川 敬子", "ヨシカワ ケイコ")),
    _decided(
        ago=1, traits=_called("髙槗 亮平", "タカハシ リョウヘイ"), decided_by=DEPUTY, instead_of=ABSENT_SUPERVISOR
    ),
    _neighbour(5, ("明", "アキラ")),
    _neighbour(6, ("晃", "アキラ")),
    _moved_yesterday,
    _address_too_long,
    _died_after_decision,
    _decided(ago=1, mail_returned=True),
    _decided(traits=Traits(from_abroad=True)),
    _decided(later_year=True),
    _decided(ago=1, later_year=True, conduct=Conduct.PARTIAL),
    _decided(ago=1, means=Means.ALWAYS_TAXED, conduct=Conduct.STOPS),
    _paid_after_exemption(refunded=False),
    _paid_after_exemption(refunded=True),
    _debited_twice,
    _paid_before_we_knew,
    _papers_lost,
    _waiting_long,
    _entitled_and_unaware,
    _on_assistance_when_lent,
    _growing_arrears,
    _deferred_on_opinion,
    _past_deadline,
    _overpaid,
    _new_plan,
    _regular(LoanState.APPLIED),
    _regular(LoanState.APPROVED),
    _regular(LoanState.DISBURSING),
    _regular(LoanState.LENT),
    _refused_loan(LoanState.REJECTED, "総合支援資金は、貸付の対象とならないため不承認"),
    _refused_loan(LoanState.CANCELLED, "総合支援資金は、虚偽の申込みのため貸付決定を取消"),
    _filed(ApplicationState.DRAFT, bank_days_ago=1),
    _filed(ApplicationState.WITHDRAWN, bank_days_ago=30),
    _filed(ApplicationState.UNDER_REVIEW),
    _filed(ApplicationState.UNDER_REVIEW, prepared_by="kessai01"),
    _filed(ApplicationState.UNDER_REVIEW, means=Means.ALWAYS_TAXED),
    _filed(ApplicationState.UNDER_REVIEW, traits=_FLED_NOW, changed_days_ago=420),
    _filed(ApplicationState.UNDER_REVIEW, traits=_WENT_HOME, changed_days_ago=600),
    _filed(ApplicationState.UNDER_REVIEW, traits=_HEAD_RETIRED, changed_days_ago=120),
    _filed(ApplicationState.RECEIVED, traits=_WITH_HEAD),
    _filed(ApplicationState.RECEIVED, bank_days_ago=22, answered=True),
    _held(HoldReason.DISPUTE),
    _held(HoldReason.DEFERRAL_PENDING),
    _held(HoldReason.PROTECTED),
    _registered_twice,
    _registered_twice,
    _protection_over,
    _mail_elsewhere,
    _asked_for_no_mail,
    lambda rng, as_of: Script(chain=(SMALL, INITIAL), applied=Applied.EARLY, conduct=Conduct.LUMP, debit_day=27),
    lambda rng, as_of: Script(
        chain=(SMALL, INITIAL, RELOAN),
        conduct=Conduct.SILENT,
        mail_returned=True,
        traits=Traits(reachable_by_phone=False),
    ),
    lambda rng, as_of: Script(chain=(SMALL, INITIAL), legal=True, conduct=Conduct.STOPS),
    lambda rng, as_of: Script(
        chain=(SMALL, INITIAL), traits=Traits(shape=Shape.COUPLE, change=Change.DIVORCED), conduct=Conduct.STOPS
    ),
)
