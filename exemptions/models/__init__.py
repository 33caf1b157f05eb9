from exemptions.models.applications import (
    BY_NIGHT,
    DECIDED_STATES,
    FRUITLESS_STATES,
    OPEN_STATES,
    PREPARED_STATES,
    Application,
    ApplicationPaper,
    ApplicationQuerySet,
    Assessment,
    Decision,
    StateChange,
    is_assigned,
)
from exemptions.models.bulk import Bulk, BulkRow, TakenBack
from exemptions.models.candidates import Candidate, CandidateDismissal, CandidateQuerySet
from exemptions.models.guides import ExemptionGuide
from exemptions.models.inquiries import AuthorityInquiry, InquiryLetter
from exemptions.models.prior import PriorDecision
from exemptions.models.queueing import Handover, HandoverLine, LaidAside, resting
from exemptions.models.revocations import Revocation
from exemptions.models.second_looks import DecisionLikeness, SampleDraw, SecondLook, UnlikePair
from exemptions.models.simulations import Simulation, SimulationBlock, SimulationLine

__all__ = [
    "BY_NIGHT",
    "DECIDED_STATES",
    "FRUITLESS_STATES",
    "OPEN_STATES",
    "PREPARED_STATES",
    "Application",
    "ApplicationPaper",
    "ApplicationQuerySet",
    "Assessment",
    "AuthorityInquiry",
    "Bulk",
    "BulkRow",
    "Candidate",
    "CandidateDismissal",
    "CandidateQuerySet",
    "Decision",
    "ExemptionGuide",
    "Handover",
    "HandoverLine",
    "InquiryLetter",
    "LaidAside",
    "DecisionLikeness",
    "PriorDecision",
    "Revocation",
    "SampleDraw",
    "SecondLook",
    "Simulation",
    "SimulationBlock",
    "SimulationLine",
    "StateChange",
    "TakenBack",
    "is_assigned",
    "resting",
    "UnlikePair",
]
