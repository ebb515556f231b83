"""Every word that another one replaced, at every place where it could stand.

`outdated_files` has files of format 0. A line that ends in `# old` has an outdated word; the same
files with `format: 1` have one error in each of these lines and no other, and the upgrade leaves
none.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cioform.model.fields.upgrading import OUTDATED_SYNTAX
from cioform.services.project.upgrading import upgrade_files
from cioform.services.validation import validate

FILES = Path(__file__).parent / "outdated_files"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return shutil.copytree(FILES, tmp_path / "project")


def marked_lines(root: Path) -> set[tuple[str, int]]:
    return {
        (path.relative_to(root).as_posix(), number)
        for path in root.rglob("*.yaml")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.endswith("# old")
    }


def test_every_outdated_line_is_called_so(project: Path) -> None:
    marked = marked_lines(project)
    settings = project / "workspaces/acme/workspace.yaml"
    settings.write_text(settings.read_text() + "format: 1\n")
    _, problems = validate(project, ["acme"], {})
    assert [each for each in problems if each.summary != OUTDATED_SYNTAX] == []
    places = [each.location for each in problems]
    assert {(place.file, place.line) for place in places if place is not None} == marked
    assert all("Write:\n\n    " in each.detail for each in problems)


def test_the_upgrade_leaves_none(project: Path) -> None:
    _, before = validate(project, ["acme"], {})
    assert [each.summary for each in before] == ["Outdated file format"]
    assert upgrade_files(project, ["acme"]).problems == []
    _, after = validate(project, ["acme"], {})
    assert after == ()
