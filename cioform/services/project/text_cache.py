"""Cache findings about texts in `.cioform/cache`, so that each text is analyzed once.

A cache is only written if `.cioform/` already exists. It is not an error if it cannot be read or
written. A cache that Git tracks is not used, because the author of a commit could hide findings
from the review.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.version import __version__
from cioform.language.liquid import parse
from cioform.services.project.state_folder import STATE_FOLDER
from cioform.services.project.tracked_state import may_be_from_a_commit
from cioform.storage.atomic import replace_file

PARSER: Final = ("cioform.language.liquid", "cioform.core", "liquid")
"""What decides what a text says: `liquid` is the library that parses it."""
_MAX_TEXTS: Final = 50_000


class TextCache:
    """One file of the cache; what it holds depends on the code of some packages."""

    def __init__(self, root: Path, name: str, packages: Iterable[str]) -> None:
        self._root = root
        self._folder = root / STATE_FOLDER
        self._file = self._folder / "cache" / name
        self._packages = tuple(packages)

    def load(self) -> dict[str, Json]:
        """Return what is stored by digest; nothing of another version or of a broken file."""
        if not self._file.exists() or may_be_from_a_commit(self._root):
            return {}
        try:
            content = json.loads(self._file.read_bytes())
            if content["version"] == self._version() and isinstance(content["texts"], dict):
                texts: dict[str, Json] = content["texts"]
                return texts
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            pass
        return {}

    def save(self, stored: Mapping[str, Json], new: Mapping[str, Json]) -> None:
        """Add what is new to what was stored."""
        if not new or not self._folder.is_dir():
            return
        kept = dict(list(stored.items())[: max(0, _MAX_TEXTS - len(new))])
        content = {"version": self._version(), "texts": {**new, **kept}}
        text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
        with suppress(OSError):
            self._file.parent.mkdir(exist_ok=True)
            replace_file(self._file, text.encode(), durable=False, private=True)

    def _version(self) -> str:
        """Return a digest of the code that decides what is found in a text."""
        digest = sha256(f"{__version__} {sys.version}".encode())
        for package in self._packages:
            spec = find_spec(package)
            for folder in (spec.submodule_search_locations or ()) if spec else ():
                for file in sorted(Path(folder).glob("*.py")):
                    digest.update(file.read_bytes())
        return digest.hexdigest()


@contextmanager
def cached_texts(root: Path) -> Iterator[None]:
    """Parse texts in the block with the help of what earlier runs found."""
    if parse.has_store():
        yield  # a block around this one has the cache
        return
    cache = TextCache(root, "liquid.json", PARSER)
    parse.use_store(cache.load)
    try:
        yield
    finally:
        cache.save(*parse.end_store())
