"""The script of the guided tour: what it says, runs and edits."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cioform.core.dataclasses import dataclass

_WORKSPACE_PATH: Final = Path("workspaces", "demo")


@dataclass(frozen=True, slots=True)
class RunCommand:
    """A command, as the reader would type it, and the exit codes that are expected of it."""

    words: tuple[str, ...]
    exit_codes: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class EditFile:
    """A change to a file, as the reader would make it in an editor."""

    file: Path
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """A file to delete."""

    file: Path


@dataclass(frozen=True, slots=True)
class Scene:
    """A few sentences, then the steps that they announce."""

    words: str
    steps: tuple[RunCommand | EditFile | RemoveFile, ...]


def _command(*words: str, exit_codes: tuple[int, ...] = (0,)) -> RunCommand:
    return RunCommand(("cioform", *words), exit_codes)


TOUR: Final[tuple[Scene, ...]] = (
    Scene(
        "A workspace is a folder of YAML files. This one uses the sandbox, an emulator of "
        "Customer.io, so it needs no account and no network. It is filled with content, as if "
        "people had used it for years.",
        (
            _command("init", "demo", "--sandbox"),
            RemoveFile(_WORKSPACE_PATH / "snippets" / "footer.yaml"),
            _command("sandbox", "seed", "demo"),
        ),
    ),
    Scene(
        "Import writes existing resources to files and remembers which file belongs to which "
        "object. After that, the files match the workspace.",
        (_command("import", "demo"), _command("plan", "demo")),
    ),
    Scene(
        "From now on you edit files. These edits change the office address, add a line break to "
        "the footer, and make a subject friendlier.",
        (
            EditFile(
                _WORKSPACE_PATH / "layouts" / "main.html",
                '{{ snippets["main address"] }} {{ snippets.legal }}',
                '{{ snippets["main address"] }}<br>{{ snippets.legal }}',
            ),
            EditFile(
                _WORKSPACE_PATH / "snippets" / "main_address.yaml",
                "1 High Street",
                "8 Canal Road",
            ),
            EditFile(
                _WORKSPACE_PATH / "transactional" / "password_reset.yaml",
                "Reset your password",
                "Your new password is a minute away",
            ),
        ),
    ),
    Scene(
        "Plan shows what would change and whom each change affects. It only reads.",
        (_command("plan", "demo", "--out", "demo.plan.json"),),
    ),
    Scene(
        "Apply makes exactly the reviewed changes, and checks each object before and after. The "
        "address is part of messages that are sent, so apply requires --allow-live.",
        (
            _command("apply", "demo", "demo.plan.json", "--allow-live"),
            _command("plan", "demo", "--detailed-exitcode"),
        ),
    ),
    Scene(
        "Then somebody edits a snippet in the browser. Drift shows who changed what, and when.",
        (
            _command(
                "sandbox", "edit", "demo", "snippet.main_address",
                "value=Acme Ltd, PO Box 7, London", "--as", "jane@acme.com",
            ),
            _command("drift", "demo", exit_codes=(2,)),
        ),
    ),
    Scene(
        "The next plan would restore the version in Git. To keep the edit, pull it into the files.",
        (_command("plan", "demo"),),
    ),
)  # fmt: skip
