"""What the system refuses is said in plain words, wherever it is met."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import cioform
from cioform.config.read.files import unreadable_folder_problem
from cioform.core.errors import CioformError, UsageError
from cioform.core.os_errors import os_reason
from cioform.state.journal.journal import journal_write_error
from cioform.state.journal.replay import journal_read_error
from cioform.state.local.process_lock import state_write_error
from cioform.storage.user_files import unwritable_file_error

NUMBERS = {
    "no permission": errno.EACCES,
    "a folder": errno.EISDIR,
    "a disk that is full": errno.ENOSPC,
    "a disk that is read-only": errno.EROFS,
    "a name that is too long": errno.ENAMETOOLONG,
    "a cycle of links": errno.ELOOP,
    "a file on the way": errno.ENOTDIR,
    "a broken disk": errno.EIO,
    "no such file": errno.ENOENT,
}
PLACES: dict[str, Callable[[OSError], CioformError]] = {
    "a file to write": lambda error: unwritable_file_error(Path("x"), error),
    "a file to read": lambda error: UsageError.unreadable_file("x", error),
    "a folder": lambda error: CioformError([unreadable_folder_problem("x", error)]),
    "a state": lambda error: state_write_error(Path("x"), error, ""),
    "a journal": lambda error: journal_write_error("x", error),
    "a journal to read": lambda error: journal_read_error("x", error),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", NUMBERS)
def test_no_sentence_of_the_system_is_shown(case: str, place: str) -> None:
    number = NUMBERS[case]
    system = os.strerror(number)
    text = str(PLACES[place](OSError(number, system, "x")))
    assert system not in text
    assert "[Errno" not in text


def test_an_error_without_a_number_keeps_its_own_words() -> None:
    assert os_reason(OSError("only part of it could be written")) == (
        "only part of it could be written"
    )


def test_only_one_module_asks_the_system_for_its_words() -> None:
    package = Path(cioform.__file__).parent
    found = [
        path.name
        for path in package.rglob("*.py")
        if "emulator" not in path.parts and re.search(r"\bstrerror\b", path.read_text("utf-8"))
    ]
    assert found == ["os_errors.py"]
