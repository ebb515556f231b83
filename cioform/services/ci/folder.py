"""The folder that keeps what a job found out: results, plans and reports."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from cioform.core.errors import UsageError
from cioform.forge.result import CiResult, decode_result, encode_result
from cioform.report.annotations.annotation import Annotation
from cioform.report.annotations.formats import FORMATS
from cioform.storage.user_files import read_text, report_write_errors, write_text

RESULT_FILE: Final = "result.json"
COMMENT_FILE: Final = "comment.md"
_HINT: Final = "Name another folder after --out."
_REPORTS: Final = {"sarif": "report.sarif", "junit": "junit.xml", "gitlab": "codequality.json"}
_MAX_BYTES: Final = 64 * 2**20


class JobFolder:
    """A folder for the result of one job."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def clear(self) -> None:
        """Create the folder, or empty one of an earlier job. Raises UsageError for any other.

        A link may lead out of the project: the author of the files could have put it there.
        """
        if self.path.is_symlink() or self.path.exists():
            if not self._is_replaceable():
                raise UsageError.of(
                    "Folder in use",
                    f"{self.path} exists and does not hold the result of a job, so nothing is "
                    f"written to it. {_HINT}",
                )
            with report_write_errors(self.path, _HINT):
                shutil.rmtree(self.path)
        with report_write_errors(self.path, _HINT):
            self.path.mkdir(parents=True, exist_ok=True)

    def _is_replaceable(self) -> bool:
        if self.path.is_symlink() or not self.path.is_dir():
            return False
        return (self.path / RESULT_FILE).is_file() or not any(self.path.iterdir())

    def write(self, name: str, text: str) -> None:
        """Write a file of the result."""
        path = self.path / name
        with report_write_errors(path, _HINT):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text, _HINT)

    def write_annotations(self, annotations: Sequence[Annotation], command: str) -> None:
        """Write annotations in the formats that other tools take from files."""
        for name, file in _REPORTS.items():
            self.write(file, FORMATS[name](annotations, command))

    def write_result(self, result: CiResult) -> None:
        """Write the result. It comes last: a folder with it is complete."""
        self.write(RESULT_FILE, encode_result(result))

    def read_result(self) -> CiResult:
        """Return the result. Raises UsageError without one, PlanError if it is not one."""
        path = self.path / RESULT_FILE
        if path.is_file() and path.stat().st_size > _MAX_BYTES:
            raise UsageError.of("File too large", f"{path} is not the result of a job.")
        return decode_result(read_text(path), str(path))

    def read_comment(self) -> str:
        """Return the text for people."""
        return read_text(self.path / COMMENT_FILE)


def in_repository(annotations: Sequence[Annotation], prefix: str) -> list[Annotation]:
    """Return annotations whose files are named from the top of the repository."""
    return [
        each
        if each.location is None
        else replace(each, location=replace(each.location, file=prefix + each.location.file))
        for each in annotations
    ]
