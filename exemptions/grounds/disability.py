"""Requirement ③: the borrower holds a disability certificate of a grade that counts (EX-31 … EX-34).

Sources: form 1-2, reason ①. The certificate for intellectual disability is accepted by setting
(``accept_intellectual_severe``), because the national base list and some councils do not name it (EX-33).
"""

from __future__ import annotations

from exemptions.assessment import GroundOutcome
from exemptions.enums import CertificateKind, Ground
from exemptions.facts import Certificate
from exemptions.grades import counts
from exemptions.grounds.residence_tax import regular_loan_check
from exemptions.grounds.whole import whole_outstanding
from exemptions.inquiry import Inquiry
from japan.eras import era_date
from rulebook.findings import Finding
from rulebook.rules import Check

GROUND = Ground.DISABILITY
_RULES = {
    CertificateKind.MENTAL: ("EX-31", "1級"),
    CertificateKind.PHYSICAL: ("EX-32", "1級または2級"),
    CertificateKind.INTELLECTUAL: ("EX-33", "重度（Aなど）"),
}


def look(inquiry: Inquiry) -> GroundOutcome:
    """Look at requirement ③: any one certificate suffices, the earliest counts for EX-36."""
    if not inquiry.is_special:
        return GroundOutcome(GROUND, Finding.NOT_MET, (regular_loan_check(inquiry, GROUND),))
    counting = [item for item in inquiry.facts.certificates if _counts(inquiry, item)]
    met_on = min((item.issued_on for item in counting), default=None)
    checks = tuple(_kind_check(inquiry, kind) for kind in _RULES)
    return whole_outstanding(inquiry, GROUND, bool(counting), met_on, checks)


def certificate_fact(kind: CertificateKind) -> str:
    """Return the name of a fact: ``"certificate:PHYSICAL"``."""
    return f"certificate:{kind.value}"


def _accepted(inquiry: Inquiry, kind: CertificateKind) -> bool:
    return kind != CertificateKind.INTELLECTUAL or inquiry.settings.accept_intellectual_severe


def _counts(inquiry: Inquiry, certificate: Certificate) -> bool:
    return _accepted(inquiry, certificate.kind) and counts(certificate.kind, certificate.grade)


def _kind_check(inquiry: Inquiry, kind: CertificateKind) -> Check:
    rule, wanted = _RULES[kind]
    held = sorted((item for item in inquiry.facts.certificates if item.kind == kind), key=lambda item: item.issued_on)
    counting = next((item for item in held if _counts(inquiry, item)), None)
    shown = counting or (held[-1] if held else None)
    fact = certificate_fact(kind)
    would_change, change_fact = f"{kind.label}の等級が{wanted}であれば、満たす。", fact
    if shown is None:
        because = f"{kind.label}の交付が確認されていない。"
        would_change = f"{kind.label}（{wanted}）の交付を受けていれば、満たす。"
    elif not _accepted(inquiry, kind):
        because = f"{kind.label}は、この都道府県の設定により対象としない。"
    elif counting:
        because = f"{kind.label}の等級「{counting.grade}」は対象の等級（{wanted}）である。"
        would_change = f"{kind.label}の等級が{wanted}でなければ、満たさなくなる。"
    else:
        because = f"{kind.label}の等級「{shown.grade}」は対象の等級（{wanted}）ではない。"
    if not _accepted(inquiry, kind):
        would_change = change_fact = ""
    return inquiry.check(
        rule,
        counting is not None,
        GROUND,
        value=f"「{shown.grade}」{era_date(shown.issued_on)}交付" if shown else "なし",
        because=because,
        would_change=would_change,
        change_fact=change_fact,
        facts=(fact,),
    )
