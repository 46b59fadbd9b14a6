"""Which end of a scale is the good one, where a header says it: ``(1 very easy - 7 very hard)``."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from analyzer.sources.values import fold, vocabulary

__all__ = ["higher_is_better"]

_WORDS: Final = {
    pattern: kind == "good"
    for kind, patterns in vocabulary()["anchors"].items()
    for pattern in patterns
}
# Longer ones first: "not at all easy" is not "easy".
_TOKEN: Final = re.compile(
    r"(?<![^\W_])(?P<number>\d{1,3})|"
    + "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
)
_ASIDE: Final = re.compile(r"[(\[]([^()\[\]]*\d[^()\[\]]*)[)\]]")
_LONGEST: Final = 2000
_MIDDLE: Final = 3  # a lower number is the lower end of any scale


def higher_is_better(header: str) -> bool | None:
    """Tell whether a high value is the good answer.

    Args:
        header: of a score, as it stands in the file.

    Returns:
        What the numbers and words in it say (``1 = très satisfait`` is False), None where it says
        nothing or contradicts itself.
    """
    plain = fold(header[-_LONGEST:])
    aside = _ASIDE.search(plain)
    digit = re.search(r"\d", plain)
    if not digit:
        return None
    said = aside[1] if aside else plain[digit.start() :]
    found = [match[0] for match in _TOKEN.finditer(said)]
    pairs = _pairs(found)
    verdicts = {(number < _MIDDLE) != good for number, good in pairs}
    enough = len(pairs) > 1 or aside is not None  # "1. Satisfaction" numbers a question
    return verdicts.pop() if enough and len(verdicts) == 1 else None


def _pairs(found: list[str]) -> list[tuple[int, bool]]:
    """Numbers with the word beside them, the one behind where a number comes first."""
    pairs, taken = [], False
    for left, right in pairwise(found):
        taken = not taken and (left in _WORDS) != (right in _WORDS)
        if taken:
            number, word = (right, left) if left in _WORDS else (left, right)
            pairs.append((int(number), _WORDS[word]))
    return pairs
