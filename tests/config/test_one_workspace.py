"""Two folders of a project that manage one workspace of Customer.io."""

from __future__ import annotations

from pathlib import Path

import pytest

from cioform.services.validation import validate

SETTINGS = "format: 1\nregion: eu\nworkspace_id: 123456\n"


def problems(root: Path, **settings: str) -> list[str]:
    for name, text in settings.items():
        folder = root / "workspaces" / name
        folder.mkdir(exist_ok=True)
        (folder / "workspace.yaml").write_text(text)
    _, found = validate(root, list(settings), {"CIOFORM_VAR_ID": "123456"})
    return [f"{each.location}: {each.detail.partition(' ')[0]}" for each in found]


@pytest.mark.parametrize(
    "other",
    [SETTINGS, SETTINGS.replace("123456", "${env.CIOFORM_VAR_ID}"), SETTINGS + "tags: [copy]\n"],
)
def test_both_folders_are_named(project_root: Path, other: str) -> None:
    assert problems(project_root, acme=SETTINGS, copy=other) == [
        "workspaces/acme/workspace.yaml: workspaces/copy",
        "workspaces/copy/workspace.yaml: workspaces/acme",
    ]


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (SETTINGS, SETTINGS.replace("123456", "1234567")),
        (SETTINGS, SETTINGS.replace("eu", "us")),
        (SETTINGS, "format: 1\nendpoint: sandbox\nworkspace_id: 123456\n"),
        (SETTINGS, "format: 1\nregion: eu\n"),
        ("format: 1\nendpoint: sandbox\nworkspace_id: 5\n",) * 2,
        (SETTINGS + "managed_by: {stamp: true}\n",) * 2,
    ],
)
def test_workspaces_of_their_own(project_root: Path, own: str, other: str) -> None:
    assert problems(project_root, acme=own, copy=other) == []
