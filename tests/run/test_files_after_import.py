"""Whatever a segment has in the workspace, its file is valid after an import and a pull."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from cioform.config.load import load_configuration
from cioform.core.errors import RemoteError
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

FILE: Final = "segments/s.yaml"
DOCUMENTS: Final = (
    "name: S\nconditions: {attribute: a, is: true}\n",
    "name: S\nconditions:\n  attribute: a\n  is: true\n",
    "name: S\nconditions:\n  all:\n    - {attribute: a, is: 1} # why\n    - {event: e}\n",
)
FORMS: Final = ("{}", '{"and": []}', '{"foo": 1}', '{"and": [{"or": []}]}')
"""Conditions of which a file has another form than of a test."""
UNWRITABLE: Final = {
    "18446744073709551616": "`conditions.raw.foo` is 18446744073709551616, which no file can hold",
    "-100000000000000000000": "`conditions.raw.foo` is -100000000000000000000, which no file",
    "1e400": "`conditions.raw.foo` is the number inf, which no file can hold",
    '{"a":' * 120 + "1" + "}" * 120: "`conditions.raw` is nested more than 100 levels deep",
}


def apply_segment(project: SandboxProject, document: str) -> None:
    project.write(FILE, document)
    project.apply()


def serve(project: SandboxProject, conditions: str) -> None:
    """Let the workspace return other conditions for the segment."""

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if not request.url.path.rpartition("/segments/")[2].isdigit():
            return response
        segment = {**json.loads(response.read())["segment"], "conditions": "@"}
        content = json.dumps({"segment": segment}).replace('"@"', conditions)
        return httpx.Response(200, content=content, headers={"content-type": "application/json"})

    project.alter = alter


def take(project: SandboxProject, command: str) -> Any:
    with project.open() as workspace:
        if command == "pull":
            return workspace.pull(workspace.pullable())
        return workspace.import_(force=command == "force")


def valid_file(project: SandboxProject) -> str:
    load_configuration(project.root, "acme", project.kinds, {})
    return (project.folder / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["force", "pull"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_condition_of_another_form_is_taken(
    copy_of: CopyOf, document: str, form: str, command: str
) -> None:
    project = copy_of(apply_segment, document)
    serve(project, form)
    assert take(project, command).left == ()
    assert "raw:" in valid_file(project)
    assert project.plan().is_empty


@pytest.mark.parametrize("value", UNWRITABLE)
def test_what_no_file_can_hold_is_left_with_the_reason(
    copy_of: CopyOf, value: str, tmp_path: Path
) -> None:
    project = copy_of(apply_segment, DOCUMENTS[0])
    serve(project, f'{{"foo": {value}}}')
    for command in ("force", "pull"):
        assert UNWRITABLE[value] in " ".join(take(project, command).left)
        assert valid_file(project) == DOCUMENTS[0]
    fresh = project.second_checkout(tmp_path / "fresh")
    serve(fresh, f'{{"foo": {value}}}')
    assert UNWRITABLE[value] in " ".join(take(fresh, "import").left)
    assert not (fresh.folder / FILE).exists()


@pytest.mark.parametrize("command", ["import", "force", "pull", "plan"])
def test_what_is_nested_too_deeply_for_any_command_is_an_error_of_the_response(
    copy_of: CopyOf, command: str
) -> None:
    project = copy_of(apply_segment, DOCUMENTS[0])
    serve(project, '{"a":' * 900 + "1" + "}" * 900)
    run = project.plan if command == "plan" else partial(take, project, command)
    with pytest.raises(RemoteError, match=r"250 levels deep at `segment.conditions.a.a.a`"):
        run()
