"""Notes of how a file was read, in the report's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.lists import format_list

from analyzer.report.terms import term
from analyzer.sources.notes import NAMES, NOTES

if TYPE_CHECKING:
    from analyzer.report.words import Words

_WHOLE = 1e-6

__all__ = ["division", "rating", "remark"]


def remark(words: Words, sentence: str, told: dict[str, Any]) -> tuple[str, str]:
    """Say a note.

    Args:
        words: of the report's language.
        sentence: one entry of a source's ``notes`` in the model.
        told: the entry of ``note_codes`` beside it.

    Returns:
        The sentence, and its language: English where only the English sentence is known.
    """
    template = NOTES.get(told["code"] or "")
    if template is None:
        return _begun(sentence), "en"
    values = {key: _value(words, key, value) for key, value in told["values"].items()}
    if isinstance(template, str):
        return _begun(words.text(template, **values)), words.language
    values.pop("n")  # `plural` writes it
    return _begun(words.plural(*template, told["values"]["n"], **values)), words.language


def division(words: Words, verdict: str, best: dict[str, str], worst: dict[str, str]) -> str:
    """Say that two groups feel differently about a theme.

    Args:
        words: of the report's language.
        verdict: ``divided`` when one praises and the other criticises, else ``differ``.
        best: of the group that feels best, ``name``, ``tone`` and ``n``.
        worst: of the group that feels worst.
    """
    values = {f"{side}_{key}": v[key] for side, v in (("a", best), ("b", worst)) for key in v}
    if verdict == "divided":
        return words.text(
            "Opinions are divided. %(a_name)s: more praise than criticism (mean tone %(a_tone)s, "
            "n = %(a_n)s). %(b_name)s: more criticism than praise (%(b_tone)s, n = %(b_n)s).",
            **values,
        )
    return words.text(
        "Some are harsher than others. %(a_name)s: mean tone %(a_tone)s (n = %(a_n)s). "
        "%(b_name)s: %(b_tone)s (n = %(b_n)s).",
        **values,
    )


def rating(model: dict[str, Any], words: Words, csat: float) -> str:
    """A satisfaction score as the person gave it: ``4/5``; ``75%`` where files differ in scale.

    Args:
        model: result of `analyzer.report.build`.
        words: of the report's language.
        csat: the score, 0..1, 1 is best.
    """
    scales = {
        (score["minimum"], score["maximum"], score["higher_is_better"])
        for source in model["quality"]["sources"]
        for score in source["scores"]
        if score["metric"] == "csat"
    }
    low, high, upwards = next(iter(scales)) if len(scales) == 1 else (0, 1, True)
    if high in (1, 100):
        return words.percent(csat)
    value = low + (csat if upwards else 1 - csat) * (high - low)
    whole = abs(value - round(value)) < _WHOLE
    return f"{words.number(value, 0 if whole else 1)}/{words.number(high)}"


def _value(words: Words, key: str, value: Any) -> str:  # noqa: ANN401 - what JSON can hold
    if key in NAMES:
        names = value if isinstance(value, list) else [value]
        return ", ".join(words.text("“%(name)s”", name=name) for name in names)
    if isinstance(value, list):
        return str(format_list(value, style="or", locale=words.locale))
    if key == "order":
        return term(words, "date_order", value)
    if isinstance(value, int):
        return words.number(value)
    return words.signed(value, 2) if isinstance(value, float) else str(value)


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
