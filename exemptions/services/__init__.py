"""What can be done to an exemption application. Every change goes through one of these functions."""

from exemptions.services.claims import claim, claim_next, lay_aside, release, take_up
from exemptions.services.entry import enter_application, move_for, save_draft, update_application
from exemptions.services.moves import move_application

__all__ = [
    "claim",
    "claim_next",
    "enter_application",
    "lay_aside",
    "move_application",
    "move_for",
    "release",
    "save_draft",
    "take_up",
    "update_application",
]
