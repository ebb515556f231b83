"""Fixtures for all tests: an empty project, and the option to update the golden files."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

# Slow examples are not failures. Runs are reproducible, except with many examples, as in
# `.ci/nightly`.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize="CIOFORM_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("suite")

# Served sandboxes are on this machine, which a CI system does not trust by itself.
os.environ["CIOFORM_ALLOW_ENDPOINT"] = "localhost,127.0.0.1"
# Where it is set, plans leave what was edited in the workspace.
os.environ.pop("CI", None)
# In a pull request, settings come from its target branch.
for _name in list(os.environ):
    if _name.startswith(("GITHUB_", "CI_")):
        del os.environ[_name]

SLOW: Final = (
    "tests/torture/",
    "tests/faults/",
    "tests/upgrade/",
    "tests/clients/",
    "tests/language/test_conditions_roundtrip.py",
)
"""What takes longest. It runs first, so that no core is left with it alone at the end."""


_MEMORY: Final = Path("/dev/shm")
"""A folder whose files are in memory, on most systems."""
_ROOM: Final = 4 * 2**30
"""What a few runs of all tests fill, several times over."""


def _has_room(folder: Path) -> bool:
    """Return whether tests can write files to a folder, and run them there."""
    if not os.access(folder, os.W_OK):
        return False
    is_executable = not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return is_executable and shutil.disk_usage(folder).free > _ROOM


# The folders of tests. To replace a file on a disk takes a thousand times as long as in memory.
if _has_room(_MEMORY):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write the results of the golden tests as the expected files; then read the diff.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Move the slow tests to the front where several processes share them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


def pytest_collection_finish() -> None:
    """Collect garbage less often: ten thousand tests live to the end, and each pass visits them."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: many tests wait for a server or a lock."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0)) + 1
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Return whether to rewrite the expected files."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def project_root(tmp_path: Path) -> Path:
    """Return the folder of a new project, with an empty `workspaces/`."""
    root = tmp_path / "project"
    (root / "workspaces").mkdir(parents=True)
    return root


@pytest.fixture(scope="session", autouse=True)
def _disk_is_not_waited_for() -> Iterator[None]:
    """Sync no file: only a power failure would tell, and the suite syncs many thousand times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _interrupts_are_delivered() -> None:
    """Handle SIGINT as a terminal would, even if pytest was started in the background.

    A shell starts background jobs with SIGINT ignored, and Python then installs no handler.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
