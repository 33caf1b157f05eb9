"""Child processes that do not outlive the one that started them."""

import ctypes
import signal
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1


class AskedToStop(Exception):
    """A signal asked this process to stop."""


class Asked:
    """Raises ``AskedToStop`` when INT or TERM comes for the first time, and keeps its number.

    What a signal handler raises while Python forks is thrown away, so whoever waits for long looks with ``check`` too.
    The way down is not interrupted: further signals are ignored.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        for ignored in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ignored, signal.SIG_IGN)
        self.number = number
        raise AskedToStop

    def check(self) -> None:
        """:raises AskedToStop: when a signal has come, now or before."""
        if self.number is not None:
            raise AskedToStop


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to signal this process when the thread that started it ends, even by SIGKILL.

    Called in a child between fork and exec, or by a process about itself. Linux only.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def is_make(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() in ("make", "gmake")
    except OSError:
        return False


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler of its own for a signal.

    ``make`` gives its handler up when it is interrupted and then waits for its children without telling them,
    so a ``make`` that no longer catches INT is one that was asked to stop.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    mask = next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1]
    return bool(int(mask, 16) >> (number - 1) & 1)
