"""Cutting comments into spans."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.text import split


def pieces(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in split(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("es", "Muy bien. Pero caro.", ["Muy bien.", "Pero caro."]),
        ("es", "muy caro pero funciona bien", ["muy caro", "pero funciona bien"]),
        (
            "es",
            "Todo bien, aunque la espera fue larga",
            ["Todo bien,", "aunque la espera fue larga"],
        ),
        ("es", "caro pero muy bueno", ["caro pero muy bueno"]),
        ("es", "muy caro pero bueno", ["muy caro pero bueno"]),
        ("es", "El Sr. López me ayudó mucho", ["El Sr. López me ayudó mucho"]),
        ("es", "La app 3.5 va mal. No vuelvo", ["La app 3.5 va mal.", "No vuelvo"]),
        ("es", "bueno... no sé qué decir", ["bueno... no sé qué decir"]),
        ("es", "Todo mal... El técnico no vino", ["Todo mal...", "El técnico no vino"]),
        ("es", "muy lento.Pero amables siempre", ["muy lento.", "Pero amables siempre"]),
        ("es", "¿Por qué tardan? ¡Nunca más!", ["¿Por qué tardan?", "¡Nunca más!"]),
        ("es", "Precio alto; servicio muy lento", ["Precio alto;", "servicio muy lento"]),
        ("es", "Rápido\nCaro", ["Rápido", "Caro"]),
        (
            "es",
            "no solo tardan sino que además mienten",
            ["no solo tardan", "sino que además mienten"],
        ),
        ("fr", "M. Dupont a été parfait. Merci", ["M. Dupont a été parfait.", "Merci"]),
        (
            "fr",
            "Le prix est correct mais le délai est long",
            ["Le prix est correct", "mais le délai est long"],
        ),
        (
            "fr",
            "très bien, par contre c'est trop cher",
            ["très bien,", "par contre c'est trop cher"],
        ),
        ("fr", "pas cher mais long", ["pas cher mais long"]),
        ("en", "not bad but ok", ["not bad but ok"]),
        (
            "en",
            "Great staff but the app keeps crashing",
            ["Great staff", "but the app keeps crashing"],
        ),
        ("en", "nothing but good things here", ["nothing but good things here"]),
        (
            "en",
            "my parcel has not arrived yet and nobody answers",
            ["my parcel has not arrived yet and nobody answers"],
        ),
        (
            "en",
            "Slow app, e.g. the login page. Fix it",
            ["Slow app, e.g. the login page.", "Fix it"],
        ),
        ("en", "It was good, though.", ["It was good, though."]),
        ("pt", "Dr. Smith was rude. Never again", ["Dr. Smith was rude.", "Never again"]),
        ("en", "Love it! 😍", ["Love it! 😍"]),
        ("en", "😍😍", ["😍😍"]),
        ("en", "😍 Love it. 10.", ["😍 Love it. 10."]),
        ("en", "Thanks. [URL]", ["Thanks. [URL]"]),
        ("en", "[URL]", []),
        ("en", "...", []),
        ("en", "", []),
    ],
)
def test_cuts(language: str, text: str, wanted: list[str]) -> None:
    assert pieces(text, language) == wanted


def test_language_decides_about_abbreviations() -> None:
    text = "Llamó la Srta. García ayer"
    assert len(pieces(text, "es")) == 1


@given(
    st.text(alphabet="ab pero but mais .;!?\n😀[URL]…,'", max_size=120),
    st.sampled_from(["es", "fr", "en", "xx"]),
)
def test_offsets_are_ordered_stripped_and_never_empty(text: str, language: str) -> None:
    last = 0
    for start, end in split(text, language):
        piece = text[start:end]
        assert last <= start < end
        assert piece == piece.strip()
        last = end


@given(st.text(alphabet="abc .;!?\n…,", max_size=120))
def test_no_letter_is_lost(text: str) -> None:
    kept = "".join(text[start:end] for start, end in split(text, "es"))
    assert [c for c in kept if c.isalpha()] == [c for c in text if c.isalpha()]


@pytest.mark.parametrize("piece", [".", "!", " ", "a. ", "pero a b ", ";", "\n", "😀"])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    split(piece * (100_000 // len(piece)), "es")
    assert time.process_time() - start < 3.0
