"""One comment in another language does not decide what short comments beside it are."""

from __future__ import annotations

import pytest

from analyzer.text.language import detect

SHORT = ["Malo", "Caro", "Pésimo", "Internet lento", "Mala cobertura", "Precio", "Poca rapidez"]


@pytest.mark.parametrize(
    "other", ["Muito bom atendimento, obrigado pela ajuda", "Molt bon servei, gràcies per tot"]
)
def test_a_foreign_comment_changes_no_short_ones(other: str) -> None:
    found = detect([*SHORT * 10, other])
    assert set(found[:-1]) == {"es"}
    assert found[-1] not in {"es", "fr", "en"}
