"""A document of plain data as YAML to read and to copy."""

from __future__ import annotations

from typing import Any

import yaml

from cioform.core.json_value import JsonValue, Unknown


class _Dumper(yaml.SafeDumper):
    """Writes long text as it is, and lists indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _represent_unknown(dumper: yaml.SafeDumper, value: Unknown) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value.value)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Unknown, _represent_unknown)


def to_yaml(document: JsonValue) -> str:
    """Give `document` as YAML in the order it has. Reading it back gives the same."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=92)
