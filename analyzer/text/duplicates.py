"""The same comment more than once: double submissions, overlapping exports, shared posts."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

import polars as pl

__all__ = ["find_duplicates"]

_LONG: Final = 8  # words: two people do not write the same eight words by chance
_POST: Final = 4
_SHARE: Final = r"(?i)^\s*(?:(?:RT|QT)\b\s*(?:@\w+)?\s*:?\s*)+"
_LINK: Final = r"(?i)(?:https?://|www\.)\S+"
_ANSWER: Final = ("kind", "norm", "nps", "csat", "ces", "wave", "question", "touchpoint")


def find_duplicates(records: pl.DataFrame) -> pl.Series:
    """Mark the rows that repeat another one.

    Outside social media a row repeats another when text, scores, kind, wave, question and
    touchpoint are equal and either one respondent gave both on one day, or the text has eight words
    or more and nothing says that two people wrote it. Two people who both wrote "muy bien" are two
    people. A social post repeats another when the texts are equal after "RT @x:" and links are
    taken off and have four words or more; a share cut off by an ellipsis repeats the post that it
    begins. The original is kept, else the smallest ``feedback_id``, wherever it stands in the file.

    Args:
        records: `schema.RECORDS` with cleaned text; null text never repeats.

    Returns:
        One string a row: "duplicate" (the same row twice), "repost" (somebody else's post, or an
        explicit share) or null.
    """
    shared = pl.col("text").str.contains(_SHARE)
    post = pl.col("kind") == "social"
    stripped = (
        pl.when(post)
        .then(pl.col("text").str.replace(_SHARE, "").str.replace_all(_LINK, " "))
        .otherwise(pl.col("text"))
    )
    norm = stripped.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    frame = records.select(
        *(name for name in ("feedback_id", "respondent_id", *_ANSWER) if name != "norm"),
        "text",
        day=pl.col("created_at").dt.date(),
        shared=(shared & post).fill_null(False),
        norm=pl.when(norm != "").then(norm).otherwise(pl.col("text")),
    ).with_columns(words=pl.col("norm").str.count_matches(" ") + 1)
    frame = frame.with_columns(norm=_whole(frame))
    return frame.select(
        pl.when(pl.col("text").is_null() | (pl.col("text") == ""))
        .then(None)
        .when(post)
        .then(_post_reason())
        .when(_answer_repeats())
        .then(pl.lit("duplicate"))
        .alias("left_out")
    ).to_series()


def _answer_repeats() -> pl.Expr:
    person = [*_ANSWER, "respondent_id"]
    named = pl.col("respondent_id").is_not_null()
    ident = pl.col("feedback_id")
    same_day = named & (ident != ident.min().over([*person, "day"]))
    other = (ident != ident.min().over(person)) | (~named & named.any().over(_ANSWER))
    return same_day | ((pl.col("words") >= _LONG) & other)


def _post_reason() -> pl.Expr:
    # Originals sort before shares, then by id.
    order = pl.col("shared").cast(pl.Int8).cast(pl.String) + pl.col("feedback_id")
    group = ["kind", "norm"]
    first_author = pl.col("respondent_id").sort_by(order).first().over(group)
    copied = pl.col("shared") | (
        pl.col("respondent_id").is_not_null()
        & first_author.is_not_null()
        & (pl.col("respondent_id") != first_author)
    )
    return (
        pl.when((pl.col("words") < _POST) | (order == order.min().over(group)))
        .then(None)
        .when(copied)
        .then(pl.lit("repost"))
        .otherwise(pl.lit("duplicate"))
    )


def _whole(frame: pl.DataFrame) -> pl.Series:
    """Give a share that was cut off by an ellipsis the text of the post that it begins."""
    norms = frame["norm"].to_list()
    cut = (
        frame["shared"]
        & frame["text"].str.contains(r"(?:…|\.\.\.)\s*(?:https?://\S*)?$").fill_null(False)
        & (frame["words"].fill_null(0) >= _POST)
    )
    if not cut.any():
        return frame["norm"]
    posts = frame.filter((pl.col("kind") == "social") & ~cut)["norm"].drop_nulls()
    whole = sorted(set(posts.to_list()))
    for i in cut.arg_true().to_list():
        head = norms[i]
        place = bisect_left(whole, head)
        if place < len(whole) and whole[place].startswith(head):
            norms[i] = whole[place]
    return pl.Series("norm", norms, dtype=pl.String)
