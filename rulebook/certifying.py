"""Whether a draft was simulated upon what stands now. Upper floors simulate and write the certificate through here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from audit.actors import Actor
from audit.services import service
from rulebook.models import SettingRow, SimulationCertificate
from rulebook.refusals import SettingRefused
from rulebook.rules import declared_rules
from rulebook.selectors import published_rules, settings_on, value_on


class Standing(StrEnum):
    """What a draft's newest simulation is worth at a moment."""

    NONE = "none"
    GOOD = "good"
    OTHER_BASE = "other_base"
    TOO_OLD = "too_old"

    @property
    def label_ja(self) -> str:
        return _LABELS[self]

    @property
    def because_ja(self) -> str:
        """Why it is stale, as the first half of a sentence."""
        return _BECAUSE.get(self, "")


_LABELS = {
    Standing.NONE: "試算がまだです",
    Standing.GOOD: "試算済み",
    Standing.OTHER_BASE: "試算の後に前提が変わりました",
    Standing.TOO_OLD: "試算から日がたちました",
}
_BECAUSE = {
    Standing.OTHER_BASE: "試算の後に、ほかの設定または規則が変わりました。",
    Standing.TOO_OLD: "試算の有効な日数を過ぎました。",
}


def base_of(draft: SettingRow) -> str:
    """The digest of what a draft is laid upon: itself, the settings and sentences that stand on its day, and the rules.

    Another change approved for that day or an earlier one, or a program with other rules, gives another digest. What the
    borrowers hold is not part of it: payments come in every day, and ``simulation_valid_days`` bounds that. Three queries.
    """
    essence = {
        "draft": [draft.pk, draft.key, draft.value, draft.valid_from.isoformat(), draft.source],
        "settings": settings_on(draft.valid_from).as_json(),
        "sentences": {code: rule.wording_ja for code, rule in published_rules(draft.valid_from).items()},
        "rules": sorted(rule.version for group in declared_rules() for rule in group.rules),
    }
    return hashlib.sha256(json.dumps(essence, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def newest_certificate(draft_id: int) -> SimulationCertificate | None:
    """The newest simulation of a draft that was finished."""
    return SimulationCertificate.objects.filter(draft=draft_id).order_by("-pk").first()


def standing_of(draft: SettingRow, *, at: datetime) -> tuple[SimulationCertificate | None, Standing]:
    """A draft's newest certificate, and whether it could be published with it at a moment."""
    certificate = newest_certificate(draft.pk)
    if certificate is None:
        return None, Standing.NONE
    days = value_on("simulation_valid_days", timezone.localdate(at))
    if certificate.made_at < at - timedelta(days=days):
        return certificate, Standing.TOO_OLD
    return certificate, Standing.GOOD if certificate.base == base_of(draft) else Standing.OTHER_BASE


@service
def certify(
    *, draft_id: int, number: int, base: str, prediction: str, figures: Mapping[str, Any], by: Actor, at: datetime
) -> SimulationCertificate:
    """Write down that a draft was simulated; ``SettingRefused`` for one that was withdrawn or published meanwhile."""
    draft = SettingRow.objects.select_for_update().get(pk=draft_id)
    if draft.withdrawn_at is not None or draft.approved_at is not None:
        raise SettingRefused("この改正案は、すでに取り下げられたか公表されています。")
    return SimulationCertificate.objects.create(
        draft=draft, number=number, base=base, prediction=prediction, figures=dict(figures), made_at=at
    )
