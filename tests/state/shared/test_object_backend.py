"""State in a bucket, on an S3 server in this process."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from cioform.core.errors import StateError, StateUnreachableError
from cioform.model.objects.snapshot import AppliedState
from cioform.state.object_storage.backend import ObjectStorageBackend
from cioform.state.runs import UNNAMED_RUN
from cioform.state.shared.backend import MovedError, SwapNote
from cioform.state.shared.creation import create_state
from cioform.state.state import StateOwner
from cioform.state.store import StateNotWritableError

pytest.importorskip("obstore")
pytest.importorskip("moto")
pytestmark = pytest.mark.filterwarnings("ignore")

NOTE = SwapNote("Apply acme: 1 created", {"Run": "r1"}, "Ada")


def files_of(backend: ObjectStorageBackend) -> Any:
    snapshot = backend.read()
    return snapshot and snapshot.files


def test_a_state_is_written_and_read_elsewhere(url):
    here, there = ObjectStorageBackend(url), ObjectStorageBackend(url)
    assert here.read() is None
    token = here.swap({"state.json": b"1", "open/r1/0001.ndjson": b"a"}, None, NOTE)
    snapshot = there.read()
    assert snapshot is not None
    assert snapshot.token == token
    assert snapshot.files == {"state.json": b"1", "open/r1/0001.ndjson": b"a"}
    changes = {
        "open/r1/0001.ndjson": None,
        "journals/r1/0001.ndjson": b"a",
        "runs/r1.json": b"{}",
        "runs/e.json": b"",
    }
    there.swap(changes, token, NOTE)
    assert files_of(here) == {"state.json": b"1"}
    assert here.read_archived(here.list_archive("journals")) == {"journals/r1/0001.ndjson": b"a"}
    assert here.read_archived(["runs/r1.json", "runs/none.json"]) == {"runs/r1.json": b"{}"}
    assert here.read_archived(["runs/e.json"]) == {"runs/e.json": b""}  # Empty is not missing.
    snapshot = here.read()
    assert snapshot is not None
    here.swap({"journals/r1/0001.ndjson": None}, snapshot.token, NOTE)
    assert there.list_archive("journals") == []


def test_what_is_archived_is_listed_without_reading_and_deleted_at_once(url, monkeypatch):
    import obstore

    backend = ObjectStorageBackend(url)
    parts = {f"journals/r{number}/0001.ndjson": b"x" for number in range(20)}
    token = backend.swap({"state.json": b"1", **parts}, None, NOTE)
    delete, deletions = obstore.delete, []

    def counted(store: Any, paths: Any) -> None:
        deletions.append(paths)
        delete(store, paths)

    monkeypatch.setattr(obstore, "delete", counted)
    monkeypatch.setattr(obstore, "get", None)
    assert backend.list_archive("journals") == sorted(parts)
    backend.swap(dict.fromkeys(parts), token, NOTE)
    assert (len(deletions), backend.list_archive("journals")) == (1, [])


def test_of_two_swaps_one_is_refused(url):
    here, there = ObjectStorageBackend(url), ObjectStorageBackend(url)
    token = here.swap({"state.json": b"0"}, None, NOTE)
    there.read()
    with pytest.raises(MovedError):
        there.swap({"state.json": b"there"}, None, NOTE)
    back = here.swap({"state.json": b"1"}, token, NOTE)
    here.swap({"state.json": b"0"}, back, NOTE)  # the same content is not the same version
    with pytest.raises(MovedError):
        there.swap({"state.json": b"there"}, token, NOTE)
    assert files_of(there) == {"state.json": b"0"}


def test_a_storage_that_refuses_stale_writes_is_proved(url):
    backend = ObjectStorageBackend(url)
    create_state(backend, backend.read(), StateOwner("acme"), AppliedState("a", 0, {}), UNNAMED_RUN)
    assert list(files_of(backend)) == ["state.json"]


def test_a_storage_that_ignores_conditions_is_refused(url, monkeypatch):
    import obstore

    put = obstore.put

    def careless(store: Any, path: str, content: bytes, **_: object) -> Any:
        return put(store, path, content)

    monkeypatch.setattr(obstore, "put", careless)
    backend = ObjectStorageBackend(url)
    with pytest.raises(StateError, match="accepted a write that had to be refused"):
        create_state(backend, None, StateOwner("acme"), AppliedState("a", 0, {}), UNNAMED_RUN)


def test_writing_is_tried_without_a_trace(url):
    import obstore

    backend = ObjectStorageBackend(url)
    backend.swap({"state.json": b"1"}, None, NOTE)
    before = backend.read()
    backend.prove_writable()
    assert backend.read() == before
    names = [meta["path"] for batch in obstore.list(backend._store()) for meta in batch]
    assert names == ["cioform-state.json"]


def test_a_storage_that_ignores_conditions_is_found(url, monkeypatch):
    import obstore

    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda store, path, content, **_: put(store, path, content))
    with pytest.raises(StateError, match="accepted a write that had to be refused"):
        ObjectStorageBackend(url).prove_writable()


def test_credentials_that_may_only_read_are_recognized(url, monkeypatch):
    import obstore
    from obstore.exceptions import PermissionDeniedError

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionDeniedError("403 Forbidden")

    monkeypatch.setattr(obstore, "put", refuse)
    with pytest.raises(StateNotWritableError, match="does not let these credentials use"):
        ObjectStorageBackend(url).prove_writable()


def test_a_put_that_arrived_although_it_failed_counts(url, monkeypatch):
    import obstore
    from obstore.exceptions import PreconditionError

    put = obstore.put

    def lost(store: Any, path: str, content: bytes, **more: Any) -> Any:
        put(store, path, content, **more)
        raise PreconditionError("412")

    backend = ObjectStorageBackend(url)
    token = backend.swap({"state.json": b"1"}, None, NOTE)
    with monkeypatch.context() as patch:
        patch.setattr(obstore, "put", lost)
        token = backend.swap({"state.json": b"2"}, token, NOTE)
    assert files_of(backend) == {"state.json": b"2"}
    backend.swap({"state.json": b"3"}, token, NOTE)


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        (b"{", "State corrupt"),
        (b'{"format": 1, "files": []}', "State corrupt"),
        (b'{"format": 2, "files": {}}', "State written by a newer cioform"),
    ],
)
def test_an_object_that_is_no_state(url, content, summary):
    import obstore

    backend = ObjectStorageBackend(url)
    obstore.put(backend._store(), "cioform-state.json", content)
    with pytest.raises(StateError) as caught:
        backend.read()
    assert caught.value.diagnostics[0].summary == summary


def test_a_bucket_that_does_not_exist(url):
    backend = ObjectStorageBackend(url.replace("acme-state", "nowhere"))
    for attempt in (backend.read, lambda: backend.swap({"state.json": b"1"}, None, NOTE)):
        with pytest.raises(StateUnreachableError, match=r"`state\.url`"):
            attempt()


def test_without_the_package(monkeypatch):
    for name in ("obstore", "obstore.store", "obstore.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(StateError, match=r"cioform\[object-storage\]"):
        ObjectStorageBackend("s3://acme-state/x").read()


def test_a_server_that_is_not_there(url, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StateUnreachableError, match="cannot be used"):
        ObjectStorageBackend(url).read()
