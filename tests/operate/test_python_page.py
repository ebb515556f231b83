"""The examples of the Python page run, in their order, with the content of the demo."""

import re
from pathlib import Path

import pytest

from cioform.services.project.project_files import init
from cioform.services.sandbox.seeding import seed_sandbox
from cioform.services.workspace import open_workspace

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"


def test_every_example_runs(
    project_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    init(project_root, "acme", sandbox=True)
    (project_root / "workspaces/acme/snippets/footer.yaml").unlink()
    seed_sandbox(project_root, "acme")
    with open_workspace(project_root, "acme") as acme:
        acme.import_()
    monkeypatch.chdir(project_root)
    examples = re.findall(
        r"^```python workspace\n(.*?)^```",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert len(examples) == 6
    for example in examples:
        exec(compile(example, str(PAGE), "exec"), {})
    assert "sent" in capsys.readouterr().out
