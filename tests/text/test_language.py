"""Naming the language of comments."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analyzer.errors import ConfigError
from analyzer.text import detect, language, span_languages
from analyzer.text.language import plain_language

SPANISH = "Llevo tres semanas esperando y nadie me da una solución"
FRENCH = "Cela fait trois semaines que j'attends et personne ne répond"
ENGLISH = "I have been waiting for three weeks and nobody answers me"


def test_long_comments() -> None:
    assert detect([SPANISH, FRENCH, ENGLISH]) == ["es", "fr", "en"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("O atendimento foi muito ruim e a entrega não chegou", "pt"),
        ("El servei és molt lent i ningú no em fa cas mai", "ca"),
        ("Il servizio è stato pessimo e nessuno mi ha risposto", "it"),
        ("Der Service war sehr schlecht und niemand hat geantwortet", "de"),
        ("Очень плохо, никто не отвечает", "ru"),
    ],
)
def test_other_languages_are_named(text: str, wanted: str) -> None:
    assert detect([SPANISH, FRENCH, ENGLISH, text])[-1] == wanted


@pytest.mark.parametrize(
    ("around", "words", "wanted"),
    [
        (SPANISH, ["caro", "lento", "bien", "ok", "super", "👍", "rápido"], "es"),
        (FRENCH, ["nul", "lent", "bien", "ok", "super", "👍", "cher"], "fr"),
        (ENGLISH, ["slow", "rude", "ok", "super", "👍", "expensive"], "en"),
    ],
)
def test_short_comments_lean_to_their_file(around: str, words: list[str], wanted: str) -> None:
    texts = [f"{around} {i}" for i in range(20)] + words
    assert detect(texts)[20:] == [wanted] * len(words)


def test_misspelt_words_are_not_taken_for_another_language() -> None:
    rest = ["Le service client ne répond jamais et on attend une heure"] * 5
    rest += ["They never answer the phone and nobody wants to help you"] * 5
    assert detect([*rest, "Jadore", "Au top j'adore....", "Gd"])[10:12] == ["fr", "fr"]


def test_every_file_has_its_own_mix() -> None:
    texts = [SPANISH] * 20 + ["bien"] + [FRENCH] * 20 + ["bien"]
    found = detect(texts, groups=["a.csv"] * 21 + ["b.csv"] * 21)
    assert (found[20], found[41]) == ("es", "fr")


def test_one_word_in_a_mixed_file_is_looked_up() -> None:
    mixed = [SPANISH, FRENCH, ENGLISH] * 5
    assert detect([*mixed, "slow", "caro", "nul", "cher", "lento"])[15:] == [
        "en",
        "es",
        "fr",
        "fr",
        "es",
    ]


def test_handles_links_and_hashtags_say_nothing() -> None:
    text = (
        "@the_very_good_company https://www.example.com/some-english #customerservice mal servicio"
    )
    assert detect([SPANISH, text])[1] == "es"


def test_languages_are_respected() -> None:
    text = "O atendimento foi muito ruim e a entrega não chegou"
    assert detect([text], languages=["pt", "es"]) == ["pt"]
    with pytest.raises(ConfigError, match="'xx'"):
        detect([text], languages=["xx"])
    with pytest.raises(ConfigError, match="No language"):
        detect([text], languages=[])


def test_nothing_in_nothing_out() -> None:
    assert detect([]) == []


def test_spans_of_a_mixed_comment_have_their_own_language() -> None:
    spans = [SPANISH, "but " + ENGLISH, "ok", FRENCH]
    assert span_languages(spans, ["es"] * 4) == ["es", "en", "es", "fr"]
    assert span_languages(spans, ["es"] * 4, ["es", "fr"]) == ["es", "es", "es", "fr"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("they should have told us before", "en"),
        ("no sé qué más hacer con ellos, pero bueno", "es"),
        ("caro", None),
        ("the app está muy lenta desde ayer pero nadie hace nada about it", None),
        ("", None),
    ],
)
def test_a_passage_shows_its_language_or_not(text: str, wanted: str | None) -> None:
    assert plain_language(text) == wanted


def test_words_of_a_service_that_no_dictionary_has() -> None:
    mixed = [SPANISH, FRENCH, ENGLISH] * 5
    assert detect([*mixed, "appli simple", "bof", "meh"])[15:] == ["fr", "fr", "en"]


def test_naming_the_language_loads_no_framework() -> None:
    code = (
        "import sys; from analyzer.text import detect, split; "
        f"detect(['O atendimento não chegou', {SPANISH!r}, 'caro']); split('A. b', 'es'); "
        "print([name for name in ('spacy', 'thinc', 'torch') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_language_models_are_let_go_and_load_again(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Ganz toll hier", "todo en orden gracias", "rien ne marche", "nothing works"] * 3
    before = detect(texts)
    monkeypatch.setattr(language, "_MANY", 1)
    assert [detect(texts) for _ in range(2)] == [before, before]
