"""Publish what a job found out: checks, the comment of a pull request, the issue of drift.

What apply needs later, the checks, comes before the comment. A comment that cannot be written is a
warning and changes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Diagnostic, Severity
from cioform.core.errors import AuthError, CioformError, PlanError
from cioform.core.exit_codes import INCOMPLETE, PENDING
from cioform.core.text.word_lists import join_first
from cioform.forge.checks import put_approvals_check, put_check
from cioform.forge.ci_run import CiRun
from cioform.forge.client import GitHub
from cioform.forge.comments import put_comment
from cioform.forge.issues import close_issue, put_issue
from cioform.forge.pulls import (
    MAX_OTHERS,
    approving_people,
    may_write,
    merged_pulls,
    open_pulls,
    touched_files,
)
from cioform.forge.result import CiResult
from cioform.report.plan.comments.markdown_text import code, plain
from cioform.services.ci.approvals import approvals_title, owner_approvals
from cioform.services.ci.folder import JobFolder

_MAX_NAMED: Final = 10
_ISSUE_TITLE: Final = "Changed in Customer.io, but not in Git"


@dataclass(slots=True)
class Published:
    """What was reported to the forge."""

    done: list[str] = field(default_factory=list)
    """In words: `check cioform/acme`."""
    warnings: list[Diagnostic] = field(default_factory=list)
    """What could not be reported, and why."""

    def attempt_failed(self, what: str, error: CioformError) -> None:
        """Record that something could not be written."""
        for each in error.diagnostics:
            detail = f"{each.detail} {what}"
            self.warnings.append(Diagnostic(each.summary, detail, severity=Severity.WARNING))


def read_own_result(folder: JobFolder, run: CiRun) -> CiResult:
    """Return the result in a folder. Raises PlanError if it is of another run or repository.

    Anyone who can put a file into a folder could otherwise publish it in our name.
    """
    result = folder.read_result()
    for name, theirs, ours in (
        ("run", result.run_id, run.run_id),
        ("repository", result.repository, run.repository),
        ("commit", result.head, run.head),
        ("branch", result.target_branch, run.target_branch),
    ):
        if ours is not None and theirs != ours:
            raise PlanError.of(
                "Result of another run",
                f"{folder.path} has the result of {name} {theirs or 'unknown'}, and this is {name} "
                f"{ours}. Nothing was published. Publish in the run that made the result.",
            )
    return result


def publish(
    github: GitHub, result: CiResult, text: str, artifact_url: str | None = None
) -> Published:
    """Publish a result on GitHub, of which `text` is what people read.

    Raises CioformError if what later jobs or people depend on cannot be written.
    """
    published = Published()
    if result.command == "drift":
        _publish_issue(github, result, text, published)
        return published
    if result.command == "plan":
        for workspace in result.workspaces:
            put_check(github, result, workspace)
            published.done.append(f"check of {workspace.name}")
        text += _publish_approvals(github, result, published)
    try:
        _publish_comments(github, result, text, artifact_url, published)
    except CioformError as error:
        what = "the plan is the same" if result.command == "plan" else "what was applied stays"
        published.attempt_failed(f"The comment was not written; {what}.", error)
    return published


def _publish_approvals(github: GitHub, result: CiResult, published: Published) -> str:
    """Write the check of the approvals, and return what the comment says about them.

    A plan of only some workspaces cannot tell whom the whole pull request needs, so it leaves the
    check as it is.
    """
    number, head = result.pull_request, result.head
    if number is None or head is None or result.left_out:
        return ""
    try:
        approving = _approving_owners(github, result, number, head)
    except AuthError:
        # The check may still show what held before, so it must not stay as it is.
        title = "Unknown: the token may not read who approved and who may push"
        put_approvals_check(github, result, title, is_given=False)
        raise
    approvals = owner_approvals(result, approving)
    unknown = [each.name for each in result.workspaces if each.exit_code and each.digest is None]
    title = (
        f"Unknown: there is no plan of {', '.join(unknown)}"
        if unknown
        else approvals_title(approvals)
    )
    is_given = not unknown and all(each.is_given for each in approvals)
    put_approvals_check(github, result, title, is_given=is_given)
    published.done.append("check of the approvals")
    return f"\n**Approvals:** {plain(title)}\n" if approvals or unknown else ""


def _approving_owners(github: GitHub, result: CiResult, number: int, head: str) -> frozenset[str]:
    """Return the logins of the asked people who approved the pull request and may still write.

    In a public repository anybody can review, and so can an owner who has left.
    """
    asked = {
        name.lower()
        for workspace in result.workspaces
        for approval in workspace.approvals
        for name in approval.people
    }
    approving = approving_people(github, number, head) if asked else frozenset()
    return frozenset(login for login in asked & approving if may_write(github, login))


def _publish_comments(
    github: GitHub, result: CiResult, text: str, artifact_url: str | None, published: Published
) -> None:
    """Write the comment in the pull request of a job, or in those that its commit brought in."""
    numbers = [result.pull_request] if result.pull_request else []
    if not numbers and result.command == "apply" and result.head and result.workspaces:
        numbers = [each.number for each in merged_pulls(github, result.head)]
    for number in numbers:
        warnings = list(_overlaps(github, result))
        body = "".join([text, *_added(result, warnings, artifact_url)])
        put_comment(github, number, result.marker, body, create=bool(result.workspaces))
        published.done.append(f"comment in #{number}")


def _publish_issue(github: GitHub, result: CiResult, text: str, published: Published) -> None:
    codes = {each.exit_code for each in result.workspaces}
    if codes <= {0}:
        number = close_issue(github, result.marker)
        published.done.append(f"issue #{number} closed" if number else "no issue, no drift")
    elif codes & {PENDING, INCOMPLETE}:
        number = put_issue(github, result.marker, _ISSUE_TITLE, _with_link(result, text))
        published.done.append(f"issue #{number}")
    else:
        published.done.append("no issue, because the workspaces could not be read")


def _with_link(result: CiResult, text: str) -> str:
    return f"{text}\n[The job]({result.url})\n" if result.url else text


def _added(result: CiResult, warnings: list[str], artifact_url: str | None) -> Iterator[str]:
    """Yield what is added to the text of a comment: links, and other pull requests."""
    yield "".join(f"\n> ⚠️ {each}\n" for each in warnings)
    links = {"everything": artifact_url, "the job": result.url}
    shown = " · ".join(f"[{name}]({url})" for name, url in links.items() if url)
    head = f" for commit {result.head[:12]}" if result.head else ""
    yield f"\n<sub>{shown}{head}</sub>\n"


def _overlaps(github: GitHub, result: CiResult) -> Iterator[str]:
    """Yield a sentence for each other open pull request that changes the same objects."""
    if result.command != "plan" or result.pull_request is None:
        return
    files = _addresses_by_file(result)
    if not files:
        return
    others = open_pulls(github, without=result.pull_request)
    for other in others[:MAX_OTHERS]:
        touched = touched_files(github, other.number, files.keys())
        addresses = sorted({address for file in touched for address in files[file]})
        if addresses:
            named = join_first([code(address) for address in addresses], _MAX_NAMED)
            yield f"#{other.number} changes files of the same objects: {named}."
    if len(others) > MAX_OTHERS:
        yield f"Only the {MAX_OTHERS} open pull requests that were updated last were compared."


def _addresses_by_file(result: CiResult) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for workspace in result.workspaces:
        for address, files in workspace.files.items():
            for file in files:
                found.setdefault(file, []).append(address)
    return found
