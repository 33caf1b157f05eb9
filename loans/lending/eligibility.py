"""Whether a household may have a special loan at all (LN-11 to LN-17, LN-19 to LN-22, LN-25).

Source: MHLW Q&A vol. 17, part 1. No rule here reads a threshold, a score or a nationality.
"""

from __future__ import annotations

from japan.eras import era_date
from japan.yen import yen
from loans.enums import FundKind
from loans.lending.enums import Burden, IncomeProof, LendingPurpose, OtherScheme, Residence
from loans.lending.inquiry import Inquiry
from loans.rules import AGENCY_CONSENT_BEGAN
from rulebook.findings import Finding
from rulebook.rules import Check

LIVED_ON = (OtherScheme.UNEMPLOYMENT_BENEFIT, OtherScheme.TRAINING_BENEFIT, OtherScheme.PENSION)
"""Payments to live on, of which question 22 asks whether they are enough. The other schemes change nothing."""


def look(inquiry: Inquiry) -> tuple[Check, ...]:
    """Look at everything that may stand in the way of a special loan, and at what may not."""
    if not inquiry.is_special:
        return ()
    found = (
        _fall_check(inquiry),
        _proof_check(inquiry),
        _amount_is_free_check(inquiry),
        _assistance_check(inquiry),
        _benefits_check(inquiry),
        _burdens_check(inquiry),
        inquiry.check("LN-17", True, value="問わない", because="国籍を尋ねず、判定にも使わない。"),
        _residence_check(inquiry),
        _purpose_check(inquiry),
        _conduct_check(inquiry),
        _consent_check(inquiry),
    )
    return tuple(check for check in found if check is not None)


def _fall_check(inquiry: Inquiry) -> Check:
    before, after = inquiry.facts.household_income
    used = ("income_before", "income_after")
    if before is None or after is None:
        missing = tuple(name for name, amount in zip(used, (before, after), strict=True) if amount is None)
        return inquiry.check(
            "LN-11",
            None,
            value="未確認",
            because="世帯の収入の減少が、まだ確認されていない。",
            would_change="減少前の収入を下回る月がわかれば、満たす。" if missing == ("income_after",) else "",
            change_fact="income_after" if missing == ("income_after",) else "",
            facts=used,
            missing=missing,
        )
    fallen = after < before
    because = (
        f"世帯の収入が月{yen(before - after)}減少している。減少の程度は問わない（問2-2）。"
        if fallen
        else "世帯の収入の減少が確認できない。不承認の前に5つの点を確かめる（問2-9）。"
    )
    return inquiry.check(
        "LN-11",
        fallen,
        value=f"{yen(before)}から{yen(after)}",
        because=because,
        would_change=f"減少後の収入が{yen(before)}以上であれば、満たさなくなる。"
        if fallen
        else f"世帯のだれかの収入の減少により、{yen(before)}を下回る月があれば、満たす。",
        change_fact="income_after",
        facts=used,
    )


def _proof_check(inquiry: Inquiry) -> Check:
    proof, doubt = inquiry.facts.income_proof, inquiry.facts.doubt_open
    value = str(proof.label) if proof is not None else "未確認"
    if doubt:
        return inquiry.check(
            "LN-12",
            None,
            value=value,
            because="記載に疑義があり、本人への確認が終わっていない。",
            would_change="本人に確認して疑義がなくなれば、満たす。",
            change_fact="doubt_open",
            facts=("income_proof", "doubt_open"),
            missing=("doubt_open",),
        )
    because = {
        None: "給与明細書や通帳等で確認し、難しいときは申立書でよい。",
        IncomeProof.PAPERS: "給与明細書や通帳等で確認する。月数は定めない（問2-4）。",
        IncomeProof.DECLARATION: "申立書で確認する。給与明細書などは求めない。",
    }[proof]
    return inquiry.check(
        "LN-12",
        True,
        value=value,
        because=because,
        would_change="記載に疑義があれば、本人に確認するまで判定できない。",
        change_fact="doubt_open",
        facts=("income_proof", "doubt_open"),
    )


def _amount_is_free_check(inquiry: Inquiry) -> Check | None:
    asked = inquiry.facts.monthly_amount if inquiry.is_general_support else inquiry.facts.amount
    if asked is None:
        return None
    return inquiry.check(
        "LN-13",
        True,
        value=yen(asked),
        because="減少した額にかかわらず、希望と資金需要によって決める。低くするときは理由を書く。",
    )


def _assistance_check(inquiry: Inquiry) -> Check:
    on = inquiry.facts.on_public_assistance
    because = {
        None: "生活保護を受給しているかどうかが確認されていない。",
        True: "生活保護を受給しているため、基本的に対象外となる。",
        False: "生活保護を受給していない。",
    }[on]
    return inquiry.check(
        "LN-14",
        None if on is None else not on,
        value="未確認" if on is None else ("受給中" if on else "受給なし"),
        because=because,
        would_change="受給していれば、満たさなくなる。" if on is False else "受給していなければ、満たす。",
        change_fact="on_public_assistance",
        facts=("on_public_assistance",),
        missing=("on_public_assistance",) if on is None else (),
    )


def _benefits_check(inquiry: Inquiry) -> Check:
    received = [scheme for scheme in OtherScheme if scheme in inquiry.facts.other_schemes]
    to_live_on = [scheme for scheme in received if scheme in LIVED_ON]
    names = "、".join(str(scheme.label) for scheme in received) or "申出なし"
    if to_live_on:
        return inquiry.check(
            "LN-15",
            None,
            value=names,
            because="受けていることだけでは対象外としない。金額が生計維持に足りるか、使途と緊急性を個別に確認する。",
            would_change="失業等給付や年金などを受けていなければ、確認は要らない。",
            change_fact="other_schemes",
            facts=("other_schemes",),
        )
    return inquiry.check(
        "LN-15",
        True,
        value=names,
        because="ほかの支援策は優先せず、利用していても貸付を妨げない（問2-8・問3・問16）。",
        would_change="失業等給付や年金などを受けていれば、個別に確認する。",
        change_fact="other_schemes",
        facts=("other_schemes",),
    )


def _burdens_check(inquiry: Inquiry) -> Check:
    burdens = [str(burden.label) for burden in Burden if burden in inquiry.facts.burdens]
    if burdens:
        return inquiry.check(
            "LN-16",
            None,
            value="、".join(burdens),
            because="これだけでは可否を決めない。資金の使途、必要性、償還能力などを個別に確認する。",
            would_change="いずれもなければ、確認は要らない。",
            change_fact="burdens",
            facts=("burdens",),
        )
    return inquiry.check(
        "LN-16",
        True,
        value="申出なし",
        because="債務、償還免除、破産、滞納の申出はない。あっても機械的には判断しない。",
        would_change="いずれかがあれば、個別に確認する。",
        change_fact="burdens",
        facts=("burdens",),
    )


def _residence_check(inquiry: Inquiry) -> Check | None:
    residence = inquiry.facts.residence
    if residence is None:
        return None
    value = str(residence.label)
    used = ("residence", "referred_for_housing")
    if residence == Residence.NO_ADDRESS:
        referred = inquiry.facts.referred_for_housing
        return inquiry.check(
            "LN-20",
            True if referred else None,
            value=value,
            because="自立相談支援機関または福祉事務所につないだ上での申込み。"
            if referred
            else "まず自立相談支援機関または福祉事務所につなぐ。",
            would_change="つないでいなければ、まずつなぐ。" if referred else "つないだ記録があれば、満たす。",
            change_fact="referred_for_housing",
            facts=used,
        )
    if residence == Residence.ELSEWHERE:
        finding, because = None, "住民票を移していない事情と、居住の状況を個別に確認する。"
        change = "住民票の住所に住んでいれば、確認は要らない。"
    else:
        finding, change = True, "住民票の住所と異なる所に住んでいれば、事情を個別に確認する。"
        because = (
            "避難先の社協で受け付け、収入は避難先での暮らしで見る。住民票を移すことは求めない。"
            if residence == Residence.EVACUATED
            else "住民票の住所の社協で受け付ける。"
        )
    return inquiry.check(
        "LN-19",
        finding,
        value=value,
        because=because,
        would_change=change,
        change_fact="residence",
        facts=used,
    )


def _purpose_check(inquiry: Inquiry) -> Check:
    purpose = inquiry.facts.purpose
    finding, because = {
        None: (None, "使いみちが確認されていない。"),
        LendingPurpose.LIVING: (True, "生活に必要な費用に使う。"),
        LendingPurpose.BUSINESS: (False, "事業の運転資金は対象外。事業資金の相談先を案内する。"),
        LendingPurpose.COURT_DEPOSIT: (
            False,
            "裁判所への予納金は償還の可能性が見込めず、対象外。法テラスなどを案内する。",
        ),
        LendingPurpose.GAMBLING: (None, "生計や日常生活の維持のための資金かどうかを、個別に確認する。"),
        LendingPurpose.DEBT_SETTLEMENT: (
            None,
            "自己破産によらない債務整理の費用は、償還が見込めるかを個別に確認する。",
        ),
    }[purpose]
    return inquiry.check(
        "LN-21",
        finding,
        value=str(purpose.label) if purpose is not None else "未確認",
        because=because,
        would_change="使いみちが事業資金や予納金であれば、満たさなくなる。"
        if finding
        else "使いみちが生活費であれば、満たす。",
        change_fact="purpose",
        facts=("purpose",),
        missing=("purpose",) if purpose is None else (),
    )


def _conduct_check(inquiry: Inquiry) -> Check | None:
    if inquiry.facts.fund != FundKind.SP_SMALL:
        return None
    flagged = inquiry.facts.conduct_flag
    return inquiry.check(
        "LN-22",
        None if flagged else True,
        value="著しく不誠実な対応の記録あり" if flagged else "記録なし",
        because="過去の貸付で著しく不誠実な対応をした記録があり、償還能力を個別に確認する。"
        if flagged
        else "償還能力は厳密に審査しない。",
        would_change="その記録がなければ、審査は要らない。"
        if flagged
        else "過去に著しく不誠実な対応をした記録があれば、個別に確認する。",
        change_fact="conduct_flag",
        facts=("conduct_flag",),
    )


def _consent_check(inquiry: Inquiry) -> Check | None:
    if not inquiry.is_general_support:
        return None
    applied_on = inquiry.facts.applied_on
    if applied_on < AGENCY_CONSENT_BEGAN:
        return inquiry.check(
            "LN-25",
            Finding.MET,
            value=f"{era_date(applied_on)}の申込み",
            because="令和2年9月までの申込みでは、同意を求めていない。",
            facts=("applied_on",),
        )
    consents = bool(inquiry.facts.agency_support_consent)
    return inquiry.check(
        "LN-25",
        consents,
        value="同意あり" if consents else "同意の記録なし",
        because="償還開始までに自立相談支援機関の支援を受けることに同意している。"
        if consents
        else "償還開始までに自立相談支援機関の支援を受けることへの同意がない。",
        would_change="同意がなければ、満たさなくなる。" if consents else "同意があれば、満たす。",
        change_fact="agency_support_consent",
        facts=("agency_support_consent", "applied_on"),
    )
