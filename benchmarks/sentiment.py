"""Sentiment against its baselines: quality by language and domain, calibration and speed.

    python benchmarks/sentiment.py --data DIR [--folds 5]

Tweets are UMSAB's validation split, which the shipped model has not seen. Reviews are SemEval-2016
restaurant reviews: each gold aspect's clause, scored by models trained without the fold of its
review, since the shipped model has learned from all of them; ``--folds 1`` does one fold of five.
Rows "by itself" show the model a clause alone; "in its review" it is read as the pipeline reads it,
beside the rest of its comment.
``told.toml``, beside this program, has comments without a word of praise or blame, written for it.
VADER appears where vaderSentiment is installed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from analyzer.encoders import BundledEncoder, load_encoder
from analyzer.sentiment import load_sentiment
from analyzer.sentiment.bundled import BundledSentiment
from analyzer.sentiment.context import in_context
from analyzer.sentiment.train.build import inputs_of, train, write
from analyzer.sentiment.train.corpora import Example, aspects, fold_of, read, reviews
from analyzer.sentiment.train.network import Options

LANGUAGES = ("en", "fr", "es")
_PRAISE, _BLAME = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
_TOLD = {"went well": _PRAISE, "went badly": _BLAME, "relief": _PRAISE, "lookalikes": _BLAME}
Scorer = Callable[[Sequence[Example]], NDArray[np.float64]]


@dataclass(frozen=True)
class Scored:
    """Probabilities of a model for examples whose gold label is known."""

    examples: list[Example]
    probabilities: NDArray[np.float64]

    @property
    def gold(self) -> NDArray[np.int64]:
        """Index of each example's label."""
        return np.array([int(np.argmax(e.target)) for e in self.examples])

    def by_language(self, measure: Callable[[NDArray, NDArray], float]) -> list[float]:
        """``measure(gold, found)`` in each language."""
        languages = np.array([e.language for e in self.examples])
        found = self.probabilities.argmax(axis=1)
        return [measure(self.gold[languages == x], found[languages == x]) for x in LANGUAGES]

    def calibration_error(self, language: str | None = None) -> float:
        """Expected calibration error over ten equal widths of confidence."""
        chosen = self._of(language)
        likely = self.probabilities[chosen]
        return _calibration_error(likely, likely.argmax(axis=1) == self.gold[chosen])

    def calibration_noise(self, language: str | None = None, draws: int = 200) -> float:
        """Calibration error that a model with these very confidences shows when it is always right.

        With a few hundred texts it is far from 0, since a bin holds a few dozen of them.
        """
        likely = self.probabilities[self._of(language)]
        luck = np.random.default_rng(0).random((draws, len(likely)))
        confidence = likely.max(axis=1)
        return float(np.mean([_calibration_error(likely, row < confidence) for row in luck]))

    def _of(self, language: str | None) -> NDArray[np.bool_]:
        return np.array([language in {None, e.language} for e in self.examples])


def _calibration_error(
    likely: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10
) -> float:
    confidence = likely.max(axis=1)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean()
            for b in np.unique(place)
        )
    )


def shipped(model: BundledSentiment) -> Scorer:
    """Score as the pipeline does."""
    return lambda examples: (
        model.predict([e.text for e in examples], [e.language for e in examples]).probabilities
    )


def regression(examples: Sequence[Example]) -> Scorer:
    """Plain logistic regression on the encoder's vectors, weighted as the shipped model is."""
    vectors = load_encoder().encode([e.text for e in examples])
    labels = np.array([int(np.argmax(e.target)) for e in examples])
    weights = np.array([e.weight for e in examples])
    fitted = LogisticRegression(C=3.0, max_iter=500).fit(vectors, labels, sample_weight=weights)
    return lambda rows: fitted.predict_proba(load_encoder().encode([e.text for e in rows]))


def vader() -> Scorer | None:
    """VADER's usual thresholds; its lexicon is English."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyzer = SentimentIntensityAnalyzer()

    def score(examples: Sequence[Example]) -> NDArray[np.float64]:
        compound = np.array([analyzer.polarity_scores(e.text)["compound"] for e in examples])
        return np.eye(3)[np.where(compound >= 0.05, 2, np.where(compound <= -0.05, 0, 1))]

    return score


def crossed(data: Path, folds: int, members: int | None = None) -> dict[str, Scored]:
    """Score each aspect's clause by models that have not seen its review.

    Args:
        data: folder of the corpora.
        folds: of five, how many are measured.
        members: networks of each kind; None for as many as the shipped model has.
    """
    options = Options() if members is None else Options(members=members, steady=members)
    examples, gold, texts = read(data), aspects(data), reviews(data)
    inputs = inputs_of([e.text for e in examples])
    rows: dict[str, list[NDArray[np.float64]]] = {}
    tested: list[Example] = []
    for fold in range(folds):
        outside = [
            i
            for i, e in enumerate(examples)
            if not (e.corpus.startswith("semeval16") and fold_of(e.group) == fold)
        ]
        kept = [examples[i] for i in outside]
        clauses = [(e, sentence) for e, sentence in gold if fold_of(e.group) == fold]
        asked = [e for e, _ in clauses]
        tested += asked
        arrays, settings = train(kept, inputs.take(np.array(outside)), options)
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), arrays, settings)
            model = BundledSentiment(Path(folder))
            rows.setdefault("shipped recipe, in its review", []).append(
                in_reviews(model, clauses, texts)
            )
            scorers = {
                "shipped recipe, by itself": shipped(model),
                "LR on the encoder": regression(kept),
                "VADER (English)": vader(),
            }
        for name, scorer in scorers.items():
            if scorer:
                rows.setdefault(name, []).append(scorer(asked))
    return {name: Scored(tested, np.concatenate(parts)) for name, parts in rows.items()}


def in_reviews(
    model: BundledSentiment,
    clauses: Sequence[tuple[Example, str]],
    texts: Mapping[str, Mapping[str, Sequence[str]]],
) -> NDArray[np.float64]:
    """Score clauses beside the rest of their reviews, as spans of a comment.

    Args:
        model: the model.
        clauses: each, and the sentence that it is of: the whole of it, or one of its spans.
        texts: sentences and their spans, by review.

    Returns:
        (n, 3).
    """
    beside: list[str] = []
    review, place = [], []
    for number, (clause, own) in enumerate(clauses):
        for sentence, spans in texts[clause.group].items():
            parts = [clause.text] if sentence == clause.text == own else spans
            if sentence == own:
                place.append(len(beside) + parts.index(clause.text))
            beside += parts
            review += [number] * len(parts)
    languages = [clauses[number][0].language for number in review]
    alone = model.predict(beside, languages)
    return in_context(alone, beside, np.array(review)).probabilities[place]


def tweets(data: Path) -> dict[str, Scored]:
    """Score the tweets that no model here has seen, as people wrote them."""
    asked = read(data, validation=True)[::2]  # each is followed by its redacted copy
    scorers: dict[str, Scorer | None] = {
        "shipped": shipped(load_sentiment()),  # type: ignore[arg-type]
        "LR on the encoder": regression(read(data)),
        "VADER (English)": vader(),
    }
    return {name: Scored(asked, scorer(asked)) for name, scorer in scorers.items() if scorer}


def told() -> dict[str, dict[str, Scored]]:
    """Score what happened, told plainly, and what denies trouble or only looks like it."""
    table = tomllib.loads(Path(__file__).with_name("told.toml").read_text(encoding="utf-8"))
    scorers = {"shipped": shipped(load_sentiment()), "VADER (English)": vader()}  # type: ignore[arg-type]
    found: dict[str, dict[str, Scored]] = {}
    for kind, target in _TOLD.items():
        asked = [
            Example(text, language, "told", text, target, 1.0, post=False)
            for language in LANGUAGES
            for text in table[language][kind]
        ]
        found[kind] = {
            name: Scored(asked, scorer(asked)) for name, scorer in scorers.items() if scorer
        }
    return found


def throughput(data: Path) -> tuple[float, float]:
    """Texts a CPU second of the bare encoder, and of encoder and sentiment together."""
    texts = [e.text for e in read(data, validation=True)]
    encoder, model = BundledEncoder(workers=1), load_sentiment()
    model.predict(texts[:50])
    vectors, start = encoder.encode(texts), time.process_time()
    encoder.encode(texts)
    bare = time.process_time() - start
    start = time.process_time()
    model.predict(texts, vectors=vectors)
    return len(texts) / bare, len(texts) / (bare + time.process_time() - start)


def macro_f1(gold: NDArray, found: NDArray) -> float:
    """Macro-averaged F1 over the three classes, in per cent."""
    return 100 * float(f1_score(gold, found, average="macro", labels=[0, 1, 2]))


def accuracy(gold: NDArray, found: NDArray) -> float:
    """Accuracy in per cent."""
    return 100 * float((gold == found).mean())


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Measure sentiment.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5, choices=range(1, 6))
    parser.add_argument("--members", type=int, help="networks of each kind, for less time")
    arguments = parser.parse_args()
    table = Table("domain", "model", "measure", *LANGUAGES, "n", "ECE")
    with threadpool_limits(1):
        posts = tweets(arguments.data)
        for name, scored in posts.items():
            add(table, "tweets", name, "macro-F1", scored, macro_f1)
        for name, scored in crossed(arguments.data, arguments.folds, arguments.members).items():
            add(table, "reviews", name, "accuracy", scored, accuracy)
            add(table, "reviews", name, "macro-F1", scored, macro_f1)
        for kind, by_name in told().items():
            for name, scored in by_name.items():
                add(table, f"told: {kind}", name, "accuracy", scored, accuracy)
        bare, both = throughput(arguments.data)
    console = Console(width=110)
    console.print(table)
    for language in LANGUAGES:
        console.print(
            f"tweets, {language}: ECE {posts['shipped'].calibration_error(language):.3f}; "
            f"a perfect model's on as many: {posts['shipped'].calibration_noise(language):.3f}"
        )
    console.print(
        f"{bare:,.0f} texts a CPU second encoded, {both:,.0f} encoded and scored: "
        f"{both / bare:.0%} of the bare encoder's throughput"
    )


def add(
    table: Table,
    domain: str,
    name: str,
    measure: str,
    scored: Scored,
    function: Callable[[NDArray, NDArray], float],
) -> None:
    """One line of the table."""
    figures = [f"{figure:.1f}" for figure in scored.by_language(function)]
    error = f"{scored.calibration_error():.3f}"
    table.add_row(domain, name, measure, *figures, str(len(scored.examples)), error)


if __name__ == "__main__":
    main()
