"""The check of a workspace on a commit, which carries the digest of its plan to apply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from cioform.core.data.json_value import Json
from cioform.core.exit_codes import PENDING, REFUSED
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.utf16 import clip_utf16
from cioform.forge.client import GitHub
from cioform.forge.comments import MAX_LENGTH
from cioform.forge.event import text_at
from cioform.forge.result import CiResult, CiWorkspaceResult

DEFAULT_APP: Final = "github-actions"
"""The app to which the token of GitHub Actions belongs."""
_MAX_LISTED: Final = 60_000
"""Characters. A longer list of changes is left out, and the digest of the plan has to do."""
_FIELDS: Final = {
    "name", "workspace_id", "exit_code", "summary", "digest", "changes", "lists_changes",
}  # fmt: skip
"""What a check says of a workspace."""
_BLOCK: Final = lazy_pattern(r"^```json\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_CONCLUSIONS: Final = {0: "success", PENDING: "success", REFUSED: "action_required"}


def app_of_checks(environment: Mapping[str, str]) -> str:
    """Return the app whose checks count; the environment may name another one."""
    return environment.get("CIOFORM_GITHUB_APP") or DEFAULT_APP


def check_name(project: str, workspace: str) -> str:
    """Return the name of the check of a workspace; `project` is its folder in the repository."""
    return f"cioform/{project}/{workspace}" if project else f"cioform/{workspace}"


def put_check(github: GitHub, result: CiResult, workspace: CiWorkspaceResult) -> None:
    """Create the check of a workspace on the commit of a result."""
    title = clip_utf16(workspace.summary or workspace.verdict or "no plan", 200, "…")
    github.post(
        "/check-runs",
        name=check_name(result.project, workspace.name),
        head_sha=result.head,
        # A commit can stand in pull requests for several branches, with other guards and owners.
        external_id=result.target_branch or "",
        status="completed",
        conclusion=_CONCLUSIONS.get(workspace.exit_code, "failure"),
        output={
            "title": title,
            "summary": clip_utf16(workspace.verdict or title, MAX_LENGTH - 1),
            "text": _text(workspace),
        },
        **({"details_url": result.url} if result.url else {}),
    )


def approvals_check_name(project: str, target_branch: str | None) -> str:
    """Return the name of the check of the approvals.

    A rule of GitHub requires a check by its name, so the name has the branch: otherwise what the
    owners of another branch have approved would do.
    """
    place = f" {project}" if project else ""
    return f"cioform approvals{place}" + (f" ({target_branch})" if target_branch else "")


def put_approvals_check(github: GitHub, result: CiResult, title: str, *, is_given: bool) -> None:
    """Create the check that says which approvals the plans of a result need and have."""
    github.post(
        "/check-runs",
        name=approvals_check_name(result.project, result.target_branch),
        head_sha=result.head,
        status="completed",
        conclusion="success" if is_given else "action_required",
        output={"title": clip_utf16(title, 200, "…"), "summary": clip_utf16(title, MAX_LENGTH - 1)},
    )


def read_check(
    github: GitHub, commit: str, name: str, target_branch: str, app: str = DEFAULT_APP
) -> CiWorkspaceResult | None:
    """Return what the newest check of a name says, None if there is none by the app.

    Only a check that was made for the target branch counts.
    """
    runs = github.get_all(
        f"/commits/{commit}/check-runs", items="check_runs", check_name=name, filter="all"
    )
    own_checks = [
        each
        for each in runs
        if text_at(each, "app", "slug") == app
        and (text_at(each, "external_id") or "") == target_branch
    ]
    newest = max(own_checks, key=lambda each: text_at(each, "completed_at") or "", default=None)
    return None if newest is None else _parsed(newest)


def completed_at(github: GitHub, commit: str, app: str = DEFAULT_APP) -> str | None:
    """Return when the first check of cioform on a commit was completed, None if none was."""
    runs = github.get_all(f"/commits/{commit}/check-runs", items="check_runs", filter="all")
    times = [
        text_at(each, "completed_at")
        for each in runs
        if text_at(each, "app", "slug") == app
        and (text_at(each, "name") or "").startswith("cioform/")
    ]
    return min((each for each in times if each), default=None)


def _text(workspace: CiWorkspaceResult) -> str:
    text = workspace.model_dump_json(include=_FIELDS)
    if len(text) > _MAX_LISTED:
        short = workspace.model_copy(update={"changes": (), "lists_changes": False})
        text = short.model_dump_json(include=_FIELDS)
    return f"```json\n{text}\n```"


def _parsed(check: Json) -> CiWorkspaceResult | None:
    found = _BLOCK.search(text_at(check, "output", "text") or "")
    try:
        return CiWorkspaceResult.model_validate_json(found[1]) if found else None
    except ValidationError:
        return None
