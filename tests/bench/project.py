"""Make a project of realistic size and content, and record the responses of its workspace."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cioform.config.load import load_configuration
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import (
    AppliedState,
    Binding,
    DesiredState,
    LastSeen,
    LiveSnapshot,
)
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Request, Response
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.router import choose_route
from cioform.model.routing.operations import WriteContext
from cioform.model.routing.routes import CreateRoute
from cioform.model.settings.limits import UNLIMITED
from cioform.plan.building.dependencies import sort_by_dependency
from cioform.plan.change import Action, Change
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.unmanaged_record import new_record
from cioform.plan.matching.match import match_resources
from cioform.remote.factory import HttpProvider, connect
from cioform.run.reading.driver import run_conversation
from cioform.run.reading.read import read_listing, read_live
from cioform.state.local.local_store import LocalStateStore
from cioform.state.state import StateOwner

SHARES = {"segments": 45, "campaigns": 6, "transactional": 20, "snippets": 26, "layouts": 3}
"""How many of every hundred resources are of a kind: 60 campaigns at 1,000, as a mid-size workspace
has, and 600 at 10,000."""

PARAGRAPH = textwrap.dedent(
    """\
    <tr><td style="padding: 12px 24px; font-family: Arial, sans-serif; font-size: 16px;">
      Hi {{ customer.first_name | default: "there" }}, you have been away for a while. Your next
      lesson takes four minutes, and your streak of {{ customer.streak | default: 0 }} is waiting.
    </td></tr>
    """
)

_SNIPPET_OUTPUT = '<p>{{ snippets["snippet %d"] }}</p>\n'


def write_project(
    root: Path, size: int, name: str = "bench", *, names_snippets: bool = False
) -> None:
    """Write a workspace of `size` resources.

    With `names_snippets`, each body names a snippet in Liquid.
    """
    folder = root / "workspaces" / name
    folder.mkdir(parents=True)
    (folder / "workspace.yaml").write_text(
        "format: 1\nendpoint: sandbox\nguards: {max_percent: 100}\n"
    )
    counts = {name: max(1, size * share // 100) for name, share in SHARES.items()}
    counts["segments"] += size - sum(counts.values())
    writers = {
        "snippets": _snippet,
        "segments": _segment,
        "layouts": _layout,
        "transactional": _transactional,
        "campaigns": _campaign,
    }
    for kind, count in counts.items():
        for number in range(count):
            for name, text in writers[kind](number, counts).items():
                path = folder / kind / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if names_snippets and path.suffix == ".html":
                    text += _SNIPPET_OUTPUT % (number % counts["snippets"])
                path.write_text(text)


def _body(number: int, paragraphs: int = 6) -> str:
    return f"<!-- {number} -->\n<table>\n{PARAGRAPH * paragraphs}</table>\n"


def _snippet(number: int, _counts: dict[str, int]) -> dict[str, str]:
    return {f"s{number}.yaml": f"name: snippet {number}\nvalue: <p>Acme, {number} Main St</p>\n"}


def _layout(number: int, _counts: dict[str, int]) -> dict[str, str]:
    body = "<html>{{ content }}<a href='{% unsubscribe_url %}'>unsubscribe</a></html>"
    return {f"l{number}.yaml": f"name: Layout {number}\nbody: {json.dumps(body)}\n"}


def _segment(number: int, _counts: dict[str, int]) -> dict[str, str]:
    return {
        f"g{number}.yaml": textwrap.dedent(
            f"""\
            name: Segment {number}
            description: Away for {number} days, on the app, and not one of us
            conditions:
              all:
                - attribute: last_active_at
                  before: {number + 1}d ago
                - attribute: has_mobile_app
                  is: true
                - any:
                    - attribute: plan
                      is: pro
                    - event: logged_in
                      at_least: 3
                      within_last: 14d
            """
        )
    }


def _transactional(number: int, counts: dict[str, int]) -> dict[str, str]:
    return {
        f"t{number}.yaml": textwrap.dedent(
            f"""\
            name: Message {number}
            description: Sent when something happens
            trigger_name: MESSAGE_{number}
            email:
              subject: 'News {number} for {{{{ customer.first_name | default: "you" }}}}'
              preheader: It takes a minute
              layout: l{number % counts["layouts"]}
              body: {{file: t{number}.html}}
              translations:
                es:
                  subject: Noticias {number}
                  body: {{file: t{number}.es.html}}
            """
        ),
        f"t{number}.html": _body(number),
        f"t{number}.es.html": _body(number),
    }


def _campaign(number: int, counts: dict[str, int]) -> dict[str, str]:
    one = number % counts["segments"]
    two = (number + 1) % counts["segments"]
    return {
        f"c{number}/campaign.yaml": textwrap.dedent(
            f"""\
            name: Campaign {number}
            description: Bring them back
            trigger: {{segment: g{one}}}
            exit:
              when: {{segment: g{two}}}
            workflow:
              - id: pause
                wait: 2d
              - id: has_app
                if: {{attribute: has_mobile_app, is: true}}
                then:
                  - id: nudge
                    push: {{title: Your lesson is waiting, body: It takes four minutes.}}
                else:
                  - id: mail
                    email:
                      subject: Your lesson {number} is waiting
                      body: {{file: mail.html}}
            """
        ),
        f"c{number}/mail.html": _body(number),
    }


class _RecordingProvider:
    """A provider that records its responses."""

    def __init__(self, provider: HttpProvider) -> None:
        self._provider = provider
        self.apis = provider.apis
        self.max_parallel = 10
        self.responses: dict[str, object] = {}

    @property
    def count(self) -> int:
        return self._provider.count

    def send(self, request: Request) -> Response:
        response = self._provider.send(request)
        if not request.writes:
            self.responses[f"{request.api} {request.path}"] = response.body
        return response

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        return [self.send(request) for request in requests]

    def close(self) -> None:
        self._provider.close()


def fill(root: Path, store: Store, name: str = "bench") -> tuple[Names, DesiredState]:
    """Create every resource of the project in the emulator and save the state.

    It runs the conversations of the kinds in the order of a plan, without a journal.
    """
    kinds = find_kinds()
    desired = load_configuration(root, name, kinds, {}).desired
    workspace = store.workspace(name)
    provider = _connect(store, name)
    order = sort_by_dependency(
        Change(a, Action.CREATE, depends_on=tuple(x.address for x in r.references if x.address))
        for a, r in desired.resources.items()
    )
    ids: dict = {}
    bindings = {}
    for change in order:
        kind = kinds[change.address.kind]
        attributes = desired.resources[change.address].attributes
        paths = [(name,) for name in attributes]
        route = choose_route(kind, CreateRoute, provider.apis, paths)
        assert route is not None
        bound = run_conversation(
            route.operation(kind.parse(attributes), WriteContext(Names(ids))), provider
        )
        ids[change.address] = bound.remote_id
        bindings[change.address] = Binding(
            change.address,
            bound.remote_id,
            str(attributes[kind.identity]),
            attributes,
            dict(bound.parts),
        )
    folder = root / ".cioform" / name
    owner = StateOwner(name, workspace.environment_id)
    LocalStateStore(folder, owner).save(AppliedState(name, 1, bindings))
    provider.close()
    return Names(ids), desired


def _connect(store: Store, name: str = "bench"):
    keys = store.workspace(name).credentials
    return connect(
        Endpoint("http://app.sandbox", "http://journeys.sandbox", "http://track.sandbox"),
        Credentials(Secret(keys.app_api_key), Secret(keys.service_account_token)),
        store.workspace(name).environment_id,
        rates=UNLIMITED,
        transport=InProcessTransport(make_app(store, Behavior(rate_limit=None))),
    )


def record(root: Path, store: Store) -> int:
    """Write `responses.json`, everything that a plan reads. Return the number of requests."""
    kinds = find_kinds()
    desired = load_configuration(root, "bench", kinds, {}).desired
    owner = StateOwner("bench", store.workspace("bench").environment_id)
    state = LocalStateStore(root / ".cioform" / "bench", owner)
    applied = state.load()
    provider = _RecordingProvider(_connect(store))
    names = {a.kind for a in desired.resources} | {"sender"}
    listing = read_listing([k for k in kinds if k.name in names], applied, provider)
    matched = match_resources(kinds, desired, applied, listing, workspace="bench")
    live = read_live(kinds, matched, listing, provider)
    state.save(_as_seen(applied, live, kinds))
    (root / "responses.json").write_text(json.dumps(provider.responses))
    provider.close()
    return provider.count


def _as_seen(applied: AppliedState, live: LiveSnapshot, kinds: Registry) -> AppliedState:
    """Return the state as apply leaves it: with what files do not set, and what was running."""
    bindings = {}
    for address, binding in applied.bindings.items():
        seen, kind = live.objects[address], kinds[address.kind]
        fields = LiveFields.of(kind, seen, live.names)
        bindings[address] = replace(
            binding,
            last_seen=LastSeen(seen.decoded.reach.lifecycle, 0),
            unmanaged=new_record(fields, binding.applied or {}),
        )
    return replace(applied, bindings=bindings)


def change_some(root: Path, every: int = 100) -> None:
    """Edit one segment in `every`."""
    folder = root / "workspaces" / "bench"
    for number, path in enumerate(sorted(folder.glob("segments/*.yaml"))):
        if number % every == 0:
            path.write_text(path.read_text().replace("not one of us", "not ours"))


def main() -> None:
    """Write a project, create it in a sandbox, record the responses, then edit one in 100."""
    root, size = Path(sys.argv[1]), int(sys.argv[2])
    write_project(root, size, names_snippets="liquid" in sys.argv[3:])
    (root / ".cioform").mkdir(parents=True, exist_ok=True)
    store = Store.open(root / ".cioform" / "sandbox.sqlite")
    fill(root, store)
    record(root, store)
    print(store.workspace("bench").environment_id)
    store.close()
    change_some(root)


if __name__ == "__main__":
    main()
