"""Themes that no concept describes as a whole are named after one that the industry knows."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.encoders import load_encoder
from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import embed
from analyzer.themes.label import _name_the_rest
from analyzer.themes.ranking import Ranking
from analyzer.themes.scoring import Fit


@pytest.mark.parametrize("foreign", [False, True])
def test_a_concept_of_another_industry_names_no_theme_in_part(foreign: bool) -> None:
    known = embed(load_encoder())
    ward = [one.name["en"] for one in known.concepts].index("night on the ward")
    column = np.zeros((len(known.concepts), 1))
    score = column.copy()
    score[ward] = 0.6
    fit = Fit(
        score,
        sure=column > 0,
        nearness=column - np.inf,
        vague=np.zeros(1, dtype=np.bool_),
        own=column,
        named=column + 1,
        foreign=np.full(len(known.concepts), foreign),
    )
    silent = Ranking([[]], [np.empty((0, 512), np.float32)], [{}], [{}], [[]])
    names: list[dict[str, str]] = [{}]
    _name_the_rest(
        names,
        dict.fromkeys(LANGUAGES, silent),
        {code: [1 / 3] for code in LANGUAGES},
        known,
        fit,
        {},
    )
    assert (names[0]["en"] == "night on the ward, among others") != foreign
