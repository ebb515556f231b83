"""The fields and members of a live object that its YAML document and its tree leave out."""

from __future__ import annotations

from textwrap import indent

from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.core.text.word_lists import join_names
from cioform.model.unknown_members import RAW, unknown_members
from cioform.report.yaml_document import to_yaml


def left_out_text(attributes: Attributes) -> str:
    """Return lines about members that no field describes, and fields that could not be read.

    Return an empty text if nothing is left out.
    """
    text = ""
    if unread := [name for name in attributes if name != RAW and attributes[name] is UNKNOWN]:
        text += f"Not readable with these credentials: {join_names(unread)}\n"
    if attributes.get(RAW) is UNKNOWN:
        text += "These credentials do not show whether it has members that no file can have.\n"
    if members := unknown_members(attributes):
        text += "In no file, because cioform has no field for it:\n"
        text += indent(to_yaml({RAW: dict(members)}), "  ")
    return text
