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
from pictures import pictures  # noqa: E402
from sample_plan import sample_plan  # noqa: E402

__all__ = ["anchor", "every_command", "generated", "main"]

_BEGIN: Final = "<!-- generated: tests/docs/generate.py {} -->"
_END: Final = "<!-- end of what is generated -->"


def generated() -> dict[Path, str]:
    """Give the text of every file that is generated, whole or in part."""
    docs, readme = ROOT / "docs", ROOT / "README.md"
    workflow = (docs / "workflow.md").read_text(encoding="utf-8")
    drawn = pictures(workflow)
    for name, language, text in (
        ("tree", "text", drawn.tree),
        ("planned", "text", drawn.planned),
        ("flowchart", "mermaid", drawn.flowchart),
    ):
        workflow = _with(workflow, name, language, text)
    return {
        docs / "kinds.md": kinds_page(),
        docs / "commands.md": commands_page(),
        docs / "workflow.md": workflow,
        docs / "pictures" / "onboarding.svg": drawn.diagram,
        readme: _with(readme.read_text(encoding="utf-8"), "plan", "text", sample_plan()),
    }


def _with(page: str, name: str, language: str, text: str) -> str:
    """Give a page with what stands between the marks of `name` made anew."""
    begin = _BEGIN.format(name)
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(_END)
    if not found:
        raise ValueError(f"the page has no {begin} ... {_END}")
    return f"{before}{begin}\n```{language}\n{text.rstrip()}\n```\n{_END}{after}"


def main() -> None:
    """Write what has changed and name it."""
    for path, text in generated().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
