"""Help shows ranges in words."""

from __future__ import annotations

import pytest

from cioform.cli.app import run


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("plan", ["[1 to 500]", "[default: 1; at least 0]"]),
        ("people import", ["[at least 0.01]"]),
        ("sandbox serve", ["[default: 0; 0 to 65535]"]),
    ],
)
def test_ranges_are_words(
    command: str, shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "--help"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert [text for text in shown if text not in printed] == []
    assert "<=x" not in printed
    assert "x>=" not in printed
