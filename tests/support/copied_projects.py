"""Projects that are prepared once, and copied for each test.

A copy takes a tenth of the time of an apply.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cioform.emulator.server.faults.faults import FaultInjector
from tests.support.sandbox_project import SandboxProject

Prepare = Callable[..., None]
CopyOf = Callable[..., SandboxProject]
Originals = dict[tuple[Prepare, str, str], SandboxProject]


def copy_project(original: SandboxProject, root: Path) -> SandboxProject:
    """Return a project in the folder `root` with the same files, state and workspace."""
    new = SandboxProject(
        root,
        replace(original.behavior),
        original.store.copy(),
        FaultInjector(),
        replace(original.time),
        original.kinds,
        [*original.sent],
        environment=dict(original.environment),
    )
    shutil.copytree(original.root, root, dirs_exist_ok=True)
    return new


@pytest.fixture(scope="module")
def originals() -> Iterator[Originals]:
    """Yield the projects of a module that are copied, of which there are none yet."""
    prepared: Originals = {}
    yield prepared
    for each in prepared.values():
        each.store.close()


@pytest.fixture
def copy_of(
    originals: Originals, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CopyOf]:
    """Yield a function that returns a copy of a project.

    It is called with a function and its arguments, which prepares a new project, and with the
    options of that project. That is done once in a module for the same arguments and options.
    """
    copies: list[SandboxProject] = []

    def copy(prepare: Prepare, *args: Any, **options: Any) -> SandboxProject:
        key = (prepare, repr(args), repr(options))
        if key not in originals:
            original = SandboxProject(tmp_path_factory.mktemp("original"), **options)
            prepare(original, *args)
            originals[key] = original
        root = tmp_path / f"copy-{len(copies)}" if copies else tmp_path
        copies.append(copy_project(originals[key], root))
        return copies[-1]

    yield copy
    for each in copies:
        each.store.close()
