"""Run a task for many workspaces in parallel, each at its own rate."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, Protocol, TypeVar

from cioform.core.errors import CioformError
from cioform.remote.rate_limiter import RateDomains
from cioform.run.events import Listener
from cioform.run.reading.parallel import run_parallel
from cioform.services.opening import OpenOptions
from cioform.services.project.text_cache import cached_texts
from cioform.services.revisions.files import RevisionFiles
from cioform.services.workspace import Workspace, open_workspace

MAX_PARALLEL: Final = 50
"""How many workspaces are open at once: memory and threads do not grow beyond that."""
_MAX_LOADING: Final = 2
"""How many workspaces load their files at once: that needs the processor and not the network."""
_LOADING_SECONDS: Final = 5
"""How long the first workspaces wait for those that start at the same time to load."""

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class WorkspaceTask(Protocol[T_co]):
    """A task that is run for each workspace. The results are kept, so they should be small."""

    def run(self, opened: Workspace) -> T_co:
        """Return the result of a workspace."""

    def failed(self, name: str, error: CioformError) -> T_co:
        """Return the result of a workspace that could not be opened, or of a task that failed."""


def run_for_workspaces(
    root: Path,
    names: Sequence[str],
    task: WorkspaceTask[T],
    options: OpenOptions,
    listener_of: Callable[[str], Listener],
    limit: int = MAX_PARALLEL,
) -> list[T]:
    """Return the result of each workspace, in the order of the names.

    An error of one workspace never stops the others. Workspaces with the same credential share its
    rate.
    """
    domains = RateDomains()
    loading = threading.Semaphore(_MAX_LOADING)
    start = _CommonStart(min(limit, len(names)))

    def result(name: str) -> T:
        own: OpenOptions = {
            **options, "listener": listener_of(name), "rate_domains": domains,
            "revisions": revisions,
        }  # fmt: skip
        try:
            with ExitStack() as stack:
                with start, loading:
                    opened = stack.enter_context(open_workspace(root, name, **own))
                return task.run(opened)
        except CioformError as error:
            return task.failed(name, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            return task.failed(name, _fault(name, error))

    with cached_texts(root), RevisionFiles() as revisions:
        return run_parallel(result, names, limit)


class _CommonStart:
    """Lets the first workspaces send requests when all of them have loaded their files.

    Threads that wait for responses interrupt one that loads again and again, and the last
    workspace, which decides when everything ends, would begin late.
    """

    def __init__(self, number: int) -> None:
        self._first = iter(range(number))
        self._barrier = threading.Barrier(max(number, 1))

    def __enter__(self) -> None:
        """Do nothing: the block loads the files."""

    def __exit__(self, *_: object) -> None:
        """Wait for the others, but not for long: one that hangs stops no other one."""
        if next(self._first, None) is not None:
            with suppress(threading.BrokenBarrierError):
                self._barrier.wait(_LOADING_SECONDS)


def _fault(name: str, error: Exception) -> CioformError:
    """Return the error for a bug in cioform. Its text is not shown: it may hold a secret."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return CioformError.of(
        "Unexpected error",
        f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}. This is a "
        f"bug in cioform. Run the same command for {name} alone to see the traceback, and "
        "please report it.",
    )
