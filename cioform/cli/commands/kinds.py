"""`cioform kinds`: list the kinds of resources."""

from __future__ import annotations

from cioform.cli.output import format_table
from cioform.cli.parameters import options
from cioform.cli.streams import write_stdout
from cioform.model.kind import Kind
from cioform.model.routing.routes import Verb
from cioform.report.json_output import dumps
from cioform.services.kinds import known_kinds


def kinds(as_json: options.JsonOption = False) -> int:
    """List the kinds of resources and what each API supports.

    Examples:
        cioform kinds
        cioform kinds --json
    """
    known = list(known_kinds())
    if as_json:
        write_stdout(
            dumps(
                kinds=[
                    {
                        "name": kind.name,
                        "folder": kind.folder,
                        "summary": kind.summary,
                        "identity": kind.identity,
                        "verbs": {verb.value: _apis_with(verb, kind) for verb in Verb},
                    }
                    for kind in known
                ]
            )
        )
        return 0
    rows = [("KIND", "FOLDER", *(verb.value.upper() for verb in Verb))]
    for kind in known:
        apis = (", ".join(_apis_with(verb, kind)) or "-" for verb in Verb)
        rows.append((kind.name, f"{kind.folder}/", *apis))
    write_stdout(format_table(rows))
    return 0


def _apis_with(verb: Verb, kind: Kind) -> list[str]:
    """Return the APIs that offer a verb, the preferred one first."""
    return list(dict.fromkeys(route.api.value for route in kind.routes if route.verb is verb))
