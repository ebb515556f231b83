"""The sandbox as people use it: fill it, empty it, serve it, and edit in it as somebody else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cioform.config.load import load_configuration
from cioform.config.project import require_workspace, workspace_names
from cioform.config.read.scalars import parse_plain_scalar
from cioform.core.address import Address
from cioform.core.errors import ConfigError, UsageError
from cioform.core.json_value import Attributes, JsonValue
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.serve import serve
from cioform.emulator.store.database import write_key
from cioform.kinds import find_kinds
from cioform.model.capabilities import HasLifecycle
from cioform.model.conversation import Api
from cioform.model.kind import Kind, LiveObject, Verb
from cioform.model.names import Names
from cioform.model.resource import FieldPath as ValuePath
from cioform.model.router import choose_route
from cioform.plan.change import FieldChange
from cioform.run.driver import run_conversation
from cioform.services.connections.sandbox import open_sandbox_store
from cioform.services.connections.sandbox_objects import create_declared_objects
from cioform.services.session import Session
from cioform.services.state_folder import STATE_FOLDER
from cioform.services.workspace import open_workspace
from cioform.storage.user_files import read_text


@dataclass(frozen=True, slots=True)
class ServedSandbox:
    """A sandbox that is being served: where it is and what opens it."""

    info: Mapping[str, JsonValue]


def sandbox_reset(root: Path, name: str) -> None:
    """Empty the sandbox of a workspace. Raises FilesWrong for one that neither the project nor
    the sandbox has."""
    with closing(open_sandbox_store(root)) as store:
        if store.find_workspace("name", name) is None:
            require_workspace(root, name)
        store.reset(name)


def sandbox_seed(root: Path, name: str, source: str = "demo") -> None:
    """Replace the sandbox's content by a seed: the name of a built-in one, or a JSON file. Raises
    UsageWrong, with the content as it was, for anything else."""
    text = _seed(source)
    with closing(open_sandbox_store(root)) as store:
        try:
            data = json.loads(text)
            json.dumps(data, allow_nan=False)  # or it is refused, as no API would answer it
            with store.transaction():
                store.workspace(name)
                store.reset(name)
                store.seed(name, data)
        # The emulator takes a seed as it comes; what it stumbles over is no seed.
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            OverflowError,
            RecursionError,
        ) as error:
            raise UsageError.of(
                "Not a seed",
                f"{source} cannot be the content of a workspace: {error}. Nothing was changed. A "
                "seed is a JSON object with a list for each sort of content.",
            ) from error


def _seed(source: str) -> str:
    """Give the text of a seed."""
    built_in = files("cioform.emulator") / "seeds" / f"{source}.json"
    if built_in.is_file():
        return built_in.read_text(encoding="utf-8")
    if Path(source).is_file():
        return read_text(Path(source))
    raise UsageError.of(
        "No such seed",
        f"{source!r} is neither a built-in seed nor a file. The built-in ones: demo.",
    )


@contextmanager
def sandbox_serve(
    root: Path, name: str, port: int = 0, rate: float | None = 10.0, *, tls: bool = False
) -> Iterator[ServedSandbox]:
    """Serve the sandbox on loopback until the block ends. `port` 0 takes a free one; `rate` is
    the App API's limit in requests a second, None for no limit of any kind. `tls` makes a
    throwaway authority, whose file clients must trust (`ca_file`)."""
    store = open_sandbox_store(root)
    place = store.workspace(name)
    own = place.credentials
    rules = (
        Behavior(rate_limit=rate) if rate else Behavior(rate_limit=None, broadcast_interval=None)
    )
    app = make_app(store, rules)
    if name in workspace_names(root):
        # Files that are wrong are told by the commands that need them; serving does not.
        with suppress(ConfigError):
            workspace = load_configuration(root, name, find_kinds(), os.environ)
            create_declared_objects(app, place, workspace.desired)
    with serve(app, port, tls=root / STATE_FOLDER if tls else None) as server:
        info: dict[str, JsonValue] = {
            **dict.fromkeys(("app", "journeys", "track"), server.url),
            "app_api_key": own.app_api_key,
            "service_account_token": own.service_account_token,
            "site_id": own.site_id,
            "track_api_key": own.track_api_key,
            "environment_id": place.environment_id,
            # Of the Pipelines source, for the browser's SDK.
            "write_key": write_key(name),
        }
        yield ServedSandbox(info | ({"ca_file": str(server.ca_file)} if tls else {}))
    store.close()


def edit(
    root: Path, name: str, address: Address, field: str, value: str, actor: str
) -> FieldChange:
    """Play somebody's edit in the UI: set one field of a live object, as `who`."""
    with open_workspace(root, name, apis=frozenset({Api.JOURNEYS}), actor=actor) as session:
        there, names = session.live(address)
        kind = session.kinds[address.kind]
        path = tuple(_step(part) for part in field.split("."))
        if field == "state":
            return _set_state(session, kind, there, value)
        return _set_field(session, there, names, path, parse_plain_scalar(value))


def _set_state(session: Session, kind: Kind, live: LiveObject, value: str) -> FieldChange:
    before = live.decoded.reach.state
    if not isinstance(kind, HasLifecycle):
        raise UsageError.of("No such field", f"A {kind.name} has no state.")
    session.provider.send(kind.state_request(live.remote_id, value))
    return FieldChange(("state",), before, value)


def _set_field(
    session: Session, live: LiveObject, names: Names, path: ValuePath, value: JsonValue
) -> FieldChange:
    kind = session.kinds[live.kind]
    route = choose_route(kind, Verb.UPDATE, session.apis, [path])
    if route is None:
        raise UsageError.of(
            "Field cannot be edited", f"The UI's API cannot set {'.'.join(map(str, path))}."
        )
    wanted, before = _with_value(live.attributes, path, value)
    run_conversation(route.operation(live, kind.parse(wanted), names, [path]), session.provider)
    return FieldChange(path, before, value)


def _with_value(
    attributes: Attributes, path: ValuePath, value: JsonValue
) -> tuple[Attributes, JsonValue]:
    """Give a copy of the attributes with one value set, and the value before."""
    copy = json.loads(json.dumps(attributes))
    inner = copy
    try:
        for step in path[:-1]:
            inner = inner[step]
        before = inner.get(path[-1]) if isinstance(inner, dict) else inner[path[-1]]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        known = ", ".join(sorted(attributes))
        raise UsageError.of(
            "No such field",
            f"There is no {'.'.join(map(str, path))}. The fields at the top: {known}.",
        ) from error
    inner[path[-1]] = value
    return copy, before


def _step(text: str) -> str | int:
    return int(text) if text.isdecimal() else text
