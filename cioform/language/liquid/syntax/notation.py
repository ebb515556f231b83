"""Errors inside of a tag or an output that come from another language or from a text editor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.dialect import TAGS
from cioform.language.liquid.parsed import LiquidError
from cioform.language.liquid.syntax.structure import SYNTAX, WRONG_FORM
from cioform.language.liquid.syntax.tokens import Token

ENCODED: Final = "LQ005"
OPERATOR: Final = "LQ006"
OTHER_LANGUAGE: Final = "LQ007"

_QUOTED: Final = lazy_pattern(r""""[^"]*"|'[^']*'""")
_QUOTES: Final = "“”„‘’«»"
_SPACES: Final = r"\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE: Final = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_ENCODED: Final = lazy_pattern(
    rf"&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);|[{_QUOTES}{_SPACES}]|[{_INVISIBLE}]+"
)
_IS_INVISIBLE: Final = lazy_pattern(rf"[{_INVISIBLE}]")
_OPERATORS: Final = (
    (re.compile(r"&&"), "`&&` is not Liquid. Write `and`."),
    (re.compile(r"\|\|"), "`||` is not Liquid. Write `or`."),
    (re.compile(r"==="), "Liquid has no `===`. Write `==`."),
    (re.compile(r"(?<![=!<>])=(?!=)"), "A comparison has two equals signs. Write `==`."),
    (
        re.compile(r"(?<!\w)\((?![^()]*\.\.)"),
        "Liquid has no parentheses. Put one `if` into another, or `assign` a part first.",
    ),
    (re.compile(r"(?<=\s)\?(?=\s)"), "Liquid has no `? :`. Write `{% if %}` and `{% else %}`."),
    (
        re.compile(r"(?:[=!<>]=|[<>]|(?<![\w.-])contains\s)\s*not(?![\w.-])"),
        "`not` cannot follow an operator. Negate the whole condition, or write `!=`.",
    ),
)
_PLAIN: Final = {
    "&gt;": ">",
    "&lt;": "<",
    "&amp;": "&",
    "&quot;": '"',
    "&#39;": "'",
    "&apos;": "'",
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’", "'"),
}
_REPLACEMENTS: Final = {"&&": "and", "||": "or", "=": "==", "===": "=="}
_CONDITIONS: Final = frozenset({"if", "elsif", "unless"})
_HANDLEBARS: Final = lazy_pattern(r"[#/>^!&{]")
_SUSPICIOUS: Final = lazy_pattern(rf"[&(?={_QUOTES}{_SPACES}{_INVISIBLE}]|\|\||\bnot\b|^[#/>^!{{]")
"""What every error here contains, except a tag that is written as a variable."""
_WORD: Final = lazy_pattern(r"\w+")
_OTHER_TAGS: Final = lazy_pattern(
    r"<%[=\-#]?.*?%>|\*\|[A-Z_:]+\|\*|%%=.*?=%%|<\?(?:php\b|=).*?\?>|(?<!\{)\{#\s[^{}]*\s#\}",
    re.DOTALL,
)
_OTHER_ENDS: Final = ("%>", "|*", "=%%", "?>", "#}")
"""What every placeholder ends with: most texts have none, which is found soon."""


def find_notation_errors(text: str, tokens: Iterable[Token]) -> Iterator[LiquidError]:
    """Yield what cannot be Liquid, at most one for each tag or output."""
    for token in tokens:
        if token.is_rendered:
            found = next(_token_errors(text, token), None)
            if found is not None:
                yield found


def find_other_languages(text: str) -> Iterator[LiquidError]:
    """Yield what ERB, Mailchimp, AMPscript, PHP and Jinja would replace, and is sent as it is."""
    if any(end in text for end in _OTHER_ENDS):
        for match in _OTHER_TAGS.finditer(text):
            yield LiquidError(
                OTHER_LANGUAGE,
                f"`{_short(match[0])}` is a placeholder of another template language, which "
                "Customer.io sends as it is. Write it in Liquid: `{{ customer.first_name }}`.",
                match.start(),
            )


def _token_errors(text: str, token: Token) -> Iterator[LiquidError]:
    if _SUSPICIOUS.search(token.arguments) is None:
        if token.is_output:
            yield from _tag_as_variable(token)
        return
    outside_texts = without_texts(token.arguments)
    at = token.arguments_start
    if token.is_output and _HANDLEBARS.match(outside_texts):
        message = f"`{_written(text, token)}` is Handlebars or Mustache. Write it in Liquid."
        yield LiquidError(OTHER_LANGUAGE, message, token.start)
    for match in _ENCODED.finditer(outside_texts):
        place = at + match.start()
        default = "" if _IS_INVISIBLE.match(match[0]) else " "
        plain = (place, at + match.end(), _PLAIN.get(match[0], default))
        yield LiquidError(ENCODED, _encoded_text(match[0]), place, plain)
    if token.is_output:
        yield from _tag_as_variable(token)
    if token.is_output or token.name in _CONDITIONS:
        for pattern, message in _OPERATORS:
            if (found := pattern.search(outside_texts)) is not None:
                rule = SYNTAX if found[0] == "=" else OPERATOR
                better = _REPLACEMENTS.get(found[0])
                begin, end = (at + place for place in found.span())
                fix = (begin, end, better) if better else None
                yield LiquidError(rule, message, begin, fix)


def _written(text: str, token: Token) -> str:
    """Return an output as it is written: the third brace of `{{{ a }}}` comes after its end."""
    opened = token.arguments.count("{") - token.arguments.count("}")
    rest = text[token.end : token.end + max(opened, 0)]
    braces = len(rest) - len(rest.lstrip("}"))
    return _short(text[token.start : token.end + braces])


def _tag_as_variable(token: Token) -> Iterator[LiquidError]:
    name = _WORD.match(token.arguments)
    rule = TAGS.get(name[0]) if name else None
    if name and rule is not None and (rule.takes_text or name[0] == "random"):
        rest = token.arguments[name.end() :].strip()
        better = f"{{% {name[0]}{' ' + rest if rest else ''} %}}"
        yield LiquidError(
            WRONG_FORM,
            f"`{name[0]}` is a tag, and the form with double braces gives an empty text or fails "
            f"the message. Write `{better}`.",
            token.start,
            (token.start, token.end, better),
        )


def _encoded_text(found: str) -> str:
    plain = _PLAIN.get(found)
    if found in _QUOTES:
        return f"`{found}` is a typographic quotation mark. Write a plain `{plain}`."
    shown = found if found.startswith("&") else f"U+{ord(found[0]):04X}"
    if _IS_INVISIBLE.match(found):
        return f"`{shown}` inside of Liquid is invisible, and becomes part of a name. Remove it."
    return (
        f"`{shown}` inside of Liquid is an encoded or invisible character, which no engine reads. "
        f"Write {f'`{plain}`' if plain else 'a space'}."
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def without_texts(arguments: str) -> str:
    """Return the arguments of a tag with blanks in place of its quoted texts."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), arguments)
