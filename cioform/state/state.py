"""The text of a state, and the checks that it passes before it is used."""

import json
import shlex
from collections.abc import Callable
from functools import cache
from pathlib import PurePath
from typing import Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from cioform.core.address import Address
from cioform.core.data.json_errors import describe_json_error
from cioform.core.data.json_value import Attributes, Json
from cioform.core.data.paths import format_path
from cioform.core.data.surrogates import find_surrogate
from cioform.core.dataclasses import asdict, dataclass, replace
from cioform.core.errors import StateError
from cioform.core.text.quoted import quoted
from cioform.model.fields.upgrading import rename_field
from cioform.model.objects.snapshot import AppliedState, Binding, LastSeen, RolledBack
from cioform.state.format import is_format_number
from cioform.state.serialize import encode_value, object_hook

FORMAT: Final = 2
"""Format 1 follows file format 0 (decision 0012)."""

UpgradeAttributes: TypeAlias = Callable[[Address, Attributes], None]
"""Rewrites the attributes of a resource from an older format, in place."""

_NEVER_SEEN: Final = LastSeen()


@dataclass(frozen=True, slots=True)
class StateOwner:
    """The workspace that a state belongs to. The ID is None if no credential provides it."""

    name: str
    workspace_id: int | None = None


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _WorkspaceModel(_StrictModel):
    name: str
    workspace_id: int | None


class _LastSeenModel(_StrictModel):
    state: str = ""
    at: int | None = None
    same_name: list[str] = []


@cache
def _never_seen() -> _LastSeenModel:
    return _LastSeenModel()


class _ResourceModel(_StrictModel):
    remote_id: str
    identity: str
    applied: dict[str, Json] | None
    parts: dict[str, str]
    protect: bool
    # pydantic copies a default such as {} for each binding, which takes longer than a factory.
    last_seen: _LastSeenModel = Field(default_factory=_never_seen)
    kept: dict[str, str] = Field(default_factory=dict)
    unmanaged: dict[str, str] | None = None


class _RolledBackModel(_StrictModel):
    run: str
    file: str


class _StateModel(_StrictModel):
    format: int
    lineage: str = Field(min_length=1)
    serial: int = Field(ge=0)
    workspace: _WorkspaceModel
    resources: dict[str, _ResourceModel]
    live_edits_refused_at: int | None = None
    rolled_back: dict[str, _RolledBackModel] = {}
    settings: dict[str, str] | None = None


def encode_state(applied: AppliedState, owner: StateOwner) -> bytes:
    """Return the content of a state file.

    It is JSON sorted by address with one value on a line, so that a change to one resource changes
    only the lines of that resource.
    """
    document = {
        "format": FORMAT,
        "lineage": applied.lineage,
        "serial": applied.serial,
        "workspace": {"name": owner.name, "workspace_id": owner.workspace_id},
        "live_edits_refused_at": applied.live_edits_refused_at,
        **_encode_rollbacks(applied),
        **({} if applied.settings is None else {"settings": dict(applied.settings)}),
        "resources": {
            str(address): _encode_binding(applied.bindings[address])
            for address in sorted(applied.bindings)
        },
    }
    # With an indentation, `json` takes 20 times as long.
    return to_json(document, indent=1, inf_nan_mode="constants") + b"\n"


def decode_state(
    content: bytes | str,
    owner: StateOwner,
    location: str,
    upgrade: UpgradeAttributes,
    restore_hint: str = "",
) -> AppliedState:
    """Return the state in `content`; `location` is where it came from, for messages.

    `restore_hint` says how to restore an earlier state where that is not a file on this machine.
    What a state of an older format says was applied passes through `upgrade`.
    Raises StateError if it is corrupt, of a newer version, or of another workspace.
    """
    try:
        return _decode(content, owner, location, upgrade, is_file=not restore_hint)
    except _CorruptError as error:
        raise corrupt_state_error(location, str(error), restore_hint) from None


class _CorruptError(Exception):
    """What is wrong with a state, as a full sentence."""


def _decode(
    content: bytes | str,
    owner: StateOwner,
    location: str,
    upgrade: UpgradeAttributes,
    *,
    is_file: bool,
) -> AppliedState:
    try:
        document = json.loads(content, object_hook=object_hook(content))
    except (ValueError, RecursionError) as error:
        raise _CorruptError(f"It is not JSON: {describe_json_error(error)}.") from None
    if (path := find_surrogate(content, document)) is not None:
        place = f"`{format_path(path)}`" if path else "It"
        raise _CorruptError(f"{place} has an incomplete Unicode character.")
    _check_format(document, location)
    try:
        _rename_workspace_id(document)
        state = _StateModel.model_validate(document)
        addresses = {Address.parse(name): resource for name, resource in state.resources.items()}
        rolled_back = {
            Address.parse(name): RolledBack(entry.run, entry.file)
            for name, entry in state.rolled_back.items()
        }
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "extra_forbidden":
            found = f"the member `{format_path(first['loc'])}`"
            raise _newer_error(
                location, f"{found}, which this version of cioform does not know"
            ) from None
        raise _CorruptError(f"`{format_path(first['loc'])}` is missing or invalid.") from None
    except ValueError as error:
        raise _CorruptError(f"{error}.") from None
    _check_owner(state.workspace, owner, location, is_file=is_file)
    bindings = {a: _decode_binding(a, resource) for a, resource in addresses.items()}
    if state.format < FORMAT:
        for address, binding in bindings.items():
            if binding.applied is not None:
                upgrade(address, binding.applied)
        # Their paths and their values are those of the older format.
        bindings = {a: replace(binding, unmanaged=None) for a, binding in bindings.items()}
    return AppliedState(
        state.lineage, state.serial, bindings, state.live_edits_refused_at, rolled_back,
        state.settings,
    )  # fmt: skip


def _rename_workspace_id(document: Json) -> None:
    """Rename what older versions called the number of the workspace."""
    owner = document.get("workspace") if isinstance(document, dict) else None
    if isinstance(owner, dict):
        rename_field(owner, "environment_id", "workspace_id")


def corrupt_state_error(location: str, reason: str, restore_hint: str = "") -> StateError:
    """Return the error of a state that cannot be read; `reason` is a full sentence."""
    file = shlex.quote(location)
    hint = restore_hint or (
        "The state before the last write is in the backup beside it. Check that file, then restore "
        f"it with\n    cp {file}.backup {file}\nor restore the state from version control."
    )
    return StateError.of(
        "State corrupt",
        f"{location} cannot be read as a state. {reason} Nothing was changed. {hint} Then plan, "
        "and check that the plan is what you expect.",
    )


def _encode_rollbacks(applied: AppliedState) -> dict[str, Json]:
    """Return what was rolled back; nothing if there is nothing, as in most states."""
    entries = sorted(applied.rolled_back.items())
    found = {str(address): {"run": entry.run, "file": entry.file} for address, entry in entries}
    return {"rolled_back": found} if found else {}


def _encode_binding(binding: Binding) -> dict[str, Json]:
    return {
        "remote_id": binding.remote_id,
        "identity": binding.identity,
        "applied": encode_value(binding.applied),
        "parts": dict(binding.parts),
        "protect": binding.protect,
        # Most bindings have neither, and a state may have ten thousand of them.
        **({"last_seen": asdict(binding.last_seen)} if binding.last_seen != _NEVER_SEEN else {}),
        **({"kept": dict(binding.kept)} if binding.kept else {}),
        **({} if binding.unmanaged is None else {"unmanaged": dict(binding.unmanaged)}),
    }


def _decode_binding(address: Address, resource: _ResourceModel) -> Binding:
    return Binding(
        address=address,
        remote_id=resource.remote_id,
        identity=resource.identity,
        applied=resource.applied,
        parts=resource.parts,
        protect=resource.protect,
        last_seen=_decode_last_seen(resource.last_seen),
        kept=resource.kept,
        unmanaged=resource.unmanaged,
    )


def _decode_last_seen(found: _LastSeenModel) -> LastSeen:
    if found is _never_seen():
        return _NEVER_SEEN
    return LastSeen(found.state, found.at, tuple(found.same_name))


def _check_format(document: Json, location: str) -> None:
    number = document.get("format") if isinstance(document, dict) else None
    if not is_format_number(number):
        raise _CorruptError("It has no `format` number.")
    if number > FORMAT:
        reads = f"this version of cioform reads formats up to {FORMAT}"
        raise _newer_error(location, f"format {number}, and {reads}")


def _newer_error(location: str, found: str) -> StateError:
    return StateError.of(
        "State written by a newer cioform",
        f"{location} has {found}. It was written by a newer version. Install that, with\n"
        "    pip install --upgrade cioform",
    )


def _check_owner(
    recorded: _WorkspaceModel, owner: StateOwner, location: str, *, is_file: bool
) -> None:
    # The ID identifies the workspace; the name counts only if one of the IDs is not known.
    ids = (recorded.workspace_id, owner.workspace_id)
    is_same = recorded.name == owner.name if None in ids else ids[0] == ids[1]
    if is_same:
        return
    folder = str(PurePath(location).parent)
    hint = (
        "If the folder was copied, move away what belongs to the other workspace (the state, its "
        f"backup and the journals) with\n    mv {shlex.quote(folder)} "
        f"{shlex.quote(f'{folder}.copied')}\n"
        "The next plan starts a new state and adopts the objects that exist."
        if is_file
        else "If `workspace.yaml` was copied, correct `state`: every workspace has a state of its "
        "own."
    )
    raise StateError.of(
        "State of another workspace",
        f"{location} is the state of workspace {quoted(recorded.name)} (workspace_id {ids[0]}), "
        f"but this is {quoted(owner.name)} (workspace_id {ids[1]}). Its bindings would name the "
        "wrong objects. If `workspace_id` in `workspace.yaml` was changed by mistake, change it "
        f"back. {hint}",
    )
