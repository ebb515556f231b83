"""The sections of `workspace.yaml`, with their types, limits and defaults."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cioform.language.hours import Days, TimeOfDay
from cioform.language.time_zone import FallbackTimeZone
from cioform.model.settings.limits import Guards, Rates
from cioform.model.values.text_pattern import TextPattern
from cioform.model.values.value_errors import echo

_GUARDS: Final = Guards()
_RATES: Final = Rates()
_DAY: Final = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DATE: Final = TextPattern(f"^{_DAY}$", "be a date, such as 2027-01-31")
_MOMENT: Final = TextPattern(
    f"^{_DAY}( ([01][0-9]|2[0-3]):[0-5][0-9])?$",
    "be a date, or a date and a time, such as 2026-11-27 18:00",
)


def _check_date(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a date of the calendar, not {echo(text)}") from None
    return text


def _check_moment(text: str) -> str:
    # At the ends of the calendar, no time zone and no day after it can be computed.
    if not 1970 <= datetime.fromisoformat(_check_date(text)).year < 3000:
        raise ValueError(f"must be a date from 1970 to 2999, not {echo(text)}")
    return text


_Date = Annotated[str, _DATE, AfterValidator(_check_date)]
_Moment = Annotated[str, _MOMENT, AfterValidator(_check_moment)]


class Section(BaseModel):
    """A part of the settings: it has no other fields than these."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Hosts(Section):
    """The URLs of the three APIs of a server."""

    app: str
    journeys: str
    track: str


NO_CREDENTIALS: Final[Mapping[str, str]] = {
    "workspace_id": "workspace_id", "environment_id": "workspace_id",
    "region": "region", "endpoint": "endpoint",
}  # fmt: skip
"""What somebody may take for a credential, and the setting that it is."""


class CredentialsSection(Section):
    """The credentials for the three APIs."""

    other_names: ClassVar[Mapping[str, str]] = {
        name: f"It is not a secret. Write `{field}` beside `credentials`, not in it."
        for name, field in NO_CREDENTIALS.items()
    }

    app_api_key: str | None = None
    """App API key."""
    service_account_token: str | None = None
    """Service account token for the Journeys API."""
    site_id: str | None = None
    """Site ID for the Track API."""
    track_api_key: str | None = None
    """API key for the Track API."""


class _IgnoredRule(Section):
    rule: Annotated[str, Field(examples=["DT101"])]
    """The ID of a rule."""
    address: Annotated[str, Field(examples=["campaign.*"])] = "*"
    """The addresses where it is ignored; `*` stands for any text."""
    because: Annotated[str, Field(min_length=1)]
    """Why it is ignored, for the people who read the file later."""
    until: _Date | None = None
    """The last day on which it is ignored: `2027-01-31`."""


class LintSection(Section):
    """What `cioform lint` checks."""

    engine: Literal["latest", "legacy"] = "latest"
    """The engine that renders the messages of the workspace, as Customer.io calls it."""
    legacy: Annotated[list[str], Field(examples=[["campaign.welcome"]])] = []
    """The addresses whose messages are still rendered by `legacy`; `*` stands for any text."""
    severity: dict[str, Literal["error", "warning", "off"]] = {}
    """Another severity for a rule, by its ID: `DT101: error`."""
    ignore: list[_IgnoredRule] = []
    """The rules that do not hold for some resources."""
    draft_days: Annotated[int, Field(ge=1)] = 90
    """The number of days after which a draft is reported that nobody has started."""


class SensitiveVariable(Section):
    """A variable whose value is shown and stored nowhere but in Customer.io."""

    value: Annotated[str, Field(examples=["${env.CIOFORM_SECRET_TOKEN}"])]
    """The environment variable with the value: `${env.CIOFORM_SECRET_TOKEN}`."""
    sensitive: Literal[True]
    """Whether plans, states and reports have a placeholder in place of the value."""


NonNegativeInt = Annotated[int, Field(ge=0)]


class GuardsSection(Section):
    """The safety limits of a plan."""

    allow_delete: bool = _GUARDS.allow_delete
    """Whether a plan may delete anything without `--allow-delete`."""
    max_changes: NonNegativeInt | None = _GUARDS.max_changes
    """Maximum number of changes in one plan."""
    max_deletes: NonNegativeInt | None = _GUARDS.max_deletes
    """Maximum number of deletions in one plan."""
    max_percent: Annotated[float, Field(ge=0, le=100)] = _GUARDS.max_percent
    """Maximum share of the resources that a plan may change or delete; five are always allowed."""
    max_people: NonNegativeInt | None = _GUARDS.max_people
    """Maximum number of people in the audience of one change."""
    max_audience_growth: Annotated[float, Field(ge=0)] | None = _GUARDS.max_audience_growth
    """Maximum percentage by which one change may enlarge an audience; 100 allows twice as many."""


class StateSection(Section):
    """Where the state is stored."""

    backend: Literal["local", "git", "object"] = "local"
    """Where the state is stored: `local` (a file in `.cioform/`), `git` or `object` storage."""
    remote: (
        Annotated[
            str, TextPattern(r"^[^-\s:][^\s:]*(:[^\s:]+)*$", "be the name of a remote or a URL")
        ]
        | None
    ) = None
    """With `git`: the name of a remote of this repository, or a URL (default: `origin`)."""
    ref: (
        Annotated[
            str,
            TextPattern(
                r"^refs/(heads|cioform)(/[A-Za-z0-9_][A-Za-z0-9_-]*)+$",
                "be a full ref such as refs/heads/cioform/acme",
            ),
        ]
        | None
    ) = None
    """With `git`: the ref that holds the state (default: `refs/heads/cioform/WORKSPACE`)."""
    url: (
        Annotated[
            str,
            TextPattern(
                r"^(s3|gs|az)://[^/\s]+(/\S*)?$",
                "be a URL such as s3://bucket/acme, gs:// or az://",
            ),
        ]
        | None
    ) = None
    """With `object`: the bucket and the folder, such as `s3://bucket/acme`."""
    lineage: (
        Annotated[
            str,
            TextPattern(
                r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
                "be the lineage that `cioform state init` writes",
            ),
        ]
        | None
    ) = None
    """Which state it is, so that another one is never used by mistake: `state init` writes it."""
    public: bool = False
    """Whether everybody may read the state, which holds the content of messages."""


class ManagedBySection(Section):
    """What descriptions say about the file that manages an object."""

    stamp: bool = False
    """Whether cioform adds the repository and the path of the file to descriptions."""
    repository: Annotated[str, Field(examples=["github.com/acme/messages"])] | None = None
    """The repository in stamps, such as `github.com/acme/messages` (default: that of `origin`)."""
    take_over: Annotated[
        list[Annotated[str, Field(min_length=1)]], Field(examples=[["github.com/acme/old"]])
    ] = []
    """Repositories, folders or files whose objects this workspace may change although their stamps
    name those: `github.com/acme/old`."""


class RateSection(Section):
    """The maximum rates of requests."""

    app: Annotated[float, Field(gt=0)] = _RATES.app
    """Maximum requests per second to the App API."""
    journeys: Annotated[float, Field(gt=0)] = _RATES.journeys
    """Maximum requests per second to the Journeys API."""
    track: Annotated[float, Field(gt=0)] = _RATES.track
    """Maximum requests per second to the Track API."""


class ApplyWindowSection(Section):
    """The hours in which plans may be applied."""

    days: Days | None = None
    """The days of the week; every day if left out."""
    from_: Annotated[TimeOfDay, Field(alias="from")]
    """The time of day from which plans may be applied: `09:00`."""
    to: TimeOfDay
    """The time of day from which they may not. It may be on the next day."""
    time_zone: FallbackTimeZone | None = None
    """The time zone, such as `Europe/London`; that of `defaults` if left out."""

    @model_validator(mode="after")
    def _check_hours(self) -> Self:
        if self.from_ == self.to or (self.from_, self.to) == ("24:00", "00:00"):
            raise ValueError("`from` and `to` are equal, so the window never opens")
        return self


class BlackoutSection(Section):
    """A time in which nothing is applied."""

    from_: Annotated[_Moment, Field(alias="from", examples=["2026-11-27"])]
    """The first day, or the moment from which nothing is applied: `2026-11-27 18:00`."""
    to: Annotated[_Moment, Field(examples=["2026-11-30"])]
    """The last day, or the moment from which plans may be applied again."""
    because: Annotated[str, Field(min_length=1)]
    """Why, for the people whose plan has to wait."""
    time_zone: FallbackTimeZone | None = None
    """The time zone; that of `apply_window` or of `defaults` if left out."""


class OwnerSection(Section):
    """A group of people, and what nobody else may change alone."""

    people: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    """Their names in the system where they approve: `[jane, omar]`."""
    approvals: Annotated[int, Field(ge=1)] = 1
    """How many of them have to approve a change."""
    addresses: Annotated[list[str], Field(min_length=1, examples=[["campaign.*"]])] = ["*"]
    """The addresses that they own; `*` stands for any text."""
    fields: list[Literal["copy", "audience", "legal"]] = []
    """The fields that they own, by what they are about; every field if left out."""

    @model_validator(mode="after")
    def _check_people(self) -> Self:
        if len(set(self.people)) < len(self.people):
            raise ValueError("`people` lists somebody twice")
        if self.approvals > len(self.people):
            raise ValueError(
                f"{self.approvals} approvals are needed, and `people` lists only {len(self.people)}"
            )
        return self


class NotifySection(Section):
    """A webhook that is called when something happens."""

    url: Annotated[str, Field(examples=["${env.CIOFORM_NOTIFY_URL}"])]
    """The environment variable with its URL: `${env.CIOFORM_NOTIFY_URL}`."""
    secret: Annotated[str, Field(examples=["${env.CIOFORM_NOTIFY_SECRET}"])]
    """The environment variable with the key of the signature: `${env.CIOFORM_NOTIFY_SECRET}`."""
    on: list[Literal["applied", "drift", "refused"]] = ["applied", "drift", "refused"]
    """When it is called; for everything if left out."""
