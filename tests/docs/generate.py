"""The generated parts of the documentation; run it to rewrite them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]

from commands_page import commands_page, every_command  # noqa: E402
from kinds_page import anchor, kinds_page  # noqa: E402
from sample_plan import sample_plan  # noqa: E402

__all__ = ["anchor", "every_command", "generated", "main"]

_BEGIN: Final = "<!-- generated: tests/docs/generate.py -->"
_END: Final = "<!-- end of what is generated -->"


def generated() -> dict[Path, str]:
    """Give the text of every file that is generated, whole or in part."""
    return {
        ROOT / "docs" / "kinds.md": kinds_page(),
        ROOT / "docs" / "commands.md": commands_page(),
        ROOT / "README.md": _with_plan((ROOT / "README.md").read_text(encoding="utf-8")),
    }


def _with_plan(readme: str) -> str:
    before, _, rest = readme.partition(_BEGIN)
    _, found, after = rest.partition(_END)
    if not found:
        raise ValueError(f"README.md has no {_BEGIN} ... {_END}")
    return f"{before}{_BEGIN}\n```text\n{sample_plan()}```\n{_END}{after}"


def main() -> None:
    """Write what has changed and name it."""
    for path, text in generated().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
