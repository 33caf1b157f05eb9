"""``make run`` as a whole: comes up, says where, and leaves nothing behind however it ends."""

import fcntl
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import embedded
from config.env import CHECKOUT
from config.run import table

# A database that is somebody's already, so that no test waits for two thousand borrowers.
ONE_ACCOUNT = """
from accounts.models import Office, User
office = Office.objects.create(code="1", name="見本市社協", kind="municipal")
User.objects.create(username="kept", name="見本花子", office=office)
"""


@pytest.fixture(scope="module")
def run_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tsunagi-run-", dir="/tmp"))
    folder.chmod(0o755)
    environment = environment_of(folder)
    helper = [sys.executable, "-m", "config.embedded", "--"]
    manage = " && ".join(
        [f"{sys.executable} manage.py migrate -v 0", f"{sys.executable} manage.py shell -v 0 -c '$CODE'"]
    )
    code = ONE_ACCOUNT.strip().replace("\n", "; ")
    subprocess.run([*helper, "sh", "-c", manage.replace("$CODE", code)], cwd=CHECKOUT, env=environment, check=True)
    yield folder
    embedded.stop_stale(embedded.Layout.of(folder))
    shutil.rmtree(folder)


def environment_of(run_dir: Path) -> dict[str, str]:
    unset = ("CELERY_BROKER_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MAKEFLAGS", "MAKELEVEL")
    kept = {key: value for key, value in os.environ.items() if key not in unset}
    return kept | {"TSUNAGI_RUN_DIR": str(run_dir), "PORT": str(free_port())}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_run(run_dir: Path, *, in_background: bool = False) -> tuple[subprocess.Popen[str], str]:
    """Start, wait for the address, give both. A script's background job is started with INT ignored."""
    command = ["make", "--silent", "run"]
    process = subprocess.Popen(
        ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *command] if in_background else command,
        cwd=CHECKOUT,
        env=environment_of(run_dir),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=functools.partial(
            signal.signal, signal.SIGINT, signal.SIG_DFL
        ),  # this suite may be in the background
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "http://" in line:
            return process, line.strip()
    raise AssertionError(f"never came up:\n{''.join(said)}")


def last_words(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with process.stdout:
        return process.stdout.read()


def left(run_dir: Path) -> list[str]:
    """Every process whose arguments or environment name this run folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if entry.name != str(os.getpid()) and os.fsencode(run_dir) in text:
            found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def answers(address: str) -> bool:
    with urllib.request.urlopen(f"{address}accounts/login/", timeout=10) as response:
        return "つなぎ" in response.read().decode()


def our_python(make: subprocess.Popen[str]) -> int:
    return int(Path(f"/proc/{make.pid}/task/{make.pid}/children").read_text().split()[0])


@pytest.mark.first
def test_started_in_the_background_of_a_script_it_stays_with_the_data_it_had_until_it_is_ended(
    run_dir: Path, eventually: Callable[..., None]
) -> None:
    make, address = make_run(run_dir, in_background=True)
    with pytest.raises(subprocess.TimeoutExpired):
        make.wait(3)
    assert answers(address)
    make.terminate()  # make alone; a terminal would tell the whole group
    said = last_words(make)
    make.wait(30)
    eventually(lambda: left(run_dir) == [])
    assert "Creating a demonstration" not in said
    assert "Stopped." in said


@pytest.mark.first
def test_after_a_kill_of_either_process_it_starts_again_and_an_interrupt_leaves_nothing(
    run_dir: Path, eventually: Callable[..., None]
) -> None:
    first, _ = make_run(run_dir)
    os.kill(first.pid, signal.SIGKILL)
    second, address = make_run(run_dir)
    assert answers(address)
    os.kill(our_python(second), signal.SIGKILL)
    third, address = make_run(run_dir)
    assert answers(address)
    third.send_signal(signal.SIGINT)
    assert "Stopped." in last_words(third)
    for make in (third, second, first):
        make.wait(30)
        if make is not third:
            last_words(make)
    eventually(lambda: left(run_dir) == [])


def test_a_second_one_beside_a_running_one_is_refused_at_once(run_dir: Path) -> None:
    with (run_dir / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        result = subprocess.run(
            [sys.executable, "-m", "config.run"],
            cwd=CHECKOUT,
            env=environment_of(run_dir),
            capture_output=True,
            text=True,
        )
    assert result.returncode == 1
    assert result.stderr == f"The site is already running from {run_dir} (process {os.getpid()}).\n"


def test_a_port_that_is_taken_is_told_with_a_way_out(run_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "-m", "config.run"],
            cwd=CHECKOUT,
            env=environment_of(run_dir) | {"PORT": str(port)},
            capture_output=True,
            text=True,
        )
    assert result.returncode == 1
    assert result.stderr == f"Port {port} is taken. Try `PORT={port + 1} make run`.\n"


def test_an_unusable_port_is_refused_in_a_sentence(run_dir: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "config.run"],
        cwd=CHECKOUT,
        env=environment_of(run_dir) | {"PORT": "http"},
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (1, "PORT: expected a whole number from 1 to 65535\n")


def test_the_table_of_sign_ins_lines_up_though_japanese_letters_are_wide() -> None:
    assert table([("役割", "名"), ("a", "b"), ("職員", "")]) == ["役割  名", "a     b", "職員"]
