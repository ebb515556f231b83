"""A document as YAML."""

from __future__ import annotations

import yaml
from typing_extensions import override

from cioform.core.data.json_value import Json, Unknown


class _Dumper(yaml.SafeDumper):
    """Writes text with line breaks as a block, and indents lists below their key."""

    @override
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    @override
    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _represent_unknown(dumper: yaml.SafeDumper, value: Unknown) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value.value)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Unknown, _represent_unknown)


def to_yaml(document: Json) -> str:
    """Return `document` as YAML, with its keys in order."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=92)
