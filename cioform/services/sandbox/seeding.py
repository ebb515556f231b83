"""Empty the sandbox of a workspace, or fill it from a seed."""

from __future__ import annotations

import json
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from cioform.config.project import require_workspace
from cioform.core.errors import UsageError
from cioform.core.text.quoted import quoted
from cioform.services.connections.sandbox import open_sandbox_store
from cioform.storage.user_files import read_text

_INVALID_SEED_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What the emulator, which does not validate a seed, raises on one that it cannot store."""


def reset_sandbox(root: Path, name: str) -> None:
    """Empty the sandbox of a workspace.

    Raises ConfigError for a workspace that neither the project nor the sandbox has.
    """
    with closing(open_sandbox_store(root)) as store:
        if store.find_workspace("name", name) is None:
            require_workspace(root, name)
        store.reset(name)


def seed_sandbox(root: Path, name: str, source: str = "demo") -> None:
    """Replace the sandbox's content by a seed: a built-in one by its name, or a JSON file.

    Raises UsageError, with the content unchanged, when there is no such seed or it is not valid.
    """
    text = _read_seed(source)
    with closing(open_sandbox_store(root)) as store:
        try:
            content = json.loads(text)
            json.dumps(content, allow_nan=False)  # JSON has no NaN, so no API could return it
            with store.transaction():
                store.workspace(name)
                store.reset(name)
                store.seed(name, content)
        except _INVALID_SEED_ERRORS as error:
            raise UsageError.of(
                "Invalid seed",
                f"{source} cannot be the content of a workspace: {error}. Nothing was changed. A "
                "seed is a JSON object with one list for each type of content.",
            ) from error


def _read_seed(source: str) -> str:
    seeds = files("cioform.emulator") / "seeds"
    built_in = seeds / f"{source}.json"
    if built_in.is_file():
        return built_in.read_text(encoding="utf-8")
    if Path(source).is_file():
        return read_text(Path(source))
    names = sorted(
        seed.name.removesuffix(".json") for seed in seeds.iterdir() if seed.name.endswith(".json")
    )
    raise UsageError.of(
        "Seed not found",
        f"{quoted(source)} is neither a built-in seed ({', '.join(names)}) nor a file.",
    )
