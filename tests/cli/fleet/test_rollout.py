"""Apply many workspaces ring by ring: only what was reviewed, and not beyond a failure."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from cioform.services.workspace import Workspace
from tests.cli.fleet.conftest import NAMES
from tests.support.command_line import CommandLine, CommandResult

RINGS = """\
rings:
  - {name: canary, workspaces: [canary], soak: 30m}
  - {name: eu, workspaces: ["eu_*"], max_failures: MAX}
  - {name: rest, workspaces: ["*"]}
"""


WRONG_RINGS = [
    ("30m", "24000d", "`soak` must be at most `365d`, not `24000d`."),
    ("name: eu", "name: canary", "Another ring is named `canary`, too."),
    ("[canary]", "[canray]", "No workspace matches `canray` of the ring `canary`."),
    ("[canary]", '["tag:eu"]', "No workspace matches `tag:eu` of the ring `canary`."),
]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits, during which only the clock goes on."""
    seconds: list[float] = []
    now = time.time
    monkeypatch.setattr("time.sleep", seconds.append)
    monkeypatch.setattr("time.time", lambda: now() + sum(seconds))
    return seconds


@pytest.fixture
def reviewed(cio: CommandLine) -> str:
    """Edit every workspace, write the rings, review the plans, and return their digest."""
    for name in NAMES:
        edit(name)
    Path("workspaces/_rings.yaml").write_text(RINGS.replace("MAX", "0"))
    digest: str = cio("plan", "--all", "--reports", "p", "--json").json["digest"]
    return digest


def edit(name: str, text: str = "New") -> None:
    file = Path("workspaces", name, "snippets", "footer.yaml")
    file.write_text(file.read_text() + f"  <p>{text}</p>\n")


def apply(cio: CommandLine, digest: str, *options: str) -> CommandResult:
    return cio("apply", "--all", "--reviewed", digest, "--reviewed-list", "p", *options)


def rows(done: CommandResult) -> dict[str, str]:
    return {each["workspace"]: each["status"] for each in done.json["workspaces"]}


def test_rings_follow_each_other_after_their_soak_time(
    cio: CommandLine, reviewed: str, slept: list[float]
) -> None:
    done = apply(cio, reviewed)
    assert (done.code, [round(each, -2) for each in slept]) == (0, [1800])
    assert done.out.startswith("4 workspaces: 4 applied\n")
    order = [line.split()[0] for line in done.out.splitlines()[3:7]]
    assert order == ["canary", "eu_one", "eu_two", "us_one"]
    assert "Waiting 30 min after ring canary" in done.err
    assert cio("plan", "--all", "--detailed-exitcode").code == 0
    again = apply(cio, reviewed)
    assert again.out.startswith("4 workspaces: 4 with nothing to apply\n")
    assert len(slept) == 1


def test_a_soak_time_can_be_waited_for_elsewhere(
    cio: CommandLine, reviewed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = apply(cio, reviewed, "--no-wait", "--json")
    assert (done.code, done.json["soaking"]) == (75, "canary")
    assert rows(done) == {"canary": "done", **dict.fromkeys(NAMES[1:], "not started")}
    assert apply(cio, reviewed, "--no-wait", "--resume").code == 75
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 1801)
    done = apply(cio, reviewed, "--no-wait", "--resume", "--json")
    assert (done.code, rows(done)) == (0, dict.fromkeys(NAMES, "done"))


@pytest.mark.usefixtures("slept")
def test_a_failure_stops_and_a_resumed_call_goes_on_there(cio: CommandLine, reviewed: str) -> None:
    snippet = Path("workspaces/eu_one/snippets/footer.yaml")
    text = snippet.read_text()
    snippet.write_text("name: [")
    done = apply(cio, reviewed, "--json")
    assert (done.code, done.json["stopped_in"]) == (3, "eu")
    assert list(rows(done).values()) == ["done", "failed", "not started", "not started"]
    assert len(cio("history", "us_one", "--json").json["runs"]) == 1
    snippet.write_text(text)
    done = apply(cio, reviewed, "--resume")
    assert (done.code, "1 done (kept)  0\n" in done.out) == (0, True)
    assert len(cio("history", "canary", "--json").json["runs"]) == 2


@pytest.mark.usefixtures("slept")
def test_a_ring_can_allow_failures(cio: CommandLine, reviewed: str) -> None:
    Path("workspaces/_rings.yaml").write_text(RINGS.replace("MAX", "1"))
    Path("workspaces/eu_one/snippets/footer.yaml").write_text("name: [")
    done = apply(cio, reviewed, "--json")
    assert (done.code, done.json["stopped_in"]) == (3, None)
    assert list(rows(done).values()) == ["done", "failed", "done", "done"]


def test_a_ring_that_changes_later_soaks_again(
    cio: CommandLine, reviewed: str, slept: list[float]
) -> None:
    rings = RINGS.replace("[canary], soak: 30m", "[canary, eu_one], max_failures: 1, soak: 30m")
    Path("workspaces/_rings.yaml").write_text(rings.replace("MAX", "0"))
    snippet = Path("workspaces/eu_one/snippets/footer.yaml")
    text = snippet.read_text()
    snippet.write_text("name: [")
    assert (apply(cio, reviewed).code, len(slept)) == (3, 1)
    snippet.write_text(text)
    assert (apply(cio, reviewed, "--resume").code, len(slept)) == (0, 2)


@pytest.mark.usefixtures("slept")
def test_what_was_not_reviewed_is_not_applied(cio: CommandLine, reviewed: str) -> None:
    edit("eu_two", "Not reviewed")
    done = apply(cio, reviewed, "--json")
    assert (done.code, rows(done)["eu_two"], rows(done)["us_one"]) == (8, "failed", "not started")
    shown = apply(cio, reviewed, "--resume")
    assert "failed: 1 omitted" in shown.out
    assert "Make the plans again, and review them." in " ".join(shown.err.split())
    assert "Not reviewed" not in str(
        cio("show", "eu_two", "snippet.footer", "--live", "--json").json
    )
    Path("p/us_one.json").unlink()
    assert apply(cio, reviewed).code == 4
    assert apply(cio, "0" * 64).code == 4
    for words in (("--reviewed", reviewed), ("--auto-approve",), ("--reviewed-list", "p")):
        assert cio("apply", "--all", *words).code == 64


@pytest.mark.usefixtures("slept")
def test_a_workspace_that_the_review_did_not_look_at_fails(cio: CommandLine) -> None:
    snippet = Path("workspaces/canary/snippets/footer.yaml")
    text = snippet.read_text()
    snippet.write_text("name: [")
    digest = cio("plan", "--all", "--reports", "p", "--json").json["digest"]
    snippet.write_text(text)
    done = apply(cio, digest)
    assert (done.code, "Not reviewed" in done.err) == (4, True)


def test_an_interrupted_apply_is_resumed(
    cio: CommandLine, reviewed: str, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Workspace.apply

    def interrupted(opened: Workspace, *arguments: Any, **options: Any) -> Any:
        if opened.name == "eu_two":
            raise KeyboardInterrupt
        return right(opened, *arguments, **options)

    monkeypatch.setattr(Workspace, "apply", interrupted)
    assert apply(cio, reviewed).code == 130
    monkeypatch.setattr(Workspace, "apply", right)
    done = apply(cio, reviewed, "--resume", "--json")
    assert (done.code, rows(done)) == (0, dict.fromkeys(NAMES, "done"))
    assert len(slept) == 1  # the canary had soaked already
    for name in NAMES:
        assert len(cio("history", name, "--json").json["runs"]) == 2


def test_every_workspace_needs_a_ring(cio: CommandLine, reviewed: str) -> None:
    file = Path("workspaces/_rings.yaml")
    file.write_text(RINGS.replace("MAX", "0").replace('["*"]', "[other]"))
    done = apply(cio, reviewed)
    assert (done.code, "No ring of `workspaces/_rings.yaml` has us_one." in done.err) == (3, True)
    assert cio("validate").code == 3
    for text in ("rings: 1", "[]", RINGS.replace("MAX", "-1"), RINGS.replace("30m", "soon")):
        file.write_text(text)
        assert apply(cio, reviewed).code == 3
    right = RINGS.replace("MAX", "0")
    for old, new, reason in WRONG_RINGS:
        file.write_text(right.replace(old, new))
        done = apply(cio, reviewed)
        assert (done.code, reason in " ".join(done.err.split())) == (3, True), reason
    file.unlink()
    assert apply(cio, reviewed, "--only", "us_one").code == 0
