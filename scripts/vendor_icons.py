#!/usr/bin/env python3
"""Re-creates static/icons.svg: one sprite, one symbol for each icon the screens use.

The drawings come from the npm package lucide-static (ISC; some of them MIT, from Feather: static/vendor/lucide.LICENSE).
Only npm is needed, for fetching; nothing of the project is built with Node.

    python scripts/vendor_icons.py

To add an icon, add its Lucide name to ICONS, run this, and use it as {% icon "name" %}.
"""

import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "1.62.0"

ICONS = (
    "arrow-down",
    "arrow-up",
    "arrow-up-down",
    "banknote",
    "building-2",
    "calendar-check",
    "check",
    "chevron-left",
    "chevron-right",
    "circle",
    "circle-check",
    "circle-dot",
    "circle-question-mark",
    "clock",
    "copy",
    "download",
    "file-pen-line",
    "file-text",
    "file-up",
    "info",
    "keyboard",
    "languages",
    "list-filter",
    "lock",
    "log-out",
    "mail",
    "menu",
    "moon",
    "octagon-x",
    "pause",
    "pencil",
    "phone",
    "plus",
    "printer",
    "scale",
    "scroll-text",
    "search",
    "send",
    "shield-check",
    "triangle-alert",
    "undo-2",
    "user",
    "users",
    "x",
)

# The product's own sign: two links of a chain, つなぎ.
OWN = {
    "tsunagi": '<rect x="2" y="7.5" width="12" height="9" rx="4.5"/>'
    '<path d="M10 12a4.5 4.5 0 0 0 4.5 4.5h3a4.5 4.5 0 0 0 0-9h-3"/>',
}

STATIC = Path(__file__).resolve().parent.parent / "static"


def symbol(name: str, drawing: str) -> str:
    return f'  <symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def drawing_of(svg: str) -> str:
    """The shapes inside a Lucide file, without the outer element, on one line."""
    inside = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    inside = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", inside, flags=re.S)
    return re.sub(r"\s*/>", "/>", re.sub(r"\s+", " ", inside)).replace("> <", "><").strip()


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(
            ["npm", "pack", "--silent", f"lucide-static@{VERSION}"], cwd=work, check=True, stdout=subprocess.DEVNULL
        )
        with tarfile.open(next(Path(work).glob("*.tgz"))) as package:

            def text(path: str) -> str:
                member = package.extractfile(f"package/{path}")
                if member is None:
                    raise FileNotFoundError(path)
                return member.read().decode()

            symbols = [symbol(name, drawing_of(text(f"icons/{name}.svg"))) for name in ICONS]
            licence = text("LICENSE")
    symbols += [symbol(name, drawing) for name, drawing in OWN.items()]
    head = f"<!-- Made by scripts/vendor_icons.py from lucide-static {VERSION}, ISC and MIT: see vendor/lucide.LICENSE -->"
    (STATIC / "icons.svg").write_text(
        "\n".join([head, '<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>"]) + "\n", encoding="utf-8"
    )
    (STATIC / "vendor" / "lucide.LICENSE").write_text(licence, encoding="utf-8")


if __name__ == "__main__":
    main()
