"""Responses of the emulator with one member that is not as it should be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from cioform.core.data.paths import FieldPath, format_path
from tests.support.sandbox_project import TOKEN_PATH

MISSING: Final = object()
"""The value of a member that is taken away."""

WRONG_VALUES: Final[Mapping[str, Any]] = {
    "missing": MISSING,
    "null": None,
    "true": True,
    "empty text": "",
    "text": "what is this",
    "negative": -1,
    "number": 3.5,
    "object": {},
    "list": [],
    "list of null": [None],
    "object of null": {"id": None},
    "half a character": "\ud800",
}


@dataclass(frozen=True)
class Member:
    """A member of the response to a request, the same one for all objects and entries."""

    request: str
    """The method and the path, with `#` for each number."""
    path: FieldPath

    def __str__(self) -> str:
        return f"{self.request} {format_path(self.path)}"


@dataclass
class Responses:
    """Records which members responses have, and puts `value` in the place of `member`."""

    members: dict[Member, None] = field(default_factory=dict)
    member: Member | None = None
    value: Any = None

    def __call__(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        name = f"{request.method} {re.sub(r'[0-9]+', '#', request.url.path)}"
        if request.url.path == TOKEN_PATH or not (content := response.read()):
            return response
        body = json.loads(content)
        if self.member is None:
            self.members |= dict.fromkeys(Member(name, path) for path in _paths(body))
            return response
        if name == self.member.request and _put(body, self.member.path, self.value):
            return httpx.Response(response.status_code, content=json.dumps(body))
        return response


def _paths(value: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Yield the paths of all members, those of the entries of a list as of the first one."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield (*path, name)
            yield from _paths(member, (*path, name))
    elif isinstance(value, list):
        for entry in value:
            yield (*path, 0)
            yield from _paths(entry, (*path, 0))


def _put(body: Any, path: Sequence[str | int], value: Any) -> bool:
    """Put a value at a path, of the first entry of a list that has it. Return whether one has."""
    first, *rest = path
    if isinstance(first, int):
        if not isinstance(body, list) or not body:
            return False
        if rest:
            return any(_put(entry, rest, value) for entry in body)
        body[0] = None if value is MISSING else value
        return True
    if not isinstance(body, dict) or first not in body:
        return False
    if rest:
        return _put(body[first], rest, value)
    if value is MISSING:
        del body[first]
    else:
        body[first] = value
    return True
