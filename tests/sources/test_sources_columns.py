"""What columns are taken for, and what is asked when they could be two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import schema
from analyzer.errors import ConfigError, MappingError
from analyzer.sources import Note, Reading, read
from analyzer.sources.names import meanings

WORDS = ["all went well today", "never again with them", "it was fine I guess", "slow and dear"]


def table(folder: Path, header: list[str], rows: list[list[object]], name: str = "a.csv") -> Path:
    lines = ["\t".join(header), *("\t".join(map(str, row)) for row in rows)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def scored(folder: Path, header: str, values: list[object], **mapping: str) -> Reading:
    rows = [[WORDS[i % 4], value] for i, value in enumerate(values)]
    return read([table(folder, ["comment", header], rows)], mapping)


@pytest.mark.parametrize(
    "header",
    [
        "NPS",
        "nps_score",
        "How likely are you to recommend us to a friend?",
        "¿Qué probabilidad hay de que nos recomiendes?",
        "Recommanderiez-vous nos services ?",
        "Likelihood to recommend",
    ],
)
def test_nps_is_known_by_name(tmp_path: Path, header: str) -> None:
    reading = scored(tmp_path, header, [10, 0, 7, 9])
    (score,) = reading.sources[0].scores
    assert (score.metric, score.minimum, score.maximum, score.basis) == ("nps", 0, 10, "name")
    assert reading.records["nps"].to_list() == [10, 0, 7, 9]
    assert reading.sources[0].kind == "survey"


@pytest.mark.parametrize(
    ("header", "values", "scale", "csat"),
    [
        ("Note", ["3,0", "1,0", "5,0"], (1, 5), [0.5, 0, 1]),
        ("Puntuación", [5, 4, 1], (1, 5), [1, 0.75, 0]),
        ("stars", ["★★★★★", "★☆☆☆☆", "★★★"], (1, 5), [1, 0, 0.5]),
        ("starRating", ["FIVE", "ONE", "THREE"], (1, 5), [1, 0, 0.5]),
        ("CSAT", ["85 %", "0 %", "100%"], (0, 100), [0.85, 0, 1]),
        ("satisfaction", [7, 1, 4], (1, 7), [1, 0, 0.5]),
        ("satisfacción", [10, 0, 5], (0, 10), [1, 0, 0.5]),
        ("Satisfaction", ["Très satisfait", "Insatisfait", "Neutre"], (0, 1), [1, 0.25, 0.5]),
        ("Satisfacción", ["Muy satisfecho", "Nada satisfecho", "n/a"], (0, 1), [1, 0, None]),
        ("rating", ["4/5", "1/5", "5/5"], (1, 5), [0.75, 0, 1]),
        ("satisfaction", ["good", "bad", "good"], (0, 1), [1, 0, 1]),
        ("satisfaction", ["😀", "😡", "😐"], (0, 1), [1, 0, 0.5]),
        ("score", [1, 5, 3], (1, 5), [0, 1, 0.5]),
        ("rating", ["5 stars", "1 star", "3 stars"], (1, 5), [1, 0, 0.5]),
        ("Satisfacción (0-10)", [10, 5, 8], (0, 10), [1, 0.5, 0.8]),
        ("Satisfaction /10", [10, 0, 5], (0, 10), [1, 0, 0.5]),
        ("Satisfaction, 1 to 7", [5, 1, 4], (1, 7), [2 / 3, 0, 0.5]),
        ("Note attribuée", [5, 1, 3], (1, 5), [1, 0, 0.5]),
        ("Rate our shop", [5, 1, 3], (1, 5), [1, 0, 0.5]),
        ("Family test score", [5, 1, 3], (1, 5), [1, 0, 0.5]),
        ("Q7", ["5,0/5", "1,0/5", "3,0/5"], (1, 5), [1, 0, 0.5]),
    ],
)
def test_csat_scales(
    tmp_path: Path,
    header: str,
    values: list[object],
    scale: tuple[int, int],
    csat: list[float | None],
) -> None:
    reading = scored(tmp_path, header, values)
    (score,) = reading.sources[0].scores
    assert (score.metric, score.minimum, score.maximum) == ("csat", *scale)
    assert reading.records["csat"].to_list() == csat


@pytest.mark.parametrize(
    ("cell", "value"),
    [("10 - Muy probable", 10), ("0 (Nada probable)", 0), ("9/10", 9), ("8,0", 8), ("７", 7)],
)
def test_nps_cells_as_people_export_them(tmp_path: Path, cell: str, value: int) -> None:
    assert scored(tmp_path, "NPS", [cell, 5]).records["nps"][0] == value


def test_scores_outside_the_scale_are_invalid_rows(tmp_path: Path) -> None:
    values: list[object] = [*range(11)] * 10 + [57, -1, 8.5, "abc", "", "NSP", "N/A"]
    reading = scored(tmp_path, "NPS", values)
    assert reading.ledger.select("row", "reason").rows() == [
        (row, "invalid_score") for row in (111, 112, 113, 114)
    ]
    assert reading.records["nps"].null_count() == 3  # blanks stay, with their text


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("rating", [10, 2, 8, 9]),
        ("Note", ["8,5", "3", "10"]),
        ("score", [0, 1, 3]),
        ("score", [9, 7]),
    ],
)
def test_unclear_scores_are_asked_for(tmp_path: Path, header: str, values: list[object]) -> None:
    with pytest.raises(MappingError, match=f"--map nps={header} or --map csat={header}"):
        scored(tmp_path, header, values)


def test_one_zero_among_many_tens_is_an_answer(tmp_path: Path) -> None:
    values: list[object] = [*[8, 9, 10, 7] * 15, 0]
    reading = scored(tmp_path, "satisfaction", values)
    assert reading.ledger.is_empty()
    assert reading.records["csat"][-1] == 0


def test_recommending_on_a_scale_of_five_is_not_nps(tmp_path: Path) -> None:
    five: list[object] = [1, 2, 3, 4, 5] * 8
    with pytest.raises(MappingError, match=r"another scale than NPS.*40 answers go from 1 to 5"):
        scored(tmp_path, "NPS", five)
    assert scored(tmp_path, "NPS", five, nps="NPS").records["nps"].max() == 5
    for header in ("Would you recommend us?", "Would you recommend us? (1-5)"):
        reading = scored(tmp_path, header, five)
        assert reading.sources[0].scores == ()
        assert "not on a scale from 0 to 10" in reading.sources[0].notes[0]
        assert scored(tmp_path, header, five, csat=header).records["csat"].max() == 1
    assert scored(tmp_path, "NPS", [0, *five]).records["nps"].min() == 0  # detractors alone


def test_scores_of_something_else_are_not_read(tmp_path: Path) -> None:
    assert scored(tmp_path, "lead score", [10, 55, 80]).sources[0].scores == ()


def test_map_settles_the_kind(tmp_path: Path) -> None:
    assert scored(tmp_path, "score", [0, 10], nps="score").records["nps"].to_list() == [0, 10]
    reading = scored(tmp_path, "score", [0, 10], csat="score")
    assert reading.records["csat"].to_list() == [0, 1]
    assert reading.sources[0].scores[0].basis == "map"


def test_a_companion_group_says_nps(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [w, s, g]
        for w, s, g in zip(
            WORDS, [9, 0, 7, 10], ["Promotor", "Detractor", "Pasivo", "Promotor"], strict=True
        )
    ]
    reading = read([table(tmp_path, ["verbatim", "score", "grupo"], rows * 3)])
    (score,) = reading.sources[0].scores
    assert (score.metric, score.column, score.basis) == ("nps", "score", "values")
    assert schema.segment_columns(reading.records) == []


def test_group_columns_are_never_the_score(tmp_path: Path) -> None:
    rows: list[list[object]] = [[w, 8, g] for w, g in zip(WORDS, [3, 1, 2, 3], strict=True)]
    reading = read([table(tmp_path, ["comment", "NPS", "NPS_GROUP"], rows)])
    assert reading.sources[0].scores[0].column == "NPS"


def test_a_shifted_recode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="1-11"):
        scored(tmp_path, "NPS", [*range(1, 12)])


@pytest.mark.parametrize(
    ("mapping", "expected"), [({"ces": "effort"}, [0, 1]), ({"ces_effort": "effort"}, [1, 0])]
)
def test_effort_needs_a_direction(
    tmp_path: Path, mapping: dict[str, str], expected: list[float]
) -> None:
    with pytest.raises(MappingError, match="--map ces_effort=effort"):
        scored(tmp_path, "effort", [1, 5])
    reading = scored(tmp_path, "effort", [1, 5], **mapping)
    assert reading.records["ces"].to_list() == expected


def test_an_easy_question_has_its_direction(tmp_path: Path) -> None:
    reading = scored(tmp_path, "How easy was it to solve your issue?", [1, 7, 4])
    assert reading.records["ces"].to_list() == [0, 1, 0.5]


def test_several_satisfaction_questions(tmp_path: Path) -> None:
    rows: list[list[object]] = [[w, 5, 1] for w in WORDS]
    header = ["comment", "How satisfied are you with staff?", "How satisfied are you with price?"]
    with pytest.raises(MappingError, match="2 columns could be the satisfaction"):
        read([table(tmp_path, header, rows)])
    header[1] = "How satisfied are you overall?"
    reading = read([table(tmp_path, header, rows)])
    assert reading.sources[0].mapping["csat"] == header[1]


def test_two_equal_texts_are_asked_for(tmp_path: Path) -> None:
    rows: list[list[object]] = [[w, w[::-1], 9] for w in WORDS]
    header = ["What did you like?", "What could we improve?", "nps"]
    path = table(tmp_path, ["comment", "feedback", "nps"], rows)
    with pytest.raises(MappingError, match='--map text="comment" or --map text="feedback"'):
        read([path])
    assert read([path], {"text": "feedback"}).records["text"][0] == WORDS[0][::-1]
    assert read([table(tmp_path, header, rows)], {"text": header[1]}).records.height == 4


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Date de la réponse", "created_at"),
        ("Contact date", "created_at"),
        ("Fecha del contacto", "created_at"),
        ("Écrit le", "created_at"),
        ("Date of birth", None),
        ("Fecha de compra", None),
        ("¿Por qué nos pone esa nota?", "text"),
        ("¿Qué deberíamos mejorar?", "text"),
        ("Qu'est-ce qui vous a déplu ?", "text"),
        ("What did you like best?", "text"),
        ("Comentario (opcional)", "text"),
        ("Note (2)", None),
        ("Valoración (1=muy mala, 5=muy buena)", "rating"),
    ],
)
def test_headers_are_known_by_what_they_say(header: str, role: str | None) -> None:
    known = meanings(header)
    assert role in known if role else not known


def test_ids_in_a_column_with_the_name_of_a_comment_are_no_comments(tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"store-{i}-en", f"{WORDS[i % 4]} in week {i}"] for i in range(9)]
    path = table(tmp_path, ["review", "sentence"], rows)
    assert read([path]).sources[0].mapping["text"] == "sentence"


def test_the_main_text_is_taken_and_said(tmp_path: Path) -> None:
    rows: list[list[object]] = [[w * 4, "ok", 9] for w in WORDS]
    reading = read([table(tmp_path, ["comment", "other comments", "nps"], rows)])
    assert reading.sources[0].mapping["text"] == "comment"
    assert "not read as text: 'other comments'" in reading.sources[0].notes[0]


def test_question_is_the_header(tmp_path: Path) -> None:
    rows: list[list[object]] = [[w, 9] for w in WORDS]
    reading = read([table(tmp_path, ["Why did you give that score?", "NPS"], rows)])
    assert reading.records["question"].unique().to_list() == ["Why did you give that score?"]
    reading = read([table(tmp_path, ["Verbatim", "NPS"], rows)])
    assert reading.records["question"].null_count() == 4


def test_labels_and_personal_data_are_dropped(tmp_path: Path) -> None:
    header = ["text", "gold_themes", "gold_sentiment", "sentiment", "theme", "email", "phone",
              "Customer name", "Adresse IP", "region", "vip", "empty"]  # fmt: skip
    rows: list[list[object]] = [
        [w, "price", "negative", "negative", "x", "a@b.org", "600123456", "Ana", "192.0.2.1",
         "North", "true", ""] for w in WORDS * 2]  # fmt: skip
    reading = read([table(tmp_path, header, rows)])
    assert schema.segment_columns(reading.records) == ["region", "vip"]


def test_segments_by_value_and_name(tmp_path: Path) -> None:
    header = ["text", "nps", "analysed", "contact", "ratio", "many", "shop"]
    rows: list[list[object]] = [
        [WORDS[i % 4], 9, "a", "x@y.org", "0.5", f"v{i}", ["Vigo", "Lyon"][i % 2]] for i in range(9)
    ]
    reading = read([table(tmp_path, header, rows)])
    assert schema.segment_columns(reading.records) == ["analysed_", "shop"]


def test_roles_of_a_full_survey(tmp_path: Path) -> None:
    header = ["Identifiant", "N° client", "Date de réponse", "Canal", "Étape", "Vague", "NPS",
              "Commentaire", "Autorisation de publication", "Résilié", "FCR",
              "Handle time (minutes)", "First response time", "CLV", "Statut"]  # fmt: skip
    rows: list[list[object]] = [
        ["r1", "c1", "03/04/2026", "web", "achat", "2026-T1", 9, WORDS[0], "Oui", "non", "1",
         "2,5", "01:30:00", "1 234,50 €", "résolu"],
        ["r2", "c2", "25/04/2026", "tél", "SAV", "2026-T1", 1, WORDS[1], "peut-être", "oui", "0",
         "10", "45 min", "80", "ouvert"],
        ["r3", "c3", "26/04/2026", "tél", "SAV", "2026-T1", 1, WORDS[1], "Non", "non", "0",
         "10", "30 s", "80", "ouvert"],
    ]  # fmt: skip
    records = read([table(tmp_path, header, rows)]).records
    first, second = records.row(0, named=True), records.row(1, named=True)
    assert (first["feedback_id"], first["respondent_id"], first["wave"]) == ("r1", "c1", "2026-T1")
    assert (first["channel"], first["touchpoint"], first["status"]) == ("web", "achat", "résolu")
    assert str(first["created_at"]) == "2026-04-03 00:00:00"
    assert records["consent"].to_list() == ["yes", "unknown", "no"]
    assert (first["churned"], second["churned"]) == (False, True)
    assert (first["first_contact_resolution"], first["handle_seconds"]) == (True, 150)
    assert (first["first_response_seconds"], second["first_response_seconds"]) == (5400, 2700)
    assert first["lifetime_value"] == 1234.5


def test_kinds(tmp_path: Path) -> None:
    def kind(*header: str, rows: list[list[object]]) -> str:
        return read([table(tmp_path, list(header), rows)]).sources[0].kind

    texts: list[list[object]] = [[w, 5, "x"] for w in WORDS]
    assert kind("comment", "csat", "region", rows=texts) == "survey"
    assert kind("comment", "stars", "product", rows=texts) == "review"
    assert kind("comment", "csat", "ticket id", rows=texts) == "ticket"
    assert kind("text", "likes", "network", rows=texts) == "social"


def test_mapping_errors(tmp_path: Path) -> None:
    path = table(tmp_path, ["Commentaire", "Note"], [[w, 5] for w in WORDS])
    with pytest.raises(ConfigError, match=r"'colour' is not a known name.*text, title, nps"):
        read([path], {"colour": "Note"})
    with pytest.raises(MappingError, match="Did you mean --map text=Commentaire"):
        read([path], {"text": "Comentaire"})
    with pytest.raises(ConfigError, match="twice"):
        read([path], {"id": "Note", "feedback_id": "Note"})
    with pytest.raises(MappingError, match="fewer than half"):
        read([path], {"nps": "Commentaire"})
    with pytest.raises(MappingError, match="group"):
        read([table(tmp_path, ["text", "g"], [[w, "Promoter"] for w in WORDS])], {"nps": "g"})


def test_mapping_holds_for_the_files_that_have_the_column(tmp_path: Path) -> None:
    one = table(tmp_path, ["blah", "nps"], [[w, 9] for w in WORDS], "one.csv")
    two = table(tmp_path, ["comment", "nps"], [[w, 9] for w in WORDS], "two.csv")
    reading = read([one, two], {"text": "BLAH"})
    assert [s.mapping["text"] for s in reading.sources] == ["blah", "comment"]


@pytest.mark.parametrize("key", ["title", "channel", "touchpoint", "wave", "respondent_id"])
def test_mapped_roles_are_read(tmp_path: Path, key: str) -> None:
    path = table(
        tmp_path, ["comment", "nps", "zzz id"], [[w, 9, f"v{i}"] for i, w in enumerate(WORDS)]
    )
    records = read([path], {key: "zzz id"}).records
    if key == "title":
        assert records["text"][0] == "v0\n" + WORDS[0]
    else:
        assert records[key].to_list() == ["v0", "v1", "v2", "v3"]


def test_people_are_digests_not_names(tmp_path: Path) -> None:
    rows: list[list[object]] = [[w, n] for w, n in zip(WORDS, "abac", strict=True)]
    people = read([table(tmp_path, ["text", "author"], rows)]).records["respondent_id"].to_list()
    assert people[0] == people[2] != people[1]
    assert all(len(person) == 17 for person in people)


def test_an_id_that_comes_once_for_each_question_is_a_persons(tmp_path: Path) -> None:
    asked = ["What was good?", "What could we do better?"]
    rows: list[list[object]] = [
        [f"R{i % 6}", asked[i // 6], 3 + i % 6, f"{word}, as I said {i}"]
        for i, word in enumerate(3 * WORDS)
    ]
    header = ["Response ID", "Question", "nps", "comment"]
    reading = read([table(tmp_path, header, rows)])
    assert reading.records["respondent_id"].to_list() == [row[0] for row in rows]
    assert reading.records["feedback_id"].n_unique() == len(rows)
    assert reading.sources[0].notes == (Note("ids_of_people", column="Response ID"),)
    scored = [[*row[:2], 3 + i % 7, row[3]] for i, row in enumerate(rows)]
    twice = [[row[0], asked[0], *row[2:]] for row in rows]
    for other in (scored, twice, [["", *rows[0][1:]], *rows[1:]]):
        seen = read([table(tmp_path, header, other)])
        assert seen.records["respondent_id"].null_count() == len(rows)
        assert seen.sources[0].notes == (Note("ids_unusable", column="Response ID"),)
