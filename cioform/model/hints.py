"""The commands that hints suggest.

The code that writes a hint knows neither workspace nor address. It leaves both open, and the code
that makes the hint part of a plan or an outcome fills them in.
"""

from __future__ import annotations

from typing import Final

from cioform.core.address import Address

IMPORT_COMMAND: Final = "    cioform import {workspace} --target {address} --force"
"""Writes the live object into its file."""
ROLLBACK_COMMAND: Final = "    cioform rollback {workspace} RUN"
"""Undoes a run, which the reader has to look up."""


def fill_in_hint(text: str, workspace: str, address: Address) -> str:
    """Return a hint with the real names in its commands. Other braces, as in Liquid, stay."""
    return text.replace("{workspace}", workspace).replace("{address}", str(address))
