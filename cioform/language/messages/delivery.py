"""How a message is sent and tracked, in the words of files and of both APIs."""

from __future__ import annotations

from typing import Final

_NEVER: Final = "never"
_WIRE_NEVER: Final = "off"


def encode_sending(sending: str) -> str:
    """Return a `sending_state`: `automatic`, `draft` or `off`."""
    return _WIRE_NEVER if sending == _NEVER else sending


def decode_sending(state: str) -> str:
    """Return the `sending` of a file for a `sending_state`."""
    return _NEVER if state == _WIRE_NEVER else state
