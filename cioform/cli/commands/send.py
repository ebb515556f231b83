"""`cioform send`: send a transactional message to one person, with a command for each channel."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from cioform.cli.command_list.lazy_commands import command_group
from cioform.cli.command_list.suggested_commands import complete_command, options_to_repeat
from cioform.cli.output import print_output, print_request
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.parsers import parse_json_object, parse_timestamp, validate_timeout
from cioform.cli.terminal.watch import timed_out_error, warn_if_interrupted, watching
from cioform.core.errors import UsageError
from cioform.operate.identity import IdType, Person, person_for_write
from cioform.operate.messages.sends import (
    Channel,
    SendRequest,
    SendResult,
    delivery_failed_error,
)
from cioform.report.operate.deliveries import archived_text, delivery_text

if TYPE_CHECKING:
    from cioform.services.workspace import Workspace

app = command_group("Send a transactional message to one person.")

_MessageArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MESSAGE", help="Address, trigger name or numeric ID.", show_default=False
    ),
]
_ToOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="RECIPIENT", help="E-mail address, phone number or device.", show_default=False
    ),
]
_IdentifierOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="BY=WHO",
        help="Profile of the recipient: id=u1, email=... or cio_id=...",
        show_default=False,
    ),
]
_LanguageOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="Language of the translation to send.", show_default=False),
]
_SendAtOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="Send later: Unix seconds or an ISO 8601 date.",
        show_default=False,
    ),
]
_DraftOption: TypeAlias = Annotated[
    bool,
    typer.Option("--draft", help="Create a draft instead of sending.", show_default=False),
]
_MoreOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="JSON",
        help="More fields of the API request, e.g. subject or from.",
        show_default=False,
    ),
]
_WatchOption: TypeAlias = Annotated[
    bool, typer.Option("--watch", help="Wait until it is delivered.", show_default=False)
]
_ShowOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--show",
        help="Wait until it is delivered, and print what was rendered.",
        show_default=False,
    ),
]

_HELP_BY_CHANNEL: Final = {
    "email": """Send an e-mail.

    Without --identifier, the recipient's profile is found by the address in --to. With --watch,
    the command exits with 5 if the delivery fails, and names the variable that was missing.

    Examples:
        cioform send email acme transactional.receipt --to jane@acme.com --data '{"total": 12}'
        cioform send email acme RECEIPT --to jane@acme.com --identifier id=u1 --watch
        cioform send email acme RECEIPT --to jane@acme.com --data @receipt.json --show
        cioform send email acme 3 --to jane@acme.com --dry-run
    """,
    "push": """Send a push notification. --to is `all`, `last_used` or a device token.

    Examples:
        cioform send push acme ORDER_SHIPPED --identifier id=u1 --data '{"order": "A-7"}'
    """,
    "sms": """Send a text message. --to is a phone number.

    Examples:
        cioform send sms acme LOGIN_CODE --to +15551234567 --identifier id=u1 --data '{"code": 7}'
    """,
    "whatsapp": """Send a WhatsApp message. --to is a phone number.

    Examples:
        cioform send whatsapp acme ORDER_SHIPPED --to +15551234567 --identifier id=u1
    """,
    "in_app": """Send an in-app message. It goes to a profile, so --to is not supported.

    Examples:
        cioform send in_app acme WELCOME_BACK --identifier id=u1
    """,
    "inbox": """Send a message to the inbox in the app. --to is not supported.

    Examples:
        cioform send inbox acme STATEMENT_READY --identifier id=u1 --data '{"month": "May"}'
    """,
}


def _build_command(channel: Channel) -> Callable[..., int]:
    """Return the command of a channel. All channels take the same options, as in the API."""

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
        show: _ShowOption = False,
        timeout: options.TimeoutOption = 60,
        no_contract: options.NoContractOption = False,
        as_json: options.JsonOption = False,
        project: options.ProjectOption = None,
    ) -> int:
        timeout = validate_timeout(timeout)
        request = SendRequest(
            message=message,
            to=to,
            identifiers=_parse_identifiers(identifier),
            data=parse_json_object(data, "--data") if data is not None else None,
            language=language,
            send_at=parse_timestamp(send_at, "--send-at"),
            queue_draft=True if draft else None,
            more=parse_json_object(more, "--more"),
        )
        with opening.open_workspace(project, workspace) as opened:
            if dry_run:
                return print_request(opened.send.request(channel, request), as_json)
            if not no_contract:
                opened.data_checks.check_send(message, request.data or {}, language)
            inspect_command = complete_command(
                _inspect_command(workspace, request), options_to_repeat(project)
            )
            with warn_if_interrupted("The message", inspect_command):
                sent = opened.send.send(channel, request)
            if watch or show:
                return _watch_delivery(opened, sent, timeout, inspect_command, as_json, show)
        state = "was created as a draft" if draft else "is queued"
        text = f"Delivery {sent.delivery_id} {state}.\n"
        print_output(text, as_json, workspace=workspace, sent=sent)
        return 0

    return command


for _name, _help in _HELP_BY_CHANNEL.items():
    _channel = Channel.INBOX if _name == "inbox" else Channel(_name)
    app.command(_name, help=_help)(_build_command(_channel))


def _parse_identifiers(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    by, equals, who = text.partition("=")
    if not equals and "@" in text:
        raise UsageError.of(
            "E-mail address used as ID",
            f"{text} looks like an e-mail address. Write `--identifier email={text}`, or "
            f"`--identifier id={text}` if it is an ID.",
        )
    # An ID may contain `=`; then it has to be written as id=a=b.
    return person_for_write(who, by).identifiers if equals else person_for_write(by).identifiers


def _inspect_command(workspace: str, request: SendRequest) -> str:
    """Return the command that lists the recipient's messages."""
    by, who = next(iter((request.identifiers or {"email": request.to or ""}).items()))
    person = Person(who, IdType(by))
    option = f" --by {person.by}" if person.by is not IdType.ID else ""
    return f"cioform people messages {workspace} {shlex.quote(person.value)}{option}"


def _watch_delivery(
    opened: Workspace,
    sent: SendResult,
    timeout: float,
    inspect_command: str,
    as_json: bool,
    show: bool,
) -> int:
    subject = f"delivery {sent.delivery_id}"
    with watching(subject, inspect_command, timeout) as show_state:
        delivery = opened.send.watch(
            sent, timeout=timeout, listener=lambda seen: show_state(seen.state)
        )
    text, content = delivery_text(delivery), {}
    if show and not delivery.failed and not delivery.is_pending:
        content["archived"] = archived = opened.send.archived(sent)
        text += archived_text(sent.delivery_id, archived)
    print_output(text, as_json, workspace=opened.name, sent=sent, delivery=delivery, **content)
    if delivery.failed:
        raise delivery_failed_error(delivery)
    if delivery.is_pending:
        raise timed_out_error(subject, delivery.state, inspect_command)
    return 0
