"""Commands in comments: `/cioform plan`, by people who may write, on the commit that they saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.forge.checks import completed_at
from cioform.forge.client import GitHub
from cioform.forge.event import Event, number_at, part, text_at
from cioform.forge.pulls import Pull, may_write, read_pull

_COMMAND: Final = lazy_pattern(
    r"/cioform (?P<command>plan|apply|unlock|pull)"
    r"(?: (?P<workspace>[A-Za-z0-9][A-Za-z0-9_-]*)(?: (?P<run>[0-9A-Za-z][0-9A-Za-z-]{0,63}))?)?"
)
_TIME: Final = lazy_pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_HELP: Final = (
    "Write one of these in the first line of a comment: `/cioform plan` or `/cioform apply`, with "
    "or without a workspace; `/cioform unlock WORKSPACE RUN`; or `/cioform pull WORKSPACE`."
)
_NO_COMMITS: Final = (
    "GitHub did not return the head and the base commit of this pull request, so nothing was done: "
    "the files of the head are judged by the settings of the base. Write the comment again."
)


@dataclass(frozen=True, slots=True)
class CommentCommand:
    """What a comment asks for, or why it is not done."""

    command: str = ""
    """Empty if nothing is to be done."""
    workspace: str = ""
    run: str = ""
    pull_request: int | None = None
    head: str = ""
    """The commit to work on."""
    base: str = ""
    """The commit that it is compared with."""
    target: str = ""
    """The branch that the pull request is for."""
    branch: str = ""
    refusal: str = ""
    """For people who may write, why nothing is done."""

    @property
    def outputs(self) -> Mapping[str, str]:
        """The outputs of a step of GitHub Actions."""
        number = "" if self.pull_request is None else str(self.pull_request)
        return {
            "command": self.command, "workspace": self.workspace, "run": self.run,
            "pull-request": number, "head": self.head, "base": self.base, "branch": self.branch,
            "target": self.target,
        }  # fmt: skip


def read_comment_command(github: GitHub, event: Event, app: str) -> CommentCommand:
    """Return what the comment of an event asks for.

    Nothing that somebody without write access wrote is done or answered.
    """
    first_line = (text_at(event, "comment", "body") or "").partition("\n")[0].strip()
    number = number_at(event, "issue", "number")
    is_new = part(event, "action") == "created" and part(event, "issue", "pull_request")
    if number is None or not is_new or first_line.split(" ")[0] != "/cioform":
        return CommentCommand()
    if not _author_may_write(github, event):
        return CommentCommand()
    found = _COMMAND.fullmatch(first_line)
    if found is None:
        return CommentCommand(refusal=f"Unknown command. {_HELP}")
    pull = read_pull(github, number)
    if pull is None:
        return CommentCommand(refusal=_NO_COMMITS)
    words = {name: value or "" for name, value in found.groupdict().items()}
    is_apply = words["command"] == "apply"
    if is_apply:
        problem = _apply_problem(pull, words, text_at(event, "repository", "default_branch"))
    else:
        written_at = text_at(event, "comment", "created_at") or ""
        problem = _problem(github, pull, words, written_at, app)
    if problem:
        return CommentCommand(refusal=problem)
    head = pull.merge_commit if is_apply and pull.merge_commit else pull.head
    return CommentCommand(
        **words,
        pull_request=number,
        head=head,
        base=pull.base,
        branch=pull.branch,
        target=pull.target,
    )


def answer_comment(github: GitHub, event: Event, command: CommentCommand) -> None:
    """Show at a comment whether it is obeyed, and say why it is not."""
    comment, number = number_at(event, "comment", "id"), number_at(event, "issue", "number")
    if command.command:
        github.post(f"/issues/comments/{comment}/reactions", content="eyes")
    elif command.refusal:
        github.post(f"/issues/comments/{comment}/reactions", content="confused")
        github.post(f"/issues/{number}/comments", body=command.refusal)


def _author_may_write(github: GitHub, event: Event) -> bool:
    user = text_at(event, "comment", "user", "login")
    if user is None or part(event, "comment", "user", "type") != "User":
        return False
    return may_write(github, user)


def _apply_problem(pull: Pull, words: Mapping[str, str], default_branch: str | None) -> str:
    """Return why a merged pull request is not applied, empty if nothing is in its way.

    Only the rules of the default branch protect what is applied; anybody who may write can merge
    into a branch of their own.
    """
    if words["run"]:
        return _takes_a_workspace("apply")
    if pull.merge_commit is None:
        return "Merge the pull request first. Then it is applied."
    if not default_branch or pull.target != default_branch:
        return "Only what was merged into the default branch of the repository is applied."
    return ""


def _takes_a_workspace(command: str) -> str:
    return f"`/cioform {command}` takes a workspace and nothing else. {_HELP}"


def _problem(
    github: GitHub, pull: Pull, words: Mapping[str, str], written_at: str, app: str
) -> str:
    """Return why a command is not done, empty if nothing is in its way."""
    command = words["command"]
    if words["run"] and command != "unlock":
        return _takes_a_workspace(command)
    if command in ("unlock", "pull") and not words["workspace"]:
        return f"`/cioform {command}` needs a workspace. {_HELP}"
    if command == "unlock":
        return "" if words["run"] else f"`/cioform unlock` needs the ID of the run. {_HELP}"
    if not pull.is_open:
        return "The pull request is closed."
    if command == "pull" and pull.is_fork:
        return "The branch is in a fork, to which nothing can be pushed from here."
    if not _has_stood(github, pull, written_at, app):
        return (
            "The branch may have changed after the comment was written. Look at it again, then "
            "write the comment again."
        )
    return ""


def _has_stood(github: GitHub, pull: Pull, written_at: str, app: str) -> bool:
    """Return whether the last commit of a branch was there when a comment was written.

    The dates in commits are whatever their authors want, so those of GitHub decide: the last push
    to the repository, or else the first check of ours on the commit.
    """
    if not _TIME.fullmatch(written_at):
        return False
    if pull.pushed_at and _TIME.fullmatch(pull.pushed_at) and pull.pushed_at < written_at:
        return True
    checked_at = completed_at(github, pull.head, app)
    return checked_at is not None and checked_at < written_at
