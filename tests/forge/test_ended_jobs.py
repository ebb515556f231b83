"""Whether the job that holds a lock has ended: GitHub is asked, and no is the answer in doubt."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cioform.core.errors import RemoteError
from cioform.run.events import LockTakenOver, RunEvent
from cioform.services.state import ended_jobs
from cioform.state.runs import RunInfo

PAGE = "https://github.com/acme/messages/actions/runs/"


@pytest.fixture(autouse=True)
def _in_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/messages", "GITHUB_RUN_ID": "9",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


def ask(monkeypatch: pytest.MonkeyPatch, url: str | None, answer: object) -> list[RunEvent] | None:
    """Return what was reported if the job has ended, else None."""

    def get(path: str) -> object:
        assert path == "/actions/runs/7"
        if isinstance(answer, Exception):
            raise answer
        return answer

    github = SimpleNamespace(get=get, close=lambda: None)
    monkeypatch.setattr(ended_jobs, "connect_github", lambda *_: github)
    events: list[RunEvent] = []
    ended = ended_jobs.has_job_ended(RunInfo(id="r", command="apply", url=url), events.append)
    return events if ended else None


def test_a_completed_job_has_ended_and_that_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ask(monkeypatch, f"{PAGE}7", {"status": "completed"})
    assert found == [LockTakenOver("r", f"{PAGE}7")]


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        (f"{PAGE}7", {"status": "in_progress"}),
        (f"{PAGE}7", RemoteError.of("Not found", "404")),
        (f"{PAGE}7", "nonsense"),
        (f"{PAGE}9", {"status": "completed"}),
        ("https://github.com/other/messages/actions/runs/7", {"status": "completed"}),
        ("https://ci.acme.com/7", {"status": "completed"}),
        (None, {"status": "completed"}),
    ],
)
def test_in_doubt_a_job_has_not_ended(
    monkeypatch: pytest.MonkeyPatch, url: str | None, answer: object
) -> None:
    assert ask(monkeypatch, url, answer) is None
