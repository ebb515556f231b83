"""The page that says which calls of the official clients the sandbox serves, from a run of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from cioform.emulator.apis import not_implemented
from cioform.emulator.routes import IMPLEMENTED_ROUTES
from tests.support.clients.runs import Answer, Outcome, Run
from tests.support.clients.served_sandbox import CLIENTS, ROOT

PAGE: Final = ROOT / "docs" / "compatibility.md"
SETTINGS: Final = "/v1/projects/<write_key>/settings"
"""What the browser SDK loads first. It is no route of the table."""

_ARGUMENT: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_INTRO: Final = """\
# Compatibility: the official clients and the sandbox

Customer.io's own clients run against a served sandbox (`cioform sandbox serve`), unmodified but
for the host. The suite calls every method they have and looks afterwards at what the sandbox
holds; this page is generated from that run, so it says what happened, not what was meant.

- **served**: the client was content with the answer.
- **501**: the sandbox does not do this. The answer is JSON in the API's own form and names the
  operation. The client raises its own error: Python's has those words in it, Node's in `body`.

A served call keeps to what is known of the real one; where nothing certain is known, the
[sandbox](sandbox.md) has a switch or the stricter of two readings.

To point a client at a sandbox, give it the addresses that `cioform sandbox serve WORKSPACE --json`
prints, and the credentials beside them. A client that speaks nothing but https needs
`--tls`, and to trust the authority whose file is printed then.
"""

SECTIONS: Final[Mapping[str, str]] = {
    "python": """\
## Python: `customerio`

`CustomerIO` takes a host and a port and speaks https only; `APIClient` takes `url=`. The
environment variable `REQUESTS_CA_BUNDLE` makes both trust the sandbox's authority.
""",
    "node": """\
## Node: `customerio-node` {customerio-node}

Each client takes `url`: for `TrackClient` the address with `/api/v1` behind it, for `APIClient` and
`PipelinesClient` with `/v1`.
""",
    "browser": """\
## Browser: `@customerio/cdp-analytics-browser` {@customerio/cdp-analytics-browser}

`AnalyticsBrowser.load` takes `cdnURL`, the sandbox's address, and
`integrations["Customer.io Data Pipelines"]` with `apiHost` (the address without its scheme, and
`/v1` behind it) and `protocol: "http"`. The page may come from another origin.
""",
}


def page(runs: Mapping[str, Run]) -> str:
    """Give the whole page."""
    return "\n".join([_INTRO, *(section(name, runs[name]) for name in SECTIONS)])


def section(name: str, run: Run) -> str:
    """Give what is said of one client."""
    head = SECTIONS[name]
    for package, version in _pinned().items():
        head = head.replace("{" + package + "}", version)
    rows = list(dict.fromkeys(_rows(run)))
    served = sum(row.endswith("| served |") for row in rows)
    count = f"{len(rows)} calls, {served} of them served.\n"
    table = ["| call | request | answer |", "|---|---|---|", *rows]
    return "\n".join([head, count, *table]) + "\n"


def _rows(run: Run) -> Iterator[str]:
    for each in sorted(run.outcomes, key=_order):
        yield f"| `{each.name}` | {_request(each)} | {each.answer.value} |"


def _order(outcome: Outcome) -> tuple[bool, bool]:
    """Served ones first, each client's in the order of their calls."""
    return (outcome.answer is Answer.NOT_SERVED, outcome.client == "APIClient")


def _request(outcome: Outcome) -> str:
    asked = ", ".join(
        f"{each.method} {_template(each.method, each.path)}" for each in outcome.requests
    )
    return f"`{asked}`" if asked else ""


def _template(method: str, path: str) -> str:
    """The path with the names of what stands in it, as in `/v1/segments/{segment}`."""
    try:
        rule, _ = _MAP.bind("sandbox").match(path, method, return_rule=True)
    except HTTPException:
        return path
    return _ARGUMENT.sub(r"{\1}", rule.rule)


def _pinned() -> dict[str, str]:
    text = (CLIENTS / "package.json").read_text(encoding="utf-8")
    pinned: dict[str, str] = json.loads(text)["dependencies"]
    return pinned


_ROUTES: Final = (*IMPLEMENTED_ROUTES, *not_implemented.routes(IMPLEMENTED_ROUTES))
_MAP: Final = Map(
    [
        *(Rule(each.path, methods=[each.method], endpoint=each.path) for each in _ROUTES),
        Rule(SETTINGS, methods=["GET"], endpoint=SETTINGS),
    ],
    strict_slashes=False,
    merge_slashes=False,
)
