"""Errors in the structure of a text: tags that are unknown, misplaced, or not closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cioform.core.suggest import closest, did_you_mean, suggest
from cioform.core.text.word_lists import join_names
from cioform.language.liquid.dialect import INNER_TAGS, TAGS, TEMPLATE_TAGS
from cioform.language.liquid.parsed import LiquidError
from cioform.language.liquid.syntax.tokens import Token

SYNTAX: Final = "LQ001"
ELSE_WITH_CONDITION: Final = "LQ002"
WRONG_FORM: Final = "LQ004"

_END_TAGS: Final = {rule.end: name for name, rule in TAGS.items() if rule.end}
_NO_SUCH_TAG: Final = (
    " Remove it. To show it as text, write `{% raw %}` before it and `{% endraw %}` after it."
)
_KNOWN: Final = frozenset({*TAGS, *INNER_TAGS, *_END_TAGS})


def find_structure_errors(tokens: Iterable[Token]) -> Iterator[LiquidError]:
    """Yield what is wrong with the tags of a text and with how they nest."""
    open_blocks: list[Token] = []
    for token in tokens:
        if token.is_verbatim:
            continue
        if not token.is_closed:
            yield LiquidError(SYNTAX, _unclosed_text(token), token.start)
        elif token.is_tag:
            yield from _tag_errors(token, open_blocks)
    for token in open_blocks:
        yield _never_closed(token)


def _tag_errors(token: Token, open_blocks: list[Token]) -> Iterator[LiquidError]:
    name = token.name
    if name in TAGS:
        if TAGS[name].end:
            open_blocks.append(token)
    elif name in _END_TAGS:
        yield from _close(token, open_blocks)
    elif name in INNER_TAGS:
        yield from _inner_errors(token, open_blocks)
    else:
        yield _unknown_tag(token, open_blocks)
        if name == "end" and open_blocks:
            open_blocks.pop()


def _close(token: Token, open_blocks: list[Token]) -> Iterator[LiquidError]:
    opener = _END_TAGS[token.name]
    if opener not in [block.name for block in open_blocks]:
        text = f"`{{% {token.name} %}}` closes nothing: no `{{% {opener} %}}` is open here."
        yield LiquidError(
            SYNTAX, f"{text} Remove it, or add the tag that it should close.", token.start
        )
        return
    while (block := open_blocks.pop()).name != opener:
        yield _never_closed(block, f" before `{{% {token.name} %}}`")


def _inner_errors(token: Token, open_blocks: list[Token]) -> Iterator[LiquidError]:
    name = token.name
    around = open_blocks[-1].name if open_blocks else ""
    if around not in INNER_TAGS[name]:
        inside = join_names((f"{{% {each} %}}" for each in sorted(INNER_TAGS[name])), "or")
        text = f"`{{% {name} %}}` belongs directly inside of {inside}."
        yield LiquidError(SYNTAX, f"{text} Move it, or close the block before it.", token.start)
    elif name == "else" and token.arguments:
        condition = token.arguments.removeprefix("if").strip()
        yield LiquidError(
            ELSE_WITH_CONDITION,
            f"`else` takes no condition, so that this one is ignored or fails. Write "
            f"`{{% elsif {condition} %}}`.",
            token.start,
            (token.start, token.end, f"{{% elsif {condition} %}}"),
        )


def _unknown_tag(token: Token, open_blocks: list[Token]) -> LiquidError:
    name = token.name
    if not name:
        return LiquidError(SYNTAX, "This tag has no name. Write one, or remove it.", token.start)
    if name in TEMPLATE_TAGS:
        return LiquidError(WRONG_FORM, _template_tag_text(token), token.start)
    if name == "end" and open_blocks:
        end = f"{{% end{open_blocks[-1].name} %}}"
        fix = (token.start, token.end, end)
        return LiquidError(SYNTAX, f"Unknown tag `{name}`. Write `{end}`.", token.start, fix)
    hint = _similar(name) or _NO_SUCH_TAG
    return LiquidError(SYNTAX, f"Unknown tag `{name}`.{hint}", token.start)


def _similar(name: str) -> str:
    """Return a question for a known tag with a similar name. All end tags have one beginning."""
    if name.startswith("end") and (opener := closest(name[3:], _END_TAGS.values())) is not None:
        return suggest(f"end{opener}")
    return "" if name.startswith("end") else did_you_mean(name, _KNOWN)


def _unclosed_text(token: Token) -> str:
    opening, closing = ("{{", "}}") if token.is_output else ("{%", "%}")
    return f"`{opening}` is not closed. Write `{closing}` after what it should contain."


def _template_tag_text(token: Token) -> str:
    name = token.arguments.strip("\"' ").partition(" ")[0].strip("\"',")
    plain = name.replace("_", "").replace("-", "").isalnum()
    use = f"snippets.{name}" if plain else f'snippets["{name or "name"}"]'
    return (
        f"Customer.io has no tag `{token.name}`. A snippet is a variable: write `{{{{ {use} }}}}`."
    )


def _never_closed(token: Token, where: str = "") -> LiquidError:
    text = f"`{{% {token.name} %}}` is not closed{where}. Write `{{% end{token.name} %}}`."
    return LiquidError(SYNTAX, text, token.start)
