"""The result of a CI job, as JSON in a folder for later jobs."""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from cioform.core.errors import PlanError

_FORMAT: Final = 1
_KEEP: Final = ConfigDict(frozen=True, extra="ignore")


class ReviewedChange(BaseModel):
    """A change of a plan, and the digest of what it does."""

    model_config = _KEEP

    address: str
    action: str
    digest: str


class AskedApproval(BaseModel):
    """Whom the owners of what a plan reaches ask for their approval."""

    model_config = _KEEP

    owner: str
    people: tuple[str, ...]
    """Who may approve."""
    approvals: int
    """How many of them have to."""


class CiWorkspaceResult(BaseModel):
    """What a job found out about one workspace."""

    model_config = _KEEP

    name: str
    workspace_id: int | None = None
    exit_code: int = 0
    summary: str = ""
    """One line: `2 to create, 1 to update`."""
    verdict: str = ""
    digest: str | None = None
    """The digest of its plan, None if there is no plan that could be applied."""
    changes: tuple[ReviewedChange, ...] = ()
    lists_changes: bool = True
    """Whether all its changes are there. A check has no room for very many."""
    approvals: tuple[AskedApproval, ...] = ()
    files: Mapping[str, tuple[str, ...]] = {}
    """The files of each changed address, from the top of the repository."""


class CiResult(BaseModel):
    """What a job found out, and for what commit."""

    model_config = _KEEP

    format: Literal[1] = _FORMAT
    command: Literal["plan", "apply", "drift"]
    project: str = ""
    """The folder of the project in the repository; empty for its top."""
    repository: str | None = None
    head: str | None = None
    base: str | None = None
    target_branch: str | None = None
    """The branch that the pull request is for, whose settings judge its plans."""
    pull_request: int | None = None
    run_id: str | None = None
    url: str | None = None
    exit_code: int = 0
    workspaces: tuple[CiWorkspaceResult, ...] = ()
    left_out: tuple[str, ...] = ()
    """The workspaces that the change affects too, and that the job was not asked to plan."""

    @property
    def marker(self) -> str:
        """The line by which the comment or the issue about such results is found again."""
        place = f" {self.project}" if self.project else ""
        return f"<!-- cioform:{self.command}{place} -->"


def encode_result(result: CiResult) -> str:
    """Return the content of the file that keeps a result."""
    return result.model_dump_json(indent=1, exclude_none=True) + "\n"


def decode_result(text: str, name: str) -> CiResult:
    """Return the result in a file. Raises PlanError if it is not one."""
    try:
        return CiResult.model_validate_json(text)
    except ValidationError:
        raise PlanError.of(
            "Invalid job result",
            f"{name} is not what a CI job of this version writes. Run the job again that made it.",
        ) from None
