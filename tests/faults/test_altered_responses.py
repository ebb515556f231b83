"""Responses with a member that is not as it should be: an error of Customer.io, and no crash.

Members and wrong values are sampled; `CIOFORM_EXAMPLES` says how many.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cioform.core.errors import CioformError, RemoteError
from cioform.emulator.protocol.behavior import Behavior
from cioform.model.remote_access.conversation import Api
from tests.support.altered_responses import WRONG_VALUES, Member, Responses
from tests.support.every_kind import write_every_kind
from tests.support.examples import EXAMPLES
from tests.support.sandbox_project import BOTH_APIS, SandboxProject

APIS = {"both": BOTH_APIS, "app": frozenset({Api.APP})}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    behavior = Behavior(rate_limit=None, api_trigger="triggered_broadcast")
    new_project = SandboxProject(tmp_path, behavior=behavior)
    write_every_kind(new_project)
    yield new_project
    new_project.store.close()


class Replay:
    """Repeats the responses of one command, so that the next ones need no emulator."""

    def __init__(self, responses: Responses) -> None:
        self.responses = responses
        self._recorded: dict[tuple[str, str], httpx.Response] = {}

    def __call__(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        recorded = self._recorded.setdefault((request.method, str(request.url)), response)
        copy = httpx.Response(recorded.status_code, content=recorded.read())
        return self.responses(request, copy)


def ids_in(project: SandboxProject) -> set[str]:
    """Return the ids of all objects, which for snippets are their names."""
    content = project.content()
    ids = {str(each["id"]) for rows in content.values() for each in rows if "id" in each}
    return ids | {each["name"] for each in content["snippets"]}


def sample(members: list[Member], count: int) -> list[tuple[Member, str]]:
    """Return members with the names of wrong values for them, the same in each run."""
    every = [(member, name) for member in members for name in WRONG_VALUES]
    return random.Random(len(every)).sample(every, min(count, len(every)))


def assert_only_remote_errors(
    responses: Responses, command: Callable[[], object], count: int
) -> None:
    """Run a command with each of the altered responses: it succeeds, or blames the response."""
    for member, name in sample(list(responses.members), count):
        responses.member, responses.value = member, WRONG_VALUES[name]
        try:
            command()
        except RemoteError:
            continue
        except CioformError as error:
            pytest.fail(f"{name} at {member}: {error}")
        except Exception as error:
            raise AssertionError(f"{name} at {member}") from error


@pytest.mark.parametrize("apis", APIS)
def test_a_plan(project: SandboxProject, apis: str) -> None:
    project.apply()
    responses = Responses()
    project.alter = Replay(responses)
    project.plan(APIS[apis])
    with project.open(APIS[apis]) as session:
        assert_only_remote_errors(responses, session.plan, EXAMPLES // 2)


@pytest.mark.parametrize(
    ("apis", "request_", "path"),
    [
        ("both", "GET /v#/environments/#/transactional_messages/#", ("templates",)),
        ("app", "GET /v#/transactional/#/contents", ("contents",)),
    ],
)
def test_a_message_without_content_is_blocked(
    project: SandboxProject, apis: str, request_: str, path: tuple[str, ...]
) -> None:
    project.apply()
    project.alter = Responses(member=Member(request_, path), value=[])
    [blocked] = project.plan(APIS[apis]).blocked
    assert "returned no content of the default language" in blocked.hint


def test_an_import(project: SandboxProject, tmp_path: Path) -> None:
    project.apply()
    responses = Responses()

    def import_all() -> None:
        root = tmp_path / f"import-{next(numbers)}"
        checkout = project.second_checkout(root)
        checkout.alter = replay
        with checkout.open() as session:
            session.import_()
        for address, remote_id in checkout.bindings().items():
            assert remote_id in known_ids, (address, remote_id)

    numbers = iter(range(10_000))
    known_ids = ids_in(project)
    replay = Replay(responses)
    import_all()
    assert_only_remote_errors(responses, import_all, EXAMPLES // 8)


def test_an_apply(project: SandboxProject, tmp_path: Path) -> None:
    recorded = Responses()
    project.alter = recorded
    project.apply()
    numbers = iter(range(10_000))
    members: list[Any] = [each for each in recorded.members if not each.request.startswith("GET")]
    for member, name in sample(members, EXAMPLES // 16):
        fresh = SandboxProject(tmp_path / f"apply-{next(numbers)}", behavior=project.behavior)
        write_every_kind(fresh)
        fresh.alter = Responses(member=member, value=WRONG_VALUES[name])
        outcome = fresh.apply(keep_going=True)
        fresh.alter = recorded
        known_ids = ids_in(fresh)
        for address, remote_id in fresh.bindings().items():
            assert remote_id in known_ids, (member, name, address, remote_id, outcome)
        assert fresh.apply_until_empty().is_empty, (member, name)
        fresh.store.close()
