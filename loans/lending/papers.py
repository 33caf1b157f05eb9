"""Which papers an application needs, why, and what is held already (K-4, K-8; Q&A questions 1, 2-1, 7-1, 12, 17-1, 21, 24).

What a household has handed in is not asked for again. Nobody is asked for proof of the cause, a medical certificate or
a seal certificate for a special loan. Pure: ``people`` knows what is held, this module says what of it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from japan.eras import era_date
from loans.enums import FundKind
from loans.lending.enums import IncomeProof, MinorWay
from loans.lending.facts import APPLICANT, LendingFacts, Member, RegularFacts
from loans.lending.guide import NAGASAKI, Guide
from loans.lending.inquiry import GENERAL_SUPPORT
from loans.lending.involvement import PROVING_PAPER
from loans.lending.minors import is_minor
from loans.lending.regular import add_months
from people.enums import PaperKind
from rulebook.sources import HOUSE_DEFAULT, QA_VOL17, Source

K = PaperKind
ELDERLY_AGE = 65
OF_THIS_APPLICATION = frozenset({K.LENDING_FORM, K.LOAN_DEED, K.DEBIT_REQUEST, K.INCOME_DECLARATION, K.STATUS_SHEET})
"""What is written for one application; that of an earlier one does not count."""

THE_APPLICANTS_OWN = frozenset({K.IDENTITY, K.OWN_ACCOUNT, K.GUARDIAN_CONSENT, K.OPINION_LETTER})
OF_THE_COUNCIL = HOUSE_DEFAULT.at("都道府県社協が設定で求める書類")


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper that came in: of which kind, when, when it was issued, and which member it is about (empty: nobody's own)."""

    kind: PaperKind
    received_on: date
    issued_on: date | None = None
    member: str = ""


@dataclass(frozen=True, slots=True)
class PaperNeed:
    """One paper on the list. ``satisfied``: nothing has to be brought any more; ``held_ja`` says why, or why not.

    Of the papers of one ``group`` any one suffices. ``member`` is the key of the member it is about, empty where it is
    about the household as a whole; ``may_follow`` says that it may come after the money.
    """

    kind: PaperKind
    name_ja: str
    why_ja: str
    source: Source
    satisfied: bool = False
    held_ja: str = ""
    group: str = ""
    member: str = ""
    may_follow: bool = False


def papers_needed(
    facts: LendingFacts, held: Iterable[HeldPaper] = (), *, local: Sequence[str] = (), guide: Guide = NAGASAKI
) -> tuple[PaperNeed, ...]:
    """Return the papers for this fund, cause and household, in the order of the list that is handed out.

    ``local`` are the papers this council asks for besides (settings ``local_papers_…``), ``guide`` is the regular loan's.
    """
    if facts.fund == FundKind.REG_SMALL:
        wanted = _for_regular_loan(facts, guide)
    else:
        wanted = _for_special_loan(facts)
    wanted += [PaperNeed(K.OTHER, name, "都道府県社協が求める書類", OF_THE_COUNCIL) for name in local]
    papers = list(held)
    judged = [_judged(need, facts, papers, guide) for need in wanted]
    proved = {need.group for need in judged if need.group and need.satisfied}
    return tuple(
        replace(need, satisfied=True, held_ja="ほかの書類で確認済み")
        if need.group in proved and not need.satisfied
        else need
        for need in judged
    )


def still_asked(needs: Iterable[PaperNeed]) -> tuple[PaperNeed, ...]:
    """Return the papers that still have to be brought."""
    return tuple(need for need in needs if not need.satisfied)


# --- the special loans ------------------------------------------------------------------------------


def _q(number: str) -> Source:
    return QA_VOL17.at(f"1 貸付関係 問{number}")


def had_small_loan(facts: LendingFacts) -> bool:
    """Whether general support follows a small loan of the household, so that its papers are not asked for again."""
    return facts.fund in GENERAL_SUPPORT and any(loan.fund == FundKind.SP_SMALL for loan in facts.prior)


def _for_special_loan(facts: LendingFacts) -> list[PaperNeed]:
    general = facts.fund in GENERAL_SUPPORT
    after_small = had_small_loan(facts)
    forms = _q("24④") if general else _q("21")
    wanted = [
        PaperNeed(K.LENDING_FORM, K.LENDING_FORM.label, "申込みのため", forms),
        PaperNeed(K.LOAN_DEED, K.LOAN_DEED.label, "申込書と同時に受け取り、不決定のときは返す", forms),
        PaperNeed(K.IDENTITY, K.IDENTITY.label, "本人の確認", _q("24①")),
        PaperNeed(K.RESIDENCE_RECORD, K.RESIDENCE_RECORD.label, "世帯の状況の確認", _q("24①")),
        *_income_papers(facts, after_small),
        PaperNeed(K.OWN_ACCOUNT, K.OWN_ACCOUNT.label, "送金先の確認", _q("21")),
    ]
    if after_small and all(loan.elsewhere for loan in facts.prior if loan.fund == FundKind.SP_SMALL):
        name = "緊急小口資金の貸付決定通知書の写し"
        wanted.append(PaperNeed(K.OTHER, name, "ほかの社協で借りた緊急小口資金の確認", _q("24①")))
    if facts.fund in (FundKind.SP_GS_EXTENSION, FundKind.SP_GS_RELOAN):
        wanted.append(PaperNeed(K.STATUS_SHEET, K.STATUS_SHEET.label, "自立相談支援機関の相談支援の確認", _q("8-3")))
    wanted += _minor_papers(facts)
    if facts.urgent and facts.fund == FundKind.SP_SMALL:
        wanted = [replace(need, may_follow=need.kind != K.LENDING_FORM) for need in wanted]
    if after_small:
        wanted = [_handed_in_with_small_loan(need) for need in wanted]
    return wanted


def _income_papers(facts: LendingFacts, after_small: bool) -> list[PaperNeed]:
    declaration = PaperNeed(
        K.INCOME_DECLARATION,
        f"{K.INCOME_DECLARATION.label}（{'参考1-2' if facts.fund in GENERAL_SUPPORT else '参考1-1'}）",
        "収入の減少の確認",
        _q("24②") if after_small else _q("2-1"),
    )
    if after_small or facts.income_proof == IncomeProof.DECLARATION:
        return [declaration]
    payslips = PaperNeed(K.PAYSLIP, K.PAYSLIP.label, "収入の減少の確認（月数は定めない）", _q("2-1"))
    if facts.income_proof == IncomeProof.PAPERS:
        return [payslips]
    return [replace(need, group="income") for need in (payslips, declaration)]


def _minor_papers(facts: LendingFacts) -> list[PaperNeed]:
    if not is_minor(facts):
        return []
    if facts.minor_way == MinorWay.GUARDIAN_CONSENT:
        return [PaperNeed(K.GUARDIAN_CONSENT, K.GUARDIAN_CONSENT.label, "未成年者の申込みのため", _q("17-1"))]
    if facts.minor_way in (MinorWay.CARER_OPINION, MinorWay.SUPPORT_BODY_OPINION):
        name = str(MinorWay(facts.minor_way).label)
        return [PaperNeed(K.OPINION_LETTER, name, "未成年者の自立の能力の確認", _q("17-1"))]
    return []


def _handed_in_with_small_loan(need: PaperNeed) -> PaperNeed:
    if need.kind in (K.IDENTITY, K.RESIDENCE_RECORD):
        return replace(need, satisfied=True, held_ja="緊急小口資金の申込みで提出済み（問7-1・問24）")
    return need


# --- the regular loan -------------------------------------------------------------------------------


def _for_regular_loan(facts: LendingFacts, guide: Guide) -> list[PaperNeed]:
    def need(kind: PaperKind, why_ja: str, where: str, **more: str) -> PaperNeed:
        return PaperNeed(kind, more.pop("name_ja", str(kind.label)), why_ja, guide.document.at(where), **more)  # type: ignore[arg-type]

    regular = facts.regular or RegularFacts()
    members = facts.members or (Member(APPLICANT),)
    written, attached = "申込に必要な書類「借受人の記入が必要な書類」", "添付書類"
    wanted = [
        need(K.LENDING_FORM, "申込みのため", written),
        need(K.LOAN_DEED, "申込みのため。日付は送金のときに入れる", written),
        need(K.DEBIT_REQUEST, "返済の口座振替のため", written),
        need(
            K.RESIDENCE_RECORD,
            f"世帯全員の本籍を記載した{guide.record_at_most_months}か月以内のもの",
            f"{attached}①",
        ),
    ]
    for member in members:
        if member.has_disability:
            if member.has_handbook is False:
                wanted.append(need(K.DISABILITY_SERVICES, "手帳がない障害者世帯", f"{attached}②", member=member.key))
            else:
                wanted += [
                    need(K.DISABILITY_CERTIFICATE, "障害者世帯", f"{attached}②", member=member.key),
                    need(K.DISABILITY_PENSION, "障害者世帯", f"{attached}②", member=member.key),
                ]
        if member.needs_care or (member.age or 0) >= ELDERLY_AGE:
            wanted.append(need(K.CARE_INSURANCE_CARD, "高齢者世帯", f"{attached}③", member=member.key))
    for member in members:
        if has_to_show_income(member, guide):
            wanted.append(need(K.INCOME_PROOF, "世帯の収入の確認", f"{attached}④a", member=member.key))
    wanted += [
        need(K.EXPENSE_PROOF, "世帯の支出の確認", f"{attached}④b"),
        need(K.BANKBOOK, f"給与や家賃などの入出金の確認（直近{guide.bankbook_months}か月分）", f"{attached}④c"),
    ]
    if facts.other_schemes:
        wanted.append(need(K.BENEFIT_PROOF, "利用中または申請中の公的な給付・貸付の確認", f"{attached}⑤"))
    proving = PROVING_PAPER[regular.involvement] if regular.involvement is not None else None
    if proving is not None:
        letter = "a" if proving == K.LOAN_MEDIATION else "b"
        wanted.append(need(proving, "自立相談支援機関の利用の確認", f"{attached}⑥{letter}"))
    wanted.append(need(K.OWN_ACCOUNT, "送金先の確認", f"{attached}⑦"))
    if regular.cause is not None:
        why = f"借入理由（{regular.cause.label}）と対象経費の確認"
        kinds = guide.cause_papers[regular.cause].kinds
        wanted += [need(kind, why, f"{attached}⑧ {regular.cause.label[0]}", group="cause") for kind in kinds]
    return wanted + _minor_papers(facts)


def has_to_show_income(member: Member, guide: Guide = NAGASAKI) -> bool:
    """Whether a member's income is to be shown: from 16 on unless in school, and whoever earns. Unknown counts as yes."""
    if member.earns:
        return True
    if member.age is not None and member.age < guide.income_papers_from_age:
        return False
    return not member.in_school


# --- what is held -----------------------------------------------------------------------------------


def stale_since(issued_on: date, months: int) -> date:
    """Return the last day on which a paper issued then may still be used."""
    return add_months(issued_on, months)


def refusal_of_record(issued_on: date | None, shown_on: date, months: int) -> str:
    """Say in Japanese why a residence record cannot be used on a day; empty where it can."""
    if issued_on is None:
        return "住民票の発行日を確認してください。"
    if issued_on > shown_on:
        return "住民票の発行日に先の日付は使えません。"
    if shown_on > stale_since(issued_on, months):
        return f"{era_date(issued_on)}発行の住民票は、{months}か月を過ぎているため使えません。"
    return ""


def _is_about(paper: HeldPaper, need: PaperNeed, facts: LendingFacts) -> bool:
    """Whether a paper is of the kind and the member asked for; of the household, anybody's will do."""
    if paper.kind != need.kind:
        return False
    if paper.kind in OF_THIS_APPLICATION and paper.received_on < facts.applied_on:
        return False
    if need.kind in THE_APPLICANTS_OWN:
        return paper.member in ("", APPLICANT)
    return not need.member or need.member == (paper.member or APPLICANT)


def _judged(need: PaperNeed, facts: LendingFacts, held: list[HeldPaper], guide: Guide) -> PaperNeed:
    if need.satisfied or need.kind == K.OTHER:
        return need
    refused = ""
    for paper in sorted(held, key=lambda it: it.received_on, reverse=True):
        if not _is_about(paper, need, facts):
            continue
        if paper.kind == K.RESIDENCE_RECORD:
            shown_on = max(facts.applied_on, paper.received_on)
            no_good = refusal_of_record(paper.issued_on, shown_on, guide.record_at_most_months)
            if no_good:
                refused = refused or no_good
                continue
        return replace(need, satisfied=True, held_ja=f"{era_date(paper.received_on)}に受領済み")
    return replace(need, held_ja=refused)
