"""Rows that fell into too many pieces, rows that nobody answered, and tables without names."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import schema
from analyzer.sources import Reading, read

WORDS = ["all went well today", "never again with them", "it was fine I guess", "slow and dear"]


def one(path: Path, **mapping: str) -> Reading:
    """Read a file and check that every row has one fate."""
    reading = read([path], mapping)
    rows = [*reading.records["row"], *reading.ledger["row"]]
    assert len(rows) == len(set(rows)) == reading.sources[0].rows
    return reading


def save(folder: Path, *lines: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def answers(n: int = 30, mark: str = ",") -> list[str]:
    sound = (f"2026-01-{1 + i % 28:02},{i % 11},{WORDS[i % 4]},{'NS'[i % 2]}" for i in range(n))
    return [
        "date,nps,comment,region".replace(",", mark),
        *(row.replace(",", mark) for row in sound),
    ]


@pytest.mark.parametrize(
    ("mark", "comment", "wanted"),
    [
        (",", "slow, rude, and dear", "slow, rude, and dear"),
        (";", "it cost 7,5; too much", "it cost 7,5; too much"),
        (",", "I paid 7,50 for it, sadly", "I paid 7,50 for it, sadly"),
        ("\t", "slow\tand rude", "slow and rude"),
    ],
)
def test_a_comment_with_the_delimiter_in_it_is_put_together(
    tmp_path: Path, mark: str, comment: str, wanted: str
) -> None:
    row = mark.join(("2026-01-03", "2", comment, "N"))
    reading = one(save(tmp_path, *answers(mark=mark), row))
    assert reading.records["text"][-1] == wanted
    assert reading.records["nps"][-1] == 2
    assert "1 comment of 'comment' with the delimiter in it" in " ".join(reading.sources[0].notes)


@pytest.mark.parametrize(
    "row",
    [
        "2026-01-03,2,slow, rude,West",  # no such region
        "2026-01-03,two,slow, rude,N",  # no figure
        "2026-01-03,2,slow,rude,N",  # nobody writes a comma so
        '2026-01-03,2,"slow",N,N',
        "2026-01-03,2",
        "2026-01-03,2,slow,N,5,6,7",
    ],
)
def test_a_row_that_could_mean_two_things_stays_broken(tmp_path: Path, row: str) -> None:
    reading = one(save(tmp_path, *answers(), row))
    assert reading.ledger.select("row", "reason").rows() == [(31, "broken_row")]


def test_few_rows_show_nothing_to_mend_by(tmp_path: Path) -> None:
    reading = one(save(tmp_path, *answers(8), "2026-01-03,2,slow, rude,N"))
    assert reading.ledger["reason"].to_list() == ["broken_row"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("ab c,"), min_size=1, max_size=20).map(lambda t: f"so {t} it is"),
        max_size=10,
    )
)
def test_mended_rows_keep_every_other_field(
    tmp_path_factory: pytest.TempPathFactory, comments: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("mend")
    rows = [f"2026-02-0{1 + i % 9},4,{text},S" for i, text in enumerate(comments)]
    reading = one(save(folder, *answers(), *rows))
    kept = reading.records.filter(reading.records["row"] > 30)
    assert set(kept["nps"]) <= {4}
    assert set(kept["region"]) <= {"S"}
    for row, text in kept.select("row", "text").iter_rows():
        assert text == comments[row - 31].strip()


def test_totals_under_the_answers_are_nobodys(tmp_path: Path) -> None:
    body = [
        "fecha;tienda;nps;comentario",
        *(f"2026-01-0{i};A;{i};muy lento hoy" for i in range(1, 9)),
    ]
    reading = one(save(tmp_path, *body, "Total;;36;", "Promedio general:;;4,5;"))
    assert reading.ledger.select("row", "reason").rows() == [(9, "totals_row"), (10, "totals_row")]
    assert reading.records["nps"].to_list() == list(range(1, 9))


def test_comments_that_begin_like_a_total_are_kept(tmp_path: Path) -> None:
    body = ["comment,nps", *(f"{WORDS[i % 4]},{i}" for i in range(8)), "average,5", "Total,0"]
    reading = one(save(tmp_path, *body))
    assert reading.records["text"].to_list()[-2:] == ["average", "Total"]
    alone = one(save(tmp_path, "comment", *WORDS, "Total", name="b.csv"))
    assert alone.records.height == 5


def test_columns_without_names_are_numbered_and_can_be_mapped(tmp_path: Path) -> None:
    rows = [f"{1 + i % 9}/{i + 1}/2026\t{i % 11}\t{WORDS[i % 4]} in week {i}" for i in range(25)]
    path = save(tmp_path, *rows, name="a.txt")
    plain, mapped = one(path), one(path, nps="column 2", created_at="column 1")
    assert plain.sources[0].rows == 25
    assert plain.sources[0].mapping["text"] == "column 3"
    assert "no column names" in plain.sources[0].notes[0]
    assert mapped.records["nps"].to_list() == [i % 11 for i in range(25)]
    assert mapped.sources[0].date_order == "mdy"


def test_a_list_of_comments_is_not_cut_at_its_commas(tmp_path: Path) -> None:
    lines = [
        f"I waited {i} days{', twice' * (i % 4)} and {word}" for i, word in enumerate(WORDS * 3)
    ]
    long = "It took them more than three weeks, two calls and a letter to send a part, sadly"
    assert one(save(tmp_path, long, *lines)).records["text"].to_list() == [long, *lines]
    assert one(save(tmp_path, "Comment", *lines)).records["text"].to_list() == lines


@pytest.mark.parametrize(
    ("first", "name", "kept"),
    [
        ("La app no funciona desde ayer", "a.txt", True),
        ("Très bon service", "a.txt", True),
        ("Por 29 euros tengo fibra de sobra, sin lag. ¿Qué más quiero?", "a.txt", True),
        ("The bill was wrong.", "a.csv", True),
        ("nobody ever came to help", "a.csv", True),
        ("Comentarios", "a.txt", False),
        ("Why did you give us this score?", "a.txt", False),
        ("¿Qué podemos mejorar?", "a.csv", False),
        ("Texto", "a.csv", False),
    ],
)
def test_the_first_comment_of_a_list_is_not_its_name(
    tmp_path: Path, first: str, name: str, kept: bool
) -> None:
    lines = [f"I waited {i} days for the {word} and nobody came" for i, word in enumerate(WORDS)]
    read_ = one(save(tmp_path, first, *lines, name=name))
    assert read_.records["text"].to_list() == [*([first] if kept else []), *lines]


def test_answers_that_begin_with_why_are_no_header(tmp_path: Path) -> None:
    rows = [f"why does it fail,what I liked is nothing {i}" for i in range(6)]
    reading = one(save(tmp_path, "q1,q2", *rows))
    assert reading.records.height == 6
    assert reading.sources[0].mapping["text"] == "q2"


def test_the_sheet_with_the_answers_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    hidden, cover, data = (book.add_worksheet(name) for name in ("Codes", "Portada", "Datos"))
    hidden.write_row(0, 0, ["id", "nps", "comment"])
    hidden.write_row(1, 0, [1, 9, "an old export that nobody should read again"])
    hidden.hide()
    cover.write(0, 0, "Encuesta NPS")
    cover.write(2, 0, "equipo de clientes")
    data.write_row(0, 0, ["Fecha", "Nota (0-10)", "¿Nos recomendaría? (0-10)", "Comentario"])
    for i in range(12):
        data.write_row(
            i + 1, 0, [f"{i + 13}/01/2026", i % 11, i % 11, f"tardaron {i} días en venir"]
        )
    cover.activate()
    book.close()
    reading = one(path)
    assert (
        reading.sources[0]
        .notes[0]
        .startswith("sheet 'Datos' read; not read: 'Codes', 'Portada'; to read another, ")
    )
    assert reading.records.height == 12
    assert schema.segment_columns(reading.records) == []
