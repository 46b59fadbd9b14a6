"""Headers in one spelling, and what a header is known to mean."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from analyzer import schema
from analyzer.sources.values import vocabulary

__all__ = [
    "CANONICAL",
    "SCORE_ROLES",
    "canonical_key",
    "is_label",
    "is_personal",
    "meanings",
    "normalise",
    "stated_scale",
]

# What --map may name. `ces_effort` is a CES where a high value means more effort, `csat_inverted`
# a satisfaction score where a low value is the best answer.
CANONICAL: Final[tuple[str, ...]] = (
    "text",
    "title",
    "nps",
    "csat",
    "csat_inverted",
    "ces",
    "ces_effort",
    "feedback_id",
    "created_at",
    "respondent_id",
    "channel",
    "touchpoint",
    "wave",
    "question",
    "consent",
    "consent_date",
    "consent_until",
    "consent_scope",
    "likes",
    "replies",
    "shares",
    *schema.OUTCOMES,
)
_ALIASES: Final = {
    "id": "feedback_id",
    "date": "created_at",
    "respondent": "respondent_id",
    "comment": "text",
}
_UNIT: Final = re.compile(
    r" (in |en )?(seconde?s?|secs?|minutes?|mins?|hours?|segundos?|minutos?|horas?|heures?)$"
)
# A scale at the end of a header: "Nota (0-10)", "Note /10", "Score, 1 to 5", "Puntuación de 1 a 7".
_SCALE: Final = re.compile(
    r"(?i)[\s,:(\[]*(?:\b(?:sur|sobre|de|del|from|scale|escala|échelle)\s+)*"
    r"(?:\b(?P<low>[01])\s*(?:-|–|/|\.\.|a|à|al|to|y|et|and)\s*|(?:/|\bsur|\bsobre|\bout of)\s*)"
    r"(?P<high>3|4|5|6|7|9|10|20|100)(?:\s*(?:scale|escala|échelle))?[)\]\s?]*$"
)
_ASIDE: Final = re.compile(r"(?<=\w)[\s:?]*[(\[][^()\[\]]*[^\W\d][^()\[\]]*[)\]]\s*$")
_PERCENT: Final = re.compile(r"(?i)%|\b(?:per ?cent|percentage|porcentaje|pourcentage|pct)\b")
_LONGEST: Final = 2000  # of a question; longer headers are damage, which patterns take ages over
_ARTICLES: Final = re.compile(r"\b(?:de|del|d|du|des|la|el|le|les|los|las|l|the|of) ")
SCORE_ROLES: Final = ("nps", "csat", "rating", "score", "ces")


def normalise(header: str) -> str:
    """Lower case without accents, punctuation, camelCase: ``reviewId`` is ``Review ID``."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", " ", header)
    plain = unicodedata.normalize("NFKD", split.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


@dataclass(frozen=True)
class _Known:
    """How a role is called: whole names and their ranks, the same without articles, patterns."""

    names: dict[str, int]
    loose: dict[str, int]
    patterns: tuple[re.Pattern[str], ...]


@cache
def _table() -> dict[str, _Known]:
    raw = tomllib.loads(
        resources.files("analyzer.sources").joinpath("columns.toml").read_text("utf-8")
    )
    table = {}
    for role, entry in raw.items():
        names = {name: rank for rank, name in reversed(list(enumerate(entry["names"])))}
        loose = {_ARTICLES.sub("", name): rank for name, rank in names.items()}
        patterns = tuple(re.compile(pattern) for pattern in entry.get("patterns", ()))
        table[role] = _Known(names, loose, patterns)
    return table


@cache
def meanings(header: str) -> dict[str, int]:
    """What a header can mean.

    Args:
        header: as it stands in the file. Articles in it and a unit, a scale or an aside
            behind it make no difference: ``Date de la réponse``, ``Handle time (minutes)``,
            ``Nota (0-10)``, ``Comment (optional)``.

    Returns:
        Role to rank: the place in the list of known names (lower is the better known), from 1000
        when only a pattern was found inside a longer question. Roles are `CANONICAL` names,
        ``language``, ``rating`` and ``score``. A header of over 2,000 characters means nothing.
    """
    if len(header) > _LONGEST:
        return {}
    name = _UNIT.sub("", normalise(_SCALE.sub("", header) or header))
    loose = _ARTICLES.sub("", name)
    # Flattened JSON: the last part of a dotted name is its own name.
    tail = normalise(header.rsplit(".", 1)[-1])
    found: dict[str, int] = {}
    for role, known in _table().items():
        if name in known.names:
            found[role] = known.names[name]
        elif loose in known.loose:
            found[role] = 250 + known.loose[loose]
        elif tail in known.names and tail not in ("id", "name", "text", "url", "title"):
            found[role] = 500 + known.names[tail]
        elif any(pattern.search(name) for pattern in known.patterns):
            found[role] = 1000
    plain = _ASIDE.sub("", header)
    return found if found or plain == header else meanings(plain)


def stated_scale(header: str) -> tuple[float | None, float] | None:
    """Return the scale that a header tells.

    ``Nota (0-10)`` is (0, 10), ``Note /5`` (None, 5), ``% satisfaction`` (0, 100).
    """
    ending = header[-_LONGEST:]
    found = _SCALE.search(ending) or _SCALE.search(_ASIDE.sub("", ending))
    if not found:
        return (0.0, 100.0) if _PERCENT.search(ending) else None
    low = found["low"]
    return (None if low is None else float(low), float(found["high"]))


def is_label(header: str) -> bool:
    """Whether a column holds somebody's own themes or sentiment, which are never input."""
    return bool(_any_of("label_patterns").search(normalise(header)))


def is_personal(header: str) -> bool:
    """Whether a column's name says that it identifies a person."""
    name = normalise(header)
    return name in vocabulary()["personal_names"] or bool(_any_of("personal_patterns").search(name))


@cache
def _any_of(key: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in vocabulary()[key]))


def canonical_key(key: str) -> str | None:
    """Return the canonical name that a key of ``--map`` means, or None."""
    name = normalise(key).replace(" ", "_")
    name = _ALIASES.get(name, name)
    return name if name in CANONICAL else None
