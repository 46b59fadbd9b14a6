"""Charts: what they show, and that they can be drawn without a network."""

from __future__ import annotations

import pytest
from report_sample import Sample

from analyzer import charts
from analyzer.errors import ConfigError


@pytest.mark.parametrize("name", ["impact", "theme_map", "heatmap"])
def test_charts_become_pictures(nps: Sample, name: str) -> None:
    chart = getattr(charts, name)(nps, language="es")
    svg = charts.to_svg(chart)
    assert svg.startswith("<svg")
    assert "Cortes de la fibra" in svg
    assert charts.to_png(chart, scale=0.5).startswith(b"\x89PNG")


def test_impact_shows_n_and_interval(nps: Sample) -> None:
    spec = charts.impact(nps).to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert rows[0]["theme"] == "Fibre cuts out"
    assert "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}119" in rows[0]["told"]
    assert rows[0]["low"] < rows[0]["value"] < rows[0]["high"]
    assert [row["value"] for row in rows] == sorted(row["value"] for row in rows)


def test_impact_of_csat_is_on_a_scale_of_100(csat: Sample) -> None:
    rows = next(iter(charts.impact(csat).to_dict()["datasets"].values()))
    assert min(row["value"] for row in rows) < -1


def test_impact_is_refused_without_a_score(unscored: Sample) -> None:
    with pytest.raises(ConfigError, match="no impact"):
        charts.impact(unscored)


def test_heatmap_by_a_column(nps: Sample) -> None:
    svg = charts.to_svg(charts.heatmap(nps, "country"))
    assert ">ES<" in svg
    assert ">–<" in svg


def test_heatmap_names_the_breakdowns_there_are(nps: Sample) -> None:
    with pytest.raises(ConfigError, match="nps_segment, touchpoint, country, language"):
        charts.heatmap(nps, "plan")


def test_language_changes_the_words(nps: Sample) -> None:
    assert "Puntos de NPS" in charts.to_svg(charts.impact(nps, "es"))
    assert "Points de NPS" in charts.to_svg(charts.impact(nps, "fr"))
