"""A/B tests: creating one from a message, and matching its variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError, RemoteError
from cioform.kinds.campaign.codec.actions import AB_TEST_ACTION_TYPE, expand_variants
from cioform.kinds.campaign.sync.requests import campaign_request, journeys_request
from cioform.kinds.campaign.sync.steps.step_actions import StepActions
from cioform.kinds.campaign.wire.wire_types import WireAction, WireDetail
from cioform.language.workflow import Node, keyword_of
from cioform.model.hints import IMPORT_COMMAND
from cioform.model.remote_access.conversation import Conversation, ask, ask_as


def sync_ab_tests(
    campaign_id: str,
    nodes: Sequence[Node],
    step_actions: StepActions,
    known_parts: Mapping[str, str],
) -> Conversation[StepActions]:
    """Turn messages into A/B tests, and return the actions of all steps and variants.

    `known_parts` has the action IDs of variants that were bound before.
    """
    tests = [node for node in nodes if "ab_test" in node.fields]
    new = [node for node in tests if step_actions.actions[node.id]["type"] != AB_TEST_ACTION_TYPE]
    all_actions = step_actions.all_actions
    for node in new:
        yield from ask(_create_test_request(campaign_id, node, step_actions.parts[node.id]))
    if new:
        body = yield from ask_as(
            campaign_request(campaign_id, _assumed_response(step_actions, new)), WireDetail
        )
        all_actions = {str(action["id"]): action for action in body["actions"]}
    parts = dict(step_actions.parts)
    for node in tests:
        parts |= _match_variants(node, all_actions[parts[node.id]], known_parts)
    return StepActions(
        parts, {name: all_actions[own_id] for name, own_id in parts.items()}, all_actions
    )


_RECORDED_TYPES: Final = ("email", "push", "webhook")
"""The messages that the API is known to compare. A test of others is kept, and can be changed."""


def _create_test_request(campaign_id: str, node: Node, action_id: str) -> JsonValue:
    """Return the request that turns a message into a test of two (journeys facts, section 4)."""
    keyword = keyword_of(node.fields["ab_test"][0])
    if keyword not in _RECORDED_TYPES:
        raise PlanError.of(
            f"A/B test of `{keyword}` messages cannot be created",
            f"The A/B test `{node.id}` does not exist in Customer.io, and cioform does not know "
            f"whether the API can make one of `{keyword}` messages. Apply the file with one "
            f"`{keyword}` message in its place, turn that into a test in Customer.io, then write "
            "it to the file. After that cioform keeps and changes it:\n\n" + IMPORT_COMMAND,
        )
    if len(node.fields["ab_test"]) != 2:
        raise PlanError.of(
            "A/B test with more than two variants",
            f"The step `{node.id}` has {len(node.fields['ab_test'])} variants, and the API can "
            "create only tests with two. Apply the file with two of them, add the others in "
            "Customer.io, then write them to the file:\n\n" + IMPORT_COMMAND,
        )
    body = {"campaign_id": str(campaign_id), "type": "randomized"}
    return journeys_request("POST", f"~/actions/{action_id}/test", body, {"actions": []})


def _match_variants(
    node: Node, action: WireAction, known_parts: Mapping[str, str]
) -> dict[str, str]:
    """Return the action of each variant: the bound one if there is one, the others in order."""
    ids = [str(own_id) for own_id in action.get("action_ids") or ()]
    wanted = [str(variant["id"]) for variant in node.fields["ab_test"]]
    if action["type"] != AB_TEST_ACTION_TYPE:
        raise RemoteError.of(
            "A/B test not created",
            f"Customer.io accepted the request that turns step `{node.id}` into an A/B test, but "
            "the step is not one. Look at the campaign in Customer.io, then plan again.",
        )
    if len(ids) != len(wanted):
        raise PlanError.of(
            "Number of A/B test variants cannot change",
            f"The A/B test `{node.id}` has {len(wanted)} variants in the file and {len(ids)} in "
            "Customer.io, and no API adds or removes variants. Give the step another `id` to "
            "create a new test, or change it in Customer.io and write it to the file:\n\n"
            + IMPORT_COMMAND,
        )
    paired = {name: known_parts[name] for name in wanted if known_parts.get(name) in ids}
    free = [own_id for own_id in ids if own_id not in paired.values()]
    return paired | dict(zip([name for name in wanted if name not in paired], free, strict=True))


def _assumed_response(step_actions: StepActions, new_tests: Sequence[Node]) -> dict[str, JsonValue]:
    """Return the response that a plan assumes: each new test with its variants."""
    actions = {own_id: dict(action) for own_id, action in step_actions.all_actions.items()}
    for node in new_tests:
        action = actions[step_actions.parts[node.id]]
        variants = list(expand_variants((node,)))[1:]
        for variant in variants:
            own_id, template = f"(id of {variant.id})", f"(template of {variant.id})"
            actions[own_id] = {**action, "name": "", "id": own_id, "template_id": template}
        action |= {
            "type": AB_TEST_ACTION_TYPE,
            "action_ids": [f"(id of {variant.id})" for variant in variants],
        }
    return {"campaign": {}, "actions": list(actions.values())}
