"""The rings in which `apply --all` applies plans: `workspaces/_rings.yaml`."""

from collections.abc import Collection
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cioform.config.read.checks.joined_secrets import parse_checked
from cioform.config.read.checks.validation import ValidatedDocument, to_diagnostics
from cioform.config.read.parsing.positions import Positions, nearest_location
from cioform.core.data.paths import FieldPath
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.secrets.secret import Secret
from cioform.core.time.duration import Duration

RINGS_FILE: Final = "_rings.yaml"
_MAX_SOAK: Final = Duration.parse("365d")


class RingFields(BaseModel):
    """Workspaces that are applied one after the other, before those of the next ring."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    name: Annotated[str, Field(min_length=1, examples=["canary"])]
    """The name of the ring, for people."""
    workspaces: Annotated[list[str], Field(min_length=1, examples=[["acme_test", "tag:eu"]])]
    """Names or patterns of workspaces, or `tag:NAME`. The first ring that matches counts."""
    soak: Annotated[str, Field(examples=["30m"])] = "0s"
    """How long to wait after this ring before the next one begins."""
    max_failures: Annotated[int, Field(ge=0)] = 0
    """How many of its workspaces may fail before everything stops."""


class RingsFile(BaseModel):
    """The order in which the plans of many workspaces are applied."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    rings: Annotated[list[RingFields], Field(min_length=1)]
    """The rings, the first of which is applied first."""


def parse_rings(text: str, file: str, secrets: Collection[Secret]) -> RingsFile:
    """Return the rings in a file; `file` is its name in messages.

    Raises ConfigError, also if it has one of `secrets` or what looks like a credential.
    """
    documents = parse_checked(text, file, secrets)
    value = documents[0].value if documents else None
    positions = Positions(text, file, 0)

    def locate(path: FieldPath) -> Location:
        return nearest_location(positions, path) or Location(file)

    if not isinstance(value, dict) or len(documents) > 1:
        raise ConfigError.of(
            "Invalid type",
            f"`{RINGS_FILE}` must be one YAML document with the field `rings`.",
            location=Location(file),
        )
    try:
        fields = RingsFile.model_validate(value)
    except ValidationError as error:
        document = ValidatedDocument(value, RingsFile, locate)
        raise ConfigError(to_diagnostics(error, document)) from None
    problems = [
        Diagnostic("Invalid value", f"`soak` {reason}.", location=locate(("rings", at, "soak")))
        for at, ring in enumerate(fields.rings)
        if (reason := _soak_problem(ring.soak))
    ]
    names = [ring.name for ring in fields.rings]
    problems += [
        Diagnostic(
            "Duplicate ring name",
            f"Another ring is named `{name}`, too. Rename one of them.",
            location=locate(("rings", at, "name")),
        )
        for at, name in enumerate(names)
        if name in names[:at]
    ]
    if problems:
        raise ConfigError(problems)
    return fields


def _soak_problem(text: str) -> str:
    try:
        soak = Duration.parse(text)
    except ValueError as error:
        return str(error)
    return f"must be at most `{_MAX_SOAK}`, not `{text}`" if soak > _MAX_SOAK else ""
