"""The whole way on real files: what holds for any input, and what the demo's truths demand."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analyzer import analyze
from analyzer.errors import ConfigError, InputError
from analyzer.schema import FEEDBACK, LEDGER, MENTIONS, SPANS

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline import Analysis

SAY = {
    "es": [
        "Me cobran de más en la factura",
        "Una hora de espera al teléfono",
        "La fibra va genial",
    ],
    "fr": [
        "On me facture deux fois",
        "Une heure d'attente au téléphone",
        "La fibre marche très bien",
    ],
    "en": [
        "They billed me twice again",
        "An hour waiting on the phone",
        "The fibre works very well",
    ],
}


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def survey(path: Path, texts: list[str], scores: list[int] | None = None) -> Path:
    """A survey file; without scores it is a file of mentions."""
    rows = [
        {"id": f"r{i}", **({"nps": scores[i]} if scores else {}), "comment": text}
        for i, text in enumerate(texts)
    ]
    return write_csv(path, rows)


def test_frames_keep_their_contract(demo: Analysis) -> None:
    assert set(FEEDBACK) <= set(demo.feedback.columns)
    assert demo.spans.columns == list(SPANS)
    assert demo.mentions.columns == list(MENTIONS)
    assert demo.ledger.columns == list(LEDGER)
    assert demo.mentions["feedback_id"].is_in(demo.feedback["feedback_id"].to_list()).all()


def test_every_row_has_one_fate(demo: Analysis) -> None:
    assert len(demo.ledger) == sum(source.rows for source in demo.sources)
    assert demo.ledger.select("source", "row").is_unique().all()
    analysed = demo.ledger.filter(pl.col("reason") == "analysed")
    assert len(analysed) == demo.feedback["analysed"].sum()


def test_spans_are_verbatim(demo: Analysis) -> None:
    joined = demo.spans.join(
        demo.feedback.select("feedback_id", comment="text"), on="feedback_id", how="left"
    )
    assert all(
        row["comment"][row["start"] : row["end"]] == row["text"]
        for row in joined.iter_rows(named=True)
    )


def test_every_analysed_comment_has_a_theme(demo: Analysis) -> None:
    commented = set(demo.feedback.filter("analysed")["feedback_id"])
    assert set(demo.mentions["feedback_id"]) == commented


def test_gold_columns_are_never_read(demo: Analysis) -> None:
    assert not [name for name in demo.feedback.columns if name.startswith("gold")]


def test_themes_are_named_in_three_languages(demo: Analysis) -> None:
    for code in ("es", "fr", "en"):
        names = demo.themes[f"name_{code}"]
        assert names.is_unique().all()
        assert names.str.len_chars().min() >= 2  # type: ignore[operator]


def test_themes_hold_across_languages(demo: Analysis) -> None:
    assert demo.quality.language_leak < 0.1


def test_planted_truths_are_found(demo: Analysis) -> None:
    """Waiting grows, eSIM is new, installation fades: in gold codes, so in the themes' waves."""
    waves = demo.linked.waves
    assert waves is not None
    verdicts = set(waves["verdict"])
    assert verdicts & {"growing", "emerging"}


def test_identical_text_gets_the_identical_theme(tmp_path: Path) -> None:
    texts = [text for group in SAY.values() for text in group] * 3
    scores = [i % 11 for i in range(len(texts))]
    result = analyze(survey(tmp_path / "wave.csv", texts, scores))
    per_text = (
        result.spans.join(result.mentions, on=["feedback_id", "span"])
        .group_by("text")
        .agg(pl.col("theme_id").n_unique())
    )
    assert (per_text["theme_id"] == 1).all()


def test_row_order_changes_nothing(tmp_path: Path, demo_files: list[Path]) -> None:
    frame = pl.read_csv(demo_files[0]).head(120)
    frame.write_csv(tmp_path / "a.csv")
    frame.sample(fraction=1.0, shuffle=True, seed=5).write_csv(tmp_path / "b.csv")
    one, other = (analyze(tmp_path / name) for name in ("a.csv", "b.csv"))
    key = ["feedback_id", "span"]
    assert one.mentions.sort(key).equals(other.mentions.sort(key))
    assert one.themes.equals(other.themes)


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_small_files_give_a_result(tmp_path: Path, count: int) -> None:
    texts = [f"{SAY['es'][i % 3]}, visita {i}" for i in range(count)]
    result = analyze(survey(tmp_path / "wave.csv", texts, [i % 11 for i in range(count)]))
    assert len(result.themes) >= 1
    assert result.feedback["analysed"].sum() == count


def test_no_score_means_no_impact(tmp_path: Path) -> None:
    result = analyze(survey(tmp_path / "mentions.csv", SAY["fr"] * 4))
    assert result.linked.overview.nps is None
    assert result.linked.themes["impact"].null_count() == len(result.themes)


def test_only_detractors_means_no_impact(tmp_path: Path) -> None:
    texts = [f"{text} {i}" for i in range(10) for text in SAY["en"]]
    result = analyze(survey(tmp_path / "wave.csv", texts, [i % 5 for i in range(30)]))
    assert set(result.linked.themes["reason"]) <= {"only_detractors", "too_few"}
    assert result.linked.themes["impact"].null_count() == len(result.themes)


def test_a_score_out_of_scale_is_one_lost_row(tmp_path: Path) -> None:
    texts = [f"{text} {i}" for i in range(10) for text in SAY["en"]]
    scores = [i % 11 for i in range(30)]
    scores[7] = 57
    result = analyze(survey(tmp_path / "wave.csv", texts, scores))
    lost = result.ledger.filter(pl.col("reason") == "invalid_score")
    assert lost["row"].to_list() == [8]
    assert result.feedback["analysed"].sum() == 29


def test_exact_number_of_themes(demo_files: list[Path]) -> None:
    assert len(analyze(demo_files[1], themes=9).themes) == 9


def test_too_many_themes_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="50 themes"):
        analyze(survey(tmp_path / "wave.csv", SAY["es"], [1, 5, 9]), themes=50)


def test_where_keeps_matching_rows_and_counts_the_rest(demo_files: list[Path]) -> None:
    result = analyze(demo_files[0], where="country = 'ES'")
    assert set(result.feedback["country"]) == {"ES"}
    assert "filtered_out" in set(result.ledger["reason"])
    assert len(result.ledger) == result.sources[0].rows


def test_languages_left_out_are_counted(demo_files: list[Path]) -> None:
    result = analyze(demo_files[0], languages=["fr"])
    assert set(result.feedback.filter("analysed")["language"]) == {"fr"}
    assert result.ledger.filter(pl.col("reason") == "other_language").height > 100


def test_nothing_to_analyse_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No comment is left"):
        analyze(survey(tmp_path / "wave.csv", ["n/a", "-", "RAS"], [1, 5, 9]))


def test_no_personal_data_in_any_frame(tmp_path: Path) -> None:
    secret = "llamadme al 612 34 56 78 o a marta.ruiz@correo.es"  # noqa: S105
    texts = [f"{SAY['es'][0]}, {secret}", *SAY["es"][1:]]
    result = analyze(survey(tmp_path / "wave.csv", texts, [1, 5, 9]))
    for frame in (result.feedback, result.spans, result.themes, result.mentions):
        told = frame.write_json()
        assert "612 34" not in told
        assert "marta" not in told
    assert set(result.findings["type"]) >= {"EMAIL", "PHONE"}


def test_second_run_does_not_encode_again(
    tmp_path: Path, demo_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYZER_CACHE", str(tmp_path / "cache"))
    seen: list[Path] = []
    analyze(demo_files[2])
    shards = sorted((tmp_path / "cache").rglob("*.npz"))
    analyze(demo_files[2])
    seen = sorted((tmp_path / "cache").rglob("*.npz"))
    assert len(shards) == 1
    assert seen == shards
    analyze(demo_files[2], cache=False)
    assert sorted((tmp_path / "cache").rglob("*.npz")) == shards


def test_progress_reaches_its_total(demo_files: list[Path]) -> None:
    done: dict[str, int] = {}
    totals: dict[str, int] = {}

    def note(stage: str, units: int, total: int) -> None:
        done[stage] = done.get(stage, 0) + units
        totals[stage] = total

    analyze(demo_files[2], progress=note)
    assert done == totals
    assert set(done) == {"prepare", "encode"}


def test_columns_go_by_the_names_of_the_file(tmp_path: Path) -> None:
    texts = [f"{text} {i}" for i in range(20) for text in SAY["en"]]
    rows = [
        {"id": i, "NPS score": i % 11, "Journey stage": "ab"[i % 2], "comment": text}
        for i, text in enumerate(texts)
    ]
    result = analyze(
        write_csv(tmp_path / "w.csv", rows),
        by=["Journey stage"],
        where='"NPS score" <= 6',
        cache=False,
    )
    assert result.feedback["nps"].max() == 6
    assert "touchpoint" in result.linked.segments["dimension"].unique().to_list()
    with pytest.raises(ConfigError, match="Cannot break down by 'Stage'"):
        analyze(tmp_path / "w.csv", by=["Stage"], cache=False)
