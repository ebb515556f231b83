"""Rewrite a transactional message of an older file language, in place.

Its content was at the top level, and how it is sent under `settings`; now both are in the block of
its type. Older files could only have e-mails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.kinds.transactional.blocks import BLOCK_TYPES
from cioform.language.messages.upgrading import upgrade_message
from cioform.model.fields.upgrading import move_comments

_OLD_CONTENT: Final[Mapping[str, str]] = {
    "from": "from",
    "reply_to": "reply_to",
    "subject": "subject",
    "preheader": "preheader",
    "recipient": "to",
    "layout": "layout",
    "headers": "headers",
    "body": "body",
    "translations": "translations",
}
"""The fields of an e-mail that were at the top level, with their names in its block."""

_BLOCK: Final = "email"
_SETTINGS: Final = "settings"
OLD_FIELDS: Final = frozenset({*_OLD_CONTENT, _SETTINGS})
"""The fields of older files that moved into the block, in whole or in part."""

_TOP_SETTINGS: Final = ("send_to_unsubscribed", "hide_message_body")
_TRACK: Final[Mapping[str, str]] = {"open_tracking": "opens", "link_tracking": "links"}
_OLD_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    **{old: (f"{_BLOCK}.{new}",) for old, new in _OLD_CONTENT.items()},
    **{f"{_SETTINGS}.{name}": (name,) for name in _TOP_SETTINGS},
    **{f"{_SETTINGS}.{old}": (f"{_BLOCK}.track.{new}",) for old, new in _TRACK.items()},
    f"{_SETTINGS}.queue_drafts": (f"{_BLOCK}.sending",),
    _SETTINGS: (*_TOP_SETTINGS, f"{_BLOCK}.track", f"{_BLOCK}.sending"),
}

_Mapping = MutableMapping[str, JsonValue]


def upgrade_transactional(document: _Mapping) -> None:
    """Move the content and the settings of a message to where they belong now.

    The block takes the place of the first field that moves into it. A setting whose value is a
    variable cannot be translated, and stays where it is.
    """
    _upgrade_ignored(document)
    if not any(block in document for block in BLOCK_TYPES):
        _move_into_block(document)
    for block in BLOCK_TYPES:
        if isinstance(document.get(block), MutableMapping):
            upgrade_message(block, document[block])


def _move_into_block(document: _Mapping) -> None:
    block = _empty_like(document)
    settings = document.get(_SETTINGS)
    settings = settings if isinstance(settings, MutableMapping) else _empty_like(document)
    if isinstance(queued := settings.get("queue_drafts"), bool):
        block["sending"] = "draft" if queued else "automatic"
        move_comments(settings, "queue_drafts", block, "sending")
        del settings["queue_drafts"]
    track = _empty_like(document)
    for old, new in _TRACK.items():
        _move_field(settings, old, track, new)
    if track:
        block["track"] = track
    top = {name: settings.pop(name) for name in _TOP_SETTINGS if name in settings}
    items = list(_upgraded_items(document, block, top, has_settings=bool(settings)))
    for name in top:
        move_comments(settings, name, document, name)
    if not settings:
        move_comments(document, _SETTINGS, document, _BLOCK)
    for name in list(document):
        if name in _OLD_CONTENT:
            _move_field(document, name, block, _OLD_CONTENT[name])
        else:
            del document[name]
    for name, value in items:
        document[name] = value


def _upgraded_items(
    document: _Mapping, block: _Mapping, top: Mapping[str, JsonValue], *, has_settings: bool
) -> Iterator[tuple[str, JsonValue]]:
    """Yield the fields of the new document in order; `top` are the settings that stay fields."""
    is_placed = False
    for name, value in document.items():
        if name == _SETTINGS:
            yield from top.items()
            if has_settings:
                yield name, value
        elif name not in _OLD_CONTENT:
            yield name, value
            continue
        if not is_placed:
            yield _BLOCK, block
            is_placed = True
    if not is_placed:
        yield _BLOCK, block


def _move_field(source: _Mapping, old: str, target: _Mapping, new: str) -> None:
    if old in source:
        target[new] = source[old]
        move_comments(source, old, target, new)
        del source[old]


def _empty_like(mapping: _Mapping) -> _Mapping:
    """Return an empty mapping of the same type, so that it can have comments too."""
    return type(mapping)()


def _upgrade_ignored(document: _Mapping) -> None:
    patterns = document.get("ignore")
    if not isinstance(patterns, list):
        return
    for i, pattern in enumerate(list(patterns)):
        new = list(_new_paths(str(pattern)))
        if new != [pattern]:
            patterns[i] = new[0]
            patterns.extend(path for path in new[1:] if path not in patterns)


def _new_paths(pattern: str) -> Iterator[str]:
    if pattern in _OLD_PATHS:
        yield from _OLD_PATHS[pattern]
        return
    head, dot, rest = pattern.partition(".")
    [new, *_] = _OLD_PATHS.get(head, (head,))
    yield f"{new}{dot}{rest}"
