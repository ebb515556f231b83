"""Sensitive values: only the remote has them; everything else has a placeholder.

A placeholder is `sensitive.NAME.DIGEST`, with the name of the variable and 16 hexadecimal digits
of a keyed digest of its value. Two placeholders are equal if the values are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from cioform.core.data.json_value import Json, map_texts
from cioform.core.errors import PlanError
from cioform.core.secrets.encoded_forms import encoded_forms
from cioform.core.secrets.secret import SensitiveSecret
from cioform.core.text.lazy_pattern import lazy_pattern

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 2000

_DIGEST: Final = r"[0-9a-f]{16}"
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_PLACEHOLDER: Final = lazy_pattern(rf"sensitive\.({_NAME})\.({_DIGEST})")
_LITERAL: Final = lazy_pattern(rf"sensitive\.(?=!*{_NAME}\.{_DIGEST})")
"""A text that reads like a placeholder although it is none, because the remote contains it."""
_ESCAPED: Final = lazy_pattern(rf"sensitive\.!(?=!*{_NAME}\.{_DIGEST})")
_VALUE: Final = lazy_pattern(rf"[!-~]{{{MIN_LENGTH},{MAX_LENGTH}}}")
_UNSAFE: Final = lazy_pattern(r"[\"'\\<>`]|\{\{|\{%|\$\{")
_ROUNDS: Final = 4096
"""The rounds of PBKDF2, so that guessing takes time for anyone who has a plan or a state."""


class _Template(NamedTuple):
    """A text as it was last written, in which one placeholder may stand for a former value."""

    pattern: re.Pattern[str]
    name: str
    placeholder: str


class SensitiveValues:
    """The sensitive values of one workspace, and what stands for each of them."""

    def __init__(self, workspace: str, values: Iterable[SensitiveSecret] = ()) -> None:
        self._workspace = workspace
        self._values = {self.placeholder_of(each.name, each.reveal()): each for each in values}
        self._texts = _longest_first(self._values)
        self._templates: tuple[_Template, ...] = ()
        self._encoded: dict[str, SensitiveSecret] = {}

    @property
    def secrets(self) -> tuple[SensitiveSecret, ...]:
        """Every value that is known."""
        return tuple(self._values.values())

    def placeholder_of(self, name: str, value: str) -> str:
        """Return the placeholder of a value of the variable `name`."""
        return f"sensitive.{name}.{_digest(self._workspace, name, value)}"

    def remember(self, written: Json) -> None:
        """Remember the placeholders of what was written, so that former values are masked too.

        A former value is one that the environment does not have any more. It is found where the
        remote has the text that was written, by its digest.
        """
        new = [
            template
            for text in texts_in(written)
            for template in _templates(text)
            if template.placeholder not in self._values and template not in self._templates
        ]
        self._templates = (*self._templates, *dict.fromkeys(new))

    def masked(self, value: Json) -> Json:
        """Return what the remote returned with a placeholder in the place of each value."""
        return map_texts(value, self._mask) if self._texts or self._templates else value

    def revealed(self, value: Json) -> Json:
        """Return data with the values of its placeholders. Raises PlanError for an unknown one."""
        return map_texts(value, self._reveal) if self._texts or self._templates else value

    def hidden(self, text: str) -> str:
        """Return a text for people without the values, also where they are encoded."""
        for placeholder, value in self._texts:
            for encoded in (value, *encoded_forms(value)):
                text = text.replace(encoded, placeholder)
        return text

    def check_known(self, values: Json) -> None:
        """Raise PlanError for a placeholder whose value is not known here."""
        for text in texts_in(values):
            for found in _PLACEHOLDER.finditer(text):
                if self._secret_of(found) is None:
                    raise _unknown_value_error(found[1])

    def _mask(self, text: str) -> str:
        text = _LITERAL.sub("sensitive.!", text)
        self._find_former_value(text)
        for placeholder, value in self._texts:
            text = text.replace(value, placeholder)
            for encoded in encoded_forms(value):
                if encoded in text:
                    text = text.replace(encoded, self._know(placeholder, encoded))
        return text

    def _know(self, placeholder: str, encoded: str) -> str:
        """Return a placeholder for a value that the remote has in another encoding.

        It is another one, so that the same encoding is written back.
        """
        name = self._values[placeholder].name
        own = self.placeholder_of(name, encoded)
        self._encoded = {**self._encoded, own: SensitiveSecret(name, encoded)}
        return own

    def _reveal(self, text: str) -> str:
        text = _PLACEHOLDER.sub(lambda found: self._value(found), text)
        return _ESCAPED.sub("sensitive.", text)

    def _value(self, found: re.Match[str]) -> str:
        secret = self._secret_of(found)
        if secret is None:
            raise _unknown_value_error(found[1])
        return secret.reveal()

    def _secret_of(self, found: re.Match[str]) -> SensitiveSecret | None:
        """Return what a placeholder stands for, which a plan file may have from another process."""
        known = self._values.get(found[0]) or self._encoded.get(found[0])
        if known is not None:
            return known
        for placeholder, value in self._texts:
            if self._values[placeholder].name == found[1]:
                for encoded in encoded_forms(value):
                    if self._know(placeholder, encoded) == found[0]:
                        return self._encoded[found[0]]
        return None

    def _find_former_value(self, text: str) -> None:
        for template in self._templates:
            found = template.pattern.fullmatch(text)
            if found is None or template.placeholder in self._values:
                continue
            value = found[1]
            if self.placeholder_of(template.name, value) == template.placeholder:
                secret = SensitiveSecret(template.name, value)
                self._values = {**self._values, template.placeholder: secret}
                self._texts = _longest_first(self._values)


def wrong_value(value: str) -> str:
    """Return what is wrong with a sensitive value, as the end of a sentence; empty if nothing is.

    It has to be the same text in JSON, in HTML and in Liquid, so that it is found in each of them,
    and long enough not to occur in ordinary text.
    """
    if not MIN_LENGTH <= len(value) <= MAX_LENGTH:
        return f"must have {MIN_LENGTH} to {MAX_LENGTH} characters"
    if _VALUE.fullmatch(value) is None:
        return "must consist of ASCII characters without blanks and line breaks"
    if _UNSAFE.search(value):
        return "must not contain quotation marks, backticks, `\\`, `<`, `>`, `{{`, `{%` or `${`"
    return ""


def has_placeholder(text: str) -> bool:
    """Return whether a text contains a placeholder."""
    return "sensitive." in text and _PLACEHOLDER.search(text) is not None


def replace_placeholders(text: str, replacement: Callable[[str], str]) -> str:
    """Return a text with what `replacement` returns for the name of each variable."""
    if "sensitive." not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: replacement(found[1]), text)


def mask_placeholders(text: str) -> str:
    """Return a text with each placeholder replaced by stars of the same number."""
    return _PLACEHOLDER.sub(lambda found: "*" * len(found[0]), text)


def placeholder_names(text: str) -> list[tuple[int, str]]:
    """Return where placeholders begin in a text, with the names of their variables."""
    if "sensitive." not in text:
        return []
    return [(found.start(), found[1]) for found in _PLACEHOLDER.finditer(text)]


def texts_in(value: Json) -> Iterator[str]:
    """Yield every text of JSON data, the names of members included."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            todo += (*item.keys(), *item.values())
        elif isinstance(item, list | tuple):
            todo += item


def _templates(text: str) -> Iterator[_Template]:
    """Yield a template for each placeholder of a text; the others may be any value there."""
    for found in _PLACEHOLDER.finditer(text) if "sensitive." in text else ():
        before, after = text[: found.start()], text[found.end() :]
        pattern = f"{_any_value(before)}([!-~]{{{MIN_LENGTH},{MAX_LENGTH}}}){_any_value(after)}"
        yield _Template(re.compile(pattern), found[1], found[0])


def _any_value(text: str) -> str:
    pieces = (piece for at, piece in enumerate(_PLACEHOLDER.split(text)) if at % 3 == 0)
    return "[!-~]+".join(map(re.escape, pieces))


def _longest_first(values: Mapping[str, SensitiveSecret]) -> tuple[tuple[str, str], ...]:
    """Return placeholders with their values; one that is a part of another comes after it."""
    pairs = ((placeholder, secret.reveal()) for placeholder, secret in values.items())
    return tuple(sorted(pairs, key=lambda pair: -len(pair[1])))


@lru_cache(maxsize=4096)
def _digest(workspace: str, name: str, value: str) -> str:
    salt = f"cioform\0{workspace}\0{name}".encode()
    return hashlib.pbkdf2_hmac("sha256", value.encode(), salt, _ROUNDS).hex()[:16]


def _unknown_value_error(name: str) -> PlanError:
    return PlanError.of(
        "Sensitive value changed",
        f"The sensitive variable `{name}` had another value when this was planned, or is not "
        "declared here. Set the environment variable to the value that was reviewed, or make a new "
        "plan.",
    )
