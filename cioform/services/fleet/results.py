"""The folder with the results of many workspaces: a file for each, written when it is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cioform.core.dataclasses import dataclass
from cioform.core.errors import CioformError, UsageError
from cioform.core.exit_codes import TRY_AGAIN
from cioform.report.fleet.document import FilesOrigin, Reported, decode_results, result_json
from cioform.storage.user_files import read_text, report_write_errors, write_text


@dataclass(frozen=True, slots=True)
class ResultFolder:
    """Where results are written. None of them is kept in memory."""

    folder: Path
    report: str
    origin: FilesOrigin

    def create(self) -> None:
        """Create the folder. Raises UsageError."""
        with report_write_errors(self.folder, "Name another folder."):
            self.folder.mkdir(parents=True, exist_ok=True)

    def file_of(self, workspace: str) -> Path:
        """Return the file with the result of a workspace."""
        return self.folder / f"{workspace}.json"

    def write(self, reported: Reported) -> None:
        """Write the result of a workspace. Raises UsageError."""
        file = self.file_of(reported.result.workspace)
        write_text(file, result_json(reported), "Name another folder.")

    def read(self, workspace: str) -> str:
        """Return the text that was written for a workspace. Raises UsageError."""
        return read_text(self.file_of(workspace))

    def final_result(self, workspace: str) -> Reported | None:
        """Return an earlier result of the same files and pipeline run that is worth keeping.

        A result to try again is none, and neither is a file that is something else.
        """
        try:
            [found] = decode_results(self.read(workspace), "")
        except (CioformError, ValueError):
            return None
        is_same = (found.report, found.origin) == (self.report, self.origin)
        is_final = found.result.exit_code != TRY_AGAIN
        return found if is_same and is_final and found.result.workspace == workspace else None


def check_folder(folder: Path | None, resumes: bool) -> None:
    """Raise UsageError if there is nowhere to go on from."""
    if resumes and folder is None:
        raise UsageError.of(
            "Missing option",
            "--resume needs --reports with the folder that has the results so far.",
        )


def read_results(paths: Sequence[Path]) -> list[tuple[str, Reported]]:
    """Return the results in files, and in the files of folders, each with the name of its file.

    Raises UsageError for a file that cannot be read, PlanError for one that is no result.
    """
    files = [
        file
        for path in paths
        for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])
    ]
    return [
        (str(file), each) for file in files for each in decode_results(read_text(file), str(file))
    ]
