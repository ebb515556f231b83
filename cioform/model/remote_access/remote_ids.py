"""The IDs of objects in Customer.io: numbers for most kinds, texts for some."""

from __future__ import annotations


def id_value(text: str) -> int | str:
    """Return an ID as the API writes it: as a number where it is one."""
    return int(text) if text.isdecimal() else text


def id_order(text: str) -> tuple[int, str]:
    """Return a key that sorts IDs by age, as far as IDs show it."""
    return int(text) if text.isdecimal() else 0, text
