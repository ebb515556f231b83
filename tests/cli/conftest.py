from __future__ import annotations

from pathlib import Path

import pytest

from cioform.services.project.project_files import init
from cioform.services.sandbox.seeding import seed_sandbox
from cioform.services.workspace import open_workspace
from tests.support.command_line import cio as cio


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a seeded and imported sandbox, to be copied by each test."""
    root = tmp_path_factory.mktemp("project")
    init(root, "demo", sandbox=True)
    (root / "workspaces/demo/snippets/footer.yaml").unlink()
    seed_sandbox(root, "demo", "demo")
    with open_workspace(root, "demo") as opened:
        opened.import_()
    return root
