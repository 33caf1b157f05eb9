"""``python -m config.probe web|beat``: the health checks inside a container, where there is no curl."""

import sys
import time
import urllib.request
from pathlib import Path

from config.env import Environment, read

# Beat writes its schedule down every three minutes.
BEAT_SILENCE_SECONDS = 600


def web_answers(env: Environment) -> bool:
    """Ask this container's own site, under a name it accepts."""
    host = env.allowed_hosts[0].lstrip(".") if env.allowed_hosts else "localhost"
    request = urllib.request.Request(f"http://127.0.0.1:{env.port}/healthz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def beat_ticks(schedule: Path) -> bool:
    """Whether beat wrote its schedule within the last ten minutes."""
    written = [path.stat().st_mtime for path in schedule.parent.glob(f"{schedule.name}*")]
    return bool(written) and time.time() - max(written) < BEAT_SILENCE_SECONDS


def main(arguments: list[str]) -> int:
    env = read()
    checks = {"web": lambda: web_answers(env), "beat": lambda: beat_ticks(env.run_dir / "beat" / "schedule")}
    if len(arguments) != 1 or arguments[0] not in checks:
        print("usage: python -m config.probe web|beat", file=sys.stderr)
        return 2
    return 0 if checks[arguments[0]]() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
