"""Answers as survey programs write them: labels, codes and scales that run the other way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.errors import MappingError
from analyzer.sources import Reading, read
from analyzer.sources.anchors import higher_is_better

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORDS = ["no signal at home", "kind people", "the bill is too high", "the app crashes", "nice shop"]


def written(folder: Path, header: str, answers: Sequence[object], **more: Sequence[object]) -> Path:
    """A file of as many rows as answers, each with a comment of its own."""
    path = folder / "export.csv"
    rows = range(len(answers))
    comments = [f"{WORDS[i % len(WORDS)]} number {i}" for i in rows]
    pl.DataFrame(
        {"id": list(rows), header: [str(a) for a in answers], "comment": comments, **more}
    ).write_csv(path)
    return path


def told(reading: Reading) -> list[str]:
    return [note.code for source in reading.sources for note in source.notes]  # type: ignore[attr-defined]


NPS = ["Not at all likely - 0", *map(str, range(1, 10)), "Extremely likely - 10"]
LABELS: list[tuple[str, list[str], str, list[float]]] = [
    ("How likely are you to recommend us?", NPS, "nps", [*range(11)]),
    ("NPS", ["Nada probable (0)", "7", "Muy probable (10)"], "nps", [0, 7, 10]),
    ("NPS", ["Pas du tout probable : 0", "5", "Très probable : 10"], "nps", [0, 5, 10]),
    ("Satisfaction", ["(5) Muy satisfecho", "(1) Nada"], "csat", [1, 0]),
    ("Satisfaction", ["Very satisfied (5)", "Neither (3)", "Not at all (1)"], "csat", [1, 0.5, 0]),
    (
        "Satisfaction",
        ["Très satisfait", "Assez satisfait", "Peu satisfait", "Pas du tout satisfait"],
        "csat",
        [1, 0.75, 0.25, 0],
    ),
    (
        "Satisfacción",
        ["Muy satisfecho/a", "Satisfecho/a", "Ni satisfecho/a ni insatisfecho/a", "Insatisfecho/a"],
        "csat",
        [1, 0.75, 0.5, 0.25],
    ),
    (
        "Satisfaction",
        ["Très satisfait(e)", "Satisfait·e", "Insatisfait(e)"],
        "csat",
        [1, 0.75, 0.25],
    ),
    ("Satisfaction", ["Highly satisfied", "Fairly dissatisfied"], "csat", [1, 0.25]),
    ("Satisfaction", ["Good, I'm satisfied", "Bad, I'm unsatisfied"], "csat", [1, 0]),
    ("¿Está satisfecho?", ["Sí", "No"], "csat", [1, 0]),
    ("% Satisfacción", ["1", "0.85", "0.5", "1"], "csat", [1, 0.85, 0.5, 1]),
    ("Satisfaction (1 à 4)", ["1", "2", "3", "4"], "csat", [0, 1 / 3, 2 / 3, 1]),
]


@pytest.mark.parametrize(("header", "answers", "metric", "scores"), LABELS)
def test_labels_of_survey_programs_are_scores(
    tmp_path: Path, header: str, answers: list[str], metric: str, scores: list[float]
) -> None:
    reading = read([written(tmp_path, header, answers * 4)])
    assert reading.records[metric].to_list() == pytest.approx(scores * 4)
    assert told(reading) == []


DIRECTIONS = [
    ("Effort (1 très facile - 7 très difficile)", False),
    ("How easy was it? (1 = very difficult, 7 = very easy)", True),
    ("Satisfaction (1 = très satisfait, 5 = pas du tout satisfait)", False),
    ("Satisfacción del 1 (nada satisfecho) al 5 (muy satisfecho)", True),
    ("Nota (muy malo = 1, muy bueno = 5)", True),
    ("Score 0-10 (10 = best)", True),
    ("Q1 Satisfaction", None),
    ("1. Satisfied?", None),
    ("CSAT 1-5", None),
    ("Satisfaction", None),
]


@pytest.mark.parametrize(("header", "better"), DIRECTIONS)
def test_a_header_says_which_end_is_good(header: str, better: bool | None) -> None:
    assert higher_is_better(header) is better


def test_scales_that_run_the_other_way_are_turned(tmp_path: Path) -> None:
    hard = read([written(tmp_path, "Effort (1 très facile - 7 très difficile)", [6, 7, 5, 1] * 8)])
    assert hard.records["ces"].to_list()[:4] == pytest.approx([1 / 6, 0, 1 / 3, 1])
    low = read(
        [written(tmp_path, "Satisfaction (1 = très satisfait, 5 = insatisfait)", [1, 5] * 8)]
    )
    assert low.records["csat"].to_list()[:2] == [1, 0]
    assert told(low) == ["low_is_best"]


def test_dissatisfaction_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "Insatisfaction", [1, 2, 3, 4, 5] * 8)
    with pytest.raises(MappingError, match="csat_inverted=Insatisfaction"):
        read([path])
    beside = read([written(tmp_path, "Insatisfaction", [1, 2, 3, 4, 5] * 8, nps=[9] * 40)])
    assert told(beside) == ["csat_direction_unclear"]
    assert beside.records["csat"].null_count() == 40


def test_codes_for_no_answer_are_no_scores(tmp_path: Path) -> None:
    coded = read([written(tmp_path, "Satisfaction", [1, 2, 3, 4, 5, 99] * 8)])
    assert coded.sources[0].scores[0].maximum == 5
    assert coded.records["csat"].null_count() == 8
    assert coded.records.height == 48
    assert told(coded) == ["codes_left_empty"]
    percent = read([written(tmp_path, "Satisfaction", [10, 40, 70, 85, 99] * 8)])
    assert percent.sources[0].scores[0].maximum == 100
    assert told(percent) == []


def test_marks_out_of_twenty_are_no_percentages(tmp_path: Path) -> None:
    assert read([written(tmp_path, "Note", [*range(4, 21)] * 3)]).sources[0].scores[0].maximum == 20


def test_answers_that_are_no_scores_are_told(tmp_path: Path) -> None:
    mixed = read([written(tmp_path, "NPS", [9, 10, 3, "Zurich"] * 8)])
    assert told(mixed) == ["scores_unread"]
    assert mixed.ledger["reason"].to_list() == ["invalid_score"] * 8
    odd = read([written(tmp_path, "Satisfacción", ["Guay", "Chungo"] * 8)])
    assert told(odd) == ["score_not_read"]
    assert odd.records["csat"].null_count() == 16


def test_a_bad_score_costs_no_good_one(tmp_path: Path) -> None:
    reading = read(
        [written(tmp_path, "NPS", [9, 3] * 20, satisfaction=["5", "1"] * 19 + ["x", "2"])]
    )
    assert reading.records.height == 40
    assert reading.records["csat"].null_count() == 1
    assert told(reading) == ["scores_left_empty"]


def test_placeholders_are_nobody(tmp_path: Path) -> None:
    people = ["N/A", "Anonymous", "C7", "C7"] * 3
    reading = read([written(tmp_path, "NPS", [9, 3] * 6, customer_id=people)])
    assert reading.records["respondent_id"].null_count() == 6
    assert reading.records["respondent_id"].n_unique() == 2
    assert told(reading) == ["people_unnamed"]


def test_one_value_for_a_crowd_is_told(tmp_path: Path) -> None:
    people = ["-5"] * 40 + [f"C{i}" for i in range(40)]
    reading = read([written(tmp_path, "NPS", [9, 3] * 40, customer_id=people)])
    assert told(reading) == ["one_for_many"]


def test_waves_are_named_in_one_way(tmp_path: Path) -> None:
    waves = ["2026-Q2", "2026-q2", "N/A", "2026-Q2"] * 5
    reading = read([written(tmp_path, "NPS", [9, 3] * 10, wave=waves)])
    assert reading.records["wave"].to_list() == ["2026-Q2", "2026-Q2", None, "2026-Q2"] * 5


def test_rows_that_two_exports_share_count_once(tmp_path: Path) -> None:
    for name, days in (("july.csv", range(1, 20)), ("august.csv", range(10, 30))):
        (tmp_path / name).write_text(
            "response_id,date,nps,comment\n"
            + "".join(f"{d},2026-07-{d:02},{d % 11},Comment of day {d}\n" for d in days)
        )
    both = [tmp_path / "july.csv", tmp_path / "august.csv"]
    reading = read(both)
    assert reading.records.height == 29
    assert reading.ledger["reason"].to_list() == ["copy"] * 10
    undated = read([written(tmp_path, "NPS", ["9"] * 3)])
    assert undated.ledger.is_empty()


def test_ids_that_start_anew_are_other_people(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("response_id,nps,comment\n1,9,good\n2,3,\n3,0,Bill too high\n")
    assert read([tmp_path / "a.csv", tmp_path / "b.csv"]).records.height == 6


def test_a_stray_quote_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "posts.tsv"
    path.write_text(
        'id\tnps\tcomment\n1\t8\t"Nice phone they said\n2\t2\tNo signal\n3\t1\tonly 6"\n4\t9\tok\n'
    )
    assert read([path]).records["nps"].to_list() == [8, 2, 1, 9]
    path.write_text('id\tnps\tcomment\n1\t8\t"Nice phone\nbut no signal"\n2\t2\tBad\n')
    assert read([path]).records["text"].to_list() == ["Nice phone\nbut no signal", "Bad"]


def test_columns_of_bytes_and_durations_stop_no_parquet_file(tmp_path: Path) -> None:
    from datetime import timedelta

    path = tmp_path / "wave.parquet"
    pl.DataFrame(
        {
            "nps": [3, 9],
            "comment": ["No signal", "Great"],
            "hash": [b"\xff\xfe", b"ok"],
            "took": [timedelta(seconds=5), None],
            "more": [{"key": b"\xff"}, None],
        }
    ).write_parquet(path)
    assert read([path]).records["nps"].to_list() == [3, 9]


@pytest.mark.parametrize("cell", ["2024-05", "05/2024", "mayo de 2024", "Q2 2024"])
def test_a_month_is_a_date(tmp_path: Path, cell: str) -> None:
    reading = read([written(tmp_path, "NPS", [9, 3], fecha=[cell, "2024-06-02"])])
    assert reading.records["created_at"].null_count() == 0
    assert reading.records["created_at"][0].month == (4 if cell.startswith("Q") else 5)


def test_a_refusal_among_many_who_were_not_asked_is_heard(tmp_path: Path) -> None:
    asked = ["unknown"] * 39 + ["no"]
    reading = read([written(tmp_path, "NPS", [9, 10] * 20, can_quote=asked)])
    assert reading.records["consent"].to_list() == asked


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman"])
def test_accents_are_read_in_the_encodings_of_old_programs(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "old.csv"
    text = "La atención fue pésima, señor: ¿cuándo?"
    path.write_bytes(f"id;nps;comentario\n1;2;{text}\n2;9;Muy bien, está todo\n".encode(encoding))
    reading = read([path])
    assert reading.records["text"][0] == text
    assert reading.sources[0].encoding == encoding


def test_no_message_repeats_answers_as_headers(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("Juan Pérez,juan@gmail.com,7\nAna Gil,ana@gmail.com,3\n")
    with pytest.raises(MappingError) as refused:
        read([path])
    assert "@" not in str(refused.value)
    assert "Pérez" not in str(refused.value)


def test_rows_of_an_answer_in_an_envelope_are_found(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    rows = '[{"id": 1, "nps": 9, "comment": "Great shop"}, {"id": 2, "nps": 2, "comment": "Bad"}]'
    path.write_text('{"status": "ok", "data": {"page": 1, "results": ' + rows + "}}")
    assert read([path]).records["nps"].to_list() == [9, 2]
