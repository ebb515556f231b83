"""The schema checks every field of the samples: none is inside of an object that takes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from cioform.config.read.parsing.parse import parse_yaml

WORKSPACES: Final = Path(__file__).parents[2] / "workspaces"
SAMPLES: Final = sorted(WORKSPACES.glob("**/*.yaml"))
FREE_NAMES: Final = frozenset(
    ("variables", "credentials", "headers", "set_attributes", "content", "raw", "sample")
)
"""Fields whose value is a mapping of names that users choose, or that no source describes."""
CHOSEN_NAMES: Final = frozenset(("translations", "fields"))
"""Fields whose value is a mapping from names that users choose to fields of the schema."""

Path_ = tuple[str | int, ...]


def _definition(path: Path) -> str:
    first_line = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first_line.startswith("# yaml-language-server: $schema="), path
    return first_line.rpartition("#/$defs/")[2]


@pytest.fixture(scope="module")
def validators() -> dict[str, Any]:
    schema = json.loads((WORKSPACES / "schema.json").read_text(encoding="utf-8"))
    return {
        name: jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"})
        for name in schema["$defs"]
    }


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.relative_to(WORKSPACES)))
def test_no_misspelled_field_is_accepted(path: Path, validators: dict[str, Any]) -> None:
    validator = validators[_definition(path)]
    for document in parse_yaml(path.read_text(encoding="utf-8"), str(path)):
        assert [error.message for error in validator.iter_errors(document.value)] == []
        accepted = [
            ".".join(map(str, place))
            for place in _fields(document.value)
            if validator.is_valid(_misspelled(document.value, place))
        ]
        assert accepted == []


def _fields(value: Any, place: Path_ = ()) -> Iterator[Path_]:
    """Yield the place of every field whose name the schema decides."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not CHOSEN_NAMES.intersection(place[-1:]):
                yield (*place, name)
            if name not in FREE_NAMES:
                yield from _fields(inner, (*place, name))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _fields(item, (*place, i))


def _misspelled(value: Any, place: Path_) -> Any:
    """Return the value with a wrong name for one field."""
    first, *rest = place
    if isinstance(value, list):
        return [_misspelled(v, tuple(rest)) if i == first else v for i, v in enumerate(value)]
    if rest:
        return {k: _misspelled(v, tuple(rest)) if k == first else v for k, v in value.items()}
    return {f"{k}x" if k == first else k: v for k, v in value.items()}
