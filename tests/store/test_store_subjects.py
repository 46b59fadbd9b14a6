"""What people name more often, by a list of subjects that is the same for both waves."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.errors import ConfigError
from analyzer.report import build
from analyzer.resources import folder
from analyzer.store import Workspace, subjects
from analyzer.store.frames import load_wave
from analyzer.themes.classify import CodebookModel
from analyzer.themes.codebook import Codebook

OWN = """
[[theme]]
id = "hold"
name = { en = "On hold", fr = "En attente" }
examples.en = ["I waited an hour on hold and nobody answered", "Nobody picks up the phone"]
examples.es = ["Una hora al teléfono y nadie contesta", "Llevo días esperando una respuesta",
  "No hay manera de hablar con alguien"]
examples.fr = ["Une heure d'attente et personne ne répond", "Toujours pas de réponse à mon mail",
  "Injoignables, j'ai appelé trois fois"]
"""


def changed(found: pl.DataFrame) -> dict[str, str]:
    clear = found.filter(pl.col("verdict").is_in(list(subjects.CHANGES)))
    return dict(clear.select("subject", "verdict").iter_rows())


def test_what_the_authors_of_the_demo_changed_is_told_and_nothing_else(demo: Workspace) -> None:
    found = demo.subjects("2026-Q3", "2026-Q2")
    assert changed(found) == {"waiting_support": "growing", "installation_technician": "fading"}
    assert set(found["subject"].head(2)) == set(changed(found))
    row = found.filter(pl.col("subject") == "waiting_support").row(0, named=True)
    assert (row["name"], row["wave"], row["previous"]) == (
        "Waiting and reachability", "2026-Q3", "2026-Q2",
    )  # fmt: skip
    assert row["share"] == pytest.approx(row["people"] / row["base"])
    assert row["low"] < row["change"] < row["high"]
    assert row["low"] > 0.02
    together = demo.subjects("2026-Q3", "2026-Q2", minimum_cell=0)
    assert (together["people"] + together["people_before"]).min() >= 10  # type: ignore[operator]


def test_names_cells_and_codebook_are_those_asked_for(demo: Workspace, tmp_path: Path) -> None:
    waves = ("2026-Q3", "2026-Q2")
    names = demo.subjects(*waves, language="es")["name"]
    assert "Espera y accesibilidad" in names
    shown = demo.subjects(*waves, minimum_cell=40)
    few, few_before = shown["people"].is_null(), shown["people_before"].is_null()
    assert (few | few_before).mean() > 0.5
    assert (few ^ few_before).any()
    assert shown["share"].is_null().equals(few)
    assert shown["share_before"].is_null().equals(few_before)
    for name in ("change", "low", "high"):
        assert shown[name].is_null().equals(few | few_before)
    assert demo.subjects(*waves, minimum_cell=0)["people"].null_count() == 0
    book = tmp_path / "own.toml"
    book.write_text(OWN, "utf-8")
    own = demo.subjects(*waves, language="fr", codebook=book)
    assert own.select("subject", "name").rows() == [("hold", "En attente")]


def test_what_cannot_be_compared_is_told(demo: Workspace) -> None:
    with pytest.raises(ConfigError, match="no wave '2026-Q9'"):
        demo.subjects("2026-Q9", "2026-Q2")
    with pytest.raises(ConfigError, match="cannot be compared with itself"):
        demo.subjects("2026-Q3", "2026-Q3")
    with pytest.raises(ConfigError, match=r"'2026-Q3' comes after '2026-Q2'.*earlier"):
        demo.subjects("2026-Q2", "2026-Q3")
    with pytest.raises(ConfigError, match="No names in 'de'"):
        demo.subjects("2026-Q3", "2026-Q2", language="de")


def test_a_large_wave_is_read_by_a_sample_of_people(demo: Workspace) -> None:
    with demo._database.reading() as session:
        stored = load_wave(session, demo.folder, ["2026-Q2"])
    model = CodebookModel.fit(
        Codebook.load(folder("corpora") / "codebook.toml"), demo.models.encoder
    )
    every, some = (subjects.said(stored, model, 0, most=most) for most in (10_000, 200))
    spans = stored.spans.select("feedback_id", "span")
    assert every.select("feedback_id", "span").unique().height == spans.height
    assert 100 < some.select("feedback_id", "span").unique().height < 300
    # Whole people, with all that they said.
    people = dict(zip(spans["feedback_id"], stored.people, strict=True))
    chosen = {people[one] for one in some["feedback_id"]}
    assert set(some["feedback_id"]) == {one for one, who in people.items() if who in chosen}
    assert some.equals(subjects.said(stored, model, 0, most=200))
    assert not some.equals(subjects.said(stored, model, 1, most=200))


def test_a_report_that_compares_tells_it_in_the_words_of_the_report(
    demo: Workspace, tmp_path: Path
) -> None:
    def told(*words: str) -> str:
        at = ("--workspace", str(demo.folder), "--format", "json", "--out", str(tmp_path / "out"))
        done = CliRunner().invoke(app, ["report", *at, *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    spanish = told("--wave", "2026-Q3", "--compare", "2026-Q2", "--language", "es")
    assert "Named more often than in 2026-Q2: Espera y accesibilidad (7.9 % -> 14.4 %" in spanish
    assert "Named less often than in 2026-Q2: Instalación y técnico" in spanish
    few = told("--wave", "2026-Q3", "--compare", "2026-Q2", "--language", "en",
               "--minimum-cell", "40")  # fmt: skip
    assert "Waiting and reachability (a few -> 14.4 % of people)" in few


def test_an_analysis_that_compares_holds_them_and_one_that_does_not_has_none(
    demo: Workspace,
) -> None:
    both = demo.report("2026-Q3", "2026-Q2", minimum_cell=12)
    listed = both.subjects
    assert listed is not None
    asked = demo.subjects("2026-Q3", "2026-Q2", language="fr", minimum_cell=12)
    assert listed.rename({"name_fr": "name"}).drop("name_es", "name_en").equals(asked)
    assert 0 < listed["people"].null_count() < listed.height
    assert demo.report("2026-Q3").subjects is None
    # Counted over other people, and so left out.
    assert both.where("language = 'fr'").subjects is None


def test_a_report_file_has_them(demo: Workspace) -> None:
    model = build(demo.report("2026-Q3", "2026-Q2"))
    first, second = model["subjects"][:2]
    assert {first["subject_id"], second["subject_id"]} == {
        "waiting_support", "installation_technician",
    }  # fmt: skip
    assert "stable" not in {first["wave"]["verdict"], second["wave"]["verdict"]}
    waiting = next(one for one in model["subjects"] if one["subject_id"] == "waiting_support")
    assert waiting["names"] == {
        "es": "Espera y accesibilidad",
        "fr": "Attente et joignabilité",
        "en": "Waiting and reachability",
    }
    assert waiting["wave"]["now"]["share"] > waiting["wave"]["before"]["share"]
