"""Open a workspace: its files, its state and the connection."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from cioform.config.load import load_configuration
from cioform.kinds import find_kinds
from cioform.model.remote_access.conversation import Api
from cioform.remote.rate_limiter import RateDomains
from cioform.run.events import Listener, ignore_events
from cioform.services.connections.connect import connect_workspace
from cioform.services.context import OpenWorkspace
from cioform.services.judged_documents import with_base_documents
from cioform.services.project.text_cache import cached_texts
from cioform.services.project.tracked_state import refuse_tracked_state
from cioform.services.revisions.base_documents import read_base_documents
from cioform.services.revisions.base_revision import read_base_settings
from cioform.services.revisions.files import RevisionFiles
from cioform.services.state.stores import open_store
from cioform.state.state import StateOwner


class OpenOptions(TypedDict, total=False):
    """How a workspace is opened."""

    apis: frozenset[Api] | None
    """The APIs whose credentials may be used; None for all."""
    listener: Listener
    """Receives every event of a run."""
    actor: str | None
    """A person who edits the sandbox in a browser, so that drift can be tried out."""
    rate: float | None
    """Lowers the requests per second."""
    rate_domains: RateDomains | None
    """Shares the rates with the other workspaces that the same command opens."""
    lock_seconds: float
    """How long to wait for the lock of a shared state."""
    settings_from: str | None
    """The revision from which guards, credentials and the other settings that judge a plan are
    read; by default in a pull request its target branch."""
    allow_new_workspace: bool
    """Whether `settings_from` may be without this workspace."""
    revisions: RevisionFiles | None
    """Shares the files of `settings_from` with the other workspaces that the same command opens."""


@contextmanager
def open_files_and_remote(root: Path, name: str, options: OpenOptions) -> Iterator[OpenWorkspace]:
    """Open the files, the state and the connection of a workspace of the project at `root`."""
    refuse_tracked_state(root)
    kinds = find_kinds()
    with cached_texts(root):
        base = read_base_settings(
            root,
            name,
            options.get("settings_from"),
            allow_new=options.get("allow_new_workspace", False),
        )
        own = load_configuration(root, name, kinds, os.environ, base=base)
        documents = read_base_documents(root, own, kinds, options.get("revisions"))
        configuration = with_base_documents(own, documents)
        provider, workspace_id = connect_workspace(
            root, configuration, options.get("apis"), options.get("actor"), options.get("rate"),
            options.get("rate_domains"),
        )  # fmt: skip
        try:
            owner = StateOwner(name, workspace_id)
            state = configuration.settings.state
            lock_seconds = options.get("lock_seconds", 0)
            listener = options.get("listener", ignore_events)
            store = open_store(
                root, state, owner, kinds, lock_seconds=lock_seconds, listener=listener
            )
            yield OpenWorkspace(
                root, configuration, kinds, provider, store, workspace_id, listener,
                revisions=options.get("revisions"), base=documents,
            )  # fmt: skip
        finally:
            provider.close()
