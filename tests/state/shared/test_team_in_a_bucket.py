"""A team with the state in a bucket: two clones, a lock, a run that loses its rights, a prune."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from docs.generate.tour_run import Clock, Team
from docs.generate.tour_scenes import Edit, Scene, Shell, scenes

pytest.importorskip("obstore")
pytest.importorskip("moto")
pytestmark = pytest.mark.filterwarnings("ignore")

connect_workspace: Any = importlib.import_module("cioform.services.connections.connect")
FOOTER = "workspaces/staging/snippets/footer.yaml"


@pytest.fixture
def team(url: str, tmp_path: Path) -> Iterator[Team]:
    """Return a team whose state is in a bucket, and which has applied its first change."""
    with (
        patch.dict(os.environ),
        patch.object(connect_workspace, "connect", connect_workspace.connect),
    ):
        team = Team(tmp_path, Clock())
        for scene in scenes(f"{{backend: object, url: {url}/WORKSPACE}}", "a bucket")[:3]:
            team.play(scene)
        yield team


def output_of(team: Team, who: str, line: str, code: int = 0) -> str:
    [step] = team.play(Scene("", "", (Shell(who, line, code),)))
    return str(step["text"])


def test_a_team_with_a_bucket(team: Team) -> None:
    runs = output_of(team, "ada", "cioform history staging")
    assert ("ben@acme.com" in runs, "ada@acme.com" in runs) == (True, True)
    team.play(Scene("", "", (Edit("ben", FOOTER, "Acme Inc", "Acme Ltd"),)))
    with rights_lost_after_a_write():
        assert "403" in output_of(team, "ben", "cioform apply staging --auto-approve", 7)

    refused = output_of(team, "ada", "cioform apply staging --auto-approve", 75)
    run_id = refused.partition("--id ")[2].split()[0]
    output_of(team, "ada", "cioform plan staging")  # a plan needs no lock
    other = output_of(team, "ada", "cioform state unlock staging --id other", 64)
    assert "Lock of another run" in other
    output_of(team, "ada", f"cioform state unlock staging --id {run_id}")
    undone = output_of(team, "ada", "cioform apply staging --auto-approve")
    assert "Acme Inc, Test -> Acme Ltd, Test" in undone  # Ben's edit was not merged
    assert "No changes" in output_of(team, "ada", "cioform plan staging")

    assert "Deleted" in output_of(team, "ada", "cioform state prune staging --keep 0d")
    runs = output_of(team, "ben", "cioform history staging")
    assert f"{run_id}  ben@acme.com" in runs
    assert "1 in doubt (not complete)" in runs


def test_the_timeline_of_a_team_with_a_bucket(team: Team) -> None:
    edit = "cioform sandbox edit staging snippet.footer 'value=Call us' --as jane@acme.com"
    output_of(team, "ada", edit)
    output_of(team, "ben", "cioform apply staging --auto-approve")
    lines = output_of(team, "ada", "cioform audit staging").splitlines()
    entries = [re.sub(r"^[-0-9]+ [:0-9]+ UTC +|, run \S+$", "", line) for line in lines[1:]]
    # All of it may have happened in one second, so the order is not compared.
    assert sorted(re.split(" {2,}", each) for each in entries) == [
        ["ada@acme.com", "cioform apply", "1 created (snippet.footer)"],
        ["ben@acme.com", "cioform apply", "1 updated (snippet.footer)"],
        ["ben@acme.com", "cioform apply", "2 created (segment.paying and campaign.welcome)"],
        ["jane@acme.com", "UI", "updated snippet.footer: value"],
    ]


@contextmanager
def rights_lost_after_a_write() -> Iterator[None]:
    """Refuse every put once the run has sent a write to Customer.io, so that its lock stays."""
    import obstore
    from obstore.exceptions import PermissionDeniedError

    sender, put, sent = connect_workspace.connect, obstore.put, []

    class Watching(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method in ("PUT", "POST", "PATCH") and "oauth" not in str(request.url):
                sent.append(request)
            return sender.keywords["transport"].handle_request(request)

    def put_or_fail(*args: Any, **more: Any) -> Any:
        if sent:
            raise PermissionDeniedError("403 Forbidden")
        return put(*args, **more)

    watched = partial(sender.func, transport=Watching())
    with patch.object(connect_workspace, "connect", watched), patch("obstore.put", put_or_fail):
        yield


def test_a_bucket_that_ignores_conditions_is_refused(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import obstore

    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda store, path, content, **_: put(store, path, content))
    with (
        patch.dict(os.environ),
        patch.object(connect_workspace, "connect", connect_workspace.connect),
    ):
        team = Team(tmp_path, Clock())
        first, *_ = scenes(f"{{backend: object, url: {url}/WORKSPACE}}", "a bucket")
        files = tuple(step for step in first.steps if isinstance(step, Edit))
        team.play(Scene("", "", files))
        text = output_of(team, "ada", "cioform state init staging", 7)
    assert "accepted a write that had to be refused" in " ".join(text.split())
