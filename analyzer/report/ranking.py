"""Which themes are named first as what hurts and what people love: one rule for every output."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from analyzer.quotes.wording import is_problem
from analyzer.themes.phrases import word_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["broad", "leader", "rankings", "told", "well"]

Theme = dict[str, Any]

_HALF: Final = 0.4  # of the people: about half of them
_GENERAL: Final = 1
_NEVER: Final = 2  # from here on a theme leads nothing


def rankings(themes: list[Theme], state: str, posts: int) -> dict[str, Any]:
    """Theme ids in the order a reader should meet them; docs/report-json.md has the rules.

    Args:
        themes: of the report model.
        state: its ``situation``.
        posts: comments without a score.

    Returns:
        ``basis``, ``hurts``, ``loves``, ``leads`` (the `leader` of both), ``changed`` and ``new``.
    """
    basis = {"nps": "impact", "csat": "csat_impact"}.get(state, "people")
    if basis != "people" and not any(theme[basis]["value"] for theme in themes):
        basis = "people"  # too few people with a score to compare, or all gave one score
    chosen = {
        ranking: sorted(
            (theme for theme in themes if _belongs(theme, basis, ranking)),
            key=lambda theme: (
                not told(theme, basis),
                well(theme, ranking, posts),
                -_size(theme, basis, ranking),
                theme["theme_id"],
            ),
        )
        for ranking in ("hurts", "loves")
    }
    ids = {ranking: [theme["theme_id"] for theme in found] for ranking, found in chosen.items()}
    known = {theme["theme_id"]: theme for theme in themes}
    moved = [theme for theme in themes if theme["wave"] is not None]
    changed = [t for t in moved if t["wave"]["verdict"] in {"growing", "fading", "gone"}]
    new = [t for t in moved if t["wave"]["verdict"] == "emerging"]
    return {
        "basis": basis,
        **ids,
        "leads": {
            ranking: leader(known, ids[ranking], basis, ranking, posts) for ranking in chosen
        },
        "changed": _by_change(changed),
        "new": _by_change(new),
    }


def leader(
    themes: Mapping[str, Theme], ids: list[str], basis: str, ranking: str, posts: int
) -> str | None:
    """The theme that a headline names: the first that can be told and may lead, or None.

    Args:
        themes: by id.
        ids: of the ranking, in its order.
        basis: of the rankings.
        ranking: hurts or loves.
        posts: comments without a score.
    """
    good = [
        (place, theme_id)
        for theme_id in ids
        if told(themes[theme_id], basis)
        and (place := well(themes[theme_id], ranking, posts)) < _NEVER
    ]
    return min(good, key=lambda one: one[0])[1] if good else None


def told(theme: Theme, basis: str) -> bool:
    """Whether the data can tell that a theme belongs where it is ranked."""
    return bool(basis == "people" or theme[basis]["verdict"] != "cannot_tell")


def well(theme: Theme, ranking: str, posts: int) -> int:
    """How well a theme's name would head a ranking.

    Args:
        theme: of the report model.
        ranking: hurts or loves.
        posts: comments without a score.

    Returns:
        0: well. 1: it is about nothing in particular, and does for what hurts where no other can
        be told. 2: not at all, since it is `broad`, or would be praise of nothing in particular or
        under the name of a problem.
    """
    misnamed = ranking == "loves" and is_problem(theme["names"]["en"], "en")
    thanks = ranking == "loves" and theme["general"]  # nobody loves "thanks" or "other remarks"
    if misnamed or thanks or broad(theme, posts):
        return _NEVER
    return _GENERAL if theme["general"] else 0


def broad(theme: Theme, posts: int) -> bool:
    """Whether a theme takes in about half of the people, and no one subject holds it together."""
    said, of = theme["respondents" if theme["base"] else "social"], theme["base"] or posts
    vague = theme["general"] or theme["names"]["en"].endswith(_among_others())
    return bool(vague and of and (said["n"] or 0) >= _HALF * of)


@cache
def _among_others() -> str:
    """What ends the English name of a theme of one subject and others beside it."""
    return str(word_tables()["mixed"]["en"]).format("")


def _belongs(theme: Theme, basis: str, ranking: str) -> bool:
    """Whether a ranking lists a theme; what people love is praised by more than criticise it."""
    bad, good = (_voice(theme, voice) for voice in ("complaints", "praise"))
    if basis == "people":
        return bad > good if ranking == "hurts" else good > bad
    value = theme[basis]["value"] or 0.0
    return value < 0 if ranking == "hurts" else value > 0 and good > bad


def _size(theme: Theme, basis: str, ranking: str) -> float:
    if basis == "people":
        return _voice(theme, "complaints" if ranking == "hurts" else "praise")
    return abs(float(theme[basis]["value"]))


def _voice(theme: Theme, voice: str) -> int:
    """People who criticise or praise it; mentions that do, only where nobody was asked."""
    return int((theme[voice] if theme["base"] else theme["posts"][voice])["n"] or 0)


def _by_change(themes: list[Theme]) -> list[str]:
    chosen = sorted(
        themes,
        key=lambda theme: (-abs(theme["wave"]["change"] or 0), theme["theme_id"]),
    )
    return [theme["theme_id"] for theme in chosen]
