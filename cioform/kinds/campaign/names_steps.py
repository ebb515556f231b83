"""The IDs of the steps of a campaign, which a file may change."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Set
from typing import TYPE_CHECKING

from typing_extensions import override

from cioform.core.data.json_value import UNKNOWN, Json, JsonValue, KindFields
from cioform.core.lazy_modules import lazy_module
from cioform.kinds.campaign.compare.exit_moves import exit_moves
from cioform.kinds.campaign.file_form import file_paths
from cioform.language.workflow import fill_missing_ids
from cioform.model.parts import HasPartNames

if TYPE_CHECKING:
    from cioform.kinds.campaign.compare import changes
else:
    changes = lazy_module("cioform.kinds.campaign.compare.changes")


class NamesSteps(HasPartNames):
    """The steps of a campaign by their IDs."""

    @override
    def part_moves(self, document: Mapping[str, Json]) -> Mapping[str, str]:
        return changes.former_ids(step for _, step in file_paths.parts_of(document))

    @override
    def unnamed_moves(
        self, present: KindFields, wanted: KindFields, named: Set[str]
    ) -> Mapping[str, str]:
        before, after = (each.get("workflow", UNKNOWN) for each in (present, wanted))
        return exit_moves(before, after, named)

    @override
    def rename_parts(self, attributes: KindFields, names: Mapping[str, str]) -> KindFields:
        return changes.rename_steps_of(attributes, names)

    @override
    def use_live_former_names(
        self, attributes: KindFields, live: KindFields, names: Mapping[str, str]
    ) -> KindFields:
        return changes.use_live_former_names(attributes, live, names)

    @override
    def pair_parts(self, live: KindFields, wanted: KindFields) -> Mapping[str, str]:
        return changes.pair_steps_of(live, wanted)

    @override
    def fill_missing_ids(self, document: MutableMapping[str, JsonValue]) -> None:
        if isinstance(steps := document.get("workflow"), list):
            fill_missing_ids(steps)
