"""The gate: what a quote must be, one named rule after the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.explore import contradictions
from analyzer.quotes.candidates import CUT, LONGEST, SHORTEST
from analyzer.quotes.patterns import refuses_quoting, spells_out, takes_back
from analyzer.quotes.people import names_somebody
from analyzer.quotes.wording import (
    denies_trouble,
    fold,
    has_reservation,
    is_complete,
    is_profane,
    is_self_contained,
    is_sensitive,
    is_shouted,
    phrases,
)
from analyzer.text import redact
from analyzer.text.duplicates import shared, with_refusals

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.quotes.candidates import Candidate

__all__ = ["COMMENT_RULES", "EXPORTED", "PASSAGE_RULES", "RULES", "Policy", "comments_with_facts"]

_FEWEST_WORDS: Final = 6
# Who gives 10 and writes "gone by half ten, not a speck of dust" means praise, which a model of
# words often scores a little negative: below this confidence it is not taken for a complaint.
# Such a sentence is in no quote, all the same.
_SURE: Final = 0.65
_WARM: Final = 0.25  # polarity, of -1 to 1
_LONG_NUMBER: Final = re.compile(r"\d(?:[ ./-]?\d){5,}")
EXPORTED: Final = "exported"


@dataclass(frozen=True)
class Policy:
    """What the person who asks for quotes has decided.

    Attributes:
        unknown_consent: export where consent is not on record.
        allow_staff: people may be named.
        competitors: names that no quote may hold.
        usual: capitalised words that name brands or places; see `people.usual_names`.
        cut_complaints: sentences that complain are left out, rather than the whole comment.
    """

    unknown_consent: bool = False
    allow_staff: bool = False
    competitors: tuple[str, ...] = ()
    usual: frozenset[str] = frozenset()
    cut_complaints: bool = False


# Rules on whole comments: expressions on the frame of `comments_with_facts`. -------------------


def promoter() -> pl.Expr:
    """Gave 9 or 10."""
    return pl.col("nps_segment") == "promoter"


def not_withdrawn() -> pl.Expr:
    """Neither the person nor one of the person's comments is on the withdrawal list."""
    return ~pl.col("withdrawn")


def not_refused() -> pl.Expr:
    """Consent was refused neither here nor elsewhere by the same person or for the same text."""
    return pl.col("consent") != "no"


def text_allows() -> pl.Expr:
    """No comment of the person asks not to be published, quoted or shared."""
    return ~pl.col("text_refuses")


def not_expired() -> pl.Expr:
    """Consent holds on the day asked for."""
    return ~pl.col("consent_expired")


def in_scope() -> pl.Expr:
    """Consent is for publication, where the file says what it is for."""
    return ~pl.col("consent_elsewhere")


def rating_agrees() -> pl.Expr:
    """Says what the score says: not all of it is surely negative."""
    return ~pl.col("contradicts")


def no_negative_span() -> pl.Expr:
    """No part of the comment is surely a complaint."""
    return pl.col("complaints") == 0


def positive_span() -> pl.Expr:
    """At least one part of the comment is praise."""
    return pl.col("positive_spans") > 0


# Rules on passages. ---------------------------------------------------------------------------


def fits(passage: Candidate, _: Policy) -> bool:
    """Is 40 to 280 characters and six words or more."""
    long_enough = SHORTEST <= len(passage.text) <= LONGEST
    return long_enough and len(re.findall(r"\w+", passage.text)) >= _FEWEST_WORDS


def complete(passage: Candidate, _: Policy) -> bool:
    """Is made of whole sentences."""
    if passage.first > 0 and passage.text[:1].islower():
        return False  # what came before goes on in it
    return is_complete(passage.text, passage.language)


def not_shouted(passage: Candidate, _: Policy) -> bool:
    """Is not written in capitals."""
    return not is_shouted(passage.text)


def self_contained(passage: Candidate, _: Policy) -> bool:
    """Stands alone: no opening connective, no bare pronoun, nothing that points elsewhere."""
    parts = passage.text.split(CUT)
    return all(is_self_contained(part, passage.language) for part in parts)


def warm(passage: Candidate, _: Policy) -> bool:
    """Is plain praise, where another part of the comment may be a complaint."""
    return not passage.doubted or passage.warmth >= _WARM


def without_reservation(passage: Candidate, _: Policy) -> bool:
    """Praises without "although", "echo en falta"; nothing takes it back: "when it works"."""
    return not passage.taken_back and not has_reservation(passage.text, passage.language)


def no_profanity(passage: Candidate, _: Policy) -> bool:
    """Does not swear."""
    return not is_profane(passage.text, passage.language)


def not_sensitive(passage: Candidate, _: Policy) -> bool:
    """Says nothing of health, other special categories, offences, deaths or private trouble."""
    return not is_sensitive(passage.text)


def no_competitor(passage: Candidate, policy: Policy) -> bool:
    """Names no competitor from the list given."""
    return not _competitors(policy.competitors).search(fold(passage.text))


def no_person(passage: Candidate, policy: Policy) -> bool:
    """Names nobody, of staff or otherwise, unless that is allowed."""
    return policy.allow_staff or not names_somebody(passage.text, policy.usual)


def clean(passage: Candidate, _: Policy) -> bool:
    """Holds no personal data when it is searched again, by the rules of all countries at once."""
    again = (redact(passage.text, language)[1] for language in (passage.language, None))
    if any(again) or _LONG_NUMBER.search(passage.text):
        return False
    return not spells_out(fold(passage.text))


def consent_known(passage: Candidate, policy: Policy) -> bool:
    """Consent to be quoted is on record."""
    return passage.consent == "yes" or policy.unknown_consent


# In this order; the first that fails is the reason that is counted. Consent that is not on record
# comes last, so that the ids to ask are those that everything else speaks for.
COMMENT_RULES: Final[dict[str, Callable[[], pl.Expr]]] = {
    "promoter": promoter,
    "withdrawn": not_withdrawn,
    "consent_refused": not_refused,
    "text_refuses": text_allows,
    "consent_expired": not_expired,
    "consent_scope": in_scope,
    "rating_and_text": rating_agrees,
    "negative_span": no_negative_span,
    "positive_span": positive_span,
}
PASSAGE_RULES: Final[dict[str, Callable[[Candidate, Policy], bool]]] = {
    "length": fits,
    "complete_sentence": complete,
    "capitals": not_shouted,
    "self_contained": self_contained,
    "warm": warm,
    "reservation": without_reservation,
    "profanity": no_profanity,
    "sensitive": not_sensitive,
    "competitor": no_competitor,
    "person_named": no_person,
    "personal_data": clean,
    "consent_unknown": consent_known,
}
_CHOICE: Final = {
    "asked": "Is in the language and of the theme that was asked for.",
    "better_passage": "No other passage of the comment reads better.",
    "duplicate": "Nobody said nearly the same words better.",
    "one_per_person": "The person has no better quote.",
    "choice": "Is among the most fitting and varied, within the limits asked for.",
    EXPORTED: "Passed everything and was exported.",
}


def _says(rule: Callable[..., object]) -> str:
    return (rule.__doc__ or "").strip()


# rule -> what a quote must be; the order of the counts.
RULES: Final[dict[str, str]] = {
    **{name: _says(rule) for name, rule in COMMENT_RULES.items()},
    **{name: _says(rule) for name, rule in PASSAGE_RULES.items()},
    **_CHOICE,
}


def comments_with_facts(analysis: Analysis) -> pl.DataFrame:
    """Analysed comments with what the rules on comments look at.

    Returns:
        The feedback columns, and complaints (of promoters: negative spans that are sure and do not
        deny trouble), positive_spans (counts), doubted (bool: has a negative span, sure or not),
        contradicts, text_refuses and taken_back (bool). ``consent`` is no in every row of who said
        no once.
    """
    tone = analysis.spans.group_by("feedback_id", maintain_order=True).agg(
        doubted=(pl.col("sentiment") == "negative").any(),
        positive_spans=(pl.col("sentiment") == "positive").sum(),
    )
    against = contradictions(analysis.feedback, analysis.spans)["feedback_id"]
    return (
        _told(with_refusals(analysis.feedback).filter("analysed"))
        .join(tone, on="feedback_id", how="left", maintain_order="left")
        .join(_complaints(analysis), on="feedback_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("complaints", "positive_spans").fill_null(0),
            pl.col("doubted").fill_null(value=False),
            contradicts=pl.col("feedback_id").is_in(against.implode()),
        )
    )


def _told(comments: pl.DataFrame) -> pl.DataFrame:
    """Add what a comment says of itself: text_refuses (of any of the person's), taken_back."""
    said = [fold(text) for text in comments["text"]]
    refuses = pl.Series([refuses_quoting(text) for text in said], dtype=pl.Boolean)
    back = pl.Series([takes_back(text) for text in said], dtype=pl.Boolean)
    comments = comments.with_columns(text_refuses=refuses, taken_back=back)
    return comments.with_columns(text_refuses=shared(comments, pl.col("text_refuses")))


def _complaints(analysis: Analysis) -> pl.DataFrame:
    """How many complaints each promoter's comment surely has; those without any are left out."""
    negative = analysis.spans.filter(sentiment="negative").filter(pl.col("confidence") >= _SURE)
    languages = analysis.feedback.filter(promoter()).select("feedback_id", "language")
    spans = negative.select("feedback_id", "text").join(
        languages, on="feedback_id", maintain_order="left"
    )
    denied = [denies_trouble(text, code) for _, text, code in spans.iter_rows()]
    complaining = spans.filter(~pl.Series(denied, dtype=pl.Boolean))
    return complaining.group_by("feedback_id", maintain_order=True).agg(complaints=pl.len())


@cache
def _competitors(names: tuple[str, ...]) -> re.Pattern[str]:
    return phrases({fold(name).strip() for name in names} - {""})
