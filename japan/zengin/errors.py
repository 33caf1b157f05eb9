"""What is wrong with a bank file, and where."""

from __future__ import annotations


class ZenginError(ValueError):
    """A file that is not accepted, or a record that cannot be written.

    ``record`` counts from 1, ``position`` is the first byte of the place in the record, from 1; both are 0 where the
    whole file is meant. ``reason`` is a Japanese sentence. Neither account numbers nor names stand in it.
    """

    def __init__(self, reason: str, *, record: int = 0, position: int = 0) -> None:
        self.record, self.position, self.reason = record, position, reason
        place = f"{record}件目のレコード" if record else ""
        place += f"の{position}バイト目" if position else ""
        super().__init__(f"{place}：{reason}" if place else reason)
