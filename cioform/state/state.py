"""The state as text: what a state file says, and what in it is not to be trusted."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cioform.core.address import Address
from cioform.core.errors import Untrusted
from cioform.model.snapshot import Applied, Binding
from cioform.state.format import is_format
from cioform.state.serialize import pack, unpack

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Owner:
    """The workspace a state belongs to. The id is None where no credential tells it."""

    name: str
    environment_id: int | None = None


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _Workspace(_Part):
    name: str
    environment_id: int | None


class _Resource(_Part):
    remote_id: str
    identity: str
    applied: dict[str, Any] | None
    parts: dict[str, str]
    protect: bool


class _State(_Part):
    format: Literal[1]
    lineage: str = Field(min_length=1)
    serial: int = Field(ge=0)
    workspace: _Workspace
    resources: dict[str, _Resource]


def to_text(applied: Applied, owner: Owner) -> str:
    """Give the text of a state file: JSON, sorted by address, one line a value, so that a change
    to one resource is a change to its lines only."""
    document = {
        "format": FORMAT,
        "lineage": applied.lineage,
        "serial": applied.serial,
        "workspace": {"name": owner.name, "environment_id": owner.environment_id},
        "resources": {
            str(address): _resource(applied.bindings[address])
            for address in sorted(applied.bindings)
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def from_text(text: str, owner: Owner, where: str) -> Applied:
    """Give the state that `text` holds. Raises Untrusted when it is corrupt, written by a newer
    cioform, or another workspace's. `where` is the file as the user would type it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise corrupt(where, f"It is not JSON: {error}.") from None
    _check_format(document, where)
    try:
        state = _State.model_validate(document)
        bindings = {
            Address.parse(name): _binding(Address.parse(name), resource)
            for name, resource in state.resources.items()
        }
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise corrupt(where, f"At `{place}`: {first['msg']}.") from None
    except ValueError as error:
        raise corrupt(where, f"{error}.") from None
    _check_owner(state.workspace, owner, where)
    return Applied(state.lineage, state.serial, bindings)


def corrupt(where: str, what: str) -> Untrusted:
    """Give the error of a state that cannot be read."""
    return Untrusted.of(
        "State corrupt",
        f"{where} cannot be read as a state. {what} Nothing was changed. The state before the "
        "last write stands beside it; look at it, and put it back with\n"
        f"    cp {where}.backup {where}\n"
        "or take the file from version control. Then plan, and see that the plan is what you "
        "expect.",
    )


def _resource(binding: Binding) -> dict[str, Any]:
    return {
        "remote_id": binding.remote_id,
        "identity": binding.identity,
        "applied": pack(binding.applied),
        "parts": dict(binding.parts),
        "protect": binding.protect,
    }


def _binding(address: Address, resource: _Resource) -> Binding:
    return Binding(
        address=address,
        remote_id=resource.remote_id,
        identity=resource.identity,
        applied=unpack(resource.applied),
        parts=resource.parts,
        protect=resource.protect,
    )


def _check_format(document: Any, where: str) -> None:
    number = document.get("format") if isinstance(document, dict) else None
    if not is_format(number):
        raise corrupt(where, "It has no `format` number.")
    if number > FORMAT:
        raise Untrusted.of(
            "State of a newer cioform",
            f"{where} has format {number}, and this cioform knows {FORMAT} and older. Somebody "
            "has worked here with a newer one. Install that, with\n"
            "    pip install --upgrade cioform",
        )


def _check_owner(found: _Workspace, owner: Owner, where: str) -> None:
    """The id says which workspace it is; only where one of the two is not known, the name."""
    ids = (found.environment_id, owner.environment_id)
    same = found.name == owner.name if None in ids else ids[0] == ids[1]
    if not same:
        folder = str(PurePath(where).parent)
        raise Untrusted.of(
            "State of another workspace",
            f"{where} is the state of workspace {found.name!r} (environment {ids[0]}), and this "
            f"is {owner.name!r} (environment {ids[1]}). Its bindings would name the wrong "
            "objects. If `environment_id` in `workspace.yaml` was changed by mistake, change it "
            "back. If the folder was copied, move away all that was copied with it: the state, "
            "its backup and the journals are all of the other workspace.\n"
            f"    mv {shlex.quote(folder)} {shlex.quote(f'{folder}.copied')}\n"
            "The next plan begins a new state and adopts what is there.",
        )
