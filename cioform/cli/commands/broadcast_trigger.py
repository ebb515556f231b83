"""`cioform broadcasts trigger`: send a broadcast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cioform.cli.command_list.suggested_commands import complete_command, options_to_repeat
from cioform.cli.confirm import confirm
from cioform.cli.output import print_output, print_request
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.parsers import parse_json_object, validate_timeout
from cioform.cli.streams import write_stderr
from cioform.cli.terminal.watch import timed_out_error, warn_if_interrupted, watching
from cioform.contract.data_row import DataRow
from cioform.core.data.json_value import Json, as_mapping
from cioform.core.errors import UsageError
from cioform.core.exit_codes import INCOMPLETE, REFUSED
from cioform.operate.broadcasts.audience import Audience, AudiencePreview
from cioform.operate.broadcasts.audience_file import load_audience
from cioform.operate.broadcasts.records import BroadcastTrigger

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace

BroadcastArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="BROADCAST", help="Numeric ID or name of a broadcast.", show_default=False
    ),
]
_SegmentOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Send to the members of this segment.", show_default=False
    ),
]
_IdsOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--id",
        metavar="ID",
        help="Send to the person with this ID; repeatable.",
        show_default=False,
    ),
]
_EmailsOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--email",
        metavar="EMAIL",
        help="Send to this e-mail address; repeatable.",
        show_default=False,
    ),
]
_FileOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Send to the IDs or e-mail addresses in a file, or NDJSON with data for each.",
        show_default=False,
    ),
]
_DataUrlOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Send to the people in a file that Customer.io downloads.",
        show_default=False,
    ),
]
_IgnoreMissingOption: TypeAlias = Annotated[
    bool, typer.Option("--ignore-missing", help="Skip unknown people.", show_default=False)
]
_TimeoutOption: TypeAlias = Annotated[
    float,
    typer.Option(metavar="SECONDS", help="How long to wait for the result; 0 does not wait."),
]


def trigger(
    workspace: options.WorkspaceArgument,
    broadcast: BroadcastArgument,
    segment: _SegmentOption = None,
    ids: _IdsOption = None,
    emails: _EmailsOption = None,
    file: _FileOption = None,
    data_url: _DataUrlOption = None,
    data: options.DataOption = None,
    ignore_missing: _IgnoreMissingOption = False,
    dry_run: options.DryRunOption = False,
    yes: options.YesOption = False,
    no_contract: options.NoContractOption = False,
    timeout: _TimeoutOption = 60,
    as_json: options.JsonOption = False,
    project: options.ProjectOption = None,
) -> int:
    """Send a broadcast, after confirmation of its audience.

    Without an audience option, the audience set in Customer.io is used. The command waits until
    Customer.io has processed the broadcast and exits with 8 if there were errors. Customer.io
    accepts one broadcast every 10 seconds. If the data lacks something that its messages need,
    nothing is sent and the command exits with 3.

    Examples:
        cioform broadcasts trigger acme 3 --segment segment.trial_users --data '{"code": "X"}'
        cioform broadcasts trigger acme 'Outage notice' --file people.ndjson --yes
        cioform broadcasts trigger acme 3 --id u1 --id u2 --ignore-missing --dry-run
    """
    trigger_data, timeout = parse_json_object(data, "--data"), validate_timeout(timeout)
    audience = _build_audience(segment, ids, emails, file, data_url, ignore_missing)
    with opening.open_workspace(project, workspace) as opened:
        found = opened.broadcasts.show(broadcast)
        preview = opened.broadcasts.preview_audience(audience)
        name = f"{found.name} (broadcast {found.id})"
        if not as_json or not yes:
            write_stderr(f"{name} goes to {_audience_text(preview)}.\n")
        if dry_run:
            request = opened.broadcasts.request(found.id, audience, trigger_data)
            return print_request(request, as_json)
        if not no_contract and data_url is None:
            opened.data_checks.check_broadcast(found.id, found.name, _rows(audience, trigger_data))
        if not confirm(f"Send it from {workspace}?", yes):
            return REFUSED
        inspect_command = complete_command(
            f"cioform broadcasts show {workspace} {found.id}", options_to_repeat(project)
        )
        with warn_if_interrupted(name, inspect_command):
            result = opened.broadcasts.trigger(str(found.id), audience, trigger_data)
        subject = f"trigger {result.id} of {name}"
        if timeout > 0:
            result = _watch_trigger(opened, result, subject, inspect_command, timeout)
    text = _trigger_text(name, result)
    print_output(text, as_json, workspace=workspace, audience=preview, trigger=result)
    if timeout > 0 and not result.processed:
        raise timed_out_error(subject, "in progress", inspect_command)
    return INCOMPLETE if result.errors else 0


def _rows(audience: Audience, data: Mapping[str, Json]) -> Iterator[DataRow]:
    """Yield the data of the broadcast, for each person if there is data for each."""
    if audience.per_user_data is None:
        yield DataRow(data)
        return
    for number, person in enumerate(audience.per_user_data, 1):
        yield DataRow({**data, **as_mapping(person.get("data"))}, number)


def _watch_trigger(
    opened: Workspace,
    result: BroadcastTrigger,
    subject: str,
    inspect_command: str,
    timeout: float,
) -> BroadcastTrigger:
    """Return the trigger when Customer.io has processed it, or as it is after `timeout`."""
    with watching(subject, inspect_command, timeout) as show_state:
        return opened.broadcasts.watch(
            result, timeout=timeout, listener=lambda _: show_state("in progress")
        )


def _build_audience(
    segment: str | None,
    ids: list[str] | None,
    emails: list[str] | None,
    file: Path | None,
    data_url: str | None,
    ignore_missing: bool,
) -> Audience:
    if file is None:
        return Audience(
            segment, ids or None, emails or None,
            data_file_url=data_url, ignore_missing=ignore_missing,
        )  # fmt: skip
    if ids or emails or segment is not None or data_url is not None:
        raise UsageError.of(
            "Multiple audiences",
            "--file cannot be combined with --segment, --id, --email or --data-url.",
        )
    return load_audience(file, ignore_missing=ignore_missing)


def _audience_text(preview: AudiencePreview) -> str:
    if preview.people is None:
        return f"{preview.words} (only Customer.io knows how many people that is)"
    return f"{preview.words}: {preview.people:,}"


def _trigger_text(name: str, trigger: BroadcastTrigger) -> str:
    state = "is being processed"
    if trigger.processed:
        state = "was processed with errors" if trigger.errors else "was processed"
    lines = [f"{name} {state}: trigger {trigger.id}."]
    lines += [f"  ✗ {error}" for error in trigger.errors]
    return "".join(f"{line}\n" for line in lines)
