"""Kinds of letters, and the facts a letter is made of.

A kind is declared by the app that knows when it is due, in its `letters.py`, as a tuple `KINDS`. A facts class says
everything a template may print, and nothing else: what has no field cannot leak into a letter. Facts are frozen, go to
JSON and come back equal, so that a letter can be proved by the row it was made from.
"""

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Union, get_args, get_origin, get_type_hints

from notices.envelopes import EnvelopeProfile

_POSTAL_CODE = re.compile(r"[0-9]{7}|")


class FactsError(ValueError):
    """JSON that is not the facts of this kind: a field missing, unknown, or of another type."""


class UnknownKind(LookupError):
    """No app declares this kind of letter in this version."""


class Seal(StrEnum):
    """What stands beside the chairperson's name."""

    OMITTED = "omitted"
    """「公印省略」 is printed."""
    BY_HAND = "by_hand"
    """A square is left free for the official seal, which is put on paper after printing."""


@dataclass(frozen=True)
class Addressee:
    """Who the letter goes to. `postal_code` is seven digits, or empty where there is none."""

    name: str = field(metadata={"label": "氏名"})
    postal_code: str = field(metadata={"label": "郵便番号"})
    lines: tuple[str, ...] = field(metadata={"label": "住所"})
    honorific: str = field(default="様", metadata={"label": "敬称"})

    def __post_init__(self) -> None:
        if not _POSTAL_CODE.fullmatch(self.postal_code):
            raise ValueError("郵便番号は7桁の数字です。")

    @property
    def postal_mark(self) -> str:
        """The code as printed, 〒060-0002; empty where there is none."""
        return f"〒{self.postal_code[:3]}-{self.postal_code[3:]}" if self.postal_code else ""


@dataclass(frozen=True)
class Sender:
    """The office that writes, as it stood on the day of issue."""

    office_name: str = field(metadata={"label": "発信者名"})
    chairperson: str = field(metadata={"label": "代表者名"})
    postal_code: str = field(metadata={"label": "発信者の郵便番号"})
    lines: tuple[str, ...] = field(metadata={"label": "発信者の住所"})
    phone: str = field(metadata={"label": "発信者の電話番号"})
    hours: str = field(metadata={"label": "受付時間"})
    seal: Seal = Seal.OMITTED


@dataclass(frozen=True)
class Desk:
    """A place to turn to. `contact` is a telephone number or an address on the web; `hours` may be empty."""

    name: str = field(metadata={"label": "相談窓口の名称"})
    contact: str = field(metadata={"label": "相談窓口の連絡先"})
    hours: str = field(default="", metadata={"label": "相談窓口の受付時間"})


@dataclass(frozen=True, kw_only=True)
class LetterFacts:
    """What every letter has. `document_number` is printed as given (○社協第123号), `issued_on` is the 施行日."""

    addressee: Addressee
    sender: Sender
    envelope: EnvelopeProfile
    document_number: str = field(metadata={"label": "文書番号"})
    issued_on: date


@dataclass(frozen=True)
class LetterKind:
    """One kind of letter in one version of its wording.

    `template` is the Django template of exactly this version; a changed wording is a new version beside the old one.
    `enclosure` is what lies in the envelope besides, one to each letter: the cover sheet of a run asks for it.
    """

    code: str
    label_ja: str
    version: int
    facts_type: type[LetterFacts]
    template: str
    enclosure: str = ""


@cache
def _registry() -> dict[tuple[str, int], LetterKind]:
    from django.apps import apps

    found: dict[tuple[str, int], LetterKind] = {}
    for app in apps.get_app_configs():
        name = f"{app.name}.letters"
        if find_spec(name) is None:
            continue
        for declared in import_module(name).KINDS:
            if found.setdefault((declared.code, declared.version), declared) is not declared:
                raise ValueError(f"Two apps declare the letter {declared.code} in version {declared.version}.")
    return found


def all_kinds() -> tuple[LetterKind, ...]:
    """Every declared kind in its newest version, by code."""
    newest = {code: declared for (code, _), declared in sorted(_registry().items())}
    return tuple(newest.values())


def kind(code: str, version: int | None = None) -> LetterKind:
    """The kind with this code, newest version unless one is named. Raises `UnknownKind`."""
    versions = [number for known, number in _registry() if known == code]
    if not versions or (version is not None and version not in versions):
        raise UnknownKind(code if version is None else f"{code} v{version}")
    return _registry()[code, max(versions) if version is None else version]


def to_json(facts: Any) -> dict[str, Any]:
    """Facts as a JSON object: dates in ISO form, tuples as lists, yen and months as integers."""
    return {part.name: plain(getattr(facts, part.name)) for part in fields(facts)}


def from_json(declared: LetterKind, data: Mapping[str, Any]) -> LetterFacts:
    """The facts of this kind from what `to_json` made. Raises `FactsError` naming the field."""
    facts: LetterFacts = _build(declared.facts_type, data, declared.code)
    return facts


def plain(value: Any) -> Any:
    """One value of the facts as JSON: dataclasses as objects, tuples as lists, dates in ISO form."""
    if is_dataclass(value) and not isinstance(value, type):
        return to_json(value)
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _build(wanted: Any, value: Any, where: str) -> Any:
    """Read one value as the wanted type; strict, so that a number in a text field or true for 1 is refused."""
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (wanted,) = (option for option in get_args(wanted) if option is not type(None))
        return _build(wanted, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise FactsError(f"{where}: expected a list")
        return tuple(_build(get_args(wanted)[0], part, f"{where}[{at}]") for at, part in enumerate(value))
    if is_dataclass(wanted):
        return _build_dataclass(wanted, value, where)
    if wanted is float and type(value) is int:
        return float(value)
    try:
        if wanted is date:
            return date.fromisoformat(value)
        if issubclass(wanted, StrEnum):
            return wanted(value)
    except (TypeError, ValueError) as problem:
        raise FactsError(f"{where}: {problem}") from problem
    if type(value) is not wanted:
        raise FactsError(f"{where}: expected {wanted.__name__}, found {type(value).__name__}")
    return value


def _build_dataclass(wanted: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise FactsError(f"{where}: expected an object")
    known = {part.name: part for part in fields(wanted)}
    if unknown := sorted(set(value) - set(known)):
        raise FactsError(f"{where}: unknown field {unknown[0]}")
    required = {name for name, part in known.items() if part.default is MISSING and part.default_factory is MISSING}
    if absent := sorted(required - set(value)):
        raise FactsError(f"{where}: missing field {absent[0]}")
    hints = get_type_hints(wanted)
    read = {name: _build(hints[name], part, f"{where}.{name}") for name, part in value.items()}
    try:
        return wanted(**read)
    except ValueError as problem:
        raise FactsError(f"{where}: {problem}") from problem
