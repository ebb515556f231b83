"""The kind of campaigns: its routes, and the decoding of both APIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from typing_extensions import override

from cioform.core.data.json_value import UNKNOWN, Json, JsonValue, KindFields, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.core.lazy_modules import lazy_module
from cioform.kinds.campaign.canonical import (
    NAMING_FIELDS,
    from_canonical,
    normalize_attributes,
    references_of,
    to_canonical,
)
from cioform.kinds.campaign.codec.decode_workflow import (
    decode_messages,
    decode_workflow,
    find_unnamed_ids,
)
from cioform.kinds.campaign.contents import contents_of, provided_data_of, trigger_data_of
from cioform.kinds.campaign.decode_settings import decode_reach, decode_settings, tag_ids
from cioform.kinds.campaign.encoded_fields import ENCODED_CONDITIONS
from cioform.kinds.campaign.file_form import default_values, file_paths, projection
from cioform.kinds.campaign.file_form.document import body_files_of, canonical_to_document
from cioform.kinds.campaign.log_names import LOG_NAMES, campaign_place
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.names_steps import NamesSteps
from cioform.kinds.campaign.set_by_hand import SetByHand
from cioform.kinds.campaign.steps.schema import step_definitions
from cioform.kinds.campaign.sync import app_api
from cioform.kinds.campaign.sync.routes import ROUTES
from cioform.kinds.campaign.sync.steps.step_conditions import open_conditions
from cioform.kinds.campaign.trigger.trigger_schema import trigger_definitions
from cioform.kinds.campaign.upgrading import upgrade_settings
from cioform.kinds.campaign.wire.members import CAMPAIGN_MEMBERS
from cioform.kinds.campaign.wire.wire_types import WireAppReply, WireReply
from cioform.language.messages.template.described_members import overridden_fields
from cioform.model.contents import Content, HasContents, ProvidedData, TriggerData
from cioform.model.hints import IMPORT_COMMAND
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.objects.tags import HasTags
from cioform.model.objects.unnamed_ids import HasUnnamedIds
from cioform.model.part_change import PartChange
from cioform.model.parts import HasParts
from cioform.model.paths.log_place import HasLogPlaces, LogPlace
from cioform.model.reach import Reach
from cioform.model.references.names import Names, Reference
from cioform.model.remote_access.capabilities import (
    CreatesOnDemand,
    HasAudience,
    HasOpenFields,
    HasPermanentFields,
    HasSchemaDefinitions,
    MessageSource,
    SendsMessages,
    TakesDefaults,
)
from cioform.model.remote_access.conversation import Api, Request

if TYPE_CHECKING:
    from cioform.kinds.campaign import upgrade_steps
    from cioform.kinds.campaign.compare import changes
else:
    changes = lazy_module("cioform.kinds.campaign.compare.changes")
    upgrade_steps = lazy_module("cioform.kinds.campaign.upgrade_steps")


class CampaignKind(
    Kind[Campaign],
    NamesSteps,
    HasParts,
    HasAudience,
    HasLogPlaces,
    CreatesOnDemand,
    HasSchemaDefinitions,
    HasPermanentFields,
    HasTags,
    SetByHand,
    HasUnnamedIds,
    TakesDefaults,
    HasOpenFields,
    HasContents,
    SendsMessages,
):
    """Campaigns. Only the Journeys API writes their structure; both APIs write messages."""

    name = "campaign"
    has_description_stamp = True
    folder = "campaigns"
    model = Campaign
    summary = "A workflow of messages, waits and branches that people enter through a trigger."
    audit_type = "campaign"
    wire_members, wire_keys = CAMPAIGN_MEMBERS, ("campaign",)
    message_source = MessageSource.CAMPAIGN
    audience_fields = frozenset({"trigger", "exit"})
    condition_fields = frozenset({"if", "only_if", "wait_until", *ENCODED_CONDITIONS})
    is_gated_when_live = True
    hint = (
        "Create or change it by hand in Customer.io, then write it to the file:\n\n"
        + IMPORT_COMMAND
    )
    leading_fields = ("sending",)
    parts_field = "workflow"
    nested_parts = ("graph", "nodes")
    canonical_only_fields = MappingProxyType({"messages": "workflow"})
    naming_fields = NAMING_FIELDS
    log_names = LOG_NAMES
    unmanaged_fields = projection.UNMANAGED_FIELDS
    example = """\
name: Welcome
description: Two messages for everybody who signs up.
trigger: {event: signed_up}
exit: {stops_matching: true}
workflow:
  - id: welcome
    email:
      subject: Welcome to Acme
      body: |
        <p>Good to have you, {{customer.first_name}}.</p>
  - {id: pause, wait: 2d}
  - {id: activated_yet, if: {attribute: activated, is: true}, then: [exit]}
  - id: nudge
    push:
      title: Still there?
      body: Your first project takes two minutes.
"""

    routes = ROUTES

    @override
    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        known_parts = names.parts_of(self.name, found.remote_id)
        if found.api is Api.APP:
            app_wire = found.wire_as(WireAppReply)
            attributes, parts = app_api.decode_readable(app_wire, known_parts, names)
            return Decoded(attributes, parts, decode_reach(app_wire["campaign"]))
        wire = found.wire_as(WireReply)
        reach = decode_reach(wire["campaign"])
        attributes = decode_settings(wire, names)
        if "actions" not in wire:  # A row of the list has no steps.
            unknown: KindFields = {"workflow": UNKNOWN, "messages": UNKNOWN}
            return Decoded(attributes | unknown, dict(known_parts), reach)
        workflow, parts = decode_workflow(wire, known_parts, names)
        attributes["workflow"] = workflow
        attributes["messages"] = decode_messages(workflow, parts, wire, names)
        return Decoded(attributes, parts, reach)

    @override
    def attributes(self, model: Campaign) -> KindFields:
        return to_canonical(model)

    @override
    def normalize(self, attributes: KindFields) -> KindFields:
        return normalize_attributes(attributes)

    @override
    def rewrite_like(self, attributes: KindFields, like: KindFields) -> KindFields:
        return changes.rewrite_attributes_like(attributes, like)

    @override
    def project_onto(self, live: KindFields, wanted: KindFields) -> KindFields:
        return projection.project_attributes_onto(live, wanted)

    @override
    def unmanaged_in_parts(
        self, live: KindFields, wanted: KindFields
    ) -> Iterable[tuple[FieldPath, Json]]:
        return projection.left_out_of_attributes(live, wanted)

    @override
    def implied_part(self, parts: Json, name: str | int, /) -> Json:
        return projection.implied_exit(parts, name)

    @override
    def default_value(self, path: FieldPath, live: KindFields) -> Json:
        return default_values.default_value(path, live)

    @override
    def overridden(self, live: KindFields, wanted: KindFields) -> Iterable[FieldPath]:
        found, own = (as_mapping(each.get("messages")) for each in (live, wanted))
        return overridden_fields(found, own, ("messages",))

    @override
    def log_place(self, path: FieldPath, found: RemoteObject, parts: Mapping[str, str]) -> LogPlace:
        fields = (*self.model.yaml_field_names(), "state")
        return campaign_place(path, found, parts, fields)

    @override
    def replacement_reason(self, live: KindFields, wanted: KindFields) -> str | None:
        return changes.replacement_reason(live, wanted)

    @override
    def describe_changes(self, live: KindFields, wanted: KindFields, reach: Reach) -> str:
        return changes.describe_changes(live, wanted, reach)

    @override
    def value_left_out(self, path: FieldPath, wanted: KindFields) -> Json:
        return default_values.name_left_out(path, wanted)

    @override
    def changed_parts(self, live: KindFields, wanted: KindFields) -> Iterable[PartChange]:
        return changes.changed_steps(live, wanted)

    @override
    def parts(self, document: Mapping[str, Json]) -> Iterable[tuple[FieldPath, Json]]:
        return file_paths.parts_of(document)

    @override
    def default_places(self, document: Mapping[str, Json]) -> Iterable[tuple[FieldPath, str]]:
        return file_paths.default_places(document)

    @override
    def normalize_like(self, attributes: KindFields, like: KindFields) -> KindFields:
        return normalize_attributes(attributes, like)

    @override
    def file_form(self, attributes: KindFields, like: KindFields | None = None) -> KindFields:
        return file_paths.file_form(attributes, like)

    @override
    def path_in_file(self, path: FieldPath, forms: Sequence[KindFields]) -> FieldPath:
        return file_paths.path_in_file(path, forms)

    @override
    def canonical_patterns(self, pattern: FieldPath, attributes: KindFields) -> Sequence[FieldPath]:
        return file_paths.canonical_patterns(pattern, attributes)

    @override
    def unnamed_ids(self, live: LiveObject) -> Iterable[FieldPath]:
        workflow = live.attributes.get("workflow", UNKNOWN)
        return find_unnamed_ids(workflow, live.decoded.parts, live.found.wire_as(WireReply))

    @override
    def parse(self, attributes: KindFields) -> Campaign:
        return from_canonical(attributes)

    @override
    def references(self, attributes: KindFields) -> Iterable[Reference]:
        return references_of(attributes)

    @override
    def contents(self, attributes: KindFields) -> Iterable[Content]:
        return contents_of(attributes)

    @override
    def trigger_data(self, attributes: KindFields) -> TriggerData | None:
        return trigger_data_of(attributes)

    @override
    def provided_data(self, attributes: KindFields) -> Iterable[ProvidedData]:
        return provided_data_of(attributes)

    @override
    def creates_on_demand(self, attributes: KindFields) -> Iterable[tuple[str, str]]:
        return (("tag", name) for name in self.tag_names(attributes))

    @override
    def tag_ids(self, found: RemoteObject) -> Mapping[tuple[str, str], str]:
        return {} if found.api is Api.APP else tag_ids(found.wire_as(WireReply))

    @override
    def tag_names(self, attributes: KindFields) -> Sequence[str]:
        tags = attributes.get("tags", UNKNOWN)
        return () if tags is UNKNOWN else tags

    @override
    def open_fields(self, attributes: KindFields) -> Mapping[str, Request]:
        return dict(open_conditions(attributes.get("workflow", UNKNOWN)))

    @override
    def schema_definitions(self) -> dict[str, JsonValue]:
        return {**step_definitions(), **trigger_definitions()}

    @override
    def to_document(self, attributes: KindFields) -> dict[str, JsonValue]:
        return canonical_to_document(attributes)

    @override
    def upgrade(self, document: MutableMapping[str, JsonValue], /) -> None:
        upgrade_steps.upgrade_steps(document)
        upgrade_settings(document)
        upgrade_steps.upgrade_messages(document)
        file_paths.upgrade_ignored(document)

    @override
    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        return body_files_of(document)


KIND = CampaignKind()
