"""Keep in `.cioform/cache` what texts say in Liquid, so that each is parsed once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import cioform.language.liquid
from cioform.core.json_value import JsonValue
from cioform.core.version import __version__
from cioform.language.liquid import parse
from cioform.storage.atomic import replace_file

_FOLDER: Final = ".cioform"
_FILE: Final = Path(_FOLDER, "cache", "liquid.json")
_MAX_TEXTS: Final = 50_000


@contextmanager
def cached_texts(root: Path) -> Iterator[None]:
    """Parse texts in the block with the help of what earlier runs found.

    The cache is only written where `.cioform/` exists already, and a cache that cannot be read or
    written is no error.
    """
    file = root / _FILE
    if parse.has_store():
        yield  # a block around this one has the cache
        return
    parse.use_store(lambda: _load(file))
    try:
        yield
    finally:
        stored, new = parse.end_store()
        if new and (root / _FOLDER).is_dir():
            kept = dict(list(stored.items())[: max(0, _MAX_TEXTS - len(new))])
            with suppress(OSError):
                file.parent.mkdir(exist_ok=True)
                content = {"version": _version(), "texts": {**new, **kept}}
                text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
                replace_file(file, text.encode(), durable=False, private=True)


def _load(file: Path) -> dict[str, JsonValue]:
    """Return the stored texts by digest; nothing of another version or of a broken file."""
    try:
        content = json.loads(file.read_bytes())
        if content["version"] == _version() and isinstance(content["texts"], dict):
            texts: dict[str, JsonValue] = content["texts"]
            return texts
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass
    return {}


def _version() -> str:
    """Return what tells apart the programs that find something else in a text."""
    [folder] = cioform.language.liquid.__path__
    files = sorted(Path(folder).glob("*.py"))
    return f"{__version__}:" + ":".join(str(file.stat().st_size) for file in files)
