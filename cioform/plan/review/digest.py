"""A digest of what a plan does: anyone who makes the same plan anywhere gets the same digest.

It covers the workspace, and for every visible change the address, the action, the object, its
present values, the values to write, and the users of a shared object that reach people. It leaves
out when and where the plan was made, the serial of the state, and how many people a change reaches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice
from typing import Final

from cioform.core.data.json_value import Json, canonical_json
from cioform.core.data.to_json import to_json
from cioform.core.dataclasses import dataclass
from cioform.plan.change import Action, Change
from cioform.plan.plan import Plan
from cioform.plan.reach.users import identity_of, live_users

_FORMAT: Final = 1
"""Part of each digest, so that digests of versions that say something else never agree."""

_MAX_GUESSES: Final = 64


@dataclass(frozen=True, slots=True)
class ChangeDigest:
    """The digest of one change of a plan."""

    address: str
    action: Action
    digest: str


def content_digest(plan: Plan) -> str:
    """Return the SHA-256 of what a plan does."""
    return digest_of(plan.header.workspace_id, change_digests(plan))


def digest_of(workspace_id: int | None, changes: Iterable[ChangeDigest]) -> str:
    """Return the digest of the plan that has these changes, in any order."""
    return _sha256([_FORMAT, workspace_id, sorted(change.digest for change in changes)])


def digest_of_plans(digests: Mapping[str, str]) -> str:
    """Return the digest of the plans of many workspaces; `digests` has each by its workspace."""
    return _sha256([_FORMAT, sorted(digests.items())])


def change_digests(plan: Plan) -> Sequence[ChangeDigest]:
    """Return the digest of each visible change: a change of the state file alone has none."""
    return [_reviewed_digest(change) for change in plan.visible_changes]


def former_digests(plan: Plan) -> Iterator[Sequence[ChangeDigest]]:
    """Yield the digests of the changes if some users reached people that reach nobody now.

    There are at most 64 such guesses, few users at once first.
    """
    changes, now = plan.visible_changes, change_digests(plan)
    used_by = [{identity_of(user) for user in change.all_users} for change in changes]
    live = {user for change in changes for user in live_users(change)}
    quiet = sorted(set().union(*used_by) - live)
    guesses = chain.from_iterable(combinations(quiet, n + 1) for n in range(len(quiet)))
    for stopped in islice(guesses, _MAX_GUESSES):
        yield [
            own if users.isdisjoint(stopped) else _reviewed_digest(change, stopped)
            for change, own, users in zip(changes, now, used_by, strict=True)
        ]


def _reviewed_digest(change: Change, stopped: Iterable[tuple[str, str]] = ()) -> ChangeDigest:
    """Return the digest of one change and of the users of its object that reach people.

    The users in `stopped` count as if they did.
    """
    certain = {identity_of(user) for user in change.all_users}
    live = certain & {*live_users(change), *stopped}
    users: list[Json] = [list(each) for each in sorted(live)]
    if change.unknown_users_may_be_live:
        users.append("unknown")
    digest = change_digest(change)
    digest = _sha256([digest, users]) if users else digest
    return ChangeDigest(str(change.address), change.action, digest)


def change_digest(change: Change) -> str:
    """Return the digest of one change: of what it does, to which object, in which state."""
    return _sha256(
        to_json(
            {
                "address": change.address,
                "action": change.action,
                "moved_from": change.moved_from,
                "remote_id": change.remote_id,
                "parts": change.parts,
                "fingerprint": change.fingerprint,
                "state": change.reach.state_name or change.reach.state,
                "wanted": change.wanted,
                "kept": change.kept,
                "protect": change.protect,
            }
        )
    )


def _sha256(value: Json) -> str:
    # The name of an object may be any text, even one that is no valid Unicode.
    return hashlib.sha256(canonical_json(value).encode(errors="surrogatepass")).hexdigest()
