"""What the database asks of an application by the way it was filed: its grounds, its year, what an approval needs."""

from __future__ import annotations

from django.db.models import Q

from exemptions.enums import (
    CONSENT_NUMBERS,
    DISCHARGES,
    EVIDENCE_GROUNDS,
    EX_OFFICIO_GROUNDS,
    FORM_1_1_GROUNDS,
    FORM_1_2_GROUNDS,
    ApplicationForm,
    Composition,
    Ground,
    HouseholdSituation,
)

FORM_AND_YEAR = Q(form=ApplicationForm.FORM_1_1, fiscal_year__isnull=False) | (
    ~Q(form=ApplicationForm.FORM_1_1) & Q(fiscal_year__isnull=True)
)
"""Only the forms 1-1-x name a fiscal year."""

FORM_AND_GROUND = (
    Q(form=ApplicationForm.FORM_1_1, ground__in=FORM_1_1_GROUNDS)
    | Q(form=ApplicationForm.FORM_1_2, ground__in=FORM_1_2_GROUNDS)
    | Q(form=ApplicationForm.EVIDENCE, ground__in=EVIDENCE_GROUNDS)
    | Q(form=ApplicationForm.EX_OFFICIO, ground__in=EX_OFFICIO_GROUNDS)
)
"""Every ground has one way of being asked for."""

_SIGNED = Q(consents__contains=list(CONSENT_NUMBERS), signed=True, erasable_ink=False, signed_on__isnull=False) & ~Q(
    phone=""
)
_HOUSEHOLD = Q(situation__in=HouseholdSituation.values)

COMPLETE_FORM = (
    (Q(form=ApplicationForm.FORM_1_1) & _SIGNED & _HOUSEHOLD)
    | (Q(form=ApplicationForm.FORM_1_2) & _SIGNED & ~Q(ground=Ground.LONG_ARREARS))
    | (
        Q(form=ApplicationForm.FORM_1_2, ground=Ground.LONG_ARREARS, composition__in=Composition.values)
        & _SIGNED
        & _HOUSEHOLD
    )
    | (Q(form=ApplicationForm.EVIDENCE, ground__in=DISCHARGES) & _SIGNED)
    | (Q(form=ApplicationForm.EVIDENCE) & ~Q(ground__in=DISCHARGES))
    | (Q(form=ApplicationForm.EX_OFFICIO) & ~Q(note=""))
)
"""Who can sign has signed and consented (EX-60); what the council begins itself has its reason written down."""
