"""A plan that somebody confirms reaches nobody through a user that is new since it was shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

SNIPPET = Path("workspaces/demo/snippets/notice.yaml")
APPROVE = ("--auto-approve", "--allow-live")


class _Person:
    """Somebody who answers with yes, after something else has happened."""

    def __init__(self, before: Callable[[], object]) -> None:
        self._before = before

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        self._before()
        return "yes\n"


def write(value: str) -> None:
    SNIPPET.write_text(f"name: notice\nvalue: {value}\n")


@pytest.fixture
def let_a_running_campaign_use_it(cio: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a running campaign use the snippet as soon as somebody confirms a plan."""

    def edit() -> None:
        body = "news.email.body=<p>{{ snippets.notice }}</p>"
        assert cio("sandbox", "edit", "demo", "campaign.product_news", body).code == 0

    monkeypatch.setattr("sys.stdin", _Person(edit))


@pytest.mark.usefixtures("let_a_running_campaign_use_it")
def test_apply(cio: CommandLine) -> None:
    write("One")
    assert cio("apply", "demo", *APPROVE).code == 0
    write("Two")
    done = cio("apply", "demo", "--allow-live")
    assert done.code == 4
    assert "uses it now, but the plan does not list it" in " ".join(done.out.split())
    assert "One" in cio("show", "demo", "snippet.notice", "--live").out


@pytest.mark.usefixtures("let_a_running_campaign_use_it")
def test_rollback(cio: CommandLine) -> None:
    write("One")
    assert cio("apply", "demo", *APPROVE).code == 0
    write("Two")
    run = cio("apply", "demo", *APPROVE, "--json").json["run"]
    done = cio("rollback", "demo", run, "--allow-live")
    assert done.code == 4
    assert "uses it now, but the plan does not list it" in " ".join(done.out.split())
    assert "Two" in cio("show", "demo", "snippet.notice", "--live").out
