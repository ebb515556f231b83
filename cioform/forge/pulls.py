"""Pull requests: which commit belongs to which, what else is open, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import islice
from typing import Final
from urllib.parse import quote

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.errors import AuthError, NotFoundError
from cioform.forge.client import GitHub
from cioform.forge.event import number_at, part, text_at

MAX_OTHERS: Final = 50
"""How many other open pull requests are looked at, the last updated first."""
_DECISIONS: Final = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
"""The states of a review that replace an earlier one of the same person."""
_WRITERS: Final = ("admin", "maintain", "write")


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request."""

    number: int
    head: str
    """The last commit of its branch."""
    base: str
    """The commit of the target branch whose settings judge it."""
    branch: str = ""
    target: str = ""
    """The branch that it is for."""
    is_open: bool = True
    is_fork: bool = False
    merge_commit: str | None = None
    """The commit by which it was merged, None if it was not."""
    pushed_at: str | None = None
    """When anything was last pushed to the repository of its branch."""


def read_pull(github: GitHub, number: int) -> Pull | None:
    """Return a pull request, None if GitHub does not say its commits."""
    return _pull(github.get(f"/pulls/{number}"))


def merged_pulls(github: GitHub, commit: str) -> list[Pull]:
    """Return the pull requests that a commit of the target branch belongs to."""
    found = map(_pull, github.get_all(f"/commits/{commit}/pulls"))
    return [each for each in found if each is not None and each.merge_commit]


def open_pulls(github: GitHub, without: int) -> list[Pull]:
    """Return the other pull requests that are open, at most one more than `MAX_OTHERS`."""
    listed = github.get_all("/pulls", state="open", sort="updated", direction="desc")
    found = (each for each in map(_pull, listed) if each is not None and each.number != without)
    return list(islice(found, MAX_OTHERS + 1))


def touched_files(github: GitHub, number: int, wanted: Set[str]) -> Set[str]:
    """Return which of the wanted files a pull request changes."""
    return wanted & set(_names(github.get_all(f"/pulls/{number}/files")))


def approving_people(github: GitHub, number: int, head: str) -> frozenset[str]:
    """Return who approved the last commit of a pull request, in lower case, as logins are compared.

    The last word of each person counts, and an approval of an earlier commit does not.
    """
    last: dict[str, bool] = {}
    for review in github.get_all(f"/pulls/{number}/reviews"):
        login, state = text_at(review, "user", "login"), text_at(review, "state")
        if login is not None and state in _DECISIONS:
            is_of_head = text_at(review, "commit_id") == head
            last[login.lower()] = state == "APPROVED" and is_of_head
    return frozenset(login for login, approves in last.items() if approves)


def may_write(github: GitHub, user: str) -> bool:
    """Return whether somebody may push to the repository.

    Raises AuthError for a token that may not read that.
    """
    try:
        response = github.get(f"/collaborators/{quote(user, safe='')}/permission")
    except NotFoundError:  # GitHub knows no such collaborator.
        return False
    except AuthError as error:
        refusal = error.diagnostics[0]
        raise AuthError.of(
            refusal.summary,
            f"It is not known whether {user} may push to {github.repository}. {refusal.detail} To "
            "read who may, a fine-grained token or an app needs the repository permission "
            "`metadata: read`, and a classic token the scope `repo`.",
        ) from None
    return text_at(response, "permission") in _WRITERS


def _names(files: Iterator[Json]) -> Iterator[str]:
    for each in files:
        for key in ("filename", "previous_filename"):
            if name := text_at(each, key):
                yield name


def _pull(item: Json) -> Pull | None:
    number, head = number_at(item, "number"), text_at(item, "head", "sha")
    base = text_at(item, "base", "sha")
    if number is None or head is None or base is None:
        return None
    source, target = (text_at(item, side, "repo", "full_name") for side in ("head", "base"))
    merged = text_at(item, "merged_at") is not None
    return Pull(
        number,
        head,
        base,
        text_at(item, "head", "ref") or "",
        text_at(item, "base", "ref") or "",
        part(item, "state") == "open",
        source != target,
        text_at(item, "merge_commit_sha") if merged else None,
        text_at(item, "head", "repo", "pushed_at"),
    )
