"""The data that messages get, as it is checked before it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass

Data = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class DataRow:
    """The data of one event, the attributes of a person, or the data of a broadcast for one."""

    data: Data
    line: int | None = None
    """The line of the file that it comes from."""
    name: str = ""
    """The name of the event; empty for anything else."""
