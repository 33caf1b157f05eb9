"""Child processes that do not outlive the one that started them."""

import ctypes

PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to signal this process when the thread that started it ends, even by SIGKILL.

    Called in a child between fork and exec, or by a process about itself. Linux only.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
