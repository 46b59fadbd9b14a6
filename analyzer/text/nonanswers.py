"""Comments that answer nothing: "RAS", "n/a", ".", "asdf", a repeated score."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from analyzer.text.language import mask
from analyzer.text.wordlists import NON_ANSWERS, NOTHING_OR_ALL

__all__ = ["is_non_answer"]

_EMOJI: Final = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_EMOTICON: Final = re.compile(
    r"(?<!\w)(?:[:;=]['’]?-?[)(\]\[DPpOo/\\|*3]+|[xX]D+|<3|\^_?\^)(?!\w)|[)(]-?[:;=]"
)
_WORD: Final = re.compile(r"[a-z0-9]+")
_PLAIN_LETTERS: Final = re.compile(r"[A-Za-z0-9]+")
_LONGEST: Final = 60  # folded characters; a longer comment says something

_LIKES: Final = re.compile(
    r"(?i)gust|dislik|\blik|\blov|ador|aim[ée]|pl[uû]|appr[ée]ci|d[ée]plu|encant|molest|disgust|worst|best|"
    r"mejor de|peor|meilleur|pire|satisf|insatisf|funciona|valora|enjoy|hate"
)

_ROWS: Final = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "abcdefg",
)
_VOWELS: Final = frozenset("aeiouy")


def is_non_answer(text: str, question: str | None = None) -> bool:
    """Decide whether a comment answers nothing.

    One-word opinions ("caro", "nul", "slow"), "todo bien" and comments of emoji alone are answers.
    So is "nada", "rien" or "nothing" after a question about what someone liked or disliked, where
    it is blame or praise; after any other question, or none, it is not.

    Args:
        text: a cleaned comment, redacted or not.
        question: the survey question, where known.

    Returns:
        True when the comment is to be left out.
    """
    if len(text) > 4 * _LONGEST:
        return False
    bare = mask(text)
    if _EMOJI.search(bare) or _EMOTICON.search(bare):
        return False
    if not any(map(str.isalpha, bare)):
        return True
    if sum(map(len, _PLAIN_LETTERS.findall(bare))) > _LONGEST:
        return False  # folding only adds to these
    words = _WORD.findall(_fold(bare))
    if not words:
        return False  # letters of another script
    phrase = " ".join(words)
    if len(phrase) > _LONGEST:
        return False
    if len(set(words)) == 1:
        phrase = words[0]
    if phrase in NOTHING_OR_ALL and question and _LIKES.search(question):
        return False
    return phrase in NON_ANSWERS or _is_mash(words, bare)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("œ", "oe")


def _is_mash(words: list[str], original: str) -> bool:
    """Keys pressed at random: a row of the keyboard, no vowel, or one letter over and over."""
    if len(words) > 2 or (original.isupper() and len(original) < 6):
        return False
    return all(_mashed(word) for word in words)


def _mashed(word: str) -> bool:
    if not word.isalpha() or len(word) < 3:
        return False
    if len(set(word)) == 1:
        return True
    if len(word) >= 4 and not _VOWELS & set(word):
        return True
    half = word[: len(word) // 2 + len(word) % 2]
    pieces = {word} | ({half} if (half * 2).startswith(word) and len(half) >= 3 else set())
    return any(len(p) >= 3 and p in row and p not in _REAL for p in pieces for row in _ROWS)


_REAL: Final = frozenset({"we", "were", "try", "rty", "pop", "port", "tre", "cde", "ert", "wer"})
