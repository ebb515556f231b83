"""A value of any type at any place of a document is a diagnostic, or is valid."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cioform.config.load import load_configuration
from cioform.core.errors import ConfigError
from cioform.kinds import find_kinds
from tests.support.campaign_steps import EVERY_STEP

VALUES: Final[tuple[Any, ...]] = (
    None, "exit", 3, True, 1.5, [], {}, ["exit"], [None], [["a"]], [{}], {"a": "b"}, {"then": 5},
    [{"if": 3, "then": [["x"]]}], {"all": []}, {1: 2}, "{{", 10**30,
)  # fmt: skip
EVERY_VALUE = "CIOFORM_EXAMPLES" in os.environ
KINDS = find_kinds()
DOCUMENTS = {
    **{kind.folder: [yaml.safe_load(kind.example)] for kind in KINDS if kind.example},
    "campaigns": [yaml.safe_load(KINDS["campaign"].example), yaml.safe_load(EVERY_STEP)],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value in a document."""
    if not isinstance(value, dict | list):
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("folder", DOCUMENTS)
def test_the_files_are_loaded_or_refused(folder: str, project_root: Path) -> None:
    workspace = project_root / "workspaces/acme"
    (workspace / folder).mkdir(parents=True)
    (workspace / "workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
    values = cycle(VALUES)
    number = 0
    for document in DOCUMENTS[folder]:
        for path in places(document):
            for value in VALUES if EVERY_VALUE else [next(values)]:
                number += 1
                text = yaml.safe_dump(replaced(document, path, value))
                (workspace / folder / f"d{number}.yaml").write_text(text)
                if EVERY_VALUE:
                    load(project_root)
                    (workspace / folder / f"d{number}.yaml").unlink()
    load(project_root)


def load(project: Path) -> None:
    with suppress(ConfigError):
        load_configuration(project, "acme", KINDS, {})
