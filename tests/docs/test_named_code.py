"""What texts name in the code exists: modules on pages, and errors in docstrings."""

from __future__ import annotations

import ast
import builtins
import re
from pathlib import Path
from typing import Final

import cioform

PACKAGE: Final = Path(str(cioform.__file__)).parent
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
    trees = {p: ast.parse(p.read_text(encoding="utf-8")) for p in sorted(PACKAGE.rglob("*.py"))}
    known = set(dir(builtins))
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                known.add(node.name)
            elif isinstance(node, ast.ImportFrom):
                known |= {alias.name for alias in node.names}
    known.add("CycleError")  # of `graphlib`, which is imported whole
    unknown = {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module)
        for name in re.findall(r"\bRaises? (?:\w+\.)?([A-Z]\w+)", ast.get_docstring(node) or "")
        if name not in known
    }
    assert unknown == set()
