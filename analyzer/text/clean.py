"""Repair the spelling of a comment as exported, without touching its words."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

import ftfy
from ftfy import fixes

__all__ = ["clean"]

# Printable ASCII with single inner spaces and nothing that could be markup: most comments.
_PLAIN: Final = re.compile(r"[!-%'-;=-~]++(?:[ \n][!-%'-;=-~]++)*")

# Double-encoded text always shows two odd characters in a row, one of these leads, or a C1 control.
_SUSPECT: Final = re.compile(r"[^\x00-\x7f]{2}|[\x80-\x9fÃÂâÅÐÑØ�]")
_MOJIBAKE: Final = ftfy.TextFixerConfig(
    unescape_html=False, normalization=None, explain=False, fix_line_breaks=False
)

_BLOCK: Final = re.compile(
    r"br|p|div|li|tr|t[dh]|[uo]l|table|h[1-6]|hr|blockquote|pre|title", re.IGNORECASE
)
_HIDDEN: Final = frozenset({"script", "style"})
_TAG: Final = re.compile(
    r"<(?P<close>/?)(?P<name>a|abbr|b|big|blockquote|body|br|center|code|del|div|em|font|h[1-6]|head"
    r"|hr|html|i|img|ins|li|link|meta|ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup"
    r"|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|wbr)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")

_ZERO_WIDTH: Final = re.compile(
    "[\u00ad\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    # A joiner builds one emoji out of several and stays between them.
    "|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])"
)
_COMPATIBILITY: Final = re.compile(
    "[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\u3000\ufb00-\ufb06\uff01-\uffef]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufff9-\ufffc\U000e0001-\U000e007f]")
_LINE_ENDS: Final = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_NEWLINES: Final = re.compile(r" ?\n[ \n]*")
_LATE_C1: Final = {0x85: "…", **{c: None for c in range(0x80, 0xA0) if c != 0x85}}


def clean(text: str) -> str:
    """Repair one comment.

    Mojibake, cp1252 leftovers, HTML entities and tags, full-width letters, ligatures and curly
    quotes are put right; the result is NFC. NBSP and its narrow kin become spaces, zero-width
    characters go, white space collapses. A newline survives as one newline, because people end
    sentences with it; ``<br>`` and block tags become one.

    Args:
        text: a comment as read from a file.

    Returns:
        The repaired comment; cleaning it again changes nothing.
    """
    if _PLAIN.fullmatch(text):
        return text
    for _ in range(4):  # entities inside entities, tags inside those: a fixed point comes fast
        repaired = _repair(text)
        if repaired == text:
            break
        text = repaired
    return text


def _repair(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(_unescape, text)
    if "<" in text:
        text = _strip_tags(text)
    if not text.isascii():
        text = _repair_wide(text)
    text = _CONTROL.sub("", _LINE_ENDS.sub("\n", text))
    return _NEWLINES.sub("\n", _SPACES.sub(" ", text)).strip()


def _repair_wide(text: str) -> str:
    if _SUSPECT.search(text):
        text = ftfy.fix_encoding(text, _MOJIBAKE).translate(_LATE_C1)
    if _COMPATIBILITY.search(text):
        text = fixes.fix_latin_ligatures(fixes.fix_character_width(text))
    text = fixes.uncurl_quotes(text)
    return unicodedata.normalize("NFC", _ZERO_WIDTH.sub("", text))


def _unescape(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _strip_tags(text: str) -> str:
    kept: list[str] = []
    hidden = ""
    start = 0
    for match in _TAG.finditer(text):
        name = match["name"].lower()
        if not hidden:
            kept.append(text[start : match.start()])
        start = match.end()
        if name in _HIDDEN:
            hidden = "" if match["close"] else hidden or name
        elif not hidden and _BLOCK.fullmatch(name):
            kept.append("\n")
    kept.append("" if hidden else text[start:])
    return "".join(kept)
