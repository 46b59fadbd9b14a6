"""One hand-written export per vendor, read without a flag."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from analyzer import schema
from analyzer.sources import dialects, read

FIXTURES = Path(__file__).parent / "fixtures"

# file: dialect, kind, score (metric and values), ids of the records, left out (row, reason)
CASES: dict[str, tuple[str, str, str | None, list[float | None], list[tuple[int, str]]]] = {
    "app_store.json": ("app_store", "review", "csat", [1, 0], []),
    "brandwatch.csv": ("brandwatch", "social", None, [], [(3, "copy")]),
    "delighted.json": ("delighted", "survey", "nps", [0, 10, 7], []),
    "freshdesk.json": ("freshdesk", "ticket", "csat", [1, 0, 0.5], []),
    "freshdesk_labels.csv": ("freshdesk", "ticket", "csat", [1, 0, 0.5], []),
    "google_business.json": ("google_business", "review", "csat", [1, 0, 0.5], []),
    "google_forms_en.csv": ("google_forms", "survey", "csat", [1, 0, 0.75], []),
    "google_forms_es.csv": ("google_forms", "survey", "nps", [10, 3, 7], []),
    "google_forms_fr.csv": ("google_forms", "survey", "nps", [9, 2, 8], []),
    "google_play.csv": ("google_play", "review", "csat", [0.25, 1, 0.75], []),
    "hootsuite.csv": ("hootsuite", "social", None, [], [(2, "own_post")]),
    "intercom.json": ("intercom", "ticket", "csat", [1, 0], [(3, "empty_row")]),
    "mastodon.json": ("mastodon", "social", None, [], [(3, "not_public")]),
    "medallia.csv": ("medallia", "survey", "csat", [1, 0, 0.75], []),
    "meltwater_social.csv": ("meltwater", "social", None, [], [(2, "copy")]),
    "meltwater.csv": ("meltwater", "social", None, [], [(2, "copy")]),
    "qualtrics.csv": ("qualtrics", "survey", "nps", [9, 3, 8, 7], [(2, "preview"), (4, "spam")]),
    "qualtrics_legacy.csv": ("qualtrics", "survey", "nps", [8, 2], [(2, "preview"), (4, "spam")]),
    "surveymonkey.csv": ("surveymonkey", "survey", "nps", [10, 4, 7, 0], [(5, "empty_row")]),
    "trustpilot.csv": ("trustpilot", "review", "csat", [0, 1, 0.5], []),
    "typeform.csv": ("typeform", "survey", "nps", [9, 2, 6] + [8] * 20, [(4, "invalid_score")]),
    "x_api.json": ("x_api", "social", None, [], [(2, "copy")]),
    "x_api.jsonl": ("x_api", "social", None, [], [(3, "broken_row")]),
    "zendesk.json": ("zendesk", "ticket", "csat", [1, 0], [(3, "empty_row")]),
    "zendesk_survey.json": ("zendesk", "ticket", "csat", [1, 0, 0.75], []),
    "zendesk_explore.csv": ("zendesk", "ticket", "csat", [1, 0], [(3, "empty_row")]),
}


def rows(name: str) -> list[dict[str, Any]]:
    return read([FIXTURES / name]).records.to_dicts()


@pytest.mark.parametrize("name", sorted(CASES))
def test_export_is_read_as_it_is(name: str) -> None:
    dialect, kind, metric, values, left_out = CASES[name]
    reading = read([FIXTURES / name])
    (source,) = reading.sources
    assert (source.dialect, source.kind) == (dialect, kind)
    assert [score.metric for score in source.scores] == ([metric] if metric else [])
    if metric:
        assert reading.records[metric].to_list() == values
    assert reading.ledger.select("row", "reason").rows() == left_out
    assert source.rows == reading.records.height + reading.ledger.height
    assert reading.records["text"].drop_nulls().len() > 0


def test_every_dialect_has_a_fixture() -> None:
    assert {case[0] for case in CASES.values()} == {dialect.name for dialect in dialects()}
    assert {path.name for path in FIXTURES.iterdir()} == set(CASES)


def test_no_personal_data_is_kept() -> None:
    reading = read([FIXTURES / name for name in sorted(CASES)])
    for column in reading.records.columns:
        if column == "text" or reading.records[column].dtype != pl.String:
            continue
        joined = "\n".join(reading.records[column].drop_nulls().unique().to_list())
        for secret in ("@example", "192.0.2", "Doe", "ana_d", "luc_r", "acct"):
            assert secret not in joined, column
    assert reading.records["feedback_id"].is_duplicated().sum() == 0


def test_qualtrics_takes_the_question_and_the_contact() -> None:
    first = rows("qualtrics.csv")[0]
    assert first["question"] == "What is the main reason for your score?"
    assert first["text"] == "The technician came on time\nand explained everything."
    assert first["respondent_id"] == "C-1001"
    assert first["Plan"] == "Fibre"
    assert first["created_at"] == datetime.datetime(2026, 3, 2, 9, 12, 11)


def test_surveymonkey_joins_its_two_header_rows() -> None:
    first = rows("surveymonkey.csv")[0]
    assert first["question"] == "What could we do better? Please be specific."
    assert first["Which plan do you have?"] == "Fibre"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("google_forms_es.csv", datetime.datetime(2024, 2, 1, 9, 5, 12)),
        ("google_forms_fr.csv", datetime.datetime(2024, 2, 1, 9, 5, 12)),
        ("google_forms_en.csv", datetime.datetime(2024, 2, 1, 9, 5, 12)),
    ],
)
def test_google_forms_dates_follow_the_sheet(name: str, first: datetime.datetime) -> None:
    assert rows(name)[0]["created_at"] == first


def test_new_answers_of_zendesk_are_columns() -> None:
    first = rows("zendesk_survey.json")[0]
    assert first["text"] == "The agent called back within the hour and fixed it"
    assert (first["respondent_id"], first["created_at"].day) == ("9000", 1)


def test_meltwater_counts_and_date() -> None:
    second = rows("meltwater_social.csv")[1]
    assert (second["likes"], second["replies"], second["shares"]) == (3, 1, 0)
    assert second["created_at"].month == 3


def test_typeform_without_network_ids_is_known_by_its_two_dates(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "#,Would you recommend us?,What could we do better?,Start Date (UTC),Submit Date (UTC)\n"
    days = "2026-01-10 08:00:00,2026-01-10 08:02:00"
    path.write_text(f"{head}ab12,9,Answer the phone sooner,{days}\ncd34,2,Send it whole,{days}\n")
    reading = read([path])
    assert reading.sources[0].dialect == "typeform"
    assert reading.records["feedback_id"].to_list() == ["ab12", "cd34"]


def test_surveymonkey_choices_are_named_and_follow_ups_keep_their_question(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "Respondent ID,Collector ID,End Date,Would you recommend us?,,Which plan?,\n"
    below = ",,,Response,Open-Ended Response,Response,Other (please specify)\n"
    body = "".join(
        f"{i},7,01/{i + 12}/2026,{i % 11},they never called me back about it {i},Fibre,{o}\n"
        for i, o in enumerate(["Satellite", "Cable"] * 4)
    )
    path.write_text(head + below + body)
    reading = read([path])
    assert reading.sources[0].mapping["text"] == "Open-Ended Response"
    assert reading.records["question"][0] == "Would you recommend us?"
    assert schema.segment_columns(reading.records) == ["Which plan?", "Other (please specify)"]


def test_google_forms_consent_is_read() -> None:
    assert [row["consent"] for row in rows("google_forms_es.csv")] == ["yes", "no", "unknown"]


def test_google_business_keeps_the_original() -> None:
    texts = [row["text"] for row in rows("google_business.json")]
    assert texts == ["Personal muy amable", "Deux heures d'attente", None]


def test_reviews_join_title_and_text() -> None:
    texts = [row["text"] for row in rows("trustpilot.csv")]
    assert texts[0] == "Never again\nOrdered a router, got a brick."
    assert texts[1] == "Great service from start to end"  # the title is its first word
    assert texts[2] == "Just fine"


def test_brandwatch_falls_back_to_the_snippet() -> None:
    texts = [row["text"] for row in rows("brandwatch.csv")]
    assert texts[1] == "The fibre is fast but support is slow..."


def test_brandwatch_workbook_of_190_columns(tmp_path: Path) -> None:
    path = tmp_path / "mentions.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for index in range(6):
        sheet.write_row(index, 0, [f"Info {index}:", "Norvia"])
    header = ["Query Id", "Query Name", "Date", "Title", "Url", "Full Text", "Author", "Page Type"]
    sheet.write_row(6, 0, header + [f"Metric {i}" for i in range(182)])
    sheet.write_row(7, 0, [1, "Norvia", "2026-01-03 10:00:00", "", "https://e.org", "Hola", "ana"])
    book.close()
    (source,) = read([path]).sources
    assert (source.dialect, source.rows) == ("brandwatch", 1)


def test_x_api_counts_and_long_posts() -> None:
    first, second = rows("x_api.json")
    assert (first["likes"], first["replies"], first["shares"]) == (7, 1, 2)
    assert second["text"].endswith("whole in this one")
    assert first["channel"] == "X"
    assert schema.segment_columns(read([FIXTURES / "x_api.json"]).records) == []


def test_mastodon_html_and_boosts() -> None:
    first, second = rows("mastodon.json")
    assert first["text"] == "Norvia support was great today\nthank you\n\nReally"
    assert second["text"] == "La fibre est coupée depuis lundi"
    assert second["likes"] == 9


def test_app_store_keeps_the_offset() -> None:
    assert rows("app_store.json")[0]["utc_offset"] == -480
