from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cioform.config.load import Configuration, load_configuration
from cioform.model.registry import Registry
from tests.support.note_kind import REGISTRY

Files = Mapping[str, str | bytes]


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return a registry that contains only the kind of `tests/support/note_kind.py`."""
    return REGISTRY


@pytest.fixture
def put(tmp_path: Path) -> Callable[[Files], Path]:
    """Return a function that writes files of the workspace and returns the project folder."""

    def write(files: Files) -> Path:
        folder = tmp_path / "workspaces" / "acme"
        for name, content in {"workspace.yaml": "endpoint: sandbox\n", **files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode()
            if name == "workspace.yaml" and b"format:" not in data:
                data += b"\nformat: 1\n"
            path.write_bytes(data)
        return tmp_path

    return write


@pytest.fixture
def load(put: Callable[[Files], Path], registry: Registry) -> Callable[[Files], Configuration]:
    """Return a function that writes files and loads them."""
    return lambda files: load_configuration(
        put(files), "acme", registry, {"CIOFORM_VAR_TOKEN": "t", "CIOFORM_VAR_EMPTY": ""}
    )
