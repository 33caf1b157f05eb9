"""Any file comes back as it was written; a damaged one is refused, or differs in the damaged text only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from japan.zengin.errors import ZenginError
from japan.zengin.reading import read_debit_instruction, read_debit_result, read_transfers
from japan.zengin.records import DebitFile, TransferFile
from japan.zengin.writing import write_debit_instruction, write_debit_result, write_transfers
from tests.japan.zengin.files import RESULT, TRANSFER_FILES, TRANSFERS, debit_files

DAMAGES = 600


@given(TRANSFER_FILES, st.booleans())
def test_a_transfer_file_comes_back(file: TransferFile, crlf: bool) -> None:
    data = write_transfers(file, crlf=crlf)
    assert len(data) == (122 if crlf else 120) * (len(file.lines) + 3)
    assert read_transfers(data).file == file


@given(debit_files("0"), st.booleans())
def test_an_instruction_comes_back_and_is_never_a_result(file: DebitFile, crlf: bool) -> None:
    data = write_debit_instruction(file, crlf=crlf)
    assert read_debit_instruction(data).file == file
    with pytest.raises(ZenginError):
        read_debit_result(data)


@given(debit_files("0123456789"), st.booleans())
def test_a_result_comes_back(file: DebitFile, crlf: bool) -> None:
    assert read_debit_result(write_debit_result(file, crlf=crlf)).file == file


def flat(file: Any) -> dict[str, Any]:
    """Every value of a file under its place."""
    values = {f"header.{name}": value for name, value in asdict(file.header).items()}
    for number, line in enumerate(file.lines):
        values |= {f"{number}.{name}": value for name, value in asdict(line).items()}
    return values


def damaged(data: bytes, draw: st.DataObject) -> bytes:
    """One byte flipped, missing, doubled or put in; as often as not in places that count."""
    place = draw.draw(st.integers(0, len(data) - 1), label="place")
    byte = bytes([draw.draw(st.sampled_from([*b"0123456789 AZ\r\n\x1a\\"]) | st.integers(0, 255), label="byte")])
    how = draw.draw(st.sampled_from(["flip", "miss", "put"]), label="how")
    return {
        "flip": data[:place] + byte + data[place + 1 :],
        "miss": data[:place] + data[place + 1 :],
        "put": data[:place] + byte + data[place:],
    }[how]


@settings(max_examples=DAMAGES)
@given(st.data(), TRANSFER_FILES, debit_files("0123489"), st.booleans())
def test_damage_is_refused_or_changes_one_value_that_is_no_amount_and_no_count(
    draw: st.DataObject, transfers: TransferFile, result: DebitFile, crlf: bool
) -> None:
    kinds: list[tuple[Any, Callable[..., bytes], Callable[..., Any]]] = [
        (transfers, write_transfers, read_transfers),
        (result, write_debit_result, read_debit_result),
    ]
    file, write, read = kinds[draw.draw(st.integers(0, 1), label="kind")]
    whole = write(file, crlf=crlf)
    broken = damaged(whole, draw)
    assume(broken != whole)
    try:
        back = read(broken).file
    except ZenginError as refusal:
        assert refusal.reason
        return
    before, after = flat(file), flat(back)
    assert before.keys() == after.keys()
    changed = {name.partition(".")[2] for name in before if before[name] != after[name]}
    assert len(changed) <= 1
    assert "amount" not in changed


EVERY = [(TRANSFERS, write_transfers, read_transfers), (RESULT, write_debit_result, read_debit_result)]


@pytest.mark.parametrize(("file", "write", "read"), EVERY)
def test_every_single_byte_of_a_sample_flipped_or_missing(
    file: Any, write: Callable[..., bytes], read: Callable[..., Any]
) -> None:
    """All places, all ten digits and some letters: what counts is refused."""
    whole = write(file, crlf=False)
    counted = [range(start + 80, start + 90) for start in range(120, len(whole) - 240, 120)]
    trailer = range(len(whole) - 240, len(whole) - 240 + (55 if isinstance(file, DebitFile) else 19))
    structure = [range(start, start + 1) for start in range(0, len(whole), 120)]
    must_refuse = {place for places in (*counted, trailer, *structure) for place in places}
    for place in range(len(whole)):
        for byte in b"0123456789 AX\n":
            broken = whole[:place] + bytes([byte]) + whole[place + 1 :]
            if broken == whole:
                continue
            try:
                back = read(broken).file
            except ZenginError:
                continue
            assert place not in must_refuse, (place, byte)
            assert sum(line.amount for line in back.lines) == sum(line.amount for line in file.lines)
        with pytest.raises(ZenginError):
            read(whole[:place] + whole[place + 1 :])


@given(st.binary(max_size=500))
def test_any_bytes_at_all_are_refused_with_a_sentence(data: bytes) -> None:
    for read in (read_transfers, read_debit_instruction, read_debit_result):
        with pytest.raises(ZenginError):
            read(data)
