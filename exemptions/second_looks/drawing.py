"""Drawing a sample that anybody can draw again from the seed that was written down: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def drawn(keys: Iterable[int], *, percent: int, seed: str) -> list[int]:
    """Return so many per cent of the keys (rounded up), chosen by the seed alone and in the order of the keys.

    The order in which the keys are given changes nothing.
    """
    every = sorted(set(keys))
    number = -(-len(every) * percent // 100)
    lots = sorted(every, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest())
    return sorted(lots[:number])
