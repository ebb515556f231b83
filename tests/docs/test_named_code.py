"""What texts name in the code exists: modules on pages, and errors in docstrings."""

from __future__ import annotations

import ast
import builtins
import re
from typing import Final

from tests.support.source_code import PACKAGE, parsed, statements

ROOT: Final = PACKAGE.parent
PACKAGES: Final = tuple(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())


def test_every_module_on_a_page_exists() -> None:
    folders = "|".join((*PACKAGES, *(f"cioform/{name}" for name in PACKAGES)))
    module = re.compile(rf"`((?:{folders})/[\w/]+(?:\.py)?)`")
    pages = (*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / ".github/CONTRIBUTING.md")
    named = {
        (page.name, name)
        for page in pages
        if page.parent.name != "changes" and page.name != "changelog.md"
        for name in module.findall(page.read_text(encoding="utf-8"))
    }
    assert ("architecture.md", "run/recover.py") in named
    missing = {
        (page, name)
        for page, name in named
        if not (PACKAGE / name.removeprefix("cioform/")).exists()
    }
    assert missing == set()


def test_every_error_in_a_docstring_exists() -> None:
    known = {*dir(builtins), "CycleError"}  # that of `graphlib`, which is imported whole
    named: set[tuple[str, str]] = set()
    for path, module in parsed():
        for node in (module, *statements(module)):
            if isinstance(node, ast.ImportFrom):
                known |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module):
                known.add(getattr(node, "name", ""))
                text = ast.get_docstring(node, clean=False) or ""
                errors = re.findall(r"\bRaises? (?:\w+\.)?([A-Z]\w+)", text)
                named |= {(path.relative_to(PACKAGE).as_posix(), name) for name in errors}
    assert {(path, name) for path, name in named if name not in known} == set()
