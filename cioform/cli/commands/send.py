"""`cioform send`: a transactional message to one person, a command for each channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from cioform.cli import options
from cioform.cli.lazy_commands import command_group
from cioform.cli.output import print_request
from cioform.cli.parsers import parse_json_object, parse_timestamp, validate_timeout
from cioform.cli.streams import write_stdout
from cioform.cli.terminal.watch import timed_out_error, warn_if_interrupted, watching
from cioform.core.errors import UsageError
from cioform.operate.identity import person_for_write
from cioform.operate.messages.sends import Channel, SendRequest, SendResult, delivery_failed_error
from cioform.report.json_output import dumps
from cioform.report.operate.deliveries import delivery_text

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace

app = command_group("Send a transactional message to one person.")

_MessageArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MESSAGE", help="Its address, trigger name or number.", show_default=False
    ),
]
_ToOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Where it goes.", show_default=False),
]
_IdentifierOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="BY=WHO", help="Who it is for: id=u1, email=..., cio_id=...", show_default=False
    ),
]
_LanguageOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="CODE", help="Which translation.", show_default=False)
]
_SendAtOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="Later: seconds, or an ISO date.", show_default=False),
]
_DraftOption: TypeAlias = Annotated[
    bool, typer.Option("--draft", help="Make a draft of it and send nothing.", show_default=False)
]
_MoreOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="JSON", help="More members of the request: subject, from.", show_default=False
    ),
]
_WatchOption: TypeAlias = Annotated[
    bool, typer.Option("--watch", help="Follow it until it arrives.", show_default=False)
]
_TimeoutOption: TypeAlias = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", help="How long to follow it.")
]


_HELP_BY_CHANNEL: Final = {
    "email": """Send an e-mail.

    Without --identifier it is for the person whose address --to is. With --watch it exits with 5
    when the delivery fails; the variable that Liquid missed is then named.

    \b
    Examples:
        cioform send email acme transactional.receipt --to jane@acme.com --data '{"total": 12}'
        cioform send email acme RECEIPT --to jane@acme.com --identifier id=u1 --watch
        cioform send email acme 3 --to jane@acme.com --dry-run
    """,
    "push": """Send a push notification. --to is all, last_used or a device.

    \b
    Examples:
        cioform send push acme ORDER_SHIPPED --identifier id=u1 --data '{"order": "A-7"}'
    """,
    "sms": """Send a text message. --to is a telephone number.

    \b
    Examples:
        cioform send sms acme LOGIN_CODE --to +15551234567 --identifier id=u1 --data '{"code": 7}'
    """,
    "whatsapp": """Send a WhatsApp message. --to is a telephone number.

    \b
    Examples:
        cioform send whatsapp acme ORDER_SHIPPED --to +15551234567 --identifier id=u1
    """,
    "in_app": """Send an in-app message. It goes to a profile, so it takes no --to.

    \b
    Examples:
        cioform send in_app acme WELCOME_BACK --identifier id=u1
    """,
    "inbox": """Send a message to somebody's inbox in the app. It takes no --to.

    \b
    Examples:
        cioform send inbox acme STATEMENT_READY --identifier id=u1 --data '{"month": "May"}'
    """,
}


def _build_command(channel: str) -> Callable[..., int]:
    """Give the command of a channel. All take the same, as the API does."""

    def command(
        workspace: options.WorkspaceArgument,
        message: _MessageArgument,
        to: _ToOption = None,
        identifier: _IdentifierOption = None,
        data: options.DataOption = None,
        language: _LanguageOption = None,
        send_at: _SendAtOption = None,
        draft: _DraftOption = False,
        more: _MoreOption = None,
        dry_run: options.DryRunOption = False,
        watch: _WatchOption = False,
        timeout: _TimeoutOption = 60,
        as_json: options.JsonOption = False,
        project: options.ProjectOption = None,
    ) -> int:

        timeout = validate_timeout(timeout)
        sort = Channel.INBOX if channel == "inbox" else Channel(channel)
        said = _build_message(message, to, identifier, data, language, send_at, draft, more)
        with options.open_workspace(project, workspace) as opened:
            if dry_run:
                return print_request(opened.send.request(sort, said), as_json)
            with warn_if_interrupted("The message", _inspect_command(workspace)):
                sent = opened.send.send(sort, said)
            if watch:
                return _watch_delivery(opened, sent, timeout, as_json)
        state = "waits as a draft" if draft else "is queued"
        write_stdout(
            dumps(workspace=workspace, sent=sent) if as_json else f"{sent.delivery_id} {state}.\n"
        )
        return 0

    return command


for _channel, _help in _HELP_BY_CHANNEL.items():
    app.command(_channel, help=_help)(_build_command(_channel))


def _build_message(
    message: str,
    to: str | None,
    identifier: str | None,
    data: str | None,
    language: str | None,
    send_at: str | None,
    draft: bool,
    more: str | None,
) -> SendRequest:

    return SendRequest(
        message=message,
        to=to,
        identifiers=_parse_identifiers(identifier),
        data=parse_json_object(data, "--data") if data is not None else None,
        language=language,
        send_at=parse_timestamp(send_at, "--send-at"),
        queue_draft=True if draft else None,
        more=parse_json_object(more, "--more"),
    )


def _parse_identifiers(text: str | None) -> dict[str, str] | None:

    if text is None:
        return None
    by, equals, who = text.partition("=")
    if not equals and "@" in text:
        raise UsageError.of(
            "E-mail address used as an id",
            "This looks like an e-mail address. Say what it is: `--identifier email=...`, or "
            "`--identifier id=...` if your ids do look like that.",
        )
    # An id may hold a `=`; then it is said as id=a=b.
    return person_for_write(who, by).identifiers if equals else person_for_write(by).identifiers


def _inspect_command(workspace: str) -> str:
    return f"cioform people messages {workspace} ID"


def _watch_delivery(opened: Workspace, sent: SendResult, timeout: float, as_json: bool) -> int:

    what, look = f"Delivery {sent.delivery_id}", _inspect_command(opened.name)
    with watching(what, look, timeout) as told:
        delivery = opened.send.watch(sent, timeout=timeout, listener=lambda seen: told(seen.state))
    write_stdout(
        dumps(workspace=opened.name, sent=sent, delivery=delivery)
        if as_json
        else delivery_text(delivery)
    )
    if delivery.failed:
        raise delivery_failed_error(delivery)
    if delivery.is_pending:
        raise timed_out_error(what, delivery.state, look)
    return 0
