"""Comments that answer nothing."""

from __future__ import annotations

import pytest

from analyzer.text.nonanswers import is_non_answer

SAYS_NOTHING = """
nada|Nada.|NADA!!|nada que decir|Sin comentarios|ninguno|Ninguna|n/a|N.A.|no aplica|ns/nc|RAS|R.A.S.
rien|Rien à signaler|Néant|sans commentaire|aucune|NSP|none|Nothing|no comment|Not applicable|-|.
...|???|10|8/10|9,5|asdf|asdfgh|qwerty|jjjjj|sdfgh|xxx|nada nada|ok|no|@marca|https://t.co/abc
"""
SAYS_SOMETHING = """
bien|caro|nul|lent|lento|slow|todo bien|Tout va bien|perfecto|top|RGPD|wifi|precio|prix|👍|😡😡|:)
:-(|<3|nada claro|rien ne marche|nothing works|no funciona|un 10|sad|red|were|SMS|Привет|很好
"""


def listed(text: str) -> list[str]:
    return text.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("text", listed(SAYS_NOTHING))
def test_says_nothing(text: str) -> None:
    assert is_non_answer(text)


@pytest.mark.parametrize("text", listed(SAYS_SOMETHING))
def test_says_something(text: str) -> None:
    assert not is_non_answer(text)


def test_a_long_comment_says_something_unless_it_has_no_letter() -> None:
    assert not is_non_answer("nada " * 20)
    assert not is_non_answer("é" * 10 + "nada " * 14)
    assert is_non_answer("1234567 " * 10)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Nada", "¿Qué es lo que menos le gustó?"),
        ("rien", "Qu'est-ce qui vous a déplu ?"),
        ("Nothing", "What did you dislike?"),
        ("nothing", "What did you like most?"),
    ],
)
def test_nothing_is_an_answer_about_likes_and_dislikes(text: str, question: str) -> None:
    assert is_non_answer(text)
    assert is_non_answer(text, "¿Algo más? / Anything else?")
    assert not is_non_answer(text, question)
