"""Text that has to match a pattern, with words for people who do not read regular expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, field

PATTERN_ERROR: Final = "text_pattern"
"""The type of the error; its context has the other attributes of TextPattern."""


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Annotate a `str` with what it must match.

    `requirement` completes the sentence "`field` must ...", as in "be an e-mail address such as
    `team@example.com`". `corrections` maps likely mistakes, in lower case, to what was meant. Set
    `show_value` to false where the value says nothing about the mistake.
    """

    pattern: str
    requirement: str
    corrections: Mapping[str, str] = field(default_factory=dict, hash=False)
    show_value: bool = True

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the annotated type's schema, followed by the pattern with an error of its own."""
        matched = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.pattern),
            custom_error_type=PATTERN_ERROR,
            custom_error_message="must {requirement}",
            custom_error_context={
                "requirement": self.requirement,
                "corrections": dict(self.corrections),
                "show_value": self.show_value,
            },
        )
        return core_schema.chain_schema([handler(source), matched])

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Json]:
        """Return the JSON Schema of the annotated type with the pattern."""
        return {**handler(schema), "pattern": self.pattern}


def _check_not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must contain more than white space")
    return value


NonBlank: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_check_not_blank)]
"""The name of something in Customer.io."""

OneLine: TypeAlias = Annotated[str, TextPattern(r"^[^\r\n]*$", "be one line", show_value=False)]

NonBlankLine: TypeAlias = Annotated[
    str, TextPattern(r"^[^\r\n]*\S[^\r\n]*$", "be one line and contain more than white space")
]

TrimmedLine: TypeAlias = Annotated[
    str, TextPattern(r"^\S(.*\S)?$", "be one line without spaces at either end")
]

EmailAddress: TypeAlias = Annotated[
    str, TextPattern(r"^[^@\s]+@[^@\s]+$", "be an e-mail address such as `team@example.com`")
]

_LANGUAGES: Final[Mapping[str, str]] = {
    "arabic": "ar",
    "chinese": "zh",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
    "ukrainian": "uk",
}

LanguageCode: TypeAlias = Annotated[
    str,
    TextPattern(
        r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        "be a language code such as `de` or `pt-BR`",
        _LANGUAGES,
    ),
]
