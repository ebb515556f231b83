"""The checks that policies can ask for. Each yields what violates a policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field
from cioform.core.diagnostic import Severity
from cioform.language.messages.contents import strings_in
from cioform.language.workflow import MESSAGE_KEYWORDS
from cioform.lint.finding import Finding, Hit
from cioform.lint.subject import Subject
from cioform.lint.whole_message import has_layout_of_unknown_text, whole_message
from cioform.model.contents import Content, ContentText, TextForm
from cioform.model.resource import Resource
from cioform.policies.entry import enters_only_from
from cioform.policies.links import hosts_in, is_allowed
from cioform.policies.policy import Policy
from cioform.policies.readable import ReadableText
from cioform.policies.steps_before import channels_of, steps_with_those_before

MESSAGES: Final = frozenset({*MESSAGE_KEYWORDS, "inbox"})
"""The types of messages. Those of the inbox exist only outside of campaigns."""
CHANNELS: Final = MESSAGES | {"layout", "snippet", "step"}
"""The channels of all contents: those that messages share, and the texts of steps, have theirs."""


@dataclass(frozen=True, slots=True)
class PolicyInput:
    """What policies are applied to."""

    subject: Subject
    audiences: Mapping[Address, int | None]
    """How many people each change reaches at most, before or after it; None if unknown. Empty
    without a plan."""
    former: Mapping[Address, Sequence[Address]] = field(default_factory=dict)
    """The addresses that renamed objects have in the state and on the target branch. Policies about
    these are about the objects too."""

    def is_about(self, policy: Policy, address: Address) -> bool:
        """Return whether a policy is about an object."""
        return any(map(policy.covers, (address, *self.former.get(address, ()))))


Check: TypeAlias = Callable[[Policy, PolicyInput], Iterator[Finding]]


def find_violations(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    """Yield what violates a policy."""
    yield from _CHECKS[policy.check_name](policy, given)


def _finding(policy: Policy, resource: Resource, hit: Hit) -> Finding:
    path = hit.path or (hit.text.path if hit.text else ())
    return Finding(
        policy.id, Severity.ERROR, hit.message, resource.address, path, hit.text, hit.offset
    )


def _contents(policy: Policy, given: PolicyInput) -> Iterator[tuple[Resource, Content]]:
    for resource, content in given.subject.contents:
        if given.is_about(policy, resource.address) and policy.covers_channel(content.channel):
            yield resource, content


def _texts(policy: Policy, given: PolicyInput) -> Iterator[tuple[Resource, ContentText]]:
    for resource, content in _contents(policy, given):
        for text in (*content.texts, *_raw_texts(content)):
            yield resource, text


def _raw_texts(content: Content) -> Iterator[ContentText]:
    """Yield the texts in `raw` of a message, at any depth."""
    for path, value in strings_in(content.fields.get("raw"), (*content.path, "raw")):
        form = TextForm.HTML if "<" in value else TextForm.TEXT
        yield ContentText("raw", path, value, form)


def _resources(policy: Policy, given: PolicyInput) -> Iterator[Resource]:
    scope = given.subject.scope
    for address, resource in sorted(given.subject.resources.items()):
        if given.is_about(policy, address) and (scope is None or address in scope):
            yield resource


def _forbidden_words(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    words = (
        r"\s+".join(map(re.escape, each.split())) for each in policy.check.forbidden_words or ()
    )
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
    for resource, text in _texts(policy, given):
        readable = ReadableText.of(text.value, is_html=text.form is TextForm.HTML)
        for found in pattern.finditer(readable.text):
            message = f"The text contains `{found[0]}`."
            place = readable.offsets[found.start()]
            yield _finding(policy, resource, Hit(message, place, text=text))


def _required_text(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    wanted = ReadableText.of(policy.check.required_text or "", is_html=False).text
    for resource, content in _contents(policy, given):
        if content.channel != "email":
            continue
        whole = whole_message(content, resource, given.subject)
        if any(wanted in ReadableText.of(text, is_html=True).text for text in whole):
            continue
        unknown = has_layout_of_unknown_text(content, resource, given.subject)
        where = ", and no file describes its layout" if unknown else ""
        message = f"The e-mail does not contain `{wanted}`{where}."
        yield _finding(policy, resource, Hit(message, path=content.path))


def _allowed_domains(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    domains = policy.check.allowed_domains or []
    for resource, text in _texts(policy, given):
        for host, offset in hosts_in(text, given.subject):
            if is_allowed(host, domains):
                continue
            reason = "is made by Liquid and cannot be checked" if "{" in host else "is not allowed"
            yield _finding(
                policy, resource, Hit(f"The domain `{host}` {reason}.", offset, text=text)
            )


def _names(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    patterns = policy.check.names or []
    for resource in _resources(policy, given):
        field = given.subject.registry[resource.address.kind].identity
        name = str(resource.attributes.get(field, ""))
        if not any(fnmatchcase(name, each) for each in patterns):
            allowed = " or ".join(f"`{each}`" for each in patterns)
            yield _finding(
                policy, resource, Hit(f"`{name}` does not match {allowed}.", path=(field,))
            )


def _message_values(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    for resource, content in _contents(policy, given):
        if content.channel not in MESSAGES:
            continue
        for name, allowed in (policy.check.message_values or {}).items():
            if name not in content.fields and content.language:
                continue
            value = content.fields.get(name)
            if value in allowed:
                continue
            found = "is not set" if value is None else f"is `{value}`"
            values = " or ".join(f"`{each}`" for each in allowed)
            message = f"`{name}` {found}, and must be {values}."
            yield _finding(policy, resource, Hit(message, path=(*content.path, name)))


def _max_messages(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    limit = policy.check.max_messages or 0
    counts: dict[Address, int] = {}
    for resource, content in _contents(policy, given):
        if content.channel in MESSAGES and not content.language:
            counts[resource.address] = counts.get(resource.address, 0) + 1
    for address, count in counts.items():
        if count > limit:
            message = f"It has {count} messages; the limit is {limit}."
            yield _finding(policy, given.subject.resources[address], Hit(message))


def _send_between(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    hours = policy.check.send_between
    if hours is None:
        return
    for resource in _resources(policy, given):
        document = given.subject.document_form(resource)
        for path, step, before in steps_with_those_before(document):
            is_message = any(
                channel in MESSAGES and policy.covers_channel(channel)
                for channel in channels_of(step)
            )
            if is_message and not all(_is_within(each, hours.from_, hours.to) for each in before):
                message = (
                    f"No `wait_window` within {hours.from_} to {hours.to} comes directly before "
                    "this message."
                )
                yield _finding(policy, resource, Hit(message, path=path))


def _is_within(step: Mapping[str, object] | None, begin: str, end: str) -> bool:
    """Return whether everybody who passes a step waits for hours within these."""
    window = step.get("wait_window") if step else None
    if step is None or not isinstance(window, Mapping) or "only_if" in step:
        return False
    first, last = str(window.get("from", "")), str(window.get("to", ""))
    return begin <= first < last <= end


def _only_segments(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    segments = policy.check.only_segments or []
    for resource in _resources(policy, given):
        document = given.subject.document_form(resource)
        if "trigger" in document and not enters_only_from(document["trigger"], segments):
            allowed = " or ".join(f"`{each}`" for each in segments)
            message = f"People who are not in the segment {allowed} can enter it."
            yield _finding(policy, resource, Hit(message, path=("trigger",)))


def _max_people(policy: Policy, given: PolicyInput) -> Iterator[Finding]:
    limit = policy.check.max_people or 0
    for address, people in sorted(given.audiences.items()):
        resource = given.subject.resources.get(address)
        if resource is None or not given.is_about(policy, address):
            continue
        if people is None:
            message = f"It reaches an unknown number of people; the limit is {limit:,}."
            yield _finding(policy, resource, Hit(message))
        elif people > limit:
            message = f"It reaches up to {people:,} people; the limit is {limit:,}."
            yield _finding(policy, resource, Hit(message))


_CHECKS: Final[Mapping[str, Check]] = {
    "forbidden_words": _forbidden_words,
    "required_text": _required_text,
    "allowed_domains": _allowed_domains,
    "names": _names,
    "message_values": _message_values,
    "max_messages": _max_messages,
    "send_between": _send_between,
    "only_segments": _only_segments,
    "max_people": _max_people,
}
