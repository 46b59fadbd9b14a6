"""Interviews and the privacy report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from quotes_sample import sample

from analyzer.errors import ConfigError, InputError, MappingError
from analyzer.quotes import interviews, privacy

if TYPE_CHECKING:
    from pathlib import Path

UNHAPPY = [
    "The fibre is slow every evening and nobody tells us when it gets better.",
    "The fibre is slow at night and nobody tells me when it will get any better.",
    "The fibre is awful, slow and dead every single evening of the week here.",
    "The staff were awful to my mother and she left the shop in tears.",
    "La factura es horrible y el precio cambia cada mes sin avisar a nadie.",
    "L'accueil est lent et personne ne répond quand on a un vrai problème.",
]


def rows(**extra: list[str]) -> list[dict[str, Any]]:
    return [
        {"comment": comment, "nps": 2, **{name: values[i] for name, values in extra.items()}}
        for i, comment in enumerate(UNHAPPY)
    ]


def test_interviews_are_varied_and_ids_only(tmp_path: Path) -> None:
    chosen = interviews(sample(tmp_path, [*rows(), {"comment": "Great fibre, great price."}]), 4)
    assert len(chosen.sample) == 4
    assert chosen.sample["language"].n_unique() == 3
    assert set(chosen.sample["nps"]) == {2}
    assert set(chosen.sample["contact"]) == {"unknown"}
    assert "text" not in chosen.sample.columns
    assert not any(c in chosen.sample.write_csv() for c in UNHAPPY)
    assert dict(chosen.left_out.rows()) == {"no_contact_consent": 0, "choice": 2}


@pytest.mark.parametrize(
    "column",
    ["contact_consent", "can_we_contact_you", "acepta_contacto", "accord pour être recontacté"],
)
def test_interviews_respect_contact_consent(tmp_path: Path, column: str) -> None:
    answers = ["sí", "no", "no", "no", "sí", "no"]
    chosen = interviews(sample(tmp_path, rows(**{column: answers})), 5)
    assert chosen.contact_column == column
    assert sorted(chosen.sample["feedback_id"]) == ["R000", "R004"]
    assert dict(chosen.left_out.rows()) == {"no_contact_consent": 4, "choice": 0}


def test_one_interview_a_person(tmp_path: Path) -> None:
    people = ["A", "A", "A", "B", "B", "B"]
    assert len(interviews(sample(tmp_path, rows(customer_id=people)), 6).sample) == 2


def test_nobody_to_interview(tmp_path: Path) -> None:
    happy = sample(tmp_path, [{"comment": "Great fibre and a great price too."}])
    assert interviews(happy, 3).sample.is_empty()
    with pytest.raises(ConfigError, match="0"):
        interviews(happy, 0)


PERSONAL = """nps,comment,email,Full Name,customer_id,plan,callback
10,"Escribidme a ana@example.org, gracias",ana@example.org,Ana Ruiz,C1,gold,612345678
9,Todo perfecto y rápido,b@example.org,Bea Gil,C2,gold,
2,Jorunn explained my bill and DNI 12345678Z was lost,,,C3,base,
"""


def test_privacy_report_counts_by_column_and_kind(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    path.write_text(PERSONAL, encoding="utf-8")
    found = privacy([path])
    told = {(r["column"], r["kind"]): r["cells"] for r in found.found.iter_rows(named=True)}
    assert told["comment", "EMAIL"] == 1
    assert told["comment", "DNI"] == 1
    assert told["comment", "UNANNOUNCED_NAME"] == 1
    assert told["email", "EMAIL"] == 2
    assert told["email", "IDENTIFYING_COLUMN"] == 2
    assert told["Full Name", "IDENTIFYING_COLUMN"] == 2
    assert told["customer_id", "RESPONDENT_ID"] == 3
    assert told["callback", "PHONE"] == 1
    assert "plan" not in found.found["column"].to_list()
    assert found.found.filter(pl.col("column") == "comment")["used_as"].unique().to_list() == [
        "text"
    ]
    assert found.columns.rows() == [("wave.csv", 7, 2, 3)]


def test_dates_and_numbers_that_check_by_chance_are_no_personal_data(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    ids = [4_000_000_000_000_000 + 7919 * i for i in range(40)]
    lines = [
        f"10,Todo perfecto con la fibra {i},2026-04-06 09:04:{i:02d},{ids[i]}" for i in range(40)
    ]
    path.write_text("nps,comment,sent,reply\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert privacy([path]).found.is_empty()


def test_a_column_of_cards_is_found(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    lines = [f"10,Todo perfecto con la fibra {i},4111111111111111" for i in range(4)]
    path.write_text("nps,comment,reply\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert privacy([path]).found["kind"].to_list() == ["CARD"]


def test_privacy_report_holds_no_value(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    path.write_text(PERSONAL, encoding="utf-8")
    content = found.write_csv() if (found := privacy([path]).found) is not None else ""
    for value in ("ana", "Ruiz", "12345678", "612345678", "Jorunn"):
        assert value not in content


def test_privacy_works_where_columns_are_not_understood(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("a,b\n1,ana@example.org\n2,bea@example.org\n", encoding="utf-8")
    found = privacy([path]).found
    assert found.filter(pl.col("kind") == "EMAIL")["cells"].item() == 2


def test_privacy_uses_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    path.write_text(PERSONAL.replace("comment", "zzz"), encoding="utf-8")
    found = privacy([path], {"text": "zzz"}).found
    assert found.filter(pl.col("column") == "zzz")["used_as"].unique().to_list() == ["text"]
    with pytest.raises(MappingError, match="nowhere"):
        privacy([path], {"text": "nowhere"})


def test_privacy_needs_files(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        privacy([])
    with pytest.raises(InputError, match=r"none\.csv"):
        privacy([tmp_path / "none.csv"])
