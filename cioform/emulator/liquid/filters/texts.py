"""Filters of LiquidJS for texts."""

import html
import re
import unicodedata
from collections.abc import Mapping
from itertools import takewhile
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.javascript import array_of, is_list, join, number_of, text_of

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_CJK = "\u4e00-\u9fff\uf900-\ufaff\u3400-\u4dbf\u3040-\u309f\u30a0-\u30ff\uac00-\ud7af"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_OTHER_WORD = re.compile(rf"[^{_CJK}\s]+")
_COMPONENT_SAFE = "-_.!~*'()"
"""The characters that JavaScript leaves in a part of an address."""
_ADDRESS_SAFE = _COMPONENT_SAFE + ";/?:@&=+$,#[]"
_LATIN = str.maketrans({"æ": "ae", "ß": "ss", "œ": "oe", "þ": "th", "ð": "d", "ø": "o"})


def escape(value: Any) -> str:
    """Return a text with the five characters of HTML as entities."""
    return re.sub(r"[&<>\"']", lambda match: _ENTITIES[match[0]], text_of(value))


def _escape_once(value: Any) -> str:
    known = re.compile("&(amp|lt|gt|#34|#39);")
    return escape(known.sub(lambda match: html.unescape(match[0]), text_of(value)))


def _strip_html(value: Any) -> str:
    """Return a text without tags, comments, scripts and styles; it is read once."""
    text = text_of(value)
    kinds = {"<script": "</script>", "<style": "</style>", "<!--": "-->", "<": ">"}
    kept: list[str] = []
    at = 0
    while (start := text.find("<", at)) >= 0:
        kept.append(text[at:start])
        end = -1
        for opening, closing in list(kinds.items()):
            if text.startswith(opening, start):
                end = text.find(closing, start + len(opening))
                if end >= 0:
                    at = end + len(closing)
                    break
                del kinds[opening]
        if end < 0:
            return "".join((*kept, text[start:]))
    return "".join((*kept, text[at:]))


def _append(value: Any, *arguments: Any) -> str:
    return text_of(value) + text_of(_only(arguments, "append"))


def _prepend(value: Any, *arguments: Any) -> str:
    return text_of(_only(arguments, "prepend")) + text_of(value)


def _only(arguments: tuple[Any, ...], name: str) -> Any:
    if len(arguments) != 1:
        raise ValueError(f"{name} needs one argument")
    return arguments[0]


def _stripper(left: bool, right: bool) -> Filter:
    def strip(value: Any, characters: Any = None) -> str:
        text = text_of(value)
        removed = text_of(characters) if characters else None
        if left:
            text = text.lstrip(removed)
        return text.rstrip(removed) if right else text

    return strip


def _split(value: Any, by: Any = None) -> list[str]:
    text, separator = text_of(value), text_of(by)
    parts = text.split(separator) if separator else list(text)
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _replace_last(value: Any, old: Any, new: Any = "") -> str:
    text = text_of(value)
    before, found, after = text.rpartition(text_of(old)) if text_of(old) else (text, "", "")
    return f"{before}{text_of(new)}{after}" if found or not text_of(old) else text


def _replace(value: Any, old: Any, new: Any = "") -> str:
    if not text_of(old):
        return text_of(new).join(text_of(value))
    return text_of(value).replace(text_of(old), text_of(new))


def _truncate(value: Any, length: Any = 50, end: Any = "...") -> Any:
    text, ending, limit = text_of(value), text_of(end), int(number_of(length))
    if len(text) <= limit:
        return value
    return text[: max(limit - len(ending), 0)] + ending


def _truncate_words(value: Any, count: Any = 15, end: Any = "...") -> str:
    words = re.split(r"\s+", text_of(value).lstrip())
    limit = max(int(number_of(count)), 1)
    return " ".join(words[:limit]) + (text_of(end) if len(words) >= limit else "")


def _number_of_words(value: Any, mode: Any = None) -> int:
    text = text_of(value).strip()
    characters = len(_CJK_CHARACTER.findall(text))
    if mode == "cjk" or (mode == "auto" and characters):
        return characters + len(_OTHER_WORD.findall(text))
    return len(text.split())


def _sentence(value: Any, connector: Any = "and") -> Any:
    items = array_of(value)
    if len(items) < 2:
        return items[0] if items else ""
    comma = "," if len(items) > 2 else ""
    return f"{join(items[:-1], ', ')}{comma} {text_of(connector)} {join(items[-1:], '')}"


def _slice(value: Any, begin: Any, length: Any = 1) -> Any:
    if value is None:
        return []
    whole = list(value) if is_list(value) else text_of(value)
    start, size = int(number_of(begin)), int(number_of(length))
    start += len(whole) if start < 0 else 0
    if start < 0 or size < 0:
        return whole[:0]
    return whole[start : start + size]


def _url_decode(value: Any) -> str:
    try:
        return unquote_to_bytes(text_of(value).replace("+", " ")).decode()
    except UnicodeDecodeError:
        raise ValueError("URI malformed") from None


def _url_encode(value: Any) -> str:
    return quote(text_of(value), safe=_COMPONENT_SAFE).replace("%20", "+")


def _slugify(value: Any, mode: Any = "default", keep_case: Any = False) -> str:
    text = text_of(value)
    if mode == "latin":
        text = _without_accents(text)
    kept = {"pretty": "._~!$&'()+,;=@", "default": "", "latin": ""}
    if mode in kept:
        allowed = kept[mode]
        marked = (each if _is_word(each) or each in allowed else "\0" for each in text)
        text = re.sub("\0+", "-", "".join(marked))
    elif mode in ("raw", "ascii"):
        text = re.sub(r"\s+" if mode == "raw" else "[^A-Za-z0-9]+", "-", text)
    if mode != "none":
        text = text.removeprefix("-").removesuffix("-")
    return text if keep_case else text.lower()


def _is_word(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "ML" or category == "Nd"


def _without_accents(text: str) -> str:
    plain = text.translate(_LATIN)
    return "".join(
        next(takewhile(str.isalpha, unicodedata.normalize("NFD", each)), each)
        if "à" <= each <= "ÿ"
        else each
        for each in plain
    )


def _capitalize(value: Any) -> str:
    text = text_of(value)
    return text[:1].upper() + text[1:].lower()


TEXT_FILTERS: Mapping[str, Filter] = {
    "append": _append,
    "prepend": _prepend,
    "capitalize": _capitalize,
    "downcase": lambda value: text_of(value).lower(),
    "upcase": lambda value: text_of(value).upper(),
    "escape": escape,
    "xml_escape": escape,
    "escape_once": _escape_once,
    "newline_to_br": lambda value: re.sub(r"\r?\n", "<br />\n", text_of(value)),
    "strip_html": _strip_html,
    "strip_newlines": lambda value: re.sub(r"\r?\n", "", text_of(value)),
    "strip": _stripper(left=True, right=True),
    "lstrip": _stripper(left=True, right=False),
    "rstrip": _stripper(left=False, right=True),
    "normalize_whitespace": lambda value: re.sub(r"\s+", " ", text_of(value)),
    "split": _split,
    "remove": lambda value, part="": _replace(value, part) if text_of(part) else text_of(value),
    "remove_first": lambda value, part="": text_of(value).replace(text_of(part), "", 1),
    "remove_last": _replace_last,
    "replace": _replace,
    "replace_first": lambda value, old, new="": text_of(value).replace(
        text_of(old), text_of(new), 1
    ),
    "replace_last": _replace_last,
    "truncate": _truncate,
    "truncatewords": _truncate_words,
    "number_of_words": _number_of_words,
    "array_to_sentence_string": _sentence,
    "slice": _slice,
    "slugify": _slugify,
    "url_encode": _url_encode,
    "url_decode": _url_decode,
    "cgi_escape": lambda value: quote(text_of(value), safe="-_.~").replace("%20", "+"),
    "uri_escape": lambda value: quote(text_of(value), safe=_ADDRESS_SAFE),
    "raw": lambda value: value,
}
