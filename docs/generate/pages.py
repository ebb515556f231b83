"""The pages that are generated from the package alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from cioform.services.ci.templates import ci_files
from cioform.services.project.project_files import SCHEMA_PATH, editor_schema
from docs.generate.commands_page import commands_page
from docs.generate.kinds_page import kinds_page
from docs.generate.lint_page import lint_page
from docs.generate.package_tree import package_tree
from docs.generate.pictures import pictures
from docs.generate.sample_plan import sample_plan
from docs.generate.steps_table import steps_table

ROOT: Final = Path(__file__).resolve().parents[2]

_BEGIN: Final = "<!-- generated: docs/generate {} -->"
_END: Final = "<!-- end of what is generated -->"


def generate_pages() -> dict[Path, str]:
    """Return the text of every page that is generated, whole or in part, by path."""
    docs, readme = ROOT / "docs", ROOT / "README.md"
    workflow = (docs / "workflow.md").read_text(encoding="utf-8")
    drawn = pictures(workflow)
    for name, language, text in (
        ("steps", "", steps_table()),
        ("tree", "text", drawn.tree),
        ("planned", "text", drawn.planned),
        ("flowchart", "mermaid", drawn.flowchart),
    ):
        workflow = _with(workflow, name, language, text)
    architecture = docs / "architecture.md"
    return {
        architecture: _with(
            architecture.read_text(encoding="utf-8"), "packages", "text", package_tree(ROOT)
        ),
        docs / "kinds.md": kinds_page(),
        docs / "commands.md": commands_page(),
        docs / "lint.md": lint_page(),
        docs / "workflow.md": workflow,
        docs / "pictures" / "onboarding.svg": drawn.diagram,
        ROOT / SCHEMA_PATH: json.dumps(editor_schema(), indent=2) + "\n",
        **{ROOT / path: text for path, text in ci_files("github").items() if _is_ours(path)},
        readme: _with(readme.read_text(encoding="utf-8"), "plan", "text", sample_plan()),
    }


def _is_ours(path: Path) -> bool:
    """Return whether this repository uses a file for CI. It plans its samples, and no more."""
    return path.name in ("action.yml", "cioform-plan.yml")


def _with(page: str, name: str, language: str, text: str) -> str:
    """Return a page with the part between the marks of `name` replaced.

    The text is a block in `language`, or Markdown if that is empty.
    """
    begin = _BEGIN.format(name)
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(_END)
    if not found:
        raise ValueError(f"the page has no {begin} ... {_END}")
    part = f"```{language}\n{text.rstrip()}\n```" if language else f"\n{text}\n"
    return f"{before}{begin}\n{part}\n{_END}{after}"
