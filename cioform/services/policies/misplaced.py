"""Find policies in a folder where they are not looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cioform.config.project import WORKSPACES_FOLDER
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.services.policies.check import POLICIES_FOLDER

_FOLDERS: Final = ("policies", POLICIES_FOLDER)
"""Where other tools look for policies, in the folder of the project."""
_CHECK: Final = lazy_pattern(r"^check:", re.MULTILINE)
"""A field that every policy has, and hardly any file of another tool."""
_MAX_FILES: Final = 100


def misplaced_policies(root: Path) -> Iterator[Diagnostic]:
    """Yield a warning for each folder of the project with policies that nobody reads."""
    for name in _FOLDERS:
        folder = root / name
        files = [path for path in sorted(folder.glob("**/*.y*ml"))[:_MAX_FILES] if path.is_file()]
        if folder.is_symlink() or not any(map(_is_policy, files)):
            continue
        place = f"{WORKSPACES_FOLDER}/{POLICIES_FOLDER}"
        yield Diagnostic(
            "Policies not read",
            f"`{name}/` contains policies, but policies are only read from `{place}/`. Move them:"
            f"\n\n    git mv {name} {place}",
            severity=Severity.WARNING,
        )


def _is_policy(path: Path) -> bool:
    try:
        return _CHECK.search(path.read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return False
