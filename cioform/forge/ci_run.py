"""The current CI job, as its environment describes it: one type for every CI system."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from cioform.core.dataclasses import dataclass, replace
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.forge.ci_systems import SYSTEMS, System
from cioform.forge.event import Event, number_at, part, read_event, text_at

Environment: TypeAlias = Mapping[str, str]


class Trigger(StrEnum):
    """What started a job."""

    PULL_REQUEST = "pull request"
    MERGE_QUEUE = "merge queue"
    PUSH = "push"
    SCHEDULE = "schedule"
    COMMENT = "comment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CiRun:
    """A CI job. What its system does not say is None."""

    system: str = ""
    """Empty outside of a known CI system."""
    trigger: Trigger = Trigger.OTHER
    head: str | None = None
    """The commit that is planned or applied. In a pull request it is the last one of its branch."""
    base: str | None = None
    """In a pull request or a merge queue, the commit that it starts from."""
    target_branch: str | None = None
    """The branch that a pull request or a merge queue is for."""
    before: str | None = None
    """After a push, the commit that the branch had before."""
    pull_request: int | None = None
    url: str | None = None
    """The page of the job."""
    run_id: str | None = None
    actor: str | None = None
    """Who started it."""
    repository: str | None = None
    """Its owner and name on the forge: `acme/messages`."""
    is_fork: bool = False
    """Whether the pull request is from another repository."""
    merged_refs: tuple[str, ...] = ()
    """If the job runs for the default branch because of a pull request, such as for a comment, the
    revisions that have what was merged. The files may be those of the pull request instead."""

    @property
    def is_for_pull_request(self) -> bool:
        """Whether a pull request started it, or a merge queue."""
        return self.trigger in (Trigger.PULL_REQUEST, Trigger.MERGE_QUEUE)


_NUMBER: Final = lazy_pattern(r"[1-9]\d{0,9}")
_COMMIT: Final = lazy_pattern(r"[0-9a-f]{40}([0-9a-f]{24})?")
_QUEUED: Final = lazy_pattern(r"/pr-(\d{1,10})-[0-9a-f]{40}$")
_QUEUE: Final = lazy_pattern(r"refs/heads/gh-readonly-queue/(.+)/pr-\d+-[0-9a-f]+")
_ABOUT_PULL_REQUESTS: Final = ("issue_comment", "workflow_run")
"""Events of GitHub that start a job for the default branch, perhaps because of a pull request."""


def read_ci_run(environment: Environment) -> CiRun:
    """Return the job that the environment describes.

    `CIOFORM_ACTOR`, `CIOFORM_RUN_URL`, `CIOFORM_RUN_ID`, `CIOFORM_HEAD`, `CIOFORM_BASE`,
    `CIOFORM_BEFORE`, `CIOFORM_PULL_REQUEST` and `CIOFORM_TARGET_BRANCH` take the place of what the
    system says, for systems and jobs that do not say it.
    """
    at_work = next((each for each in SYSTEMS if environment.get(each.sign)), None)
    run = _from_variables(environment, (at_work,) if at_work else SYSTEMS)
    run = replace(run, system=at_work.name if at_work else "")
    run = _with_event(run, environment, read_event(environment))
    return replace(
        run,
        actor=environment.get("CIOFORM_ACTOR") or run.actor,
        url=environment.get("CIOFORM_RUN_URL") or run.url,
        run_id=environment.get("CIOFORM_RUN_ID") or run.run_id,
        head=_commit(environment.get("CIOFORM_HEAD")) or run.head,
        base=environment.get("CIOFORM_BASE") or run.base,
        target_branch=environment.get("CIOFORM_TARGET_BRANCH") or run.target_branch,
        before=_commit(environment.get("CIOFORM_BEFORE")) or run.before,
        pull_request=_number(environment.get("CIOFORM_PULL_REQUEST")) or run.pull_request,
    )


def _from_variables(environment: Environment, systems: Sequence[System]) -> CiRun:
    def first(field: str) -> str | None:
        names = (name for system in systems for name in getattr(system, field).split())
        return next((environment[name] for name in names if environment.get(name)), None)

    number = _number(first("pull_request"))
    base, branch = first("base"), _branch(first("target_branch"))
    is_named = bool(number or base or branch)
    return CiRun(
        trigger=_trigger(environment, systems, names_pull_request=is_named),
        head=_commit(first("head")),
        base=base,
        target_branch=branch or _branch_of_queue(environment),
        before=_commit(first("before")),
        pull_request=number,
        url=first("url"),
        run_id=first("run_id"),
        actor=first("actor"),
        repository=first("repository"),
        is_fork=any(_is_fork(environment, system) for system in systems),
    )


def _is_pull_request_job(environment: Environment, system: System) -> bool:
    name, *values = system.pull_request_job
    found = environment.get(name)
    return bool(found) and (not values or found in values)


def _branch_of_queue(environment: Environment) -> str | None:
    """Return the target branch of GitHub's merge queue, from the name of the queue's own branch."""
    queue = _QUEUE.fullmatch(environment.get("GITHUB_REF", ""))
    return queue[1] if queue else None


def _trigger(
    environment: Environment, systems: Sequence[System], *, names_pull_request: bool
) -> Trigger:
    def has(field: str) -> bool:
        pairs = (getattr(system, field) for system in systems)
        return any(name and environment.get(name) == value for name, value in pairs)

    if has("merge_queue"):
        return Trigger.MERGE_QUEUE
    if names_pull_request or any(_is_pull_request_job(environment, each) for each in systems):
        return Trigger.PULL_REQUEST
    if has("schedule"):
        return Trigger.SCHEDULE
    is_known = any(environment.get(system.sign) for system in systems)
    return Trigger.PUSH if is_known else Trigger.OTHER


def _is_fork(environment: Environment, system: System) -> bool:
    if environment.get(system.fork):
        return True
    source, target = (environment.get(name, "") for name in system.repositories)
    return bool(source and target and _owner_and_name(source) != _owner_and_name(target))


def _owner_and_name(url: str) -> list[str]:
    """Return the last two parts of a URL of Git, in whatever form it is."""
    return re.split(r"[:/]+", url.lower().removesuffix(".git"))[-2:]


def _with_event(run: CiRun, environment: Environment, event: Event) -> CiRun:
    """Return a job of GitHub Actions with what only its event says."""
    run = replace(run, merged_refs=_merged_refs(environment, event))
    if not event and not environment.get("GITHUB_RUN_ID"):
        return run
    run = replace(run, url=run.url or _run_url(environment))
    if part(event, "pull_request"):
        return _of_pull_request(run, event)
    if part(event, "merge_group"):
        queued = _QUEUED.search(text_at(event, "merge_group", "head_ref") or "")
        return replace(
            run,
            trigger=Trigger.MERGE_QUEUE,
            head=_commit(text_at(event, "merge_group", "head_sha")),
            base=_commit(text_at(event, "merge_group", "base_sha")),
            target_branch=_branch(text_at(event, "merge_group", "base_ref")) or run.target_branch,
            pull_request=int(queued[1]) if queued else None,
        )
    if part(event, "comment"):
        number = number_at(event, "issue", "number") if part(event, "issue", "pull_request") else 0
        return replace(run, trigger=Trigger.COMMENT, pull_request=number or None)
    return replace(run, before=_commit(text_at(event, "before")))


def _merged_refs(environment: Environment, event: Event) -> tuple[str, ...]:
    """Return the revisions with the merged files, for a job that may have checked out others."""
    issue, started_by = part(event, "issue"), text_at(event, "workflow_run", "event")
    is_about_another = bool(issue and not part(issue, "pull_request")) or (
        started_by is not None and not started_by.startswith("pull_request")
    )
    if environment.get("GITHUB_EVENT_NAME") not in _ABOUT_PULL_REQUESTS or is_about_another:
        return ()
    branch = text_at(event, "repository", "default_branch")
    return (environment.get("GITHUB_SHA", ""), f"refs/remotes/origin/{branch}" if branch else "")


def _branch(ref: str | None) -> str | None:
    return None if ref is None else ref.removeprefix("refs/heads/")


def _of_pull_request(run: CiRun, event: Event) -> CiRun:
    source, target = (
        text_at(event, "pull_request", side, "repo", "full_name") for side in ("head", "base")
    )
    return replace(
        run,
        trigger=Trigger.PULL_REQUEST,
        head=_commit(text_at(event, "pull_request", "head", "sha")),
        base=text_at(event, "pull_request", "base", "sha"),
        target_branch=text_at(event, "pull_request", "base", "ref") or run.target_branch,
        pull_request=number_at(event, "pull_request", "number"),
        # The repository of a fork that was deleted is null.
        is_fork=target is not None and source != target,
    )


def _run_url(environment: Environment) -> str | None:
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environment.get(name) for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None


def _commit(text: str | None) -> str | None:
    """Return the ID of a commit, None for anything else and for the ID of only zeros."""
    return text if text and _COMMIT.fullmatch(text) and text.strip("0") else None
