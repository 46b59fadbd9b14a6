"""Turns of phrase are read as what they mean, and their look-alikes as what they say."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.encoders import load_encoder
from analyzer.sentiment import load_sentiment
from analyzer.sentiment.figures import mocks, plainly

TURNS = [
    ("not bad", " good"),
    ("The food wasn't too bad at all", "The food was good"),
    ("NOT A BAD price", " A good price"),
    ("the welcome leaves a lot to be desired", "the welcome is bad"),
    ("I was not disappointed", "I was  happy"),
    ("no está nada mal el servicio", "está bien el servicio"),
    ("No son malos precios", "son buenos precios"),
    ("no fue una mala compra", "fue buena compra"),
    ("no funciona mal", "funciona bien"),
    ("nada mal", "bien"),
    ("la comida deja mucho que desear", "la comida es malo"),
    ("c'est pas mauvais", "c'est bon"),
    ("le plat n’était pas mauvais du tout", "le plat était bon"),
    ("ce n'est pas une mauvaise idée", "ce est bonne idée"),
    ("Pas mal du tout", "bien"),
    ("l'accueil laisse à désirer", "l'accueil est mauvais"),
    ("je ne regrette pas mon choix", "je suis content de mon choix"),
]
AS_THEY_ARE = [
    "bad service",
    "not bad enough to leave",
    "el servicio va mal",
    "no me falta de nada",
    "Malaga",
    "il y a pas mal de monde",
    "j'ai pas mal attendu",
    "mauvais accueil",
    "je n'ai pas été remboursé",
    "",
]


@pytest.mark.parametrize(("text", "meant"), TURNS)
def test_turns_are_put_plainly(text: str, meant: str) -> None:
    assert plainly(text) == meant


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert plainly(text) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("not bad", "en"),
        ("no está mal", "es"),
        ("pas mal du tout", "fr"),
        ("c'est pas mauvais", "fr"),
    ],
)
def test_bare_litotes_are_praise_whoever_made_the_vectors(text: str, language: str) -> None:
    model = load_sentiment()
    alone = model.predict([text], [language])
    beside = model.predict(
        ["Llegó tarde", text],
        ["es", language],
        vectors=load_encoder().encode(["Llegó tarde", text]),
    )
    assert alone.sentiment == ["positive"]
    assert np.array_equal(alone.probabilities[0], beside.probabilities[1])


def test_a_mark_of_mockery_turns_praise_into_blame() -> None:
    assert mocks("Great, no signal again 🙄")
    assert not mocks("Great 🙄❤️")
    texts = ["Great, no signal again", "Great, no signal again 🙄", "Terrible service 🙄"]
    told = load_sentiment().predict(texts, ["en"] * 3).sentiment
    assert told[1:] == ["negative", "negative"]


def test_long_texts_take_little_time() -> None:
    plainly("no mal " * 20_000)
    plainly("pas bad " + "very " * 50_000)
