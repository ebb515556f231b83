"""The shapes of credentials of common services, and a search for them in a text.

A shape begins with one of a few fixed texts, which are looked for first: most files have none of
them, and no pattern of a shape is compiled. Each pattern reads a limited number of characters, or
begins only where its run of characters begins, so that the search is linear in the length of the
text.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from cioform.core.secrets.sensitive import has_placeholder, mask_placeholders
from cioform.core.text.lazy_pattern import lazy_pattern

_WORD: Final = r"(?<![A-Za-z0-9_-])"
"""A token begins here. The name of a style sheet's class, such as `task-list`, has none within."""
_BASE64: Final = r"(?<![A-Za-z0-9_+/-])"
"""For prefixes that the text of an image may contain."""
_DIGIT: Final = r"(?=[A-Za-z_-]{0,250}[0-9])"
"""Placeholders such as `ghp_xxxxxxxx` have no digit."""
_HEADER_TOKEN: Final = r"(?=[A-Za-z0-9._~+/-]*[0-9])[A-Za-z0-9._~+/-]{16,}"
_PEM_HEADERS: Final = r"(?:\s{0,8}(?:Proc-Type|DEK-Info): [^\n]{0,100})*"


class SecretShape(NamedTuple):
    """What the credentials of one service look like."""

    what: str
    """`a GitHub token`."""
    variable: str
    """A name for the variable that holds it; empty if no message can need one."""
    starts: tuple[str, ...]
    """Each of them begins with one of these, in upper and lower case as here."""
    pattern: re.Pattern[str]


class FoundSecret(NamedTuple):
    """A part of a text that looks like a credential."""

    shape: SecretShape
    start: int
    end: int
    prefix: str
    """The first characters, which are no secret."""


def _shape(what: str, variable: str, starts: tuple[str, ...], pattern: str) -> SecretShape:
    return SecretShape(what, variable, starts, lazy_pattern(pattern))


ACCOUNT_TOKEN: Final = _shape(
    "a service account token", "", ("sa_live_", "sa_sandbox_"),
    r"\bsa_(?:live|sandbox)_[A-Za-z0-9]{8,}",
)  # fmt: skip
PRIVATE_KEY: Final = _shape(
    "a private key", "", ("-----BEGIN ",),
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
    rf"{_PEM_HEADERS}[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z0-9 ]{{0,60}}-----)?",
)  # fmt: skip
_GOOGLE_KEY: Final = _shape(
    "a Google API key", "google_api_key", ("AIza",),
    rf"{_BASE64}AIza[A-Za-z0-9_-]{{35}}(?![A-Za-z0-9_-])",
)  # fmt: skip
_SHAPES: Final = (
    ACCOUNT_TOKEN,
    _shape(
        "an authorization header", "webhook_token", ("Bearer ", "Basic "),
        rf"\b(?:Bearer|Basic) +{_HEADER_TOKEN}",
    ),
    _shape(
        "a GitHub token", "github_token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        rf"{_WORD}(?:gh[opusr]_{_DIGIT}[A-Za-z0-9_]{{36,255}}"
        rf"|github_pat_{_DIGIT}[A-Za-z0-9_]{{22,255}})",
    ),
    _shape(
        "a GitLab token", "gitlab_token", ("glpat-", "gldt-", "glrt-", "glptt-", "gloas-"),
        rf"{_WORD}gl(?:pat|dt|rt|ptt|oas)-{_DIGIT}[A-Za-z0-9_.-]{{20,255}}",
    ),
    _shape(
        "a Slack token", "slack_token", ("xox", "xapp-"),
        rf"{_WORD}(?:xox[a-z](?:\.xox[a-z])?|xapp)-(?=[A-Za-z-]{{0,250}}[0-9])[A-Za-z0-9-]{{10,255}}",
    ),
    _shape(
        "a Slack webhook", "slack_webhook", ("hooks.slack.com/", "hooks.slack-gov.com/"),
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_+-]{20,255}",
    ),
    _shape(
        "an AWS access key", "aws_access_key", ("AKIA", "ASIA"),
        rf"{_BASE64}(?:AKIA|ASIA)[A-Z0-9]{{16}}(?![A-Za-z0-9])",
    ),
    PRIVATE_KEY,
    _shape(
        "a Stripe key", "stripe_key", ("sk_live_", "rk_live_", "whsec_"),
        rf"{_WORD}(?:[sr]k_live_|whsec_){_DIGIT}[A-Za-z0-9+/=]{{16,255}}",
    ),
    _shape(
        "a SendGrid key", "sendgrid_key", ("SG.",),
        r"(?<![A-Za-z0-9_.-])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}",
    ),
    _shape(
        "a Twilio key", "twilio_key", ("SK",),
        rf"{_BASE64}SK[0-9a-f]{{32}}(?![A-Za-z0-9])",
    ),
    _GOOGLE_KEY,
    _shape("an npm token", "npm_token", ("npm_",), rf"{_WORD}npm_{_DIGIT}[A-Za-z0-9]{{36,255}}"),
    _shape("a PyPI token", "pypi_token", ("pypi-AgE",), rf"{_WORD}pypi-AgE[A-Za-z0-9_-]{{50,500}}"),
    _shape(
        "a Shopify token", "shopify_token", ("shpat_", "shpca_", "shppa_", "shpss_"),
        rf"{_WORD}shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{{32}}(?![A-Za-z0-9])",
    ),
    _shape(
        "an API key", "api_key", ("sk-",),  # OpenAI, Anthropic, and those that follow them
        rf"{_WORD}sk-(?:(?:ant|or|proj|svcacct|admin|service|None)-{_DIGIT}[A-Za-z0-9_-]{{20,500}}"
        r"|(?=[A-Za-z]{0,250}[0-9])[A-Za-z0-9]{20,255})",
    ),
    _shape(
        "a JSON Web Token", "token", ("eyJ",),
        rf"{_WORD}eyJ[A-Za-z0-9_-]{{8,}}\.eyJ[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{8,}}",
    ),
    _shape(
        "a URL with a password", "password", ("://",),
        r"""://[^\s/?#@:"'<>(){}\[\]\\]{0,64}:(?!\*+@)[^\s/?#@"'<>(){}\[\]\\]{1,128}(?=@)""",
    ),
)  # fmt: skip
_LONG_RUN: Final = b"x" * 19
"""A long run, which most shapes have and most files do not. Looking for it is faster than looking
for each start."""
_OF_RUN: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_AS_RUN: Final = bytes(ord("x") if byte in _OF_RUN else ord(" ") for byte in range(256))
_WITHOUT_LONG_RUN: Final = ("sa_live_", "Bearer ", "Basic ", "-----BEGIN ", "://")
_RARE_LETTER: Final = "B"
"""Looking for one letter takes next to no time, and most files have no such letter."""
_BY_START: Final = tuple((start, shape) for shape in _SHAPES for start in shape.starts)
_BY_SHORT_START: Final = tuple(each for each in _BY_START if each[0] in _WITHOUT_LONG_RUN)
_WITHOUT_RARE_LETTER: Final = tuple(each for each in _BY_SHORT_START if _RARE_LETTER not in each[0])
_MAX_URL: Final = 2000
_MAPS: Final = ("://maps.googleapis.com/", "://maps.google.com/", "://www.google.com/maps/")


def find_secret_shapes(text: str) -> list[FoundSecret]:
    """Return the parts that look like credentials, in the order of the text and without overlaps.

    The placeholder of a sensitive value is not one of them, whatever precedes it.
    """
    found = list(_all_found(text))
    if not found:
        return []  # The common case.
    if has_placeholder(text):
        return find_secret_shapes(mask_placeholders(text))
    found.sort(key=lambda each: (each.start, -each.end))
    ends = 0
    kept = []
    for each in found:
        if each.start >= ends:
            kept.append(each)
            ends = each.end
    return kept


def has_secret_shape(text: str) -> bool:
    """Return whether a text contains what looks like a credential."""
    if next(_all_found(text), None) is None:
        return False
    return not has_placeholder(text) or bool(find_secret_shapes(text))


def hide_secret_shapes(text: str) -> str:
    """Return a text for people: of each credential only the prefix that names its kind is left."""
    found = find_secret_shapes(text)
    if not found:
        return text
    parts, at = [], 0
    for each in found:
        parts += [text[at : each.start], each.prefix, "***"]
        at = each.end
    return "".join((*parts, text[at:]))


def _all_found(text: str) -> Iterator[FoundSecret]:
    for start, shape in _possible_in(text):
        if start in text:
            yield from _found_from(start, shape, text)


def _possible_in(text: str) -> Iterable[tuple[str, SecretShape]]:
    if _has_long_run(text):
        return _BY_START
    return _BY_SHORT_START if _RARE_LETTER in text else _WITHOUT_RARE_LETTER


def _has_long_run(text: str) -> bool:
    # The bytes of other characters than ASCII belong to no run.
    return _LONG_RUN in text.encode(errors="surrogatepass").translate(_AS_RUN)


def _found_from(start: str, shape: SecretShape, text: str) -> Iterator[FoundSecret]:
    at = text.find(start)
    while at >= 0:
        match = shape.pattern.match(text, at)
        if match is not None and not (shape is _GOOGLE_KEY and _is_public(text, at)):
            yield FoundSecret(shape, at, match.end(), start)
        at = text.find(start, match.end() if match else at + len(start))


def _is_public(text: str, at: int) -> bool:
    """Return whether a key is in the URL of a map, where everybody who gets the message sees it."""
    begin = text.rfind("://", max(0, at - _MAX_URL), at)
    url = text[begin:at] if begin >= 0 else ""
    return url.startswith(_MAPS) and not any(map(url.__contains__, " \n\"'<>"))
