"""The fields of a policy, as a document of `workspaces/_policies/` has them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cioform.core.data.json_value import Json
from cioform.model.values.text_pattern import TextPattern

_ID = TextPattern(r"^[a-z0-9][a-z0-9_-]*$", "consist of a-z, 0-9, - and _, such as quiet-hours")
_TIME = TextPattern(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "be a time, such as 09:00")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class SendBetween(_Section):
    """The hours in which messages may be sent."""

    from_: Annotated[str, _TIME, Field(alias="from", examples=["08:00"])]
    """The first minute."""
    to: Annotated[str, _TIME, Field(examples=["21:00"])]
    """The minute when it ends, later on the same day."""


class Check(_Section):
    """What a policy looks at. It has exactly one of these fields."""

    forbidden_words: Annotated[list[str], Field(min_length=1)] | None = None
    """Words and phrases that no text may contain, in any case."""
    required_text: Annotated[str, Field(min_length=1)] | None = None
    """What every e-mail must contain, in its body, layout or snippets."""
    allowed_domains: Annotated[list[str], Field(min_length=1)] | None = None
    """The domains that links and images may have, with their subdomains."""
    names: Annotated[list[str], Field(min_length=1)] | None = None
    """The patterns of which the name of an object must match one; `*` stands for any text."""
    message_values: Annotated[dict[str, list[Json]], Field(min_length=1)] | None = None
    """The values that fields of messages may have: `sending: [draft, never]`."""
    max_messages: Annotated[int, Field(ge=0)] | None = None
    """How many messages one campaign may have."""
    send_between: SendBetween | None = None
    """The hours of the `wait_window` that must stand before each message of a campaign."""
    only_segments: Annotated[list[str], Field(min_length=1)] | None = None
    """The segments from which people may enter campaigns, by their names in addresses."""
    max_people: Annotated[int, Field(ge=0)] | None = None
    """How many people one change may reach. Only plans know that."""


class PolicyTest(_Section):
    """An example, and what the policy has to say about it."""

    name: str
    """What it shows."""
    given: Annotated[dict[str, dict[str, Json]], Field(min_length=1)]
    """Documents by address, as in files."""
    people: int | None = None
    """How many people a change of each of them reaches."""
    expect: Literal["pass", "approval", "deny"]
    """The outcome."""


class PolicyFile(_Section):
    """One policy."""

    id: Annotated[str, _ID]
    """Its name in plans, and in `--approve`."""
    text: Annotated[str, Field(min_length=1)]
    """What it demands and why, for the person who is refused."""
    outcome: Literal["approval", "deny"] = "deny"
    """What happens to a plan that violates it: it needs an approval, or is denied."""
    addresses: Annotated[list[str], Field(min_length=1, examples=[["campaign.*"]])] = ["*"]
    """Patterns of the addresses that it is about; `*` stands for any text."""
    workspaces: Annotated[list[str], Field(min_length=1)] = ["*"]
    """Patterns of the workspaces that it is about."""
    channels: Annotated[list[str], Field(min_length=1, examples=[["email"]])] | None = None
    """The channels that it is about (default: all)."""
    check: Check
    """What it looks at."""
    tests: list[PolicyTest] = []
    """Examples that `cioform policies test` checks."""
