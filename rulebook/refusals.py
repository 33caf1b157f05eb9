"""Why a change of a setting or a rule is not made. ``str()`` is a Japanese sentence for the person who tried."""

from __future__ import annotations


class SettingRefused(Exception):
    """A change that must not be made."""


class NoSource(SettingRefused):
    """No document was named on which the change rests (N-21)."""

    def __init__(self) -> None:
        super().__init__("根拠（通知・規程などの文書名と箇所）を入力してください。")


class OnePersonAlone(SettingRefused):
    """Who proposed it would also have published it."""

    def __init__(self) -> None:
        super().__init__("起案した人は承認できません。ほかの決裁者が承認してください。")


class NoSimulation(SettingRefused):
    """The change moves loans that are held, and no simulation of it has been finished."""

    def __init__(self) -> None:
        super().__init__("この変更はいまの貸付の金額や判定を動かします。影響を試算してから承認してください。")


class StaleSimulation(SettingRefused):
    """The simulation rests on something that is no longer so; ``because`` is the first half of the sentence."""

    def __init__(self, because: str) -> None:
        super().__init__(f"{because}影響を試算し直してから承認してください。")
