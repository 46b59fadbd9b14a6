"""Which column is which score, and on which scale: decided from names and values, and said."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from analyzer.sources.values import MISSING, fold, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GROUPS", "TOLERANCE", "ScoreValues", "fraction", "read_scores", "scale_of"]

# A few values outside the scale are typing errors, not another scale.
TOLERANCE: Final = 0.05
_MANY: Final = 30  # answers
_STEPS: Final = {"worst": 0.0, "low": 0.25, "middle": 0.5, "high": 0.75, "best": 1.0}
_WORDS: Final = {
    word: _STEPS[step] for step, words in vocabulary()["opinion"].items() for word in words
}
_PAIR: Final = {
    word: _STEPS[step] for step, words in vocabulary()["pair"].items() for word in words
}
# "satisfecho/a", "satisfait(e)", "satisfait·e"
_FORMS: Final = re.compile(r"(?<=[a-z]) ?(?:/ ?-?[aeo]s?|\([aeo]s?\)|·es?|\.e)(?![a-z])")
_NUMBERS: Final = {word: float(n) for n, words in vocabulary()["numbers"].items() for word in words}
GROUPS: Final[frozenset[str]] = frozenset(vocabulary()["nps_groups"])
_LEADING: Final = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?) ?"
    r"(?:(?P<of>(?:/|sur|de|out of|von|of) ?(?P<top>\d{1,3}))\b.*|(?P<percent>%)|"
    r"(?:stars?|estrellas?|etoiles?|pts?|puntos|points)\b.*|[-–—:=.(\[,|].*|"
    r"[★⭐☆️]+|)$"
)
# "Extremely likely - 10", "Muy probable (10)", "Très probable : 10"; "(5) Very satisfied".
_TRAILING: Final = re.compile(r"[^\d]*[^\W\d][^\d]*?(?: [-–—=]|:| ?[(\[]) ?(\d{1,3})[)\]]?$")
_BRACKETED: Final = re.compile(r"[(\[](\d{1,3})[)\]] ?[^\d]+$")
# Numbers that survey programs write for "no answer".
_CODES: Final = (-99.0, -9.0, -8.0, -1.0, 88.0, 97.0, 98.0, 99.0, 888.0, 997.0, 998.0, 999.0)
_STEPS_USED, _HIGHEST = 3, 20.0  # answers in use beside codes, and the highest of them
_APART: Final = 3  # between the highest answer and a code


@dataclass(frozen=True)
class ScoreValues:
    """A column read as numbers.

    Attributes:
        numbers: the value of each distinct cell that is a number or a word for one.
        counts: rows of each distinct cell that is not blank.
        unread: distinct cells that are not scores.
        top: the denominator that the cells state (``4/5``, ``85 %``), or None.
        words: the numbers are 0..1 meanings of words.
        codes: cells that stand for no answer, such as 99 on a scale up to 5; in no other field.
    """

    numbers: dict[str, float]
    counts: dict[str, int]
    unread: tuple[str, ...]
    top: float | None
    words: bool
    codes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Rows that are not blank."""
        return sum(self.counts.values())

    @property
    def share_read(self) -> float:
        """Share of those rows that are scores."""
        read = sum(self.counts[cell] for cell in self.numbers)
        return read / self.total if self.total else 0.0

    def share_within(self, low: float, high: float, *, whole: bool = False) -> float:
        """Share of the scores that lie on a scale."""
        inside = outside = 0
        for cell, value in self.numbers.items():
            if low <= value <= high and (not whole or value == int(value)):
                inside += self.counts[cell]
            else:
                outside += self.counts[cell]
        return inside / max(inside + outside, 1)

    def share_of(self, value: float) -> float:
        """Share of the scores that are exactly ``value``."""
        hits = sum(self.counts[cell] for cell, v in self.numbers.items() if v == value)
        return hits / max(sum(self.counts[cell] for cell in self.numbers), 1)

    @property
    def fractions(self) -> bool:
        """Whether the scores are shares of one, as spreadsheets keep percentages."""
        between = sum(self.counts[c] for c, v in self.numbers.items() if 0 < v < 1)
        return self.share_within(0, 1) == 1 and between >= TOLERANCE * self.total > 0

    def without_codes(self) -> ScoreValues:
        """Take numbers for "no answer" out: far above all answers, or below zero."""
        values = sorted(set(self.numbers.values()))
        codes = {value for value in values if value in _CODES}
        rest = [value for value in values if value not in codes]
        if self.words or len(rest) < _STEPS_USED or rest[0] < 0 or rest[-1] > _HIGHEST:
            return self
        codes = {c for c in codes if c < 0 or c > rest[-1] + _APART}
        if not codes:
            return self
        cells = tuple(sorted(cell for cell, value in self.numbers.items() if value in codes))
        return replace(
            self,
            numbers={cell: value for cell, value in self.numbers.items() if cell not in cells},
            counts={cell: n for cell, n in self.counts.items() if cell not in cells},
            codes=cells,
        )

    def largest(self) -> float:
        """The largest score that is not one of a few outliers."""
        rest = sum(self.counts[cell] for cell in self.numbers)
        for cell, value in sorted(self.numbers.items(), key=lambda item: item[1]):
            rest -= self.counts[cell]
            if rest < TOLERANCE * self.total:
                return value
        return 0.0

    @property
    def groups(self) -> bool:
        """Whether the cells are promoter, passive, detractor."""
        hits = sum(n for cell, n in self.counts.items() if fold(cell) in GROUPS)
        return self.total > 0 and hits >= 0.8 * self.total


def read_scores(column: pl.Series, values: Mapping[str, float] | None = None) -> ScoreValues:
    """Read a column as scores.

    Args:
        column: strings as the file has them.
        values: what each cell means, where a vendor has labels of its own; cells are compared in
            lower case without accents.

    Returns:
        What was read; blanks and refusals (``n/a``, ``NSP``) are neither read nor unread.
    """
    table = column.drop_nulls().value_counts(sort=False)
    cells = [(str(cell), int(n)) for cell, n in table.rows()]
    counts = {cell: n for cell, n in sorted(cells) if fold(cell) not in MISSING}
    if len(counts) > 20_000:  # a comment, not a score
        return ScoreValues({}, counts, tuple(counts), None, False)
    if values is not None:
        numbers = {cell: values[fold(cell)] for cell in counts if fold(cell) in values}
        return ScoreValues(numbers, counts, _rest(counts, numbers), None, True)
    numbers, tops = {}, dict[float, int]()
    for cell, n in counts.items():
        value, top = _number(cell)
        if value is not None:
            numbers[cell] = value
        if top is not None:
            tops[top] = tops.get(top, 0) + n
    total = sum(counts.values())
    words = _read_words(counts)
    if sum(counts[cell] for cell in words) > max(sum(counts[c] for c in numbers), 0.5 * total):
        return ScoreValues(words, counts, _rest(counts, words), None, True)
    top = max(tops, key=lambda key: (tops[key], key)) if tops else None
    stated = top if top is not None and tops[top] >= 0.5 * total else None
    return ScoreValues(numbers, counts, _rest(counts, numbers), stated, False)


def scale_of(
    scores: ScoreValues,
    metric: Literal["csat", "ces"] = "csat",
    stated: tuple[float | None, float] | None = None,
) -> tuple[float, float] | None:
    """Find the smallest usual scale that holds at least 95 % of the values.

    Args:
        scores: a column read as numbers.
        metric: a CES is never a percentage.
        stated: what the header says of it, see `names.stated_scale`; taken when the values fit.

    Returns:
        Minimum and maximum, or None when no scale fits: 0-1, 1-5, 0-5, 1-7, 1-10, 0-10, 0-20
        (thirty answers or more), 0-100.
    """
    if scores.words:
        return (0.0, 1.0)
    if scores.top is not None:
        if scores.top <= 0:
            return None
        zero = scores.share_of(0) > 0 or scores.top >= 100 or scores.top <= 1
        return (0.0 if zero else 1.0, scores.top)
    if stated == (0.0, 100.0) and scores.share_within(0, 1) == 1:
        return (0.0, 1.0)
    if stated is not None:
        low, high = stated
        low = low if low is not None else float(high < 20 and scores.share_of(0) == 0)
        if scores.share_within(low, high) >= 1 - TOLERANCE:
            return (low, high)
    binary = scores.share_of(0) + scores.share_of(1) == 1 and 0 < scores.share_of(0) < 1
    if binary or scores.fractions:
        return (0.0, 1.0)
    # One person who answers 0 on a scale up to ten shows that it starts there.
    ten = (float(scores.share_of(0) == 0), 10.0)
    scales = [(1.0, 5.0), (0.0, 5.0), (1.0, 7.0), ten]
    # No score of many that are percentages lies at 20 or under in all of them: French marks do.
    marks = [(0.0, 20.0)] if scores.total >= _MANY else []
    for low, high in scales if metric == "ces" else [*scales, *marks, (0.0, 100.0)]:
        if scores.share_within(low, high) >= 1 - TOLERANCE:
            return (low, high)
    return None


def fraction(value: float, low: float, high: float, *, higher_is_better: bool = True) -> float:
    """Place a value on its scale: 0 is the worst answer, 1 the best."""
    share = (value - low) / (high - low)
    return share if higher_is_better else 1 - share


def _rest(counts: Mapping[str, int], read: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(cell for cell in counts if cell not in read)


def _number(cell: str) -> tuple[float | None, float | None]:
    """Value and stated maximum of one cell: ``9/10`` is (9, 10), ``85 %`` is (85, 100)."""
    plain = fold(cell)
    stars = plain.count("★") + plain.count("⭐")
    if stars and not re.search(r"\d", plain):
        return (float(stars), 5.0 if stars <= 5 else None)
    if plain in _NUMBERS:
        return (_NUMBERS[plain], None)
    match = _LEADING.match(plain)
    if not match:
        told = _TRAILING.match(plain) or _BRACKETED.match(plain)
        return (float(told[1]) if told else None, None)
    value = float(match.group(1).replace(",", "."))
    if match.group("percent"):
        return (value, 100.0)
    return (value, float(match.group("top")) if match.group("of") else None)


def _read_words(counts: Mapping[str, int]) -> dict[str, float]:
    plain = {cell: _word_of(cell) for cell in counts}
    if set(plain.values()) <= set(_PAIR):
        return {cell: _PAIR[word] for cell, word in plain.items()}
    return {cell: _WORDS[word] for cell, word in plain.items() if word in _WORDS}


def _word_of(cell: str) -> str:
    """The words of a cell without an emoji beside them, or the emoji that stands alone."""
    word = re.sub(r"[.!]+$", "", fold(cell)).replace("\ufe0f", "")
    word = _FORMS.sub("", word)
    if word in _WORDS or word in _PAIR:
        return word
    bare = " ".join(re.sub(r"[^\w\s'/-]", " ", word).split())
    return bare if bare in _WORDS or bare in _PAIR else word
