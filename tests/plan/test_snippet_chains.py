"""Snippets that pass their names on, while layouts and messages use them.

The API cannot rename a snippet, so the old one of a name is deleted before the name is free. In
every state on the way, each text shows what it showed before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest

from cioform.plan.plan import Plan
from cioform.plan.selecting.scope import Scope
from tests.support.sandbox_project import SandboxProject

NAME = re.compile(r"\{\{ snippets\.(\w+) \}\}")
Use = tuple[int, ...]
"""The snippets that a text uses, by their positions in the chain."""


def name_of(snippet: int, renamed: bool) -> str:
    """Return the name of a snippet; each takes the name of the next one."""
    return f"name_{snippet + renamed}"


def text_of(use: Use, renamed: Sequence[bool]) -> str:
    return "|".join(f"{{{{ snippets.{name_of(each, renamed[each])} }}}}" for each in use)


def layout(name: str, text: str) -> tuple[str, dict[str, Any]]:
    return f"layouts/{name}.yaml", {"name": name, "body": "{{ content }}" + text}


def message(name: str, text: str) -> tuple[str, dict[str, Any]]:
    email = {"sending": "draft", "subject": "S", "body": text}
    return f"transactional/{name}.yaml", {"name": name, "email": email}


def step(name: str, text: str) -> tuple[str, dict[str, Any]]:
    hello = {"id": "hello", "email": {"subject": "S", "body": text}}
    return f"campaigns/{name}.yaml", {"name": name, "trigger": {"event": "e"}, "workflow": [hello]}


User = Callable[[str, str], tuple[str, dict[str, Any]]]


def write(
    project: SandboxProject, users: Sequence[User], uses: Sequence[Use], renamed: Sequence[bool]
) -> None:
    # The last one has the smallest address, so that no order of addresses helps.
    for number, is_renamed in enumerate(renamed):
        address = f"s{len(renamed) - number}"
        content = {"name": name_of(number, is_renamed), "value": f"value {number}"}
        project.write(f"snippets/{address}.yaml", content)
    for number, use in enumerate(uses):
        user = users[number % len(users)]
        project.write(*user(f"u{number}", text_of(use, renamed)))


def shown(project: SandboxProject) -> list[str]:
    """Return what each layout and each message shows; a snippet that is missing shows nothing."""
    content = project.content()
    values = {each["name"]: each["value"] for each in content["snippets"]}
    bodies = [each["body"] for each in (*content["layouts"], *content["templates"])]
    return [
        NAME.sub(lambda found: values.get(found.group(1), "(nothing)"), body)
        for body in bodies
        if "snippets" in body
    ]


def watch(project: SandboxProject) -> None:
    """Check after each write that every text shows what it shows now."""
    expected = shown(project)

    def check(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        assert request.method == "GET" or shown(project) == expected
        return response

    project.alter = check


def apply_all(project: SandboxProject) -> Plan:
    return project.apply_until_empty(rounds=6)


USERS = {"layouts": [layout], "messages": [message], "steps": [step]}
ALL_USERS = [layout, message, step]
"""The first text is a layout, the second a message, the third a step of a campaign."""


def cases(*of_each_kind: tuple[int, Sequence[Use], str], mixed: Any) -> list[Any]:
    """Return the cases to try with users of each kind, and those to try with users of all."""
    return [
        *(
            pytest.param(length, uses, users, id=f"{name}, {kind}")
            for length, uses, name in of_each_kind
            for kind, users in USERS.items()
        ),
        *(pytest.param(length, uses, ALL_USERS, id=name) for length, uses, name in mixed),
    ]


CHAINS = cases(
    (2, ((0,), (1,)), "two, a text each"),
    (2, ((1,), (0,)), "two, a text each, other way round"),
    mixed=[
        (2, (), "two"),
        (3, (), "three"),
        (3, ((2,), (0,), (1,)), "three, a text each"),
    ],
)
BOTH = cases(
    (2, ((0, 1),), "two"),
    mixed=[
        (2, ((1,), (0, 1), (0,)), "two, with others"),
        (3, ((0, 1, 2),), "three"),
        (3, ((1, 2), (0, 1)), "three, in pairs"),
        (3, ((0,), (0, 2)), "three, the ends"),
    ],
)


@pytest.mark.parametrize(("length", "uses", "users"), CHAINS)
def test_a_chain_takes_an_apply_a_link(
    project: SandboxProject, length: int, uses: Sequence[Use], users: Sequence[User]
) -> None:
    write(project, users, uses, [False] * length)
    project.apply()
    watch(project)
    write(project, users, uses, [True] * length)
    plan = project.plan()
    waiting = [item.hint for item in plan.blocked if item.address.kind == "snippet"]
    assert len(waiting) == length - 1
    assert sum("This plan frees it" in text for text in waiting) == 1
    assert not any("still use" in item.hint for item in plan.blocked)
    assert apply_all(project).is_empty
    assert project.names_in("snippets") == [f"name_{n + 1}" for n in range(length)]


@pytest.mark.parametrize(("length", "uses", "users"), BOTH)
def test_a_text_that_uses_both_is_refused_with_a_hint(
    project: SandboxProject, length: int, uses: Sequence[Use], users: Sequence[User]
) -> None:
    write(project, users, uses, [False] * length)
    project.apply()
    watch(project)
    write(project, users, uses, [True] * length)
    plan = apply_all(project)
    by_address = {str(item.address): item.hint for item in plan.blocked}
    assert (
        "undo this one in the files, with the uses of its new name, apply"
        in by_address["snippet.s2"]
    )
    assert not any("still use" in text for text in by_address.values())
    for renamed in _link_by_link(length):
        write(project, users, uses, renamed)
        assert apply_all(project).is_empty
    assert project.names_in("snippets") == [f"name_{n + 1}" for n in range(length)]


def _link_by_link(length: int) -> Iterator[list[bool]]:
    for first in reversed(range(length)):
        yield [number >= first for number in range(length)]


def targeted(project: SandboxProject, *addresses: str) -> Plan:
    return project.plan(scope=Scope(addresses))


@pytest.mark.parametrize("user", ALL_USERS)
def test_targets_of_a_chain(project: SandboxProject, user: User) -> None:
    uses = ((0,), (1,))
    write(project, [user], uses, [False, False])
    project.apply()
    watch(project)
    write(project, [user], uses, [True, True])
    [waiting] = targeted(project, "snippet.s2").blocked
    assert "snippet.s1 gives it up, and is out of the scope of this plan" in waiting.hint
    [used] = targeted(project, "snippet.s1").blocked
    folder = user("u1", "")[0].split("/")[0]
    kind = {"layouts": "layout", "transactional": "transactional", "campaigns": "campaign"}[folder]
    assert f"It is used by {kind}.u1, outside of the scope" in used.hint
    plan = targeted(project, f"{kind}.u1")
    assert [str(c.address) for c in plan.changes] == ["snippet.s1", f"{kind}.u1", "snippet.s1"]
    assert project.apply(plan).complete
    plan = targeted(project, f"{kind}.u0")
    assert not plan.blocked
    assert project.apply(plan).complete
    assert apply_all(project).is_empty


def test_a_text_that_keeps_the_name_is_named(project: SandboxProject) -> None:
    """It would show the other snippet from then on, and nothing in between."""
    write(project, [layout], ((1,),), [False, False])
    project.apply()
    write(project, [layout], (), [True, True])
    plan = project.plan()
    assert plan.changes == ()
    by_address = {str(item.address): item.hint for item in plan.blocked}
    assert "layout.u0 still uses its former name after this plan" in by_address["snippet.s1"]
    assert "snippet.s1 gives it up, but its change is blocked too" in by_address["snippet.s2"]


@pytest.mark.parametrize("user", ALL_USERS)
def test_a_deleted_snippet_whose_name_another_one_takes(
    project: SandboxProject, user: User
) -> None:
    """Customer.io deletes none that a text names, and the other one cannot have its name before."""
    write(project, [user], ((1,),), [False, False])
    project.apply()
    project.remove("snippets/s1.yaml")
    project.write("snippets/s2.yaml", {"name": name_of(1, renamed=False), "value": "value 0"})
    plan = project.plan()
    assert plan.changes == ()
    by_address = {str(item.address): item.hint for item in plan.blocked}
    assert "u0 after this plan too" in by_address["snippet.s1"]
    assert "snippet.s1 gives it up, but its change is blocked too" in by_address["snippet.s2"]
    project.write(*user("u0", "no snippet"))
    assert apply_all(project).is_empty
    assert project.names_in("snippets") == ["name_1"]
