"""Generate the tree of packages for the architecture page, from the docstring of each package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def package_tree(root: Path) -> str:
    """Return every package below `root/cioform`, indented by depth, with what it holds."""
    package = root / "cioform"
    rows = list(_rows(package, 0))
    width = max(len(name) for name, _ in rows) + 2
    return "\n".join(f"{name:<{width}}{summary}".rstrip() for name, summary in rows)


def _rows(folder: Path, depth: int) -> Iterator[tuple[str, str]]:
    yield f"{'  ' * depth}{folder.name}/", _summary(folder / "__init__.py")
    for child in sorted(folder.iterdir()):
        if (child / "__init__.py").is_file():
            yield from _rows(child, depth + 1)


def _summary(file: Path) -> str:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]
