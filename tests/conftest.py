"""What tests of the whole share: a project of their own, and leave to rewrite what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what golden tests give as what they expect; then read the difference.",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Tell whether what is expected shall be rewritten."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def project_root(tmp_path: Path) -> Path:
    """Give an empty project: a folder with `workspaces/` in it."""
    root = tmp_path / "project"
    (root / "workspaces").mkdir(parents=True)
    return root
