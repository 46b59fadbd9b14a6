"""Theme discovery against its peers, all given the same vectors: one command, one table.

    python benchmarks/themes.py DATA [--peers] [--seeds 3] [--sets NAME ...] [--methods NAME ...]
    python benchmarks/themes.py --names FILE [FILE ...]
    python benchmarks/themes.py DATA --codebook [--seeds 4]

DATA is a folder with JSON lines files; see SETS for their names. A line has ``text``, ``lang``,
``labels`` and, for the airline tweets, ``sentiment``. Rows with exactly one label take part. With
``--peers`` BERTopic and EVoC run too (``pip install -r benchmarks/requirements.txt``).

AMI and ARI are against the labels that people gave; rows that a method leaves out go to the nearest
centroid of its clusters, as its users would do. "leak" is NMI(cluster, language). "same" is the
ARI with the themes that the other rows get, with the same seed, where one row in 200 is missing.

With ``--names`` every FILE is analysed as a report does, and its themes' names are printed with the
share of them that are nearest to their own theme once they are encoded like any comment.

With ``--codebook`` the sentences of semeval16_restaurants_train get the 12 themes that people gave
them, several a sentence, and micro-F1 a language is printed: 5-fold cross-validation by review, and
10 examples a theme and language, tested on all other reviews, for each seed. Beside it stands one
logistic regression a theme on the same vectors with one limit, 0.4.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

# The folder of this file holds a statistics.py, which must not hide the standard library's.
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402
from sklearn.cluster import AgglomerativeClustering, KMeans  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score  # noqa: E402

from analyzer.encoders import load_encoder  # noqa: E402
from analyzer.pipeline import analyze  # noqa: E402
from analyzer.schema import LANGUAGES, Language  # noqa: E402
from analyzer.themes import discover  # noqa: E402
from analyzer.themes.classify import CodebookModel  # noqa: E402
from analyzer.themes.codebook import Codebook  # noqa: E402
from analyzer.themes.concepts import PLAIN, concepts, embed  # noqa: E402
from analyzer.themes.leak import language_leak  # noqa: E402
from analyzer.themes.propernames import proper_names, without_names  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analyzer.pipeline import Analysis

    Method = Callable[["Data", int], NDArray[np.int64]]

_MISSING = 200  # one row in so many is missing the second time
_MEANS = ("AMI", "same")

SETS = (
    "semeval16_restaurants_train",
    "airline_tweets",
    "nhs_fft",
    "mtop_dev",
    "banking77_test",
    "canada_feedback",
)


@dataclass(frozen=True)
class Data:
    """One set: n texts, their languages, gold labels (n,) and unit vectors (n, d)."""

    name: str
    texts: list[str]
    languages: list[str]
    gold: NDArray[np.int64]
    vectors: NDArray[np.float32]

    def take(self, rows: NDArray[np.int64]) -> Data:
        """Some of the rows."""
        return Data(
            self.name,
            [self.texts[row] for row in rows],
            [self.languages[row] for row in rows],
            self.gold[rows],
            self.vectors[rows],
        )

    @property
    def classes(self) -> int:
        """Number of gold labels."""
        return int(self.gold.max()) + 1


def load(folder: Path, name: str) -> Data:
    """Read one set; single-label rows only, and of the airline tweets only the complaints."""
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [row for row in rows if len(row.get("labels") or []) == 1 and row["text"].strip()]
    if name == "airline_tweets":
        rows = [row for row in rows if row.get("sentiment") == "negative"]
    texts = [row["text"] for row in rows]
    gold = np.unique([row["labels"][0] for row in rows], return_inverse=True)[1]
    return Data(name, texts, [row["lang"] for row in rows], gold, load_encoder().encode(texts))


def this_project(data: Data, seed: int) -> NDArray[np.int64]:
    """`analyzer.themes.discover` as an analysis calls it: the data decide the number."""
    return _discovered(data, seed)


def this_project_true_k(data: Data, seed: int) -> NDArray[np.int64]:
    """The same with as many themes as there are gold labels."""
    return _discovered(data, seed, data.classes)


def _discovered(data: Data, seed: int, themes: int | None = None) -> NDArray[np.int64]:
    encoder = load_encoder()
    names = proper_names(data.texts, data.languages, encoder)
    texts, vectors = without_names(data.texts, data.vectors, names, encoder)
    concepts = embed(encoder).subjects
    return discover(
        vectors, data.languages, texts=texts, concepts=concepts, themes=themes, seed=seed
    ).labels


def k_means(data: Data, seed: int) -> NDArray[np.int64]:
    """k-means with the true number of clusters."""
    return np.asarray(KMeans(data.classes, n_init=3, random_state=seed).fit_predict(data.vectors))


def ward(data: Data, seed: int) -> NDArray[np.int64]:
    """Ward with the true number of clusters; it has no seed."""
    return np.asarray(AgglomerativeClustering(data.classes).fit_predict(data.vectors))


def bertopic(data: Data, seed: int) -> NDArray[np.int64]:
    """BERTopic, documented multilingual defaults; UMAP's default settings with a seed."""
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from umap import UMAP

    umap = UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1
    )
    model = BERTopic(language="multilingual", umap_model=umap, embedding_model=BaseEmbedder())
    return np.asarray(model.fit_transform(data.texts, data.vectors)[0])


def evoc(data: Data, seed: int) -> NDArray[np.int64]:
    """EVoC with its defaults."""
    from evoc import EVoC

    return np.asarray(EVoC(random_state=seed).fit_predict(data.vectors))


METHODS: dict[str, Method] = {
    "this project": this_project,
    "this project, true k": this_project_true_k,
    "k-means, true k": k_means,
    "Ward, true k": ward,
}
PEERS = {"BERTopic": bertopic, "EVoC": evoc}


def measure(data: Data, run: Method, seed: int) -> dict[str, float]:
    """Run a method on a set and on nearly all of it, and compare."""
    start = time.perf_counter()
    labels = run(data, seed)
    seconds = time.perf_counter() - start
    whole = filled(data, labels)
    rows = np.random.default_rng(seed).permutation(len(labels))
    rows = np.sort(rows[max(1, len(rows) // _MISSING) :])
    fewer = data.take(rows)
    return {
        "seconds": seconds,
        "same": adjusted_rand_score(whole[rows], filled(fewer, run(fewer, seed))),
        "clusters": len(np.unique(whole)),
        "AMI": adjusted_mutual_info_score(data.gold, whole),
        "ARI": adjusted_rand_score(data.gold, whole),
        "unassigned": float((labels < 0).mean()),
        "leak": language_leak(whole, data.languages),
    }


def filled(data: Data, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give rows that were left out to the nearest centroid."""
    out = labels < 0
    whole = labels.copy()
    if out.any() and not out.all():
        groups = np.unique(labels[~out])
        centres = np.stack([data.vectors[labels == g].mean(axis=0) for g in groups])
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        whole[out] = groups[np.argmax(data.vectors[out] @ centres.T, axis=1)]
    return whole


def nearest_own(analysis: Analysis, language: Language) -> NDArray[np.bool_]:
    """Whether each theme's name, encoded like a comment, is nearest to its own theme; (k,)."""
    space = analysis.found.space
    names = analysis.themes[f"name_{language}"].to_list()
    rows = space.centre(analysis.encoder.encode(names), [language] * len(names))
    nearest = np.argmax(space.similarities(rows), axis=1)
    return np.asarray(nearest == np.arange(len(names)))


def print_names(files: list[Path]) -> None:
    """Analyse each file and print its themes' names, their macro-themes and how near they are."""
    told_apart: list[float] = []
    with_subject: list[float] = []
    subjectless = {one.name["en"] for one in concepts() if one.domain == PLAIN}
    for file in files:
        analysis = analyze(file)
        named = ~analysis.themes["name_en"].is_in(subjectless).to_numpy()
        own = {code: nearest_own(analysis, code) for code in LANGUAGES}
        told_apart += [float(nearest.mean()) for nearest in own.values()]
        with_subject += [float(nearest[named].mean()) for nearest in own.values()]
        told = ", ".join(f"{code} {nearest.mean():.0%}" for code, nearest in own.items())
        print(
            f"\n{file.name}: nearest to their own theme {told}; {(~named).sum()} have no subject\n"
        )
        print("| en | es | fr | macro-theme |\n|---|---|---|---|")
        parents = dict(analysis.found.parents.select("parent_id", "name_en").iter_rows())
        for row in analysis.themes.iter_rows(named=True):
            names = " | ".join(row[f"name_{code}"] for code in ("en", "es", "fr"))
            print(f"| {names} | {parents.get(row['parent_id'], '')} |")
    print(f"\nmean over files and languages: {np.mean(told_apart):.0%}")
    print(f"of names that tell a subject: {np.mean(with_subject):.0%}")


@dataclass(frozen=True)
class Coded:
    """n sentences with several themes each: themes (n, k) of the codebook, and vectors (n, d)."""

    texts: list[str]
    languages: NDArray[np.str_]
    reviews: NDArray[np.str_]
    book: Codebook
    gold: NDArray[np.bool_]
    vectors: NDArray[np.float32]

    def ours(self, learned: NDArray[np.int64], tested: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Themes (m, k) that this project gives the tested sentences."""
        ids = np.array(self.book.ids)
        examples = pl.DataFrame(
            {
                "text": [self.texts[i] for i in learned],
                "themes": [ids[self.gold[i]].tolist() for i in learned],
            },
            schema={"text": pl.String, "themes": pl.List(pl.String)},
        )
        model = CodebookModel.fit(self.book, load_encoder(), examples)
        return model.predict([self.texts[i] for i in tested], vectors=self.vectors[tested]).labels

    def plain(self, learned: NDArray[np.int64], tested: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The same by logistic regression on the vectors alone."""
        rows = self.vectors
        return np.column_stack(
            [
                LogisticRegression(C=3.0, max_iter=500)
                .fit(rows[learned], wanted[learned])
                .predict_proba(rows[tested])[:, 1]
                >= 0.4
                for wanted in self.gold.T
            ]
        )

    def few(self, seed: int, count: int = 10) -> NDArray[np.int64]:
        """Sentences that show each theme in each language ``count`` times."""
        draw = np.random.default_rng(seed)
        chosen: set[int] = set()
        for code in ("en", "es", "fr"):
            for wanted in self.gold.T:
                own = np.flatnonzero((self.languages == code) & wanted)
                chosen |= set(draw.permutation(own)[:count].tolist())
        return np.array(sorted(chosen))

    def f1(self, given: NDArray[np.bool_], tested: NDArray[np.int64]) -> list[float]:
        """Micro-F1 in English, Spanish and French, in percent."""
        found = []
        for code in ("en", "es", "fr"):
            own = self.languages[tested] == code
            gold = self.gold[tested][own]
            found.append(200 * (given[own] & gold).sum() / (given[own].sum() + gold.sum()))
        return found


def load_coded(folder: Path) -> Coded:
    """Read the restaurant sentences; those without a theme take part too."""
    with (folder / "semeval16_restaurants_train.jsonl").open(encoding="utf-8") as file:
        rows = [one for one in map(json.loads, file) if one["text"].strip()]
    labels = [set(row.get("labels") or []) for row in rows]
    names = sorted(set().union(*labels))
    themes = [
        {
            "id": name.lower().replace("#", "_"),
            "name": {"en": name.lower().replace("#", " ").replace("_", " ")},
        }
        for name in names
    ]
    return Coded(
        [row["text"] for row in rows],
        np.array([row["lang"] for row in rows]),
        np.array([row["id"].rsplit(":", 1)[0] for row in rows]),
        Codebook.model_validate({"theme": themes}),
        np.array([[name in own for name in names] for own in labels]),
        load_encoder().encode([row["text"] for row in rows]),
    )


def print_codebook(folder: Path, seeds: int) -> None:
    """Measure the codebook with all training data and with few examples."""
    data = load_coded(folder)
    groups, review = np.unique(data.reviews, return_inverse=True)
    fold = (np.random.default_rng(0).permutation(len(groups)) % 5)[review]
    print("| micro-F1, en / es / fr | logistic regression | this project |\n|---|---|---|")
    given = {name: np.zeros_like(data.gold) for name in ("plain", "ours")}
    for part in range(5):
        learned, tested = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        for name, rows in given.items():
            rows[tested] = getattr(data, name)(learned, tested)
    whole = np.arange(len(data.texts))
    told = [_percent(data.f1(rows, whole)) for rows in given.values()]
    print(f"| all training data | {' | '.join(told)} |", flush=True)
    draws: dict[str, list[list[float]]] = {name: [] for name in given}
    for seed in range(seeds):
        learned = data.few(seed)
        tested = np.flatnonzero(~np.isin(data.reviews, data.reviews[learned]))
        for name, found in draws.items():
            found.append(data.f1(getattr(data, name)(learned, tested), tested))
    told = [_percent(np.mean(found, axis=0)) for found in draws.values()]
    print(f"| 10 examples a theme and language | {' | '.join(told)} |")


def _percent(values: list[float] | NDArray[np.float64]) -> str:
    return " / ".join(f"{value:.1f}" for value in values)


def main() -> None:
    """Run and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--names", type=Path, nargs="+", default=None)
    parser.add_argument("--codebook", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--methods", nargs="+", choices=[*METHODS, *PEERS], default=None)
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    if given.names:
        print_names(given.names)
        return
    if given.data is None:
        parser.error("give the folder DATA, or --names FILE")
    if given.codebook:
        print_codebook(given.data, given.seeds)
        return
    methods = METHODS | (PEERS if given.peers else {})
    if given.methods:
        methods = {name: (METHODS | PEERS)[name] for name in given.methods}
    head = ("data (rows, labels)", "method", "themes", "AMI", "ARI", "same")
    head += ("unassigned", "leak", "s")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    means: dict[str, list[list[float]]] = {name: [] for name in methods}
    for name in given.sets:
        data = load(given.data, name)
        told = f"{name} ({len(data.texts)}, {data.classes})"
        for method, run in methods.items():
            runs = [measure(data, run, seed) for seed in range(given.seeds)]
            means[method].append([float(np.mean([one[key] for one in runs])) for key in _MEANS])
            print(f"| {told} | {method} | {_row(runs)} |", flush=True)
    for method, values in means.items():
        agree, same = np.mean(values, axis=0)
        sets = f"**mean of {len(values)} sets** | {method}"
        print(f"| {sets} | | **{agree:.3f}** | | **{same:.2f}** | | | |")


def _row(runs: list[dict[str, float]]) -> str:
    def spread(key: str, digits: int) -> str:
        values = [run[key] for run in runs]
        return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"

    return " | ".join(
        (
            f"{np.mean([run['clusters'] for run in runs]):.0f}",
            spread("AMI", 3),
            spread("ARI", 3),
            f"{np.mean([run['same'] for run in runs]):.2f}",
            f"{np.mean([run['unassigned'] for run in runs]):.0%}",
            f"{np.mean([run['leak'] for run in runs]):.3f}",
            f"{np.mean([run['seconds'] for run in runs]):.1f}",
        )
    )


if __name__ == "__main__":
    main()
