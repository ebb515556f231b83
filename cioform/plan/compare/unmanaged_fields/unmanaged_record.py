"""The record of unmanaged fields in the state, so that an edit of one is detected.

A file that omits such a field leaves its value to the workspace, and apply never writes it. The
record has a digest of each value that is not a default. Its keys are paths in canonical form, in
which a part is named by its ID alone: `workflow.pause.raw.x`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.leaves import leaves
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass, replace
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import Binding
from cioform.model.part_change import REMOVING
from cioform.model.parts import HasParts
from cioform.model.paths.file_paths import part_path
from cioform.model.unknown_members import RAW
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare.changed_parts import changed_parts
from cioform.plan.compare.diff import plan_value
from cioform.plan.compare.differences import ABSENT
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields, Record, is_possible
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import (
    is_in,
    is_in_replaced_part,
    is_matched,
    is_of_part,
    is_unmanaged,
    parsed,
    value_at_path,
)

NOT_RECORDED: Final = "(another value)"
"""Stands for an earlier value of which the state has only a digest."""


@dataclass(frozen=True, slots=True)
class UnmanagedEdit:
    """An unmanaged value that somebody changed, by its path in a record."""

    path: FieldPath
    before: Json
    after: Json
    recorded: str | None
    """The digest of what it was; None if that was a default."""


def with_known_value(live: LiveFields, edit: UnmanagedEdit, own: Attributes) -> UnmanagedEdit:
    """Return an edit with its former value, if that is what a file says by now."""
    value = ABSENT if edit.recorded is None else value_at_path(live.kind, own, edit.path)
    if value is ABSENT or not live.is_recorded(edit.path, value, edit.recorded or ""):
        return edit
    return replace(edit, before=plan_value(value))


def new_record(live: LiveFields, wanted: Attributes) -> Record | None:
    """Return the record of what an object has now; None if all of it is managed."""
    return live.record(wanted) if _may_leave_out(live, wanted) else None


def _may_leave_out(live: LiveFields, wanted: Attributes) -> bool:
    return is_possible(live.kind, wanted) or RAW in live.attributes


def edits_of(
    live: LiveFields, binding: Binding, ignore: Sequence[FieldPath] = ()
) -> tuple[UnmanagedEdit, ...]:
    """Return the unmanaged values that are not what the state has recorded."""
    applied, record = binding.applied, _record_of(binding, live)
    if record is None:
        return ()
    if applied is None:  # It is half-made: only what is listed is known.
        return _not_ignored(live.kind, _differing(live, record), ignore)
    if not record and not _may_leave_out(live, applied):
        return ()
    return _edits_since(live, record, applied, ignore)


def newly_recorded(
    live: LiveFields, binding: Binding | None, wanted: Attributes, ignore: Sequence[FieldPath]
) -> tuple[UnmanagedEdit, ...]:
    """Return the values other than defaults that an apply of `wanted` is the first to record.

    The object is adopted, left half-made, or an older version wrote its state: what it was is not
    known. Of what the file set until now it is.
    """
    record = _record_of(binding, live) if binding else None
    if binding is not None and binding.applied is not None and record is not None:
        return ()
    applied = binding.applied if binding else None
    return tuple(
        edit
        for edit in _edits_since(live, {}, wanted, ignore)
        if format_path(edit.path) not in (record or ())
        and (applied is None or is_unmanaged(live.kind, edit.path, applied))
    )


def _edits_since(
    live: LiveFields, record: Record, applied: Attributes, ignore: Sequence[FieldPath]
) -> tuple[UnmanagedEdit, ...]:
    if live.record(applied) == record:
        return ()  # The common case.
    values = live.unmanaged(applied)
    edits = [*_changed(live, values, record, applied), *_now_default(live, values, record, applied)]
    kind = live.kind
    kept = (e for e in edits if not is_in_replaced_part(kind, e.path, applied, live.attributes))
    return _not_ignored(kind, kept, ignore)


def _not_ignored(
    kind: Kind, edits: Iterable[UnmanagedEdit], ignore: Sequence[FieldPath]
) -> tuple[UnmanagedEdit, ...]:
    found = sorted(edits, key=lambda edit: edit.path)
    return tuple(
        e for e in found if not any(is_matched(kind, pattern, e.path) for pattern in ignore)
    )


def next_record(
    live: LiveFields, binding: Binding | None, wanted: Attributes, *, accept: bool = False
) -> Record | None:
    """Return the record of an object once `wanted` counts as applied, and nothing was written.

    What somebody edited stays an edit, unless `accept`. What was managed until now is recorded as
    it was last written.
    """
    applied = binding.applied if binding else None
    record = _record_of(binding, live) if binding else None
    now = new_record(live, wanted)
    if now is None or record is None:
        return now
    if applied is None:
        return now if accept else {**now, **_still_unmanaged(live.kind, record, wanted)}
    if now == record and applied == wanted:
        return record  # The common case.
    unread = _unread_in(now)
    if accept:
        hidden = {t: v for t, v in record.items() if v and is_in(parsed(t), unread)}
        return {**now, **hidden}
    was_unread = _unread_in(record)
    # Nothing stays of these, even if another part takes their name.
    gone = changed_parts(live.kind, applied, wanted, REMOVING)
    kept: dict[str, str] = {}
    for text, found in now.items():
        path = parsed(text)
        is_new = is_in(path, was_unread) or not is_unmanaged(live.kind, path, applied)
        if is_of_part(path, gone):
            kept[text] = found
        elif text in record and (record[text] or not found):
            kept[text] = live.kept_record(path, record[text], found)
        elif is_new:
            kept[text] = _digest_as_written(live, path, applied) or found
        elif was_default(live, path, applied):
            kept[text] = found
    for text, found in record.items():
        path = parsed(text)
        is_left = is_unmanaged(live.kind, path, wanted) and not is_of_part(path, gone)
        if found and text not in now and is_left:
            kept[text] = found
    return kept if kept or is_possible(live.kind, wanted) else None


def _still_unmanaged(kind: Kind, record: Record, wanted: Attributes) -> Record:
    """Return what is known of a half-made object, as far as it holds for `wanted`.

    Of what the record does not list it is not known whether it was a default.
    """
    return {t: v for t, v in record.items() if v and is_unmanaged(kind, parsed(t), wanted)}


def was_default(live: LiveFields, path: FieldPath, applied: Attributes) -> bool:
    """Return whether a value was a default next to what was applied, so that nobody edited it."""
    value = value_at_path(live.kind, live.attributes, path)
    return value is not ABSENT and live.kind.is_default(path, value, applied)


def _digest_as_written(live: LiveFields, path: FieldPath, applied: Attributes) -> str:
    """Return the digest of a value that a file set until now; empty if it is as it was written."""
    written = value_at_path(live.kind, applied, path)
    now = value_at_path(live.kind, live.attributes, path)
    if ABSENT in (written, now) or plan_value(written) == plan_value(now):
        return ""
    return live.digest(path, plan_value(written))


def record_after_write(
    planned: Record | None, before: LiveFields | None, after: LiveFields, wanted: Attributes
) -> Record | None:
    """Return the record of an object that a change wrote.

    `planned` is the one of a plan that was made of `before`. What the write itself changed is
    recorded as it is now; for the rest, what somebody edited stays an edit.
    """
    if planned is None or before is None or before.remote_id != after.remote_id:
        return new_record(after, wanted)
    then, now = before.unmanaged(wanted), after.unmanaged(wanted)
    record: dict[str, str] = {}
    for path, value in now.items():
        text = format_path(path)
        if path not in then or not after.has_same(path, value, before, then[path]):
            record[text] = after.digest(path, value)
        elif text in planned:
            record[text] = planned[text]
    unread = [path for path, value in now.items() if value is UNKNOWN]
    for text, found in planned.items():
        path = parsed(text)
        is_gone = path in then and not is_in(path, unread)
        if text not in record and found and path not in now and not is_gone:
            record[text] = found
    return record


def with_parts_renamed(kind: Kind, record: Record, names: Mapping[str, str]) -> Record:
    """Return a record in which parts have other names."""
    if not isinstance(kind, HasParts):
        return record
    holders = {kind.parts_field, *kind.canonical_only_fields}

    def renamed(path: FieldPath) -> FieldPath:
        if path[0] not in holders:
            return path
        return (path[0], *(names.get(str(part), part) for part in path[1:2]), *path[2:])

    return {format_path(renamed(parsed(text))): found for text, found in record.items()}


def field_changes(live: LiveFields, edits: Iterable[UnmanagedEdit]) -> tuple[FieldChange, ...]:
    """Return edits as differences, by the paths of the file."""
    return tuple(
        FieldChange(
            part_path(live.kind, edit.path, live.attributes),
            edit.before,
            plan_value(edit.after),
            Origin.DRIFT,
        )
        for edit in _joined(live, list(edits))
    )


def _joined(live: LiveFields, edits: list[UnmanagedEdit]) -> Iterator[UnmanagedEdit]:
    """Yield the edits, as one where a word such as `none` became a mapping."""
    new = {edit.path for edit in edits if edit.recorded is None}
    yielded: set[FieldPath] = set()
    for edit in edits:
        root = edit.path[:1]
        word, value = (
            live.kind.default_value(root, live.attributes),
            live.attributes.get(str(root[0])),
        )
        if not isinstance(word, str) or not {path for path, _ in leaves(root, value)} <= new:
            yield edit
        elif root not in yielded:
            yielded.add(root)
            yield UnmanagedEdit(root, word, value, None)


def _record_of(binding: Binding, live: LiveFields) -> Record | None:
    """Return what the state has recorded of this very object."""
    if binding.remote_id != live.remote_id:
        return None
    applied, record = binding.applied, binding.unmanaged
    is_empty = record is None and applied is not None and not is_possible(live.kind, applied)
    return {} if is_empty else record


def _changed(
    live: LiveFields, values: Mapping[FieldPath, Json], record: Record, applied: Attributes
) -> Iterator[UnmanagedEdit]:
    """Yield what is neither what was recorded nor a default next to what was applied."""
    unread = _unread_in(record)
    for path, value in values.items():
        if value is UNKNOWN or (unread and is_in(path, unread)):
            continue
        recorded = record.get(format_path(path))
        if recorded is None:
            if not was_default(live, path, applied):
                yield UnmanagedEdit(path, live.kind.default_value(path, applied), value, None)
        elif not live.is_recorded(path, value, recorded):
            yield UnmanagedEdit(path, NOT_RECORDED, value, recorded)


def _now_default(
    live: LiveFields, values: Mapping[FieldPath, Json], record: Record, applied: Attributes
) -> Iterator[UnmanagedEdit]:
    """Yield what was recorded and is blank or a default now."""
    unread = [path for path, value in values.items() if value is UNKNOWN]
    for edit in _differing(live, record):
        is_seen = edit.path in values or is_in(edit.path, unread)
        if not is_seen and is_unmanaged(live.kind, edit.path, applied):
            yield edit


def _differing(live: LiveFields, record: Record) -> Iterator[UnmanagedEdit]:
    """Yield what the record lists and is another value now."""
    for text, recorded in record.items():
        path = parsed(text)
        now = value_at_path(live.kind, live.attributes, path)
        if now is ABSENT:
            now = live.kind.default_value(path, live.attributes)
        if recorded and now is not UNKNOWN and not live.is_recorded(path, now, recorded):
            yield UnmanagedEdit(path, NOT_RECORDED, now, recorded)


def _unread_in(record: Record) -> list[FieldPath]:
    return [parsed(text) for text, found in record.items() if not found]
