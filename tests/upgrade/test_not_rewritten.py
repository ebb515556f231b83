"""Files that no upgrade rewrites: they stay as they are, and each message has the line to change.

A folder is a test: a campaign in an older format, and what `cioform fmt --upgrade` prints.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import captured_command_line

_CASES = sorted(path for path in (Path(__file__).parent / "not_rewritten").iterdir())


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_a_file_that_cannot_be_rewritten(
    case: Path,
    project_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    update_golden: bool,
) -> None:
    written = (case / "c.yaml").read_bytes()
    file = project_root / "workspaces/acme/campaigns/c.yaml"
    file.parent.mkdir(parents=True)
    file.write_bytes(written)
    settings = project_root / "workspaces/acme/workspace.yaml"
    settings.write_text("environment_id: 1\n", encoding="utf-8")
    monkeypatch.chdir(project_root)
    result = captured_command_line(capsys)("fmt", "--upgrade")
    assert result.code == 3
    assert file.read_bytes() == written
    assert settings.read_text(encoding="utf-8") == "environment_id: 1\n"
    expected = case / "expected.txt"
    if update_golden:
        expected.write_text(result.err, encoding="utf-8")
    assert result.err == expected.read_text(encoding="utf-8")
    assert "workspaces/acme/campaigns/c.yaml:" in result.err
