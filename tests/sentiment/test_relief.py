"""Trouble that is denied is read as relief, and its look-alikes as what they say."""

from __future__ import annotations

import pytest

from analyzer.sentiment import load_sentiment
from analyzer.sentiment.relief import relieved

RELIEF = [
    ("No hassle at all", "all good", "en"),
    ("NO HIDDEN FEES", "all good", "en"),
    ("installed without any real problems", "installed all good", "en"),
    ("no fuss, no delays", "all good", "en"),
    ("we didn’t have to queue", "we all good", "en"),
    ("I never felt rushed", "I all good", "en"),
    ("it hasn't crashed once", "it all good once", "en"),
    ("I can't complain", "I all good", "en"),
    ("nothing went wrong", "all good", "en"),
    ("Aucun souci depuis dix ans", "tout va bien depuis dix ans", "fr"),
    ("je n’ai jamais eu le moindre problème", "je n’ai tout va bien", "fr"),
    ("remboursée sans avoir à relancer", "remboursée tout va bien", "fr"),
    ("ni retard ni panne", "tout va bien", "fr"),
    ("il n'a jamais planté", "il n'a tout va bien", "fr"),
    ("RAS", "tout va bien", "fr"),
    ("sin ningún problema", "todo bien", "es"),
    ("no tuvimos que esperar", "todo bien", "es"),
    ("nunca me han cobrado de más", "todo bien", "es"),
    ("cero colas y sin papeleos", "todo bien", "es"),
    ("no he tenido ni una sola avería", "todo bien", "es"),
]
AS_THEY_ARE = [
    "no answer, no call back",
    "not without problems",
    "no problem was solved",
    "none of my problems",
    "we should not have to wait",
    "through no fault of my own",
    "No problem taking my money",
    "no water pressure in the shower",
    "pas sans mal",
    "aucun problème n'a été résolu",
    "pas de réponse",
    "Pour encaisser, aucun souci",
    "on n'a pas réglé le problème",
    "sin cobertura",
    "ningún problema resuelto",
    "Para cobrar no hay problema",
    "no me devolvieron el dinero",
    "",
]


@pytest.mark.parametrize(("text", "meant", "language"), RELIEF)
def test_denied_trouble_is_put_plainly(text: str, meant: str, language: str) -> None:
    assert relieved(text) == meant
    model = load_sentiment()
    assert model.predict([text], [language]).sentiment == ["positive"]


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert relieved(text) == text


def test_only_the_turn_changes() -> None:
    text = "The flat was cold, but no complaints about the staff; la señora no ayudó"
    assert relieved(text) == "The flat was cold, but all good about the staff; la señora no ayudó"


def test_long_texts_take_little_time() -> None:
    relieved("no real " * 30_000)
    relieved("pas de gros " * 30_000)
    relieved("sin más no he tenido " * 20_000)
    relieved("never had n't " * 20_000)
