"""Shared state in one object of a bucket. A conditional put is the swap."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from typing_extensions import override

from cioform.core.errors import StateError, StateUnreachableError
from cioform.core.lazy_modules import lazy_module
from cioform.state.shared.backend import (
    ARCHIVE_FOLDERS,
    FileChanges,
    Files,
    MovedError,
    Snapshot,
    StateBackend,
    SwapNote,
    ignores_conditions_error,
)
from cioform.state.shared.session import apply_changes
from cioform.state.store import StateNotWritableError

if TYPE_CHECKING:
    import obstore
    from obstore import ObjectMeta, PutMode, PutResult, exceptions
    from obstore import store as stores
else:
    obstore = lazy_module("obstore")
    exceptions = lazy_module("obstore.exceptions")
    stores = lazy_module("obstore.store")

_OBJECT: Final = "cioform-state.json"
_FORMAT: Final = 1
_SECONDS: Final = "30s"
_READERS: Final = 16
"""How many objects are read at a time."""
_NO_BUCKET: Final = "NoSuchBucket"


class ObjectStorageBackend(StateBackend):
    """The state below `url`, such as `s3://bucket/acme`.

    State, lock and open journals are one object, so that one conditional put replaces them all.
    What is written once, the summaries and the journals of runs that ended, are objects of their
    own. Credentials are those of the environment, as the storage's own tools find them.
    """

    def __init__(self, url: str) -> None:
        self.is_atomic = False
        self.location = url
        self.restore_hint = (
            f"If the bucket keeps versions, restore an earlier version of `{_OBJECT}` in {url}."
        )
        self.lost_hint = (
            "If it was deleted and the bucket keeps versions, restore the last version of "
            f"`{_OBJECT}` with the tools of the storage. Otherwise begin an empty state."
        )
        self._url = url
        self._opened: stores.ObjectStore | None = None
        self._files: dict[str, Files] = {}

    @override
    def read(self) -> Snapshot | None:
        with self._reported():
            try:
                result = obstore.get(self._store(), _OBJECT)
            except FileNotFoundError as error:
                if _NO_BUCKET in str(error):
                    raise self._storage_error(error) from None
                return None
            content, token = bytes(result.bytes()), _tag(result.meta)
        files = self._decode(content)
        self._files = {token: files}
        return Snapshot(token, files)

    @override
    def list_archive(self, folder: str) -> Sequence[str]:
        with self._reported():
            batches = obstore.list(self._store(), folder)
            return sorted(meta["path"] for batch in batches for meta in batch)

    @override
    def read_archived(self, paths: Sequence[str]) -> Files:
        # A history has many small files, and most of the time of each is the way there and back.
        with self._reported(), ThreadPoolExecutor(_READERS) as pool:
            contents = pool.map(self._read_archived, paths)
            found = zip(paths, contents, strict=True)
            return {path: content for path, content in found if content is not None}

    def _read_archived(self, path: str) -> bytes | None:
        with suppress(FileNotFoundError):
            return bytes(obstore.get(self._store(), path).bytes())
        return None

    @override
    def swap(self, changes: FileChanges, token: str | None, note: SwapNote) -> str:
        archived = {p: content for p, content in changes.items() if p.startswith(_ARCHIVES)}
        current = {p: content for p, content in changes.items() if p not in archived}
        files = apply_changes(self._files[token] if token else {}, current)
        # What is archived is put first: it is of no use to anybody unless the swap succeeds.
        for path, content in archived.items():
            if content is not None:
                with self._reported():
                    obstore.put(self._store(), path, content)
        new = self._put(files, token, note)
        if removed := [path for path, content in archived.items() if content is None]:
            with self._reported():
                obstore.delete(self._store(), removed)
        # The files of the token before stay, for a swap that has to be refused.
        self._files = {new: files} | ({token: self._files[token]} if token else {})
        return new

    @override
    def prove_writable(self) -> str:
        name = f"cioform-check-{uuid4().hex}"
        with self._reported():
            try:
                created = obstore.put(self._store(), name, b"1", mode="create")
            except _denied() as error:
                raise StateNotWritableError(self._storage_error(error).diagnostics) from None
            try:
                self._prove_conditions(name, _tag(created))
            finally:
                obstore.delete(self._store(), name)
        return "can be written, and refuses stale writes"

    def _prove_conditions(self, name: str, created: str) -> None:
        """Raise StateError unless both conditions of a put hold for an object that exists."""
        obstore.put(self._store(), name, b"2", mode={"e_tag": created})
        modes: tuple[PutMode, ...] = ("create", {"e_tag": created})
        for mode in modes:
            with suppress(exceptions.AlreadyExistsError, exceptions.PreconditionError):
                obstore.put(self._store(), name, b"stale", mode=mode)
                raise ignores_conditions_error(self._url)

    def _put(self, files: Files, token: str | None, note: SwapNote) -> str:
        swap_id = uuid4().hex
        body = _encode(files, note, swap_id)
        mode: PutMode = {"e_tag": token} if token else "create"
        self._store()
        try:
            return _tag(obstore.put(self._store(), _OBJECT, body, mode=mode))
        except FileNotFoundError as error:
            if token is None or _NO_BUCKET in str(error):
                raise self._storage_error(error) from None
            raise MovedError from None
        except (exceptions.BaseError, OSError) as error:
            return self._explain_failed_put(swap_id, error)

    def _explain_failed_put(self, swap_id: str, error: Exception) -> str:
        """Return the token if the object was put after all; otherwise raise the actual error.

        A put whose response was lost is tried again by the library and then refused as stale.
        """
        with self._reported():
            try:
                result = obstore.get(self._store(), _OBJECT)
                content, token = bytes(result.bytes()), _tag(result.meta)
            except FileNotFoundError:
                content, token = b"{}", ""
        if json.loads(content).get("swap") == swap_id:
            return token
        if isinstance(error, (exceptions.PreconditionError, exceptions.AlreadyExistsError)):
            raise MovedError from None
        raise self._storage_error(error) from None

    def _decode(self, content: bytes) -> Files:
        try:
            document = json.loads(content)
            number = document["format"]
            files = {name: text.encode() for name, text in document["files"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StateError.of(
                "State corrupt",
                f"`{_OBJECT}` in {self._url} cannot be read as a state. {self.restore_hint}",
            ) from None
        if number != _FORMAT:
            raise StateError.of(
                "State written by a newer cioform",
                f"`{_OBJECT}` in {self._url} has format {number}, and this version of cioform "
                f"reads format {_FORMAT}. Install a newer version, with\n"
                "    pip install --upgrade cioform",
            )
        return files

    def _store(self) -> stores.ObjectStore:
        if self._opened is None:
            try:
                self._opened = stores.from_url(
                    self._url,
                    client_options={
                        "timeout": _SECONDS,
                        "connect_timeout": _SECONDS,
                        "allow_http": os.environ.get("AWS_ALLOW_HTTP", "") == "true",
                    },
                )
            except ImportError:
                raise StateError.of(
                    "Missing package",
                    "State in object storage needs an extra package. Install it with\n"
                    "    pip install 'cioform[object-storage]'",
                ) from None
        return self._opened

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Raise StateError for what the storage refuses in the block."""
        self._store()
        try:
            yield
        except FileNotFoundError:
            raise
        except (exceptions.BaseError, OSError) as error:
            raise self._storage_error(error) from None

    def _storage_error(self, error: Exception) -> StateError:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if isinstance(error, _denied()):
            return StateError.of(
                "State not accessible",
                f"The storage does not let these credentials use {self._url}: {reason}. Everyone "
                "who plans needs to read and list it, and everyone who applies also to write and "
                "delete.",
            )
        return StateUnreachableError.of(
            "State not reachable",
            f"{self._url} cannot be used: {reason}. Check the network, `state.url` and the "
            "credentials of the storage in the environment.",
        )


def _denied() -> tuple[type[Exception], ...]:
    """Return what is raised if the credentials do not allow something."""
    return exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError


_ARCHIVES: Final = tuple(f"{folder}/" for folder in ARCHIVE_FOLDERS)


def _encode(files: Files, note: SwapNote, swap_id: str) -> bytes:
    document = {
        "format": _FORMAT,
        "swap": swap_id,
        "note": {"subject": note.subject, "who": note.who, **note.details},
        "files": {name: content.decode() for name, content in sorted(files.items())},
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _tag(meta: ObjectMeta | PutResult) -> str:
    return str(meta["e_tag"])
