"""Divide workspaces among machines, so that each is looked at by exactly one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from cioform.config.workspace_summary import WorkspaceSummary
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.graph import reachable
from cioform.core.text.lazy_pattern import lazy_pattern

_SHARD: Final = lazy_pattern(r"(auto|[0-9]{1,6})/([0-9]{1,6})")
_INDEXES: Final = {"JOB_COMPLETION_INDEX": 1, "CI_NODE_INDEX": 0, "BUILDKITE_PARALLEL_JOB": 1}
"""The variables that number the jobs of Kubernetes, GitLab and Buildkite, and what has to be added
to count from 1."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of the workspaces, numbered from 1."""

    number: int
    total: int

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"


def parse_shard(text: str, environment: Mapping[str, str]) -> Shard:
    """Return the shard of `--shard`: `3/8`, or `auto/8` for the number in the environment.

    Raises UsageError.
    """
    parts = _SHARD.fullmatch(text)
    if parts is None:
        raise UsageError.of(
            "Invalid shard",
            f"`{text}` is not a valid part. Write the number of the part and the number of "
            "parts, such as `3/8`, or `auto/8` in a job that Kubernetes, GitLab or Buildkite "
            "numbers.",
        )
    number = _number_from(environment) if parts[1] == "auto" else int(parts[1])
    total = int(parts[2])
    if not 1 <= number <= total:
        raise UsageError.of(
            "Invalid shard",
            f"There is no part {number} of {total}: parts are counted from 1. Kubernetes counts "
            f"the pods of a Job from 0; `--shard auto/{total}` takes that into account.",
        )
    return Shard(number, total)


def _number_from(environment: Mapping[str, str]) -> int:
    for variable, offset in _INDEXES.items():
        value = environment.get(variable, "")
        if value.isascii() and value.isdigit():
            return int(value) + offset
    raise UsageError.of(
        "Unknown shard",
        f"`--shard auto/N` takes the number of the part from one of {', '.join(_INDEXES)}, and "
        "none of them is set. Write the number itself, such as `1/8`.",
    )


def in_shard(
    workspaces: Sequence[WorkspaceSummary], shard: Shard, every: Sequence[WorkspaceSummary]
) -> list[WorkspaceSummary]:
    """Return those of `workspaces` that belong to a shard.

    Where a workspace belongs depends on its credentials and on those of `every` workspace of the
    project, so that a narrower selection moves none. A new workspace moves no other one.
    """
    domains = rate_domains(every)
    return [each for each in workspaces if _shard_of(domains[each.name], shard.total) == shard]


def rate_domains(workspaces: Sequence[WorkspaceSummary]) -> dict[str, str]:
    """Return the rate domain of each workspace, by its name.

    Workspaces that read a credential from the same environment variable share its rate, directly or
    through others, and so they are in one domain. A workspace without credentials is alone.
    """
    users: dict[str, list[str]] = {}
    variables = {each.name: sorted(set(each.credentials.values())) for each in workspaces}
    for name, read in variables.items():
        for variable in read:
            users.setdefault(variable, []).append(name)

    def sharing(name: str) -> list[str]:
        return [other for variable in variables[name] for other in users[variable]]

    found: dict[str, str] = {}
    for name in variables:
        if name not in found:
            members = reachable([name], sharing)
            read = sorted({variable for each in members for variable in variables[each]})
            found |= dict.fromkeys(members, f"${read[0]}" if read else name)
    return found


def _shard_of(domain: str, total: int) -> Shard:
    """Return the shard with the highest score for a domain: rendezvous hashing.

    Another number of shards moves as few domains as possible.
    """

    def score(number: int) -> bytes:
        return hashlib.sha256(f"{number}\0{domain}".encode()).digest()

    return Shard(max(range(1, total + 1), key=score), total)
