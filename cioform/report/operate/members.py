"""The members of a segment as lines that other commands read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from cioform.core.text.delimited import delimited_line
from cioform.operate.id_file import is_cell, is_one_line
from cioform.operate.segments.members import Member

_COLUMNS = ("id", "email", "cio_id")


class MemberCounts(NamedTuple):
    """How many members were written, and how many were not."""

    written: int
    without_id: int
    """Members without the identifier that was asked for."""
    unsafe: int
    """Members that would be read back as somebody else."""


def write_members(
    found: Iterator[Member], by: str | None, write: Callable[[str], object], *, is_csv: bool = False
) -> MemberCounts:
    """Write members in the form that `parse_ids` reads.

    The output is a table with a header, or with `by` one identifier per line, which is quoted in a
    CSV file if necessary.
    """
    written = without_id = unsafe = 0
    first = list(islice(found, 1))  # An error of the first request comes before any output.
    if not by:
        write(delimited_line(_COLUMNS, "\t"))
    for member in chain(first, found):
        cells = [getattr(member, column) or "" for column in ((by,) if by else _COLUMNS)]
        if by and not cells[0]:
            without_id += 1
        elif not all(map(is_one_line if by else is_cell, cells)):
            unsafe += 1
        else:
            is_raw = by and not is_csv
            write(f"{cells[0]}\n" if is_raw else delimited_line(cells, "," if by else "\t"))
            written += 1
    return MemberCounts(written, without_id, unsafe)
