"""`cioform send`: a transactional message to one person, a command for each channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from cioform.cli import options
from cioform.cli.output import out, show_request

if TYPE_CHECKING:
    from cioform.operate.messages.sends import Message, Sent
    from cioform.services import Workspace

app = typer.Typer(help="Send a transactional message to one person.", rich_markup_mode=None)

_Message: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MESSAGE", help="Its address, trigger name or number.", show_default=False
    ),
]
_To: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Where it goes.", show_default=False),
]
_Identifier: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="BY=WHO", help="Who it is for: id=u1, email=..., cio_id=...", show_default=False
    ),
]
_Language: TypeAlias = Annotated[
    str | None, typer.Option(metavar="CODE", help="Which translation.", show_default=False)
]
_SendAt: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="Later: seconds, or an ISO date.", show_default=False),
]
_Draft: TypeAlias = Annotated[
    bool, typer.Option("--draft", help="Make a draft of it and send nothing.", show_default=False)
]
_More: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="JSON", help="More members of the request: subject, from.", show_default=False
    ),
]
_Watch: TypeAlias = Annotated[
    bool, typer.Option("--watch", help="Follow it until it arrives.", show_default=False)
]
_Patience: TypeAlias = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", help="How long to follow it.")
]


_HELP: Final = {
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


def _command(channel: str) -> Callable[..., int]:
    """Give the command of a channel. All take the same, as the API does."""

    def command(
        workspace: options.Workspace,
        message: _Message,
        to: _To = None,
        identifier: _Identifier = None,
        data: options.Data = None,
        language: _Language = None,
        send_at: _SendAt = None,
        draft: _Draft = False,
        more: _More = None,
        dry_run: options.DryRun = False,
        watch: _Watch = False,
        timeout: _Patience = 60,
        as_json: options.Json = False,
        project: options.Project = None,
    ) -> int:
        from cioform.cli.parsers import patience
        from cioform.cli.terminal.watch import sending
        from cioform.operate.messages.sends import Channel
        from cioform.report.json_output import dumps

        timeout = patience(timeout)
        sort = Channel.INBOX if channel == "inbox" else Channel(channel)
        said = _said(message, to, identifier, data, language, send_at, draft, more)
        with options.open_session(project, workspace) as opened:
            if dry_run:
                return show_request(opened.send.request(sort, said), as_json)
            with sending("The message", _look(workspace)):
                sent = opened.send.send(sort, said)
            if watch:
                return _follow(opened, sent, timeout, as_json)
        state = "waits as a draft" if draft else "is queued"
        out(dumps(workspace=workspace, sent=sent) if as_json else f"{sent.delivery_id} {state}.\n")
        return 0

    return command


for _channel, _help in _HELP.items():
    app.command(_channel, help=_help)(_command(_channel))


def _said(
    message: str,
    to: str | None,
    identifier: str | None,
    data: str | None,
    language: str | None,
    send_at: str | None,
    draft: bool,
    more: str | None,
) -> Message:
    from cioform.cli.parsers import json_object, seconds
    from cioform.operate.messages.sends import Message

    return Message(
        message=message,
        to=to,
        identifiers=_identifiers(identifier),
        data=json_object(data, "--data") if data is not None else None,
        language=language,
        send_at=seconds(send_at, "--send-at"),
        queue_draft=True if draft else None,
        more=json_object(more, "--more"),
    )


def _identifiers(text: str | None) -> dict[str, str] | None:
    from cioform.core.errors import UsageWrong
    from cioform.operate.identity import person_to_write

    if text is None:
        return None
    by, equals, who = text.partition("=")
    if not equals and "@" in text:
        raise UsageWrong.of(
            "E-mail address used as an id",
            "This looks like an e-mail address. Say what it is: `--identifier email=...`, or "
            "`--identifier id=...` if your ids do look like that.",
        )
    # An id may hold a `=`; then it is said as id=a=b.
    return person_to_write(who, by).identifiers if equals else person_to_write(by).identifiers


def _look(workspace: str) -> str:
    return f"cioform people messages {workspace} ID"


def _follow(opened: Workspace, sent: Sent, timeout: float, as_json: bool) -> int:
    from cioform.cli.terminal.watch import following, not_yet
    from cioform.operate.messages.sends import delivery_failed
    from cioform.report.json_output import dumps
    from cioform.report.operate.deliveries import delivery_text

    what, look = f"Delivery {sent.delivery_id}", _look(opened.name)
    with following(what, look, timeout) as told:
        delivery = opened.send.watch(sent, patience=timeout, watcher=lambda seen: told(seen.state))
    out(
        dumps(workspace=opened.name, sent=sent, delivery=delivery)
        if as_json
        else delivery_text(delivery)
    )
    if delivery.failed:
        raise delivery_failed(delivery)
    if delivery.under_way:
        raise not_yet(what, delivery.state, look)
    return 0
