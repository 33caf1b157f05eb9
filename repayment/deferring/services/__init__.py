"""What can be done with a deferral: enter, interview, file papers, move, end early, offer support."""

from repayment.deferring.services.ending import answer_end, ask_to_end
from repayment.deferring.services.entry import enter_application, hold_interview
from repayment.deferring.services.moves import move_application
from repayment.deferring.services.offers import record_offer
from repayment.deferring.services.papers import file_paper

__all__ = [
    "answer_end",
    "ask_to_end",
    "enter_application",
    "file_paper",
    "hold_interview",
    "move_application",
    "record_offer",
]
