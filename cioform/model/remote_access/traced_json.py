"""Find the member of a response that made a function fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import SupportsIndex, cast

from typing_extensions import override

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.model.remote_access.conversation import WireObject


def find_last_member(
    value: WireObject, use: Callable[[WireObject], object]
) -> tuple[FieldPath, Json] | None:
    """Return the path and the value of the last member that `use` looked at before it failed.

    `use` is called with a copy of `value` that records what is looked at. A member that does not
    exist counts as null. None if `use` does not fail, or looks at nothing.
    """
    trace = _Trace()
    try:
        use(as_mapping(_traced(cast(Json, value), (), trace)))
    except Exception:  # noqa: BLE001 - the caller has caught the same exception already
        return trace.last
    return None


class _Trace:
    """What was looked at last."""

    def __init__(self) -> None:
        self.last: tuple[FieldPath, Json] | None = None


class _TracedDict(dict[str, Json]):
    """An object that records which of its members are looked at."""

    def __init__(self, path: FieldPath, trace: _Trace) -> None:
        super().__init__()
        self._path = path
        self._trace = trace

    def _record(self, key: object) -> None:
        if isinstance(key, str):
            self._trace.last = (*self._path, key), super().get(key)

    @override
    def __getitem__(self, key: str) -> Json:
        self._record(key)
        return super().__getitem__(key)

    # The built-in methods have overloads, which need not be repeated for this use.

    @override
    def get(self, key: str, default: Json = None) -> Json:  # type: ignore[override]
        self._record(key)
        return super().get(key, default)

    @override
    def items(self) -> list[tuple[str, Json]]:  # type: ignore[override]
        return [(key, self[key]) for key in self]


class _TracedList(list[Json]):
    """A list that records which of its entries are looked at."""

    def __init__(self, path: FieldPath, trace: _Trace) -> None:
        super().__init__()
        self._path = path
        self._trace = trace

    @override
    def __iter__(self) -> Iterator[Json]:
        for position, entry in enumerate(super().__iter__()):
            self._trace.last = (*self._path, position), entry
            yield entry

    @override
    def __getitem__(self, position: SupportsIndex | slice) -> Json:  # type: ignore[override]
        entry = super().__getitem__(position)
        if not isinstance(position, slice):
            self._trace.last = (*self._path, position.__index__()), entry
        return entry


def _traced(value: Json, path: FieldPath, trace: _Trace) -> Json:
    if isinstance(value, dict):
        traced_dict = _TracedDict(path, trace)
        traced_dict.update(
            {key: _traced(member, (*path, key), trace) for key, member in value.items()}
        )
        return traced_dict
    if isinstance(value, list):
        traced_list = _TracedList(path, trace)
        traced_list += [_traced(entry, (*path, n), trace) for n, entry in enumerate(value)]
        return traced_list
    return value
