"""The IDs of A/B tests and their variants: they do not pass to other steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.errors import PlanError
from cioform.kinds.campaign.codec.actions import AB_TEST_ACTION_TYPE, expand_variants
from cioform.kinds.campaign.sync.steps.step_actions import CurrentCampaign
from cioform.kinds.campaign.wire.wire_types import WireAction, WireTemplate
from cioform.language.workflow import Graph, Node, variants_of

_TEXTS: Final = ("subject", "body", "body_json", "url")
"""What a message has as soon as its content is written. A test begins as a message without it."""


def reject_passed_ab_test_ids(
    graph: Graph, base: CurrentCampaign, templates: Mapping[str, WireTemplate]
) -> None:
    """Raise PlanError if a variant and another step, or a message and a test, exchange their IDs.

    A variant is an action of its test: it is created and deleted with it, and its type is that of
    the test. A message that becomes a test is lost. `templates` are those of the campaign by ID.
    """
    actions = {str(action["id"]): action for action in base.actions}
    names = {own_id: name for name, own_id in base.parts.items()}
    tests = {
        names.get(str(own_id)): names.get(test_id, test_id)
        for test_id, action in actions.items()
        for own_id in action.get("action_ids") or ()
    }
    wanted_tests = {
        str(variant["id"]): node.id
        for node in graph.nodes
        for _, variant in variants_of(node.fields)
    }
    for node in expand_variants(graph.nodes):
        action = actions.get(base.parts.get(node.id, ""))
        if action is None:
            continue
        before, after = tests.get(node.id), wanted_tests.get(node.id)
        if before != after:
            raise _passed_id_error(node.id, _role(before), _role(after))
        if after is not None and action["type"] != node.action_type:
            raise _passed_id_error(node.id, "a variant of another type", f"`{node.keyword}`")
        if "ab_test" in node.fields:
            _reject_message(node, action, templates)
            for own_id in map(str, action.get("action_ids") or ()):
                name = names.get(own_id, "")
                if own_id in base.bound and name not in wanted_tests:
                    raise _renamed_variant_error(node, name)


def _reject_message(node: Node, action: WireAction, templates: Mapping[str, WireTemplate]) -> None:
    template = templates.get(str(action.get("template_id")), {})
    if action["type"] != AB_TEST_ACTION_TYPE and any(map(template.get, _TEXTS)):
        raise _passed_id_error(node.id, "a message", "an A/B test")


def _renamed_variant_error(test: Node, former: str) -> PlanError:
    wanted = ", ".join(f"`{variant['id']}`" for _, variant in variants_of(test.fields))
    return PlanError.of(
        "Variants of an A/B test cannot be exchanged",
        f"The A/B test `{test.id}` has the variant `{former}` in Customer.io, and only {wanted} in "
        "the file. Customer.io makes and deletes the variants of a test with it. If the variant "
        f"has another `id` now, write `was: {former}` beside it. If it is another message, write "
        "the test and its variants with new IDs.",
    )


def _role(test: str | None) -> str:
    return "a step of its own" if test is None else f"a variant of the A/B test `{test}`"


def _passed_id_error(name: str, before: str, after: str) -> PlanError:
    return PlanError.of(
        "ID of an A/B test cannot pass to another step",
        f"`{name}` is {before} in Customer.io and {after} in the file. The one cannot become the "
        "other, because Customer.io makes and deletes the variants of a test with it. Write the "
        "changed step with a new `id`, and a changed test with new IDs for all of its variants. "
        "The plan then shows which steps it removes and adds, and how many people are at them.",
    )
