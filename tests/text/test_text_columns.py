"""Personal data beside the comments."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import schema
from analyzer.text import columns, prepare
from analyzer.text.columns import without_personal_values
from analyzer.text.pii import redact
from analyzer.text.staff import is_person, is_staff, is_who


def _records() -> pl.DataFrame:
    rows = [
        ("r1", "12345678Z", "shop", "Lucía Fernández", "San Juan"),
        ("ana@example.org", "C-778", "call 612 345 678", "bea@example.org", "Paris"),
        ("r3", None, "shop", None, "Paris"),
    ]
    columns = ["feedback_id", "respondent_id", "touchpoint", "agent", "store"]
    told = pl.DataFrame(rows, schema=columns, orient="row")
    rest = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in schema.RECORDS.items()
        if name not in columns
    ]
    text = pl.lit("The staff were kind and quick as ever").alias("text")
    records = told.with_columns(rest).with_columns(text, pl.lit("wave.csv").alias("source"))
    records = records.with_row_index("n").with_columns(row=pl.col("n").cast(pl.Int64) + 1)
    return records.select(*schema.RECORDS, "agent", "store")


def test_values_that_reports_show_are_redacted() -> None:
    records = _records()
    done = without_personal_values(records)
    assert done["agent"].to_list() == ["[NAME]", "[EMAIL]", None]
    assert done["touchpoint"].to_list() == ["shop", "call [PHONE]", "shop"]
    assert done["store"].to_list() == ["San Juan", "Paris", "Paris"]
    assert done.schema == records.schema


def test_an_id_that_names_somebody_is_hidden_and_others_stay() -> None:
    done = without_personal_values(_records())
    ids = done["respondent_id"].to_list()
    assert ids[0] is not None
    assert ids[0].startswith("p")
    assert "12345678" not in ids[0]
    assert ids[1:] == ["C-778", None]
    assert done["feedback_id"].to_list()[::2] == ["r1", "r3"]
    assert "@" not in done["feedback_id"][1]


def test_names_in_a_column_of_people_need_no_list() -> None:
    told = ["Hildegarde Montoro", "J. Okonkwo-Reyes", "Team North", "night shift", "Zuzkina"]
    records = pl.DataFrame(
        {name: [None] * len(told) for name in schema.RECORDS}, schema=schema.RECORDS
    ).with_columns(
        pl.Series("handled_by", told), pl.Series("staff_level", told), pl.Series("plan", told)
    )
    done = without_personal_values(records)
    by = done["handled_by"].to_list()
    assert all(re.fullmatch(r"\[NAME \d+\]", name) for name in (*by[:2], by[4]))
    assert len(set(by)) == 5
    assert by[2:4] == ["Team North", "night shift"]
    assert done["staff_level"].to_list() == [*by[:4], "Zuzkina"]
    assert done["plan"].to_list() == told


STAFF = ["LAURA MARTINEZ", "J. Ortega", "yurena", "m.lopez", "laura_m", "martinez, laura", "Rosa"]
DESKS = [
    "chatbot", "web", "soporte", "Madrid", "Norte", "night.shift", "Turno noche", "Call Center",
    "Level 2", "AG-17", "sin asignar", "Unknown", "-",
]  # fmt: skip


@pytest.mark.parametrize(
    "header", ["Atendido por", "Agente", "Vendedor", "agent_name", "Assigned to", "Suivi par"]
)
def test_a_column_that_says_who_it_was_holds_names_of_any_form(header: str) -> None:
    assert is_staff(header)
    assert is_who(header)
    assert [value for value in STAFF if not is_person(value, who=True)] == []
    assert [value for value in DESKS if is_person(value, who=True)] == []


@pytest.mark.parametrize("header", ["customer type", "Agent team", "Tipo de cliente", "Canal"])
def test_a_column_about_people_holds_more_than_names(header: str) -> None:
    assert not is_who(header)


def _column(values: list[str]) -> list[str]:
    records = pl.DataFrame(
        {name: [None] * len(values) for name in schema.RECORDS}, schema=schema.RECORDS
    ).with_columns(pl.Series("store", values))
    return without_personal_values(records)["store"].to_list()


def test_values_that_read_alike_are_told_apart() -> None:
    stores = ["Gran Vía 32", "Calle Serrano 45", "Online", "GRAN VIA 32", "Gran Vía 32"]
    told = _column(stores)
    assert all(re.fullmatch(r"\[ADDRESS \d+\]", told[at]) for at in (0, 1))
    assert told == [told[0], told[1], "Online", told[0], told[0]]
    assert told[0] != told[1]
    assert _column(stores[::-1]) == _column(stores)[::-1]
    assert _column(["Gran Vía 32", "Online"]) == ["[ADDRESS]", "Online"]
    other = _column(["Plaza Mayor 3", "Gran Vía 32"])
    assert other[1] == told[0]  # in another wave


def test_what_was_told_apart_stays() -> None:
    once = _column(["Gran Vía 32", "Calle Serrano 45", "call 612 345 678"])
    assert _column(once) == once


def test_what_stands_about_a_consent_is_kept() -> None:
    columns = {name: [None] for name in schema.RECORDS}
    frame = pl.DataFrame(columns, schema=schema.RECORDS).with_columns(
        consent_date=pl.lit("born 01/02/1980"), note=pl.lit("born 01/02/1980")
    )
    done = without_personal_values(frame)
    assert done["consent_date"].item() == "born 01/02/1980"
    assert done["note"].item() == "born [BIRTHDATE]"


def test_preparing_redacts_them() -> None:
    done = prepare(_records()).feedback
    assert {"[NAME]", "[EMAIL]"} <= set(done["agent"])


@given(st.from_regex(columns._NUMBERED, fullmatch=True))
def test_ids_that_are_not_looked_at_hold_nothing(value: str) -> None:
    assert not {finding.type for finding in redact(value)[1]} & columns._SURE
