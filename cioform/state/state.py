"""The state as text: what a state file says, and what in it is not to be trusted."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cioform.core.address import Address
from cioform.core.errors import StateError
from cioform.core.paths import format_path
from cioform.model.snapshot import AppliedState, Binding
from cioform.state.format import is_format_number
from cioform.state.serialize import decode_value, encode_value

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class StateOwner:
    """The workspace a state belongs to. The id is None where no credential tells it."""

    name: str
    environment_id: int | None = None


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _WorkspaceModel(_StrictModel):
    name: str
    environment_id: int | None


class _ResourceModel(_StrictModel):
    remote_id: str
    identity: str
    applied: dict[str, Any] | None
    parts: dict[str, str]
    protect: bool


class _StateModel(_StrictModel):
    format: Literal[1]
    lineage: str = Field(min_length=1)
    serial: int = Field(ge=0)
    workspace: _WorkspaceModel
    resources: dict[str, _ResourceModel]


def encode_state(applied: AppliedState, owner: StateOwner) -> str:
    """Give the text of a state file: JSON, sorted by address, one line a value, so that a change
    to one resource is a change to its lines only."""
    document = {
        "format": FORMAT,
        "lineage": applied.lineage,
        "serial": applied.serial,
        "workspace": {"name": owner.name, "environment_id": owner.environment_id},
        "resources": {
            str(address): _encode_binding(applied.bindings[address])
            for address in sorted(applied.bindings)
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def decode_state(text: str, owner: StateOwner, display_path: str) -> AppliedState:
    """Give the state that `text` holds. Raises Untrusted when it is corrupt, written by a newer
    cioform, or another workspace's. `where` is the file as the user would type it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise corrupt_state_error(display_path, f"It is not JSON: {error}.") from None
    _check_format(document, display_path)
    try:
        state = _StateModel.model_validate(document)
        bindings = {
            Address.parse(name): _decode_binding(Address.parse(name), resource)
            for name, resource in state.resources.items()
        }
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = format_path(first["loc"])
        raise corrupt_state_error(display_path, f"At `{place}`: {first['msg']}.") from None
    except ValueError as error:
        raise corrupt_state_error(display_path, f"{error}.") from None
    _check_owner(state.workspace, owner, display_path)
    return AppliedState(state.lineage, state.serial, bindings)


def corrupt_state_error(display_path: str, detail: str) -> StateError:
    """Give the error of a state that cannot be read."""
    return StateError.of(
        "State corrupt",
        f"{display_path} cannot be read as a state. {detail} Nothing was changed. The state before the "
        "last write stands beside it; look at it, and put it back with\n"
        f"    cp {display_path}.backup {display_path}\n"
        "or take the file from version control. Then plan, and see that the plan is what you "
        "expect.",
    )


def _encode_binding(binding: Binding) -> dict[str, Any]:
    return {
        "remote_id": binding.remote_id,
        "identity": binding.identity,
        "applied": encode_value(binding.applied),
        "parts": dict(binding.parts),
        "protect": binding.protect,
    }


def _decode_binding(address: Address, resource: _ResourceModel) -> Binding:
    return Binding(
        address=address,
        remote_id=resource.remote_id,
        identity=resource.identity,
        applied=decode_value(resource.applied),
        parts=resource.parts,
        protect=resource.protect,
    )


def _check_format(document: Any, display_path: str) -> None:
    number = document.get("format") if isinstance(document, dict) else None
    if not is_format_number(number):
        raise corrupt_state_error(display_path, "It has no `format` number.")
    if number > FORMAT:
        raise StateError.of(
            "State of a newer cioform",
            f"{display_path} has format {number}, and this cioform knows {FORMAT} and older. Somebody "
            "has worked here with a newer one. Install that, with\n"
            "    pip install --upgrade cioform",
        )


def _check_owner(recorded: _WorkspaceModel, owner: StateOwner, display_path: str) -> None:
    """The id says which workspace it is; only where one of the two is not known, the name."""
    ids = (recorded.environment_id, owner.environment_id)
    same = recorded.name == owner.name if None in ids else ids[0] == ids[1]
    if not same:
        folder = str(PurePath(display_path).parent)
        raise StateError.of(
            "State of another workspace",
            f"{display_path} is the state of workspace {recorded.name!r} (environment {ids[0]}), and this "
            f"is {owner.name!r} (environment {ids[1]}). Its bindings would name the wrong "
            "objects. If `environment_id` in `workspace.yaml` was changed by mistake, change it "
            "back. If the folder was copied, move away all that was copied with it: the state, "
            "its backup and the journals are all of the other workspace.\n"
            f"    mv {shlex.quote(folder)} {shlex.quote(f'{folder}.copied')}\n"
            "The next plan begins a new state and adopts what is there.",
        )
