"""Texts get the themes of a codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from analyzer.encoders.vectors import Gathered, Shelf
from analyzer.errors import ConfigError
from analyzer.themes import classify
from analyzer.themes.classify import CodebookModel
from analyzer.themes.codebook import Codebook
from analyzer.themes.coded import Coded, code_spans
from analyzer.themes.rivals import rivals
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from analyzer.encoders import BundledEncoder
    from tests.themes.conftest import Corpus

NAMES = {
    "wait": {
        "en": "Waiting on the phone",
        "es": "Espera al teléfono",
        "fr": "Attente au téléphone",
    },
    "bill": {"en": "Billing errors", "es": "Errores de facturación", "fr": "Erreurs de facture"},
    "visit": {"en": "Technician visit", "es": "Visita del técnico", "fr": "Visite du technicien"},
    "app": {"en": "App and website", "es": "Aplicación y web", "fr": "Application et site web"},
    "clean": {"en": "Cleanliness", "es": "Limpieza", "fr": "Propreté"},
}
IDS = list(NAMES)


def _book(**more: dict[str, object]) -> Codebook:
    themes = [{"id": i, "name": name, **more.get(i, {})} for i, name in NAMES.items()]
    return Codebook.model_validate({"theme": themes})


def _frame(corpus: Corpus, rows: list[int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "text": [corpus.texts[i] for i in rows],
            "themes": [[IDS[corpus.gold[i]]] for i in rows],
        }
    )


def _f1(model: CodebookModel, corpus: Corpus, rows: list[int]) -> float:
    found = model.predict([corpus.texts[i] for i in rows])
    gold = np.eye(5)[corpus.gold[rows]]
    return float(2 * (found.labels * gold).sum() / (found.labels.sum() + gold.sum()))


@pytest.fixture(scope="module")
def halves(corpus: Corpus) -> tuple[list[int], list[int]]:
    return list(range(0, 120, 2)), list(range(1, 120, 2))


@pytest.fixture(scope="module")
def taught(
    corpus: Corpus, encoder: BundledEncoder, halves: tuple[list[int], list[int]]
) -> CodebookModel:
    return CodebookModel.fit(_book(), encoder, _frame(corpus, halves[0]))


def test_examples_teach(
    corpus: Corpus,
    encoder: BundledEncoder,
    taught: CodebookModel,
    halves: tuple[list[int], list[int]],
) -> None:
    bare = CodebookModel.fit(_book(), encoder)
    by_name, by_example = _f1(bare, corpus, halves[1]), _f1(taught, corpus, halves[1])
    assert by_name > 0.3
    assert by_example > max(0.45, by_name + 0.1)
    found = taught.predict([corpus.texts[i] for i in halves[1]]).labels
    right = found & np.eye(5, dtype=np.bool_)[corpus.gold[halves[1]]]
    assert right.sum() > 0.85 * found.sum()


def test_examples_of_one_language_teach_another(corpus: Corpus, encoder: BundledEncoder) -> None:
    spanish = [i for i, code in enumerate(corpus.languages) if code == "es"]
    french = [i for i, code in enumerate(corpus.languages) if code == "fr"]
    names = {i: {"name": {"es": name["es"]}} for i, name in NAMES.items()}
    model = CodebookModel.fit(_book(**names), encoder, _frame(corpus, spanish))
    assert _f1(model, corpus, french) > 0.55


def test_a_text_can_have_several_themes_or_none(taught: CodebookModel) -> None:
    found = taught.predict(
        [
            "The app crashes and the bill charges me twice for the same month",
            "Julius Caesar crossed the Rubicon",
        ]
    )
    assert {"app", "bill"} <= set(found.themes[0])
    assert found.themes[1] == ()
    assert found.scores.shape == found.labels.shape == (2, 5)


def test_a_text_is_judged_on_its_own(taught: CodebookModel, corpus: Corpus) -> None:
    whole = taught.predict(corpus.texts)
    backwards = taught.predict(corpus.texts[::-1])
    alone = taught.predict([corpus.texts[7]])
    assert np.array_equal(whole.scores, backwards.scores[::-1])
    assert np.array_equal(whole.scores[7], alone.scores[0])
    given = taught.predict(corpus.texts, vectors=corpus.vectors)
    assert np.array_equal(whole.scores, given.scores)


def test_order_of_examples_changes_nothing(
    corpus: Corpus,
    encoder: BundledEncoder,
    taught: CodebookModel,
    halves: tuple[list[int], list[int]],
) -> None:
    again = CodebookModel.fit(_book(), encoder, _frame(corpus, halves[0][::-1]))
    assert np.array_equal(again.limits, taught.limits)
    assert np.array_equal(again.predict(corpus.texts).scores, taught.predict(corpus.texts).scores)


def test_a_text_left_out_scores_as_if_it_had_never_been_learned() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(30, 4))
    alike = rows @ rows.T + 1
    coded = (draw.random((30, 2)) < 0.4).astype(np.float64)
    left_out = classify._ridge(alike.copy(), coded)[1]
    for out in (0, 17, 29):
        kept = np.delete(np.arange(30), out)
        weights = classify._ridge(alike[np.ix_(kept, kept)].copy(), coded[kept])[0]
        assert np.allclose(alike[out, kept] @ weights, left_out[out])


def test_vectors_are_read_in_blocks(
    taught: CodebookModel, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf.over(corpus.vectors)
    rows = Gathered(shelf, np.arange(len(corpus.texts)))
    whole = taught.predict(corpus.texts, vectors=rows)
    monkeypatch.setattr(classify, "_BLOCK", 16)
    assert np.array_equal(whole.scores, taught.predict(corpus.texts, vectors=rows).scores)


def test_of_too_many_examples_an_even_choice_is_learned(
    corpus: Corpus, encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classify, "_MOST_EXAMPLES", 40)
    model = CodebookModel.fit(_book(), encoder, _frame(corpus, list(range(120))))
    own, coded, _ = classify._training_set(_book(), _frame(corpus, list(range(120))))
    told = sum(len(name) for name in NAMES.values())
    assert len(own) == 40 + told
    assert model.trained_on == 40 + told + len(rivals(own, coded, encoder).texts)
    assert _f1(model, corpus, list(range(120))) > 0.5


def test_phrases_decide_in_their_language(corpus: Corpus, encoder: BundledEncoder) -> None:
    book = _book(
        clean={"include": {"en": ["pigsty"]}, "exclude": {"es": ["sin limpiar"]}},
        app={"include": {"fr": ["site"]}},
    )
    model = CodebookModel.fit(book, encoder, _frame(corpus, list(range(120))))
    texts = ["What a  PIGSTY", "habitación sin limpiar", "Great site and parasites"]
    found = model.predict(texts, ["en", "es", "en"])
    assert "clean" in found.themes[0]
    assert "clean" not in found.themes[1]
    assert found.scores[2, IDS.index("app")] < 1
    assert model.predict(texts).scores[2, IDS.index("app")] == 1


def test_one_theme_with_a_bare_name_works(encoder: BundledEncoder) -> None:
    book = Codebook.model_validate({"theme": [{"id": "price", "name": {"en": "Price"}}]})
    found = CodebookModel.fit(book, encoder).predict(["Price", "too expensive"])
    assert found.labels.shape == (2, 1)


ELSEWHERE = (
    "Customer service on the phone was fab",
    "The router keeps dropping the connection",
    "Nobody told us when the parcel would come",
    "Le personnel est très aimable",
    "La aplicación se cierra sola",
)


def test_one_theme_does_not_take_what_is_about_something_else(encoder: BundledEncoder) -> None:
    name = {"en": "Price", "es": "Precio", "fr": "Prix"}
    shown = {"en": ["Far too expensive", "Prices keep going up", "Good value for the money",
                    "Cheaper elsewhere"]}  # fmt: skip
    for more in ({}, {"examples": shown}):
        book = Codebook.model_validate({"theme": [{"id": "price", "name": name, **more}]})
        model = CodebookModel.fit(book, encoder)
        assert model.predict(["The price is too high", "The prices are good"]).labels.all()
        assert not model.predict(ELSEWHERE).labels.any()


def test_a_theme_takes_about_as_much_alone_as_among_many(
    starter: Codebook, corpus: Corpus, encoder: BundledEncoder
) -> None:
    many = CodebookModel.fit(starter, encoder).predict(corpus.texts)
    for name in ("waiting_support", "cleanliness_comfort"):
        place = starter.ids.index(name)
        one = Codebook(theme=(starter.theme[place].model_copy(update={"parent": None}),))
        alone = CodebookModel.fit(one, encoder).predict(corpus.texts).labels[:, 0]
        among = many.labels[:, place]
        assert (alone & among).sum() > 0.8 * (alone | among).sum()


def test_shipped_themes_that_mean_the_same_are_no_rivals(
    starter: Codebook, encoder: BundledEncoder
) -> None:
    theme = starter.theme[starter.ids.index("waiting_support")]
    texts = ["I waited an hour on hold", "Nobody answers the phone"]
    found = rivals(texts, np.ones((2, 1)), encoder)
    assert not set(theme.examples["en"]) & set(found.texts)
    assert set(starter.theme[starter.ids.index("price_value")].examples["en"]) <= set(found.texts)
    assert found.coded.any(axis=1).all()


def test_texts_of_no_theme_are_learned(corpus: Corpus, encoder: BundledEncoder) -> None:
    plain = _frame(corpus, list(range(120)))
    nothing = pl.DataFrame(
        {"text": [f"Just visiting town number {i}" for i in range(40)], "themes": [[]] * 40},
        schema=plain.schema,
    )
    without = CodebookModel.fit(_book(), encoder, plain)
    with_nothing = CodebookModel.fit(_book(), encoder, pl.concat([plain, nothing]))
    text = ["Just visiting town number 99"]
    assert with_nothing.predict(text).scores.max() < without.predict(text).scores.max()


def test_no_text_no_answer(taught: CodebookModel) -> None:
    assert taught.predict([]).themes == []


def test_wrong_examples_are_refused(encoder: BundledEncoder, taught: CodebookModel) -> None:
    with pytest.raises(ConfigError, match="does not have: nonsense"):
        CodebookModel.fit(_book(), encoder, pl.DataFrame({"text": ["a"], "themes": [["nonsense"]]}))
    with pytest.raises(ConfigError, match="need the columns text"):
        CodebookModel.fit(_book(), encoder, pl.DataFrame({"text": ["a"], "themes": ["app"]}))
    with pytest.raises(ConfigError, match="2 texts came with 1 languages"):
        taught.predict(["a", "b"], ["en"])


def _coded(encoder: BundledEncoder, book: Codebook, *texts: str) -> Coded:
    vectors = unit(np.asarray(encoder.encode(list(texts)), dtype=np.float32))
    return code_spans(texts, ["en"] * len(texts), vectors, np.empty(0, np.int64), book, encoder)


def test_a_theme_keeps_its_only_text_though_a_comment_of_another_says_it(
    encoder: BundledEncoder,
) -> None:
    themes = [
        {"id": "wait", "name": {"en": "Waiting"}, "include": {"en": ["Giraffes"]}},
        {"id": "zoo", "name": {"en": "Giraffes"}},
    ]
    book = Codebook.model_validate({"theme": themes})
    coded = _coded(encoder, book, "The bill is wrong", "I waited an hour", "Giraffes")
    assert coded.nearest[-1] == 0
    assert coded.space.owner.tolist() == [0, 1]
    assert np.isfinite(coded.space.prototypes).all()


def test_themes_of_the_same_texts_are_refused(encoder: BundledEncoder) -> None:
    same = [{"id": name, "name": {"en": "Billing errors"}} for name in ("bill", "cost")]
    with pytest.raises(ConfigError, match="Theme 'cost' of the codebook has no name"):
        _coded(encoder, Codebook.model_validate({"theme": same}), "The bill is wrong")
