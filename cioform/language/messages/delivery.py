"""Sending and tracking of a message, in files and in both APIs."""

from __future__ import annotations

from typing import Final

from cioform.core.data.json_value import JsonValue

_NEVER: Final = "never"
_WIRE_NEVER: Final = "off"
_WIRE_STATES: Final = (None, "", "automatic", "draft", _WIRE_NEVER)


def encode_sending(sending: str) -> str:
    """Return a `sending_state`: `automatic`, `draft` or `off`."""
    return _WIRE_NEVER if sending == _NEVER else sending


def decode_sending(state: str) -> str:
    """Return the `sending` of a file for a `sending_state`."""
    return _NEVER if state == _WIRE_NEVER else state


def can_decode_sending(state: JsonValue) -> bool:
    """Return whether a value of a file means the same as a `sending_state`."""
    return state in _WIRE_STATES
