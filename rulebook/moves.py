"""What a dated setting or rule moves in loans that are held: whether its change has to be simulated first."""

from __future__ import annotations

from enum import StrEnum


class Moves(StrEnum):
    """Declared by each setting (``SettingKey.moves``) and, for its rules, by each app (``MOVES`` in ``rules.py``).

    ``NOTHING``: contracts still to be made, letters, texts and the work of the house; no figure of a held loan. A change
    needs no simulation. ``REPAYMENT`` moves balances, arrears or late interest, and what can be exempted with them.
    """

    NOTHING = "nothing"
    EXEMPTION = "exemption"
    REPAYMENT = "repayment"

    @property
    def label_ja(self) -> str:
        """What it moves, in the words of the settings page."""
        return _LABELS[self]

    @property
    def needs_simulation(self) -> bool:
        """Whether a change stands only with a finished simulation."""
        return self is not Moves.NOTHING


_LABELS = {
    Moves.NOTHING: "いまの貸付の金額や判定は動かしません（試算は不要です）",
    Moves.EXEMPTION: "免除の判定と免除額",
    Moves.REPAYMENT: "償還の残額・滞納・延滞利子と、免除の判定・免除額",
}
