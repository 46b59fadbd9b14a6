"""The same comment more than once: double submissions, overlapping exports, shared posts."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

import polars as pl

__all__ = ["find_duplicates", "shared", "with_refusals"]

_LONG: Final = 8  # words: two people do not write the same eight words by chance
_POST: Final = 4
_OWN: Final = 6  # words: the fewest of a quote; in fewer, one refusal says nothing of another row
_SHARE: Final = r"(?i)^\s*(?:(?:RT|QT)\b\s*(?:@\w+)?\s*:?\s*)+"
_LINK: Final = r"(?i)(?:https?://|www\.)\S+"
_NAME: Final = r"@[\w.]+(?:@[\w.-]+)?"
_TAGS: Final = r"(?:\s*#\w+)+\s*$"
_NUMBER: Final = r"\p{N}+(?:[.,:]\p{N}+)*"
_MINUTES: Final = 30  # between two versions of one answer
_ALIKE: Final = 0.8  # share of words that two versions have in common
_FEW: Final = 5  # words, below which one word more or less says something else
_WORD: Final = re.compile(r"\w+")
_ANSWER: Final = ("kind", "norm", "nps", "csat", "ces", "wave", "question", "touchpoint")


def find_duplicates(records: pl.DataFrame) -> pl.Series:
    """Mark the rows that repeat another one.

    Outside social media a row repeats another when text, scores, kind, wave, question and
    touchpoint are equal and either one respondent gave both on one day, or the text has eight words
    or more and nothing says that two people wrote it. Two people who both wrote "muy bien" are two
    people. A social post repeats another when the texts are equal after "RT @x:" and links are
    taken off and have four words or more; a share cut off by an ellipsis repeats the post that it
    begins. Posts of eight words or more are also equal when only numbers, the accounts that they
    name and the hashtags at their end differ, as in campaigns. The original is kept, else a copy
    whose consent is "no", so that a refusal is never lost, else the smallest ``feedback_id``,
    wherever it stands in the file.

    When one respondent answers again within half an hour, with the same text and another score or
    with nearly the same words, the last version stands; give `with_refusals` rows where consent
    matters, so that a refusal of the first stands with it. Every rule groups or sorts rows: the
    cost grows with their number and not with their pairs.

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
    template = (
        stripped.str.replace_all(_NAME, " ").str.replace(_TAGS, "").str.replace_all(_NUMBER, "0")
    )
    norm, campaign = _plain(stripped), _plain(template)
    frame = records.select(
        *(name for name in ("feedback_id", "respondent_id", *_ANSWER) if name != "norm"),
        "text",
        "created_at",
        order=_order(),
        day=pl.col("created_at").dt.date(),
        shared=(shared & post).fill_null(False),
        plain=pl.when(norm != "").then(norm).otherwise(pl.col("text")),
        campaign=pl.when(post & (_count(campaign) >= _LONG)).then(campaign),
    ).with_columns(
        norm=pl.coalesce("campaign", "plain"), words=_count(pl.coalesce("campaign", "plain"))
    )
    frame = frame.with_columns(norm=_whole(frame))
    repeats = frame.select(
        pl.when(pl.col("text").is_null() | (pl.col("text") == ""))
        .then(None)
        .when(post)
        .then(_post_reason())
        .when(_answer_repeats())
        .then(pl.lit("duplicate"))
        .alias("left_out")
    ).to_series()
    replaced = _answered_again(frame.with_row_index("at").filter(repeats.is_null()))
    earlier = pl.int_range(frame.height, eager=True).is_in(replaced)
    return repeats.to_frame().select(
        pl.when(earlier).then(pl.lit("duplicate")).otherwise("left_out").alias("left_out")
    )["left_out"]


def with_refusals(rows: pl.DataFrame) -> pl.DataFrame:
    """Set ``consent`` to "no" in every row of who said no once, and in every copy of that text.

    Args:
        rows: has respondent_id, text and consent, as `schema.RECORDS`.

    Returns:
        The same rows in the same order.
    """
    refused = shared(rows, pl.col("consent") == "no")
    return rows.with_columns(consent=pl.when(refused).then(pl.lit("no")).otherwise("consent"))


def shared(rows: pl.DataFrame, flag: pl.Expr) -> pl.Series:
    """Whether a flag holds in any row of the same person, or of the same text.

    Args:
        rows: has respondent_id and text, as `schema.RECORDS`; either may be null.
        flag: an expression on the rows.
    """
    keyed = rows.select("respondent_id", text=_distinct(pl.col("text")), flag=flag)
    told = keyed.filter(flag=True)
    same = [
        pl.col(name).is_in(told[name].drop_nulls().unique().implode()).fill_null(value=False)
        for name in ("respondent_id", "text")
    ]
    return keyed.select(pl.any_horizontal(pl.col("flag").fill_null(value=False), *same)).to_series()


def _distinct(text: pl.Expr) -> pl.Expr:
    """Words of a text in small letters; null where it is so short that anybody may write it."""
    plain = _plain(text)
    return pl.when(_count(plain) >= _OWN).then(plain)


def _order() -> pl.Expr:
    """What copies are sorted by: those that refuse to be quoted come first, then by id."""
    refused = pl.col("consent").eq_missing("no")
    return pl.when(refused).then(pl.lit("0")).otherwise(pl.lit("1")) + pl.col("feedback_id")


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def _count(words: pl.Expr) -> pl.Expr:
    return words.str.count_matches(" ") + 1


def _answered_again(frame: pl.DataFrame) -> list[int]:
    """Positions of answers that the same respondent gave again, better, minutes later."""
    who = ["respondent_id", "kind", "wave", "question", "touchpoint"]
    known = pl.col("respondent_id").is_not_null() & pl.col("created_at").is_not_null()
    rows = frame.filter(known & pl.col("text").is_not_null() & (pl.col("text") != ""))
    rows = rows.filter(pl.len().over(who) > 1).sort(*who, "created_at", "feedback_id")
    again = pl.struct(who) == pl.struct(who).shift(-1)
    soon = pl.col("created_at").shift(-1) - pl.col("created_at") <= pl.duration(minutes=_MINUTES)
    rows = rows.with_columns(norm=_plain(pl.col("text")), last=again & soon)
    rows = rows.with_columns(following=pl.col("norm").shift(-1)).filter("last")
    return [
        at
        for at, norm, following in rows.select("at", "norm", "following").iter_rows()
        if norm == following or _alike(norm, following)
    ]


def _alike(one: str, other: str) -> bool:
    """Whether two texts are versions of one: nearly the same words, or the second goes on."""
    first, second = _WORD.findall(one), _WORD.findall(other)
    if min(len(first), len(second)) < _FEW:
        return False
    if second[: len(first)] == first:
        return True
    if [w for w in first if w.isdigit()] != [w for w in second if w.isdigit()]:
        return False
    common = len(set(first) & set(second))
    return common >= _ALIKE * len(set(first) | set(second))


def _answer_repeats() -> pl.Expr:
    person = [*_ANSWER, "respondent_id"]
    named = pl.col("respondent_id").is_not_null()
    ident = pl.col("order")
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
    posts = frame.filter((pl.col("kind") == "social") & ~cut & pl.col("plain").is_not_null())
    whole = sorted(set(posts.select("plain", "norm").iter_rows()))
    heads = frame["plain"].to_list()
    for i in cut.arg_true().to_list():
        place = bisect_left(whole, (heads[i], ""))
        if place < len(whole) and whole[place][0].startswith(heads[i]):
            norms[i] = whole[place][1]
    return pl.Series("norm", norms, dtype=pl.String)
