"""Lives thought up and laid out as rows, chunk by chunk in their order, by several processes where that helps.

Each life depends on the seed and its own number only, so it does not matter who thinks it up. The processes know no
database: they say how many keys a chunk takes, are told where those begin, and hand back text for COPY. What is ready
waits one chunk ahead of whoever writes.
"""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Final

from desk.demo.cast import CAST
from desk.demo.lives import Life, a_life, lives
from desk.demo.rows import Chunk
from rulebook.settings import Settings

LIVES_AT_ONCE: Final = 500
WORTH_PROCESSES: Final = 1_000
MOST_PROCESSES: Final = 4
OBJECTS_BETWEEN_LOOKS: Final = 200_000

Take = Callable[[Sequence[int]], list[int]]
"""Takes keys: how many of each table, and the answer is the first of each."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A chunk that can be written: the text for each table of ``IN_ORDER``, and how many borrowers are in it."""

    borrowers: int
    texts: list[bytes]


@dataclass(frozen=True, slots=True)
class Telling:
    """What the lives are told from. Chunk 0 holds the cast; from there on a life is one borrower."""

    borrowers: int
    seed: int
    as_of: date
    rules: Settings
    offices: dict[str, int]
    users: dict[str, int]
    at_once: int = LIVES_AT_ONCE

    def first(self) -> Chunk:
        """The chunk of the cast."""
        assert self.at_once >= len(CAST) or self.borrowers <= self.at_once
        told = lives(self.borrowers, seed=self.seed, as_of=self.as_of, settings=self.rules, cast=CAST)
        return self._chunk(list(islice(told, self.at_once)))

    def others(self, first: Chunk) -> list[range]:
        """The numbers of the lives of each further chunk."""
        left, after = self.borrowers - first.borrowers, len(first.lives) + 1
        numbers = range(after, after + left)
        return [numbers[at : at + self.at_once] for at in range(0, left, self.at_once)]

    def other(self, numbers: range) -> Chunk:
        """A further chunk."""
        return self._chunk(
            [a_life(number, seed=self.seed, as_of=self.as_of, settings=self.rules) for number in numbers]
        )

    def _chunk(self, told: list[Life]) -> Chunk:
        return Chunk(told, self.offices, self.users, self.rules, self.as_of)


@contextmanager
def chunks(told: Telling, take: Take, *, processes: int | None = None) -> Iterator[Iterator[LaidOut]]:
    """All chunks in their order. ``processes`` as many as there are processors, where there is enough to do."""
    if processes is None:
        processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES) if told.borrowers >= WORTH_PROCESSES else 0
    first = told.first()
    others = told.others(first)
    if processes < 2 or not others:
        yield _one_ahead(_here(told, first, others, take))
        return
    with _side_by_side(told, others, take, processes) as laid_out:
        yield _one_ahead(_behind(first, laid_out, take))


def _here(told: Telling, first: Chunk, others: list[range], take: Take) -> Iterator[LaidOut]:
    yield _lay_out(first, take)
    for numbers in others:
        yield _lay_out(told.other(numbers), take)


def _behind(first: Chunk, others: Iterator[LaidOut], take: Take) -> Iterator[LaidOut]:
    yield _lay_out(first, take)
    yield from others


def _lay_out(chunk: Chunk, take: Take) -> LaidOut:
    return LaidOut(chunk.borrowers, chunk.laid_out(take(chunk.counts())))


def _one_ahead(laid_out: Iterator[LaidOut]) -> Iterator[LaidOut]:
    """The same, the next one being made while the database takes in the one before."""
    with ThreadPoolExecutor(max_workers=1) as thinker:
        coming = thinker.submit(next, laid_out, None)
        while chunk := coming.result():
            coming = thinker.submit(next, laid_out, None)
            yield chunk


# --- several processes ------------------------------------------------------------------------------


@contextmanager
def _side_by_side(told: Telling, others: list[range], take: Take, processes: int) -> Iterator[Iterator[LaidOut]]:
    """Let each process think up every so-many-eth chunk; they end with whoever asked, however that ends."""
    context = get_context("fork")
    pipes = [context.Pipe() for _ in range(processes)]
    started = []
    for at, (_, there) in enumerate(pipes):
        not_theirs = [end for pipe in pipes for end in pipe if end is not there]
        process = context.Process(target=_think, args=(told, others[at::processes], there, not_theirs), daemon=True)
        process.start()
        started.append(process)
    for _, there in pipes:
        there.close()
    try:
        yield _in_turn([here for here, _ in pipes], len(others), take)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.join()


def _in_turn(pipes: list[Connection], count: int, take: Take) -> Iterator[LaidOut]:
    """Hand out keys in the order of the chunks, and take what was laid out in the same order."""
    told: deque[Connection] = deque()
    for number in range(count):
        pipe = pipes[number % len(pipes)]
        pipe.send(take(pipe.recv()))
        told.append(pipe)
        if len(told) == len(pipes):
            yield told.popleft().recv()
    while told:
        yield told.popleft().recv()


def _think(told: Telling, others: list[range], pipe: Connection, not_theirs: list[Connection]) -> None:
    """The life of a process. It ends when nobody is at the other end of its pipe any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What was there before stays; a chunk leaves no circles behind, so looking for them seldom is enough.
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, 20, 20)
    for end in not_theirs:
        end.close()
    try:
        for numbers in others:
            chunk = told.other(numbers)
            pipe.send(chunk.counts())
            pipe.send(LaidOut(chunk.borrowers, chunk.laid_out(pipe.recv())))
    except (EOFError, BrokenPipeError):
        return
