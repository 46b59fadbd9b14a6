"""Repairing comments."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.text import clean


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Muy bien", "Muy bien"),
        ("La atenciÃ³n fue pÃ©sima", "La atención fue pésima"),
        ("trÃ¨s dÃ©Ã§u", "très déçu"),
        ("C\u2019est cher", "C'est cher"),
        ("espera\x85 y nada", "espera… y nada"),
        ("caro &amp; lento", "caro & lento"),
        ("caro &amp;amp; lento", "caro & lento"),
        ("I &lt;3 it", "I <3 it"),
        ("<p>Bien</p><p>Caro</p>", "Bien\nCaro"),
        ("Bien<br/>Caro<BR>Lento", "Bien\nCaro\nLento"),
        ("a <b>muy</b> <a href='https://x.es'>caro</a>", "a muy caro"),
        ("antes<script>alert(1)</script> después", "antes después"),
        ("5 < 7 y 9 > 3", "5 < 7 y 9 > 3"),
        ("très\u00a0cher\u202f!", "très cher !"),
        ("ca\u200bro\ufeff", "caro"),
        ("cafe\u0301", "café"),
        ("１０ ｐｕｎｔｏｓ", "10 puntos"),
        ("uno \t dos\r\n\r\n  tres ", "uno dos\ntres"),
        ("nul\x00bytes\x07", "nulbytes"),
        ("👩\u200d👧 bien", "👩\u200d👧 bien"),
        ("   ", ""),
        ("", ""),
    ],
)
def test_repairs(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=50))
def test_no_outer_or_double_spaces(text: str) -> None:
    result = clean(f"  {text}   {text}\t")
    assert result == result.strip()
    assert "  " not in result


@pytest.mark.parametrize("piece", ["<", "<script>", "&amp;", "&", " ", "\n ", "Ã", "<a ", "\u200d"])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    clean(text + "x")
    assert time.process_time() - start < 2.0
