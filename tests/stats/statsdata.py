"""Feedback, spans and mentions as the other rooms would hand them over, invented and seeded."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from analyzer.schema import FEEDBACK, MENTIONS, SPANS, csat_band, nps_segment


def feedback_frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """A FEEDBACK frame; missing columns are null, kind is survey, every row is analysed."""
    defaults: dict[str, object] = {"kind": "survey", "analysed": True, "source": "wave.csv"}
    extra = {key for row in rows for key in row} - set(FEEDBACK)
    full = [
        {**dict.fromkeys((*FEEDBACK, *sorted(extra))), **defaults, "row": i + 1, **row}
        for i, row in enumerate(rows)
    ]
    frame = pl.DataFrame(full, schema_overrides=FEEDBACK, infer_schema_length=None)
    if not rows:
        frame = pl.DataFrame(schema=FEEDBACK)
    return frame.with_columns(
        nps_segment=nps_segment(pl.col("nps")), csat_band=csat_band(pl.col("csat"))
    )


def mention_frames(
    pairs: list[tuple[str, int, str, str]],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """SPANS and MENTIONS from (feedback_id, span, theme_id, sentiment)."""
    polarity = {"negative": -0.8, "neutral": 0.0, "positive": 0.8}
    spans = pl.DataFrame(
        [
            {
                "feedback_id": who,
                "span": span,
                "start": 0,
                "end": 1,
                "text": "x",
                "sentiment": feeling,
                "polarity": polarity[feeling],
                "confidence": 0.9,
            }
            for who, span, feeling in sorted({(who, span, feel) for who, span, _, feel in pairs})
        ],
        schema=SPANS,
    )
    mentions = pl.DataFrame(
        [
            {
                "feedback_id": who,
                "span": span,
                "theme_id": theme,
                "similarity": 0.9,
                "confident": True,
            }
            for who, span, theme, _ in pairs
        ],
        schema=MENTIONS,
    )
    return spans, mentions


def simulated(
    n: int, themes: int, *, seed: int = 0, share: float = 0.1, cost: float = 0.0
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, list[str]]:
    """A survey of n people; theme t0 lowers the score by ``cost`` points, the others do nothing."""
    rng = np.random.default_rng(seed)
    hit = rng.random((n, themes)) < share
    score = np.clip(rng.integers(3, 11, n) - cost * hit[:, 0], 0, 10).astype(int)
    ids = [f"f{i:06d}" for i in range(n)]
    start = datetime(2025, 1, 1)
    feedback = pl.DataFrame(
        {
            "feedback_id": ids,
            "nps": score,
            "csat": score / 10,
            "country": rng.choice(["ES", "FR", "GB"], n),
            "language": rng.choice(["es", "fr", "en"], n),
            "channel": rng.choice(["web", "phone"], n),
            "wave": rng.choice(["2025-01", "2025-02"], n),
            "created_at": [start + timedelta(minutes=int(i)) for i in range(n)],
        }
    ).with_columns(
        *(
            pl.lit(None, dtype=kind).alias(name)
            for name, kind in FEEDBACK.items()
            if name
            not in {"feedback_id", "nps", "csat", "language", "channel", "wave", "created_at"}
        ),
    )
    feedback = feedback.with_columns(
        kind=pl.lit("survey"),
        analysed=pl.lit(value=True),
        nps=pl.col("nps").cast(pl.Int8),
        nps_segment=nps_segment(pl.col("nps")),
        csat_band=csat_band(pl.col("csat")),
    )
    who, theme = np.nonzero(hit)
    feeling = rng.choice(["negative", "neutral", "positive"], len(who), p=[0.6, 0.2, 0.2])
    spans = pl.DataFrame(
        {
            "feedback_id": np.array(ids)[who],
            "span": theme,
            "start": 0,
            "end": 1,
            "text": "x",
            "sentiment": feeling,
            "polarity": np.round(rng.uniform(-1, 1, len(who)), 3),
            "confidence": 0.9,
        },
        schema_overrides=SPANS,
    )
    mentions = pl.DataFrame(
        {
            "feedback_id": np.array(ids)[who],
            "span": theme,
            "theme_id": [f"t{i}" for i in theme],
            "similarity": 0.9,
            "confident": True,
        },
        schema_overrides=MENTIONS,
    )
    return feedback, spans, mentions, [f"t{i}" for i in range(themes)]
