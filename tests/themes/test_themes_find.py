"""Themes of an analysis, discovered or from a codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES
from analyzer.themes.codebook import Codebook
from analyzer.themes.find import find_themes
from analyzer.themes.hierarchy import PARENTS
from analyzer.themes.result import Themes

if TYPE_CHECKING:
    from analyzer.encoders import BundledEncoder
    from tests.themes.conftest import Corpus


@pytest.fixture(scope="module")
def two_themes(starter: Codebook) -> Codebook:
    """Two of the five themes of the corpus; the rest fits nowhere."""
    known = [theme for theme in starter.theme if theme.id in {"waiting_support", "billing_errors"}]
    return Codebook(theme=tuple(known), group=starter.group)


@pytest.fixture(scope="module")
def coded(corpus: Corpus, encoder: BundledEncoder, two_themes: Codebook) -> Themes:
    feedback, spans = corpus.frames(list(range(120)))
    return find_themes(feedback, spans, corpus.vectors, encoder, codebook=two_themes)


def test_discovery_gives_every_span_a_theme(corpus: Corpus, encoder: BundledEncoder) -> None:
    feedback, spans = corpus.frames(list(range(120)))
    found = find_themes(feedback, spans, corpus.vectors, encoder, themes=5)
    assert len(found.frame) == 5
    assert found.frame["status"].unique().to_list() == ["discovered"]
    assert len(found.mentions) == 120
    assert found.frame["size"].sum() == 120
    assert found.parents.is_empty()


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("known", [True, False])
def test_a_handful_of_comments_works(
    corpus: Corpus, encoder: BundledEncoder, two_themes: Codebook, rows: int, known: bool
) -> None:
    feedback, spans = corpus.frames(list(range(rows)))
    vectors = corpus.vectors[:rows]
    book = two_themes if known else None
    found = find_themes(feedback, spans, vectors, encoder, codebook=book)
    assert len(found.positions) == rows
    assert found.frame.null_count().select(pl.exclude("parent_id")).row(0)[0] == 0


def test_many_themes_get_macro_themes(corpus: Corpus, encoder: BundledEncoder) -> None:
    feedback, spans = corpus.frames(list(range(120)))
    found = find_themes(feedback, spans, corpus.vectors, encoder, themes=12)
    parents = found.frame["parent_id"].drop_nulls()
    assert 2 <= len(found.parents) <= 6
    assert found.parents.schema == pl.Schema(PARENTS)
    assert set(parents) == set(found.parents["parent_id"])
    counts = dict(parents.value_counts().iter_rows())
    assert dict(found.parents.select("parent_id", "themes").iter_rows()) == counts
    assert min(counts.values()) >= 2
    for code in LANGUAGES:
        own, above = found.frame[f"name_{code}"], found.parents[f"name_{code}"]
        assert above.n_unique() == len(above)
        assert not set(own) & set(above)


def test_a_codebook_keeps_its_names_and_ids(coded: Themes, two_themes: Codebook) -> None:
    known = coded.frame.filter(pl.col("status") == "codebook")
    assert known["theme_id"].to_list() == two_themes.ids
    assert known["name_fr"].to_list() == [theme.name["fr"] for theme in two_themes.theme]
    assert known["parent_id"].to_list() == ["support", "price"]
    assert coded.parents["parent_id"].to_list() == ["support", "price"]


def test_known_themes_are_found_and_the_rest_becomes_candidates(
    coded: Themes, corpus: Corpus
) -> None:
    of_theme = coded.mentions.join(
        pl.DataFrame({"feedback_id": [f"c{i:03d}" for i in range(120)], "gold": corpus.gold}),
        on="feedback_id",
    )
    for number, theme in enumerate(("waiting_support", "billing_errors")):
        own = of_theme.filter(pl.col("theme_id") == theme)
        assert (own["gold"] == number).mean() > 0.6  # type: ignore[operator]
        assert len(own.filter(pl.col("gold") == number)) > 15
    new = coded.frame.filter(pl.col("status") == "candidate")["theme_id"].to_list()
    assert new
    assert new[0] == "C01"
    strange = of_theme.filter(pl.col("theme_id").is_in(new))
    assert (strange["gold"] >= 2).mean() > 0.8  # type: ignore[operator]


def test_only_candidates_have_a_measured_stability(coded: Themes) -> None:
    known = coded.frame["status"] == "codebook"
    assert coded.frame.schema["stability"] == pl.Float64
    assert coded.frame["stability"].is_null().equals(known)
    assert not coded.frame.filter(known)["weak"].any()


def test_the_number_of_candidates_is_respected(
    corpus: Corpus, encoder: BundledEncoder, two_themes: Codebook
) -> None:
    feedback, spans = corpus.frames(list(range(120)))
    found = find_themes(feedback, spans, corpus.vectors, encoder, codebook=two_themes, themes=3)
    assert found.frame["status"].to_list() == ["codebook"] * 2 + ["candidate"] * 3
    with pytest.raises(ConfigError, match="candidate themes were asked for"):
        find_themes(feedback, spans, corpus.vectors, encoder, codebook=two_themes, themes=119)


def test_passages_are_what_the_codebook_reads(
    corpus: Corpus, encoder: BundledEncoder, two_themes: Codebook, coded: Themes
) -> None:
    feedback, spans = corpus.frames(list(range(120)))
    other = ["the bill was wrong"] * 120
    found = find_themes(
        feedback,
        spans,
        encoder.encode(other),
        encoder,
        codebook=two_themes,
        passages=pl.Series(other),
    )
    assert set(found.mentions["theme_id"]) == {"billing_errors"}
    assert len(found.mentions) == 120
    assert not found.mentions.equals(coded.mentions)


def test_identical_runs_give_identical_bytes(
    corpus: Corpus, encoder: BundledEncoder, two_themes: Codebook, coded: Themes
) -> None:
    feedback, spans = corpus.frames(list(range(120)))
    again = find_themes(feedback, spans, corpus.vectors, encoder, codebook=two_themes)
    assert again.frame.equals(coded.frame)
    assert again.mentions.equals(coded.mentions)
    assert np.array_equal(again.space.prototypes, coded.space.prototypes)


def test_row_order_changes_no_ones_theme(
    corpus: Corpus, encoder: BundledEncoder, two_themes: Codebook, coded: Themes
) -> None:
    order = np.random.default_rng(0).permutation(120).tolist()
    feedback, spans = corpus.frames(order)
    again = find_themes(feedback, spans, corpus.vectors[order], encoder, codebook=two_themes)
    by = ["feedback_id", "theme_id"]
    assert again.mentions.sort(by).select(by).equals(coded.mentions.sort(by).select(by))
