"""What makes the list of candidates for exemption alive: a few handbooks and a remark heard, one candidate put aside.

Most candidates come out of the lives themselves; the search is the night's own.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from accounts.models import User
from audit.actors import Actor
from exemptions.candidates.enums import CandidateKind
from exemptions.candidates.nightly import find_candidates
from exemptions.candidates.services import dismiss_candidate
from exemptions.models import Candidate
from loans.enums import LoanState
from loans.models import Loan
from people.enums import PaperKind
from people.papers import record_paper
from repayment.ageing import age_loans
from repayment.selectors import policy_on

TOKYO = ZoneInfo("Asia/Tokyo")
NIGHT = Actor.machine("night")
LOOKED_AT = 200
HANDBOOKS = ("身体障害者手帳　2級", "精神障害者保健福祉手帳　1級", "療育手帳　A", "身体障害者手帳　4級")
"""The last one does not count: its borrower is no candidate."""


def discover_candidates(as_of: date) -> None:
    """Bring a few papers in and let the night look. Called inside ``make``, after everything else is there."""
    by, at = Actor.person(User.objects.get(username="ken01")), datetime.combine(as_of, time(9, 30), tzinfo=TOKYO)
    for number, (loan, note) in enumerate(zip(_still_owing(as_of), HANDBOOKS, strict=False)):
        record_paper(
            person=loan.borrower, kind=PaperKind.DISABILITY_CERTIFICATE, received_on=as_of - timedelta(days=12 + number),
            issued_on=None, source_key=f"demo-handbook:{number}", note=note, by=by, at=at,
        )  # fmt: skip
    keys = Loan.objects.aggregate(first=Min("pk"), last=Max("pk"))
    night = as_of - timedelta(days=1)
    evening = datetime.combine(night, time(20, 30), tzinfo=TOKYO)
    find_candidates(first=keys["first"], last=keys["last"], on=night, by=NIGHT, at=evening)
    looked_into = Candidate.objects.open().filter(kind=CandidateKind.NEW_TAX_YEAR).order_by("loan__code").first()
    if looked_into is not None:
        dismiss_candidate(
            candidate_id=looked_into.pk,
            reason="本人に電話で確認。今年度は課税とのこと（課税証明書は後日）。",
            by=by,
            at=at,
        )


def _still_owing(as_of: date) -> list[Loan]:
    """Some borrowers who owe something, in the order of the codes of their loans, one loan each."""
    some = (
        Loan.objects.filter(state=LoanState.LENT).order_by("code").values_list("pk", flat=True)[100 : 100 + LOOKED_AT]
    )
    owing = {
        row.loan_id for row in age_loans(as_of=as_of, policy=policy_on(as_of), loans=list(some)) if row.outstanding
    }
    found: dict[int, Loan] = {}
    for loan in Loan.objects.filter(pk__in=owing, borrower__died_on=None).select_related("borrower").order_by("code"):
        found.setdefault(loan.borrower_id, loan)
    return list(found.values())
