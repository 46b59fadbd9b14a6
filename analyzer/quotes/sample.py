"""Whom to talk to: detractors who differ, by id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.quotes.choose import diverse
from analyzer.schema import segment_columns
from analyzer.sources.names import normalise
from analyzer.sources.values import parse_consent
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.pipeline import Analysis

__all__ = ["Interviews", "interviews"]

_CONTACT: Final = re.compile(
    r"\b(can|may|ok to|okay to|consent to|permission to|agrees? to) (we )?(be )?(contact|interview)"
    r"|\bcontact(able)? (consent|permission|ok|allowed)\b|^(re ?contact\w*|contact me|callback ok)$"
    r"|\b(puede|podemos|acepta|autoriza|permiso|consentimiento)( de| para| ser)?"
    r" (contact|llamar|entrevist)\w*"
    r"|\b(accepte|autorise|consentement|accord|pouvons nous)( d| de| a| vous| pour)*( etre)?"
    r" ?(re)?contact\w*"
)
_WORDS: Final = 12  # of a comment that promises a conversation


@dataclass(frozen=True, repr=False)
class Interviews:
    """A sample for interviews.

    Attributes:
        sample: feedback_id, respondent_id, source, row, language, theme_id, theme, touchpoint, nps,
            month, contact (yes | unknown); first choice first, no text.
        contact_column: the file's column that says who may be contacted, or None.
        left_out: reason, people: detractors who are not in the sample and why.
    """

    sample: pl.DataFrame
    contact_column: str | None
    left_out: pl.DataFrame

    def __repr__(self) -> str:
        """Numbers only."""
        return f"<{len(self.sample)} detractors to interview>"


def interviews(analysis: Analysis, n: int = 10) -> Interviews:
    """Choose detractors to interview: varied in theme, language and touchpoint, one a person.

    Where a column of the file says who may be contacted, only those who said yes are taken;
    otherwise ``contact`` is ``unknown`` and has to be checked first.

    Args:
        analysis: where they come from.
        n: people at most.

    Returns:
        An `Interviews`; ids only.

    Raises:
        ConfigError: n is under 1, or no comment has an NPS.
    """
    if n < 1:
        raise ConfigError(f"The number of people to interview must be at least 1, got {n}.")
    if analysis.feedback["nps_segment"].null_count() == len(analysis.feedback):
        raise ConfigError(
            "No comment has an NPS, so that nobody is known to be a detractor. If a column holds "
            "the NPS, name it with --map nps=COLUMN."
        )
    column = _contact_column(analysis.feedback)
    people = _detractors(analysis, column)
    may = people.filter(pl.col("contact") == "yes") if column else people
    traits = list(may.select("theme_id", "language", "touchpoint").iter_rows())
    chosen = diverse(
        _vectors(analysis, may), may["relevance"].to_numpy().astype(np.float64), traits, limit=n
    )
    names = analysis.themes.select("theme_id", theme="name_en")
    sample = (
        may[chosen]
        .join(names, on="theme_id", how="left", maintain_order="left")
        .select(
            "feedback_id", "respondent_id", "source", "row", "language", "theme_id", "theme",
            "touchpoint", "nps", "month", "contact",
        )
    )  # fmt: skip
    left_out = pl.DataFrame(
        {
            "reason": ["no_contact_consent", "choice"],
            "people": [len(people) - len(may), len(may) - len(chosen)],
        }
    )
    return Interviews(sample, column, left_out)


def _contact_column(feedback: pl.DataFrame) -> str | None:
    for name in segment_columns(feedback):
        if _CONTACT.search(normalise(name)):
            return name
    return None


def _detractors(analysis: Analysis, column: str | None) -> pl.DataFrame:
    """Return the comment of each detractor that says most, with its theme."""
    themed = (
        analysis.mentions.sort(
            ["similarity", "theme_id"], descending=[True, False], maintain_order=True
        )
        .unique("feedback_id", keep="first", maintain_order=True)
        .select("feedback_id", "theme_id")
    )
    contact = parse_consent(analysis.feedback[column]) if column else pl.lit("unknown")
    said = pl.col("text").str.count_matches(r"\w+")
    return (
        analysis.feedback.with_columns(contact.alias("contact"))
        .filter(pl.col("analysed") & (pl.col("nps_segment") == "detractor"))
        .with_columns(
            person=pl.coalesce("respondent_id", "feedback_id"),
            month=pl.col("created_at").dt.strftime("%Y-%m"),
            said=said,
            relevance=(said / _WORDS).clip(0.0, 1.0),
        )
        .sort(["said", "feedback_id"], descending=[True, False])
        .unique("person", keep="first", maintain_order=True)
        .join(themed, on="feedback_id", how="left", maintain_order="left")
    )


def _vectors(analysis: Analysis, people: pl.DataFrame) -> NDArray[np.float32]:
    """Unit mean of the spans of each comment."""
    rows = analysis.spans.with_row_index("at").group_by("feedback_id").agg("at")
    places = people.select("feedback_id").join(
        rows, on="feedback_id", how="left", maintain_order="left"
    )["at"]
    means = [analysis.found.vectors[at.to_numpy()].mean(axis=0) for at in places]
    if not means:
        return np.empty((0, 1), dtype=np.float32)
    return unit(np.stack(means))
