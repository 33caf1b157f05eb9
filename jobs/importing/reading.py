"""From the cells of a line to the texts of our columns: straight, or through a mapping of another system's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.importing.files import UnreadableFile
from jobs.importing.kinds import ImportKind

if TYPE_CHECKING:
    from jobs.models import ColumnMapping

MASK = "＊＊＊"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one of our columns comes from: the place in the line (None: nowhere), a default, and translated values."""

    place: int | None
    default: str
    values: Mapping[str, str]

    def read(self, cells: tuple[str, ...]) -> str:
        text = cells[self.place].strip() if self.place is not None and self.place < len(cells) else ""
        return self.values.get(text, text) or self.default


@dataclass(frozen=True, slots=True)
class Reader:
    """How a file's lines are read. ``sealed`` are the places of cells that are not staged legibly."""

    width: int
    columns: Mapping[str, Cell]
    sealed: frozenset[int]

    def texts(self, cells: tuple[str, ...]) -> dict[str, str]:
        return {name: cell.read(cells) for name, cell in self.columns.items()}

    def staged(self, cells: tuple[str, ...]) -> list[str]:
        """The cells as they are kept beside the values."""
        return [MASK if place in self.sealed and cell else cell for place, cell in enumerate(cells)]


def reader_of(header: tuple[str, ...], kind: ImportKind, mapping: ColumnMapping | None) -> Reader:
    """How to read a file with this header; ``UnreadableFile`` names what is missing or too much."""
    if len(set(header)) != len(header):
        raise UnreadableFile("見出しに同じ列が2回あります。")
    sources = through(mapping, header) if mapping is not None else straight(header, kind)
    places = {name: place for place, name in enumerate(header)}
    columns = {
        name: Cell(
            place=places[spec["source"]] if spec["source"] else None,
            default=spec.get("default", ""),
            values=spec.get("values", {}),
        )
        for name, spec in sources.items()
    }
    sealed = frozenset(cell.place for name, cell in columns.items() if name in kind.sealed and cell.place is not None)
    return Reader(width=len(header), columns=columns, sealed=sealed)


def straight(header: tuple[str, ...], kind: ImportKind) -> dict[str, dict[str, Any]]:
    """Every column under its own heading, in any order; no other ones."""
    wanted = kind.columns()
    if missing := [name for name in wanted if name not in header]:
        raise UnreadableFile(
            f"見出しに「{'」「'.join(missing)}」の列がありません。見本ファイルの見出しに合わせてください。"
        )
    if unknown := [name for name in header if name not in wanted]:
        raise UnreadableFile(
            f"見出しの「{'」「'.join(unknown[:5])}」は、この取込では使わない列です。列を削除してください。"
        )
    return {name: {"source": name} for name in wanted}


def through(mapping: ColumnMapping, header: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The columns a mapping asks for; further ones in the file do not matter."""
    for ours, spec in mapping.columns.items():
        if spec["source"] and spec["source"] not in header:
            raise UnreadableFile(
                f"見出しに「{spec['source']}」の列がありません。対応表「{mapping.name}」で「{ours}」に使う列です。"
                "ファイルの見出しを確かめるか、対応表を作り直してください。"
            )
    return dict(mapping.columns)


def shown_sources(kind: ImportKind, header: list[str], mapping: ColumnMapping | None) -> list[str]:
    """The columns of a file that a page may show: those that are read, and not private."""
    if mapping is None:
        return [name for name in header if name not in kind.private]
    shown = {spec["source"] for ours, spec in mapping.columns.items() if ours not in kind.private}
    hidden = {spec["source"] for ours, spec in mapping.columns.items() if ours in kind.private}
    return [name for name in header if name in shown - hidden]
