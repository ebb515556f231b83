"""Sentences about files that cannot be read or written, in place of those of the system."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final

_NO_SPACE: Final = "Free some disk space, or choose another file."
_PROBLEMS: Final[Mapping[int, tuple[str, str]]] = {
    errno.EACCES: (
        "this user has no permission to do so",
        "Correct the permissions, or choose another file.",
    ),
    errno.EPERM: ("the system does not allow it", ""),
    errno.ENOENT: ("it does not exist", ""),
    errno.EISDIR: ("it is a folder", "Name a file in it."),
    errno.ENOTDIR: ("a part of its path is a file, not a folder", ""),
    errno.EEXIST: ("a file is where it needs a folder", ""),
    errno.ENAMETOOLONG: ("its name is too long", ""),
    errno.ELOOP: ("it is a link that leads back to itself", ""),
    errno.EROFS: ("the disk is read-only", ""),
    errno.ENOSPC: ("the disk is full", _NO_SPACE),
    errno.EDQUOT: ("the quota of the disk is used up", _NO_SPACE),
    errno.EFBIG: ("it would be larger than the system allows", ""),
    errno.EIO: ("the disk reports an error", ""),
    errno.EBUSY: ("another program uses it", ""),
    errno.ETXTBSY: ("it is a program that is running", ""),
    errno.EMFILE: ("too many files are open", ""),
    errno.ENFILE: ("too many files are open", ""),
    errno.ENODEV: ("there is no such device", ""),
    errno.ENXIO: ("there is no such device", ""),
    errno.ESTALE: ("it was on a network drive that is gone", ""),
}
"""By the number of the system's error: what is wrong, and a hint if there is a special one."""


def os_reason(error: OSError) -> str:
    """Return why the system refused a file, as the end of a sentence without a full stop."""
    return _PROBLEMS.get(error.errno or 0, (str(error.strerror or error), ""))[0]


def os_hint(error: OSError) -> str:
    """Return what to do about it; empty if the reason has no hint of its own."""
    return _PROBLEMS.get(error.errno or 0, ("", ""))[1]
