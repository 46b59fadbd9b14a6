"""The rebuild: what it reads, that it repeats itself, and that each option counts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, softmax

from analyzer.errors import InputError
from analyzer.sentiment.bundled import SETTINGS, WEIGHTS, BundledSentiment
from analyzer.sentiment.figures import mocks, plainly
from analyzer.sentiment.train.build import ensemble, inputs_of, targets_of, train, write
from analyzer.sentiment.train.corpora import Example, aspects, fold_of, phrases, read
from analyzer.sentiment.train.linear import fit_linear
from analyzer.sentiment.train.network import Inputs, Options, Targets, fit, outputs

QUICK = Options(epochs=2, members=1, steady=0, hidden=8, least_texts=1, average=0.5)
NAMES = (
    "umsab_train",
    "umsab_val",
    "airline_tweets",
    "semeval16_restaurants_train",
    "opener_hotels_train",
    "m_absa_dev",
    "nhs_fft",
    "nps_telco_en",
    "insurance_reviews_fr",
    "hotel_reviews_es",
    "app_reviews",
    "shop_reviews_fr",
    "mtop_dev",
)


def corpus(folder: Path, **rows: list[dict[str, object]]) -> Path:
    for name in NAMES:
        lines = [json.dumps(row) for row in rows.get(name, [])]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def row(text: str, **more: object) -> dict[str, object]:
    return {"id": "a-1", "text": text, "lang": "es", **more}


def read_one(folder: Path, name: str, given: dict[str, object]) -> list[Example]:
    return [e for e in read(corpus(folder, **{name: [given]})) if e.corpus == name]


def test_stars_and_nps_become_soft_labels(tmp_path: Path) -> None:
    five = read_one(tmp_path, "hotel_reviews_es", row("bien", rating=5.0))
    assert [round(sum(e.target), 6) for e in five] == [1.0]
    assert five[0].target[2] > 0.9
    nps = read_one(tmp_path, "nps_telco_en", row("meh", rating=3.0, nps_segment="detractor"))
    assert nps[0].target[0] > 0.8


def test_a_title_is_an_example_and_a_long_review_is_not(tmp_path: Path) -> None:
    given = row("x" * 400, rating=1.0, title="Fatal")
    assert [e.text for e in read_one(tmp_path, "hotel_reviews_es", given)] == ["Fatal"]


def test_tweets_come_raw_and_redacted(tmp_path: Path) -> None:
    found = read_one(tmp_path, "umsab_train", row("@user hola http", sentiment="neutral"))
    assert [e.text for e in found] == ["@user hola http", "[USUARIO] hola [URL]"]
    assert all(e.post for e in found)
    assert len({e.weight for e in found}) == 1


def test_requests_are_neutral_feedback(tmp_path: Path) -> None:
    (found,) = read_one(tmp_path, "mtop_dev", row("pon una alarma", labels=["CREATE_ALARM"]))
    assert found.target == (0.0, 1.0, 0.0)
    assert not found.post


def test_a_mixed_sentence_is_learned_clause_by_clause(tmp_path: Path) -> None:
    opinions = [
        {"category": "FOOD", "polarity": "positive", "target": "comida"},
        {"category": "SERVICE", "polarity": "negative", "target": "camarero"},
    ]
    given = row("La comida estaba muy rica, pero el camarero fue grosero", opinions=opinions)
    whole, first, second = read_one(tmp_path, "semeval16_restaurants_train", given)
    assert whole.target == (0.5, 0.0, 0.5)
    assert "comida" in first.text
    assert first.target == (0.0, 0.0, 1.0)
    assert "camarero" in second.text
    assert second.target == (1.0, 0.0, 0.0)
    clauses = [clause.text for clause, _ in aspects(tmp_path)]
    assert clauses == [first.text, second.text]


def test_clauses_of_one_review_share_a_fold() -> None:
    assert {fold_of("review-1") for _ in range(3)} == {fold_of("review-1")}
    assert {fold_of(str(i)) for i in range(60)} == set(range(5))


def test_validation_tweets_are_never_trained_on(tmp_path: Path) -> None:
    corpus(tmp_path, umsab_val=[row("solo para medir", sentiment="neutral")])
    assert not [e for e in read(tmp_path) if e.corpus == "umsab_val"]
    assert {e.corpus for e in read(tmp_path, validation=True)} == {"umsab_val"}


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"umsab_train\.jsonl is missing"):
        read(tmp_path)
    command = [sys.executable, "-m", "analyzer.sentiment.train", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "umsab_train.jsonl is missing" in done.stderr


@pytest.fixture(scope="module")
def small() -> tuple[list[Example], Inputs]:
    plain = [e for e in phrases() if plainly(e.text) == e.text and not mocks(e.text)]
    examples = [e for i, e in enumerate(plain) if i // 2 % 5 == 0]
    return examples, inputs_of([e.text for e in examples])


def test_equal_examples_give_equal_bytes(
    small: tuple[list[Example], Inputs], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, *train(*small, QUICK))
    for file in (WEIGHTS, SETTINGS):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    found = BundledSentiment(tmp_path / "one").predict(["nada mal"], ["es"])
    assert found.probabilities.shape == (1, 3)


def test_the_files_answer_as_the_networks_did(
    small: tuple[list[Example], Inputs], tmp_path: Path
) -> None:
    examples, inputs = small
    options = replace(QUICK, epochs=8, members=2, rate=1e-2)
    write(tmp_path, *train(examples, inputs, options))
    fitted = ensemble(inputs, targets_of(examples), options)
    loaded, texts = BundledSentiment(tmp_path), [e.text for e in examples]
    heat = json.loads((tmp_path / SETTINGS).read_text())["temperature"]
    for codes in ([e.language for e in examples], ["other"] * len(examples)):
        raw = fitted.outputs(inputs, np.array(codes))
        posts, feedback = np.array([heat[code] for code in codes]).T[:, :, None]
        share = expit(raw[:, 6:])
        expected = share * softmax(raw[:, :3] / posts, axis=1)
        expected += (1 - share) * softmax(raw[:, 3:6] / feedback, axis=1)
        found = loaded.predict(texts, codes).probabilities
        np.testing.assert_allclose(found, expected, atol=0.02)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 3},
        {"batch": 16},
        {"hidden": 9},
        {"rate": 1e-2},
        {"table_rate": 1e-2},
        {"decay": 0.5},
        {"dropout": 0.1},
        {"input_dropout": 0.5},
        {"smoothing": 0.3},
        {"other_expert": 0.5},
        {"gate": 1.0},
        {"average": 0.9},
        {"seed": 1},
    ],
)
def test_every_option_counts(small: tuple[list[Example], Inputs], change: dict[str, float]) -> None:
    examples, inputs = small
    rows = np.arange(0, len(examples), 3)
    part, targets = inputs.take(rows), targets_of([examples[i] for i in rows])
    base = outputs(fit(part, targets, QUICK), part)
    other = outputs(fit(part, targets, replace(QUICK, **change)), part)  # type: ignore[arg-type]
    assert not np.array_equal(base, other)


def test_an_ensemble_is_the_mean_of_its_networks_and_the_linear_model(
    small: tuple[list[Example], Inputs],
) -> None:
    examples, inputs = small
    options, targets = replace(QUICK, members=2), targets_of(examples)
    nets = [outputs(fit(inputs, targets, replace(options, seed=seed)), inputs) for seed in (0, 1)]
    expected = np.mean(nets, axis=0)
    linear = fit_linear(inputs, targets, options)
    expected[:, :3] += linear.outputs(inputs, targets.languages)
    found = ensemble(inputs, targets, options).outputs(inputs, targets.languages)
    np.testing.assert_allclose(found, expected)


def test_steady_members_learn_no_outcomes(small: tuple[list[Example], Inputs]) -> None:
    examples, inputs = small
    half = [replace(e, corpus="outcomes") if i % 2 else e for i, e in enumerate(examples)]
    targets = targets_of(half)
    assert {w for e, w in zip(half, targets.steady, strict=True) if e.corpus == "outcomes"} == {0}
    options = replace(QUICK, members=0, steady=1, linear=0.0)
    slow = replace(options, batch=64, rate=1e-3, table_rate=2e-3)
    calm = outputs(fit(inputs, replace(targets, weights=targets.steady), slow), inputs)
    found = ensemble(inputs, targets, options).outputs(inputs, targets.languages)
    np.testing.assert_allclose(found, calm)
    bold = ensemble(inputs, targets, replace(options, members=1, steady=0))
    assert not np.allclose(found, bold.outputs(inputs, targets.languages))


def test_the_linear_model_reads_posts_only(small: tuple[list[Example], Inputs]) -> None:
    examples, inputs = small
    targets = targets_of(examples)
    learned = fit_linear(inputs, targets, QUICK)
    posts = np.flatnonzero(targets.posts)
    only = targets.take(posts)
    told = learned.outputs(inputs.take(posts), only.languages)
    assert (told.argmax(1) == only.shares.argmax(1)).mean() > 0.6
    np.testing.assert_array_equal(learned.dense, fit_linear(inputs.take(posts), only, QUICK).dense)
    nobody = replace(targets, posts=np.zeros_like(targets.posts))
    assert not fit_linear(inputs, nobody, QUICK).outputs(inputs, targets.languages).any()


def test_the_linear_model_knows_what_a_word_means_in_each_language() -> None:
    texts = ["ok", "fine"] * 60
    codes = np.repeat(["es", "fr", "en"], 40)
    says = np.array([0, 2] * 60)
    inputs = inputs_of(texts)
    turned = np.where(codes == "fr", 2 - says, says)
    shares = np.eye(3, dtype=np.float32)[turned]
    shares[:3] = (0, 1, 0)
    ones = np.ones(len(texts), dtype=np.float32)
    targets = Targets(shares, ones, ones, ones, codes)
    learned = fit_linear(inputs, targets, replace(QUICK, linear_freedom=1.0))
    right = learned.outputs(inputs, codes).argmax(1) == turned
    assert right[3:].all()
    elsewhere = learned.outputs(inputs, np.full(len(texts), "other")).argmax(1)
    assert (elsewhere[3:] == says[3:]).all()


def test_options_of_the_linear_model_count(small: tuple[list[Example], Inputs]) -> None:
    examples, inputs = small
    targets = targets_of(examples)
    base = fit_linear(inputs, targets, QUICK)
    double = fit_linear(inputs, targets, replace(QUICK, linear=2 * QUICK.linear))
    np.testing.assert_allclose(double.wide, 2 * base.wide)
    np.testing.assert_allclose(double.constant, 2 * base.constant)
    free = fit_linear(inputs, targets, replace(QUICK, linear_freedom=50.0))
    assert np.abs(free.dense).sum() > 2 * np.abs(base.dense).sum()


def test_written_phrases_and_requests_do_not_set_the_temperatures(
    small: tuple[list[Example], Inputs], tmp_path: Path
) -> None:
    examples, inputs = small
    asked = [replace(e, corpus="mtop_dev") for e in examples]
    for unlived in (examples, asked):
        _, settings = train(unlived, inputs, QUICK)
        assert set(np.ravel(list(settings["temperature"].values()))) == {1.0}
    lived = [replace(e, corpus="tweets") if e.post else e for e in examples]
    _, settings = train(lived, inputs, QUICK)
    assert settings["temperature"]["es"][0] != 1.0
    assert settings["temperature"]["es"][1] == 1.0


def test_rare_ngrams_and_members_count(small: tuple[list[Example], Inputs], tmp_path: Path) -> None:
    for name, options in (
        ("base", QUICK),
        ("rare", replace(QUICK, least_texts=50)),
        ("members", replace(QUICK, members=2)),
    ):
        write(tmp_path / name, *train(*small, options))
    bytes_of = {
        name: (tmp_path / name / WEIGHTS).read_bytes() for name in ("base", "rare", "members")
    }
    assert len(set(bytes_of.values())) == 3
    assert len(bytes_of["rare"]) < len(bytes_of["base"])
