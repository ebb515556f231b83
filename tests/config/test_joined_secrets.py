"""A credential is found in a value that YAML puts together of several lines or of escapes."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.errors import ConfigError


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ('"ghp_a1B2c3D4e5F6g7H8i9J0\\\n  k1L2m3N4o5P6q7R8"', "a GitHub token"),
        ('"gh\\u0070_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"', "a GitHub token"),
        (">-\n  Authorization: Bearer\n  abcdefgh12345678ijklmnop9", "an authorization header"),
        ("Bearer\n  abcdefgh12345678ijklmnop9", "an authorization header"),
    ],
)
def test_a_credential_in_pieces_is_refused_at_its_place(load: Any, value: str, what: str) -> None:
    files = {"notes/other.yaml": "name: other\ntext: x\n"}
    files["notes/note.yaml"] = f"# one\nname: note\ntext: {value}\n"
    with pytest.raises(ConfigError) as refused:
        load(files)
    [problem] = refused.value.diagnostics
    assert problem.summary == "Secret in a file"
    assert what in problem.detail
    assert str(problem.location) == "workspaces/acme/notes/note.yaml:3"


def test_a_placeholder_in_escapes_is_refused(load: Any) -> None:
    value = '"sen\\u0073itive.token.0123456789abcdef"'
    with pytest.raises(ConfigError) as refused:
        load({"notes/note.yaml": f"name: note\ntext: {value}\n"})
    assert [each.summary for each in refused.value.diagnostics] == ["Placeholder in a file"]


@pytest.mark.parametrize(
    "value", ['"a\\\n  b"', "|\n  Authorization: Bearer\n  abcdefgh12345678ijklmnop9", '"\\u00e9"']
)
def test_what_is_no_credential_is_loaded(load: Any, value: str) -> None:
    load({"notes/note.yaml": f"name: note\ntext: {value}\n"})
