"""An analysis of a file of a test's own: really read, redacted, split and encoded.

Sentiment and themes come from a few words, so that a test can say what they are.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl

from analyzer import sources, text
from analyzer.encoders import load_encoder
from analyzer.schema import MENTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.pipeline import Analysis
    from analyzer.sources import Source

SECRET = b"a secret of the tests, 32 bytes!"

_NEGATIVE = r"(?i)\b(slow|lento|lent|lente|awful|fatal|horrible|caro|cher|expensive)\b"
_NEUTRAL = r"(?i)\b(last year|el año pasado|l'an dernier)\b"
_THEMES = {
    "T01": ("Velocidad", "Débit", "Speed", r"(?i)fast|rápid|rapide|fibre|fibra"),
    "T02": ("Atención", "Accueil", "Staff", r"(?i)staff|amable|aimable|kind|patient|paciencia"),
    "T03": ("Precio", "Prix", "Price", r"(?i)price|precio|prix|bill|factura|facture"),
}


@dataclass(frozen=True)
class Found:
    """The part of the themes' geometry that quotes read."""

    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    """The attributes of an analysis that quotes read."""

    feedback: pl.DataFrame
    spans: pl.DataFrame
    mentions: pl.DataFrame
    themes: pl.DataFrame
    sources: tuple[Source, ...]
    found: Found


def sample(folder: Path, rows: list[dict[str, Any]], name: str = "wave.csv") -> Analysis:
    """Read rows as a file: comment, and nps 10, consent yes and a person each, unless given."""
    return samples(folder, {name: rows})


def samples(folder: Path, files: dict[str, list[dict[str, Any]]]) -> Analysis:
    """Read several files together."""
    paths = [_written(folder / name, rows) for name, rows in files.items()]
    reading = sources.read(paths, {"consent": "can_quote", "text": "comment"})
    prepared = text.prepare(reading.records)
    spans = _scored(prepared.spans)
    vectors = np.asarray(load_encoder().encode(spans["text"].to_list()), dtype=np.float32)
    return cast(
        "Analysis",
        Sample(
            prepared.feedback, spans, _mentions(spans), _themes(), reading.sources, Found(vectors)
        ),
    )


def _written(path: Path, rows: list[dict[str, Any]]) -> Path:
    columns = ["id", "nps", "comment", "can_quote", "customer_id", "date", "touchpoint"]
    columns += sorted({key for row in rows for key in row} - set(columns))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for number, row in enumerate(rows):
            usual = {
                "id": f"R{number:03d}",
                "nps": 10,
                "can_quote": "yes",
                "customer_id": f"C{number:03d}",
                "date": f"2026-04-{number % 27 + 1:02d} 10:00:00",
                "touchpoint": "shop",
            }
            writer.writerow({**usual, **row})
    return path


def _scored(spans: pl.DataFrame) -> pl.DataFrame:
    return spans.with_columns(
        sentiment=pl.when(pl.col("text").str.contains(_NEGATIVE))
        .then(pl.lit("negative"))
        .when(pl.col("text").str.contains(_NEUTRAL))
        .then(pl.lit("neutral"))
        .otherwise(pl.lit("positive")),
        confidence=pl.lit(0.9),
    ).with_columns(
        polarity=pl.col("sentiment").replace_strict(
            {"negative": -0.9, "neutral": 0.0, "positive": 0.9}
        )
    )


def _mentions(spans: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (feedback_id, span, theme, 0.7, True)
        for feedback_id, span, said in spans.select("feedback_id", "span", "text").iter_rows()
        for theme, (*_, pattern) in _THEMES.items()
        if re.search(pattern, said)
    ]
    return pl.DataFrame(rows, schema=MENTIONS, orient="row")


def _themes() -> pl.DataFrame:
    rows = [(theme, es, fr, en) for theme, (es, fr, en, _) in _THEMES.items()]
    return pl.DataFrame(rows, schema=["theme_id", "name_es", "name_fr", "name_en"], orient="row")
