"""Text as XML carries it: cleaned of what no parser accepts, and escaped as Twilio's library escapes it."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot carry.

    Twilio's library "validates nothing: control characters give XML that no parser accepts".
    """
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def escape(text: str) -> str:
    """Clean text as the content of an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Text, cleaned, as the value of an attribute, with its double quotes around it."""
    value = escape(clean(text)).replace('"', "&quot;")
    return '"' + value.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#09;") + '"'


def cut(text: str, longest: int) -> str:
    """The text in at most `longest` characters, ended after a whole word where it has a space to end at."""
    if len(text) <= longest:
        return text
    head = text[: longest + 1]
    return (head.rpartition(" ")[0].rstrip() or head)[:longest]
