"""What has gone wrong in real councils, as far as today's tables can show it, and how to find it in the demonstration.

Each entry names what happened elsewhere (press reports, audit reports), and gives the rows that show the like here: for
training ("find the borrower whose …"), and for the test that none is ever missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from desk.demo.names import RARE_CHARACTERS, UNPRINTABLE
from exemptions.enums import ApplicationState, Flag, HouseholdSituation
from exemptions.filters import TARGET_DAYS
from exemptions.models import Application, Decision
from japan.bankdays import add_bank_days
from loans.models import Loan
from notices.selectors import due_tonight
from people.enums import ItemState, Language, MailBlockReason, PaperKind
from people.models import (
    Caseload,
    HouseholdMember,
    MailBlock,
    Paper,
    Person,
    Protection,
    TaxCertificate,
    TransitItem,
    in_force,
)
from repayment.enums import LedgerKind
from repayment.models import CollectionHold, Deferral, LedgerEntry, RepaymentPlan
from repayment.selectors import positions_of


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong, or that a council has to cope with. ``find`` gives the keys of rows that show it."""

    code: str
    what: str
    elsewhere: str
    find: Callable[[date], Iterable[Any]]


def _keys(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:20])


def _late(as_of: date, days: int) -> date:
    return as_of - timedelta(days=days)


def _exempt_but_paid(as_of: date) -> list[int]:
    whole = Decision.objects.filter(
        application__loan=OuterRef("loan"), remaining=0, decided_on__lt=OuterRef("effective_on")
    )
    return _keys(LedgerEntry.objects.filter(Exists(whole), kind=LedgerKind.PAID))


def _paid_before_known(as_of: date) -> list[int]:
    cut = _late(as_of, 12)
    entries = LedgerEntry.objects.filter(kind=LedgerKind.PAID, effective_on__gte=cut).values_list(
        "pk", "effective_on", "recorded_at"
    )
    return [pk for pk, on, at in entries if (timezone.localdate(at) - on).days >= 6]


def _decisions_tonight(as_of: date) -> list[int]:
    """Decisions on exemption whose letters are due tonight."""
    named = [letter.occasion.partition(":") for letter in due_tonight(as_of)]
    return [int(number) for kind, _, number in named if kind == "decision"]


def _same_surname_tonight(as_of: date) -> list[int]:
    """Letters due tonight to people of one family name who live in one municipality."""
    due = _decisions_tonight(as_of)
    people = Person.objects.filter(loans__applications__decisions__in=due).distinct()
    by_name: dict[tuple[str, int], list[int]] = {}
    for person in people.prefetch_related("caseloads"):
        for care in person.caseloads.all():
            by_name.setdefault((person.name.split(" ")[0], care.office_id), []).append(person.pk)
    return [pk for same in by_name.values() if len(same) > 1 for pk in same]


def _moved_before_letter(as_of: date) -> list[int]:
    due = _decisions_tonight(as_of)
    return _keys(
        Person.objects.filter(
            loans__applications__decisions__in=due, addresses__since__gte=_late(as_of, 3), addresses__since__lte=as_of
        ).distinct()
    )


def _protected_beside_borrower(as_of: date) -> list[int]:
    """Protected people on whose residence record another borrower stands."""
    other = HouseholdMember.objects.filter(
        in_force(as_of), household=OuterRef("household"), person__loans__isnull=False
    ).exclude(person=OuterRef("person"))
    return _keys(
        HouseholdMember.objects.filter(
            in_force(as_of), Exists(other), person__in=Protection.objects.filter(in_force(as_of)).values("person")
        )
    )


def _entitled_unasked(as_of: date) -> list[int]:
    """Loans still owed, never applied for, of people whose newest certificate says they pay no residence tax."""
    untaxed = TaxCertificate.objects.filter(
        paper__person=OuterRef("borrower"), per_capita_levy=False, income_levy=False
    )
    sibling = Decision.objects.filter(application__loan__borrower=OuterRef("borrower"), amount__gt=0)
    found = _keys(Loan.objects.filter(Exists(untaxed), Exists(sibling), applications__isnull=True, state="lent"))
    return [pk for pk, at in positions_of(found, as_of).items() if at.outstanding]


def _growing_arrears(as_of: date) -> list[int]:
    """More in arrears than two months ago, although small sums were paid."""
    before = _late(as_of, 60)
    small = LedgerEntry.objects.filter(
        loan=OuterRef("pk"), kind=LedgerKind.PAID, effective_on__gt=before, amount__lte=3000
    )
    loans = _keys(Loan.objects.filter(Exists(small), principal__gte=450_000))
    earlier = positions_of(loans, before)
    return [pk for pk, at in positions_of(loans, as_of).items() if at.arrears > earlier[pk].arrears]


def _owed_back(as_of: date) -> list[int]:
    loans = Loan.objects.filter(entries__kind__in=[LedgerKind.PAID]).order_by("pk").values_list("pk", flat=True)
    return [pk for pk, at in positions_of(loans.distinct()[:200], as_of).items() if at.surplus]


def _silent(as_of: date) -> list[int]:
    """Nothing ever paid although it is asked for, no telephone, mail returned."""
    return _keys(
        Person.objects.filter(
            mail_blocks__reason=MailBlockReason.RETURNED, phones__isnull=True, loans__isnull=False
        ).exclude(loans__entries__kind=LedgerKind.PAID)
    )


def _registered_twice(as_of: date) -> list[int]:
    twins = Person.objects.filter(kana_key=OuterRef("kana_key"), birth_date=OuterRef("birth_date")).exclude(
        pk=OuterRef("pk")
    )
    return _keys(Person.objects.filter(Exists(twins)))


def _rare_names(as_of: date) -> list[int]:
    """One bearer of each rare character; empty where a character has none."""
    found = [
        Person.objects.filter(name__contains=rare).values_list("pk", flat=True).first() for rare in RARE_CHARACTERS
    ]
    return [] if None in found else [pk for pk in found if pk is not None]


INCIDENTS: tuple[Incident, ...] = (
    Incident(
        "exempt-but-debited",
        "免除の決定後に引き落とされた入金がある",
        "鳥取県の奨学金、2018年：免除された人から引き落とし",
        _exempt_but_paid,
    ),
    Incident(
        "refunded-after-exemption",
        "免除後の入金が返金されている",
        "同上の後始末（RP-12）",
        lambda as_of: _keys(LedgerEntry.objects.filter(kind=LedgerKind.REFUNDED)),
    ),
    Incident(
        "paid-before-known",
        "支払い済みなのに、まだ記帳が届いていなかった",
        "鳥取県の奨学金、2017年：納付済みの人に督促",
        _paid_before_known,
    ),
    Incident(
        "debited-twice",
        "同じ月が二度引き落とされ、片方が取り消されている",
        "沖縄の水道、口座振替の再送による二重引落",
        lambda as_of: _keys(LedgerEntry.objects.filter(kind=LedgerKind.PAID_REVERSED)),
    ),
    Incident(
        "same-surname-neighbours",
        "今夜の通知に、同じ名字で隣に住む二人がいる",
        "三重県の奨学金：同姓の別人の封筒に督促状",
        _same_surname_tonight,
    ),
    Incident(
        "moved-before-letter",
        "通知の直前に転居している",
        "富山・神奈川・鎌倉：宛先の取り違え",
        _moved_before_letter,
    ),
    Incident(
        "papers-lost",
        "市区町村社協から送った書類が届いていない",
        "江戸川区社協、2022年：17人分の申請書類が郵送中に紛失",
        lambda as_of: _keys(
            TransitItem.objects.filter(state=ItemState.ON_THE_WAY, batch__sent_on__lt=add_bank_days(as_of, -3))
        ),
    ),
    Incident(
        "temporary-worker-gone",
        "任期の終わった派遣職員の利用が止められている",
        "群馬県社協：委託先の派遣職員による情報の持ち出し",
        lambda as_of: _keys(
            User.objects.filter(
                is_active=False, role_assignments__role=Role.PREFECTURAL_CLERK, role_assignments__until__lt=as_of
            )
        ),
    ),
    Incident(
        "protected-beside-borrower",
        "支援措置の方と同じ住民票に、別の借受人がいる",
        "DV避難者の住所の漏えい（厚木・日野・大東・三鷹ほか）",
        _protected_beside_borrower,
    ),
    Incident(
        "protection-over",
        "支援措置が終わっている（履歴が残る）",
        "同上：あるシステムで消し忘れ、別のシステムで付け忘れ",
        lambda as_of: _keys(Protection.objects.filter(until__lt=as_of)),
    ),
    Incident(
        "entitled-unasked",
        "非課税の証明が届いているのに、ほかの貸付の免除を申請していない",
        "米国GAO-22-103720：免除の資格がある人に誰も気付かなかった",
        _entitled_unasked,
    ),
    Incident(
        "waiting-long",
        "受付から30日を超えて待っている申請",
        "米国CFPB 2024-01：30日を超える申請が45万件",
        lambda as_of: _keys(
            Application.objects.filter(
                state__in=[ApplicationState.RECEIVED, ApplicationState.UNDER_REVIEW],
                received_on__lt=_late(as_of, TARGET_DAYS),
            )
        ),
    ),
    Incident(
        "on-assistance-when-lent",
        "生活保護を受給している人に貸し付けていた",
        "会計検査院、2024年：17都道府県のうち16で4,428件",
        lambda as_of: _keys(
            Paper.objects.filter(kind=PaperKind.PUBLIC_ASSISTANCE_NOTICE, person__loans__applied_on__gt=F("issued_on"))
        ),
    ),
    Incident("silent", "連絡がとれず、一度も償還していない", "長崎県：20,783件のうち3,703件が無反応", _silent),
    Incident(
        "arrears-growing",
        "少しずつ払っているのに滞納が増えている",
        "要件④（EX-40）の前提となる状況",
        _growing_arrears,
    ),
    Incident("owed-back", "払いすぎた分を返す必要がある", "免除や完済のあとの入金（RP-12, RP-13）", _owed_back),
    Incident(
        "registered-twice", "同じ人が二つの番号で登録されている", "転居先の社協でも申し込んだ", _registered_twice
    ),
    Incident(
        "returned-mail",
        "通知が宛先不明で返戻されている",
        "広島県：償還中の約3割が滞納かつ連絡不能",
        lambda as_of: _keys(MailBlock.objects.filter(reason=MailBlockReason.RETURNED)),
    ),
    Incident(
        "died",
        "借受人が亡くなっている",
        "死亡は職権でも免除できる（EX-50）",
        lambda as_of: _keys(Person.objects.filter(died_on__isnull=False, loans__isnull=False)),
    ),
    Incident(
        "legal-proceedings",
        "債務整理・破産の手続き中で請求を止めている",
        "2022年10月：債務整理5万件、破産1.4万件",
        lambda as_of: _keys(CollectionHold.objects.filter(reason="legal", until__isnull=True)),
    ),
    Incident(
        "deferred-on-opinion",
        "自立相談支援機関の意見書で猶予されている",
        "沖縄県の猶予の要件と添付書類",
        lambda as_of: _keys(Deferral.objects.filter(loan__borrower__papers__kind=PaperKind.OPINION_LETTER).distinct()),
    ),
    Incident(
        "another-debit-day",
        "銀行によって引落日が違う",
        "長崎県：26日の銀行と27日の銀行",
        lambda as_of: _keys(RepaymentPlan.objects.filter(debit_day=27)),
    ),
    Incident(
        "plan-changed",
        "償還計画が変更されている",
        "少額返済と計画の変更は別のもの（2022-10-28 通知）",
        lambda as_of: _keys(RepaymentPlan.objects.filter(version=2)),
    ),
    Incident(
        "moved-council",
        "担当の市区町村社協が変わっている",
        "転居と担当の引き継ぎ",
        lambda as_of: _keys(Caseload.objects.filter(until__isnull=False)),
    ),
    Incident(
        "head-changed",
        "申請の前に世帯主が変わっている",
        "同意⑥：免除のための世帯主の変更はできない",
        lambda as_of: _keys(Application.objects.filter(assessment__flags__contains=[Flag.HEAD_CHANGED.value])),
    ),
    Incident(
        "head-was-separate",
        "今の世帯主は、貸付の申請時には別世帯だった",
        "様式1-1-D の世帯の状況（EX-12）",
        lambda as_of: _keys(Application.objects.filter(situation=HouseholdSituation.HEAD_WAS_SEPARATE)),
    ),
    Incident(
        "head-certificate-unobtainable",
        "避難などのため世帯主の証明書を取れない",
        "様式1-1-D の世帯の状況（EX-12）",
        lambda as_of: _keys(Application.objects.filter(situation=HouseholdSituation.HEAD_CERTIFICATE_UNOBTAINABLE)),
    ),
    Incident(
        "rare-characters",
        "戸籍の字の名前（髙﨑𠮷邉󠄂齋濵槗）",
        "外字と異体字が正しく印刷されない",
        _rare_names,
    ),
    Incident(
        "unprintable-name",
        "どの書体にもない字の名前",
        "外字のまま届いた氏名は印刷せずに保留する",
        lambda as_of: _keys(Person.objects.filter(name__contains=UNPRINTABLE)),
    ),
    Incident(
        "from-abroad",
        "日本語以外の案内や通訳が必要",
        "北海道の案内：通訳は13言語",
        lambda as_of: _keys(
            Person.objects.filter(~Q(language=Language.JAPANESE), needs_interpreter=True, loans__isnull=False)
        ),
    ),
    Incident(
        "own-proposal",
        "決裁者が自分で起案した申請（自分では決裁できない）",
        "四つの目の原則",
        lambda as_of: _keys(
            Application.objects.filter(
                state=ApplicationState.UNDER_REVIEW, prepared_by__role_assignments__role=Role.SUPERVISOR
            )
        ),
    ),
    Incident(
        "decided-by-deputy",
        "不在の決裁者に代わって決裁されている（代決）",
        "代決の期間と記録",
        lambda as_of: _keys(Decision.objects.filter(decided_for__isnull=False)),
    ),
    Incident(
        "four-loans",
        "一人で特例貸付を四つ借りている",
        "一人に四つの判定年度と四つの決定（EX-02）",
        lambda as_of: _keys(Person.objects.annotate(count=Count("loans")).filter(count__gte=4)),
    ),
)
"""Everything that a demonstration shows at least once."""


def missing(as_of: date) -> list[str]:
    """The codes of incidents that the database does not show; none in a demonstration with the whole cast."""
    return [incident.code for incident in INCIDENTS if not list(incident.find(as_of))]
