"""Encodings, delimiters, broken rows, workbooks, JSON, Parquet, and files that cannot be used."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import schema
from analyzer.errors import InputError, MappingError
from analyzer.sources import Reading, read

HEADER = "id;Commentaire;NPS\n"
BODY = 'a;"Très bien ; merci l’équipe…";9\nb;"Il a dit ""non""\net voilà";2\nc;Moyen;7\n'


def save(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def one(path: Path, **mapping: str) -> Reading:
    reading = read([path], mapping)
    (source,) = reading.sources
    assert source.rows == reading.records.height + reading.ledger.height
    assert list(reading.records.schema.items())[: len(schema.RECORDS)] == [
        (name, dtype) for name, dtype in schema.RECORDS.items()
    ]
    assert dict(reading.ledger.schema) == schema.LEDGER
    return reading


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, name: str) -> None:
    reading = one(save(tmp_path, "a.csv", HEADER + BODY, encoding))
    assert reading.sources[0].encoding == name
    assert reading.records["text"].to_list() == [
        "Très bien ; merci l’équipe…",
        'Il a dit "non"\net voilà',
        "Moyen",
    ]


def test_bytes_that_windows_1252_lacks_are_counted(tmp_path: Path) -> None:
    content = (HEADER + BODY * 3).encode("cp1252") + b"d;Bien \x81 hecho \x90;8\n"
    (source,) = one(save(tmp_path, "wave.csv", content)).sources
    assert source.encoding == "cp1252"
    told = "2 characters that do not exist in Windows-1252 were lost; export the file as UTF-8"
    assert source.notes[0] == told


@pytest.mark.parametrize("name", ["wave.json", "wave.parquet"])
def test_a_comment_that_is_a_list_is_put_together(tmp_path: Path, name: str) -> None:
    said = [["Muy amable", None, " pero lento "], ["[sic] todo bien"], [], ["Va bien"]]
    rows = [{"nps": score, "comment": text} for score, text in zip([9, 8, 3, 7], said, strict=True)]
    path = save(tmp_path, name, json.dumps(rows))
    if name.endswith("parquet"):
        pl.DataFrame(rows).write_parquet(path)
    reading = one(path)
    told = ["Muy amable\npero lento", "[sic] todo bien", None, "Va bien"]
    assert reading.records["text"].to_list() == told
    assert "4 comments of 'comment' are lists of texts" in str(reading.sources[0].notes)


def test_a_time_without_a_day_is_no_date(tmp_path: Path) -> None:
    path = tmp_path / "wave.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    formats = [book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "h:mm", "[h]:mm")]
    sheet.write_row(0, 0, ["date", "nps", "comment", "handle time"])
    for row, day in enumerate((46113.5, 46114, 0.5, 1.25), 1):
        sheet.write_number(row, 0, day, formats[day < 2])
        sheet.write_row(row, 1, [9, "Todo va muy bien"])
        sheet.write_number(row, 3, day % 2, formats[2])
    book.close()
    reading = one(path)
    days = reading.records["created_at"].dt.to_string("%Y-%m-%d").to_list()
    assert days == ["2026-04-01", "2026-04-02", None, None]
    told = "2 values of 'date' are times without a day and were left empty"
    assert reading.sources[0].notes == (told,)
    assert reading.records["handle_seconds"].to_list()[2:] == [43_200, 108_000]


def test_a_few_damaged_bytes_do_not_turn_utf8_into_cp1252(tmp_path: Path) -> None:
    content = (HEADER + "a;été déçu;2\n" * 40).encode() + b"z;caf\xff;9\n"
    reading = one(save(tmp_path, "a.csv", content))
    assert reading.records["text"][0] == "été déçu"
    assert any("damaged" in note for note in reading.sources[0].notes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    lines = [("comment", "nps"), ('"one, two; three | four\tfive"', "9"), ("plain", "3")]
    content = "".join(delimiter.join(line) + "\r\n" for line in lines)
    reading = one(save(tmp_path, "a.csv", content))
    assert reading.records["text"].to_list() == ["one, two; three | four\tfive", "plain"]
    assert reading.sources[0].delimiter == delimiter


def test_sep_line_wins(tmp_path: Path) -> None:
    reading = one(save(tmp_path, "a.csv", "sep=|\ntext|nps\na;b;c|3\nd;e;f|9\n"))
    assert reading.records["text"].to_list() == ["a;b;c", "d;e;f"]


def test_one_column_with_commas(tmp_path: Path) -> None:
    reading = one(save(tmp_path, "a.csv", "Comment\nslow, dear and rude\nfine\n"))
    assert reading.records["text"].to_list() == ["slow, dear and rude", "fine"]
    assert reading.sources[0].kind == "social"


def test_preamble_is_skipped(tmp_path: Path) -> None:
    content = "Informe de marzo\n\nfecha,comentario,nps\n2024-03-01,hola amigos,9\n"
    reading = one(save(tmp_path, "a.csv", content))
    assert reading.records["nps"].to_list() == [9]
    assert reading.sources[0].notes[0] == "1 row above the header"


def test_ragged_rows_are_broken_and_the_rest_kept(tmp_path: Path) -> None:
    content = "id,comment,nps\n1,good,9\n2,too, many, 3\n3\n4,bad,1\n5,fine,7,,\n"
    reading = one(save(tmp_path, "a.csv", content))
    assert reading.records["row"].to_list() == [1, 4, 5]
    assert reading.ledger.select("row", "reason").rows() == [(2, "broken_row"), (3, "broken_row")]


def test_an_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    lines = [f'{i},"comment, number {i}",{i % 11}\n' for i in range(1, 2001)]
    lines[499] = '500,"comment, number 500,5\n'
    reading = one(save(tmp_path, "a.csv", "id,comment,nps\n" + "".join(lines)))
    assert reading.ledger["row"].to_list() == [500]
    assert reading.records.height == 1999


def test_an_unclosed_quote_at_the_end(tmp_path: Path) -> None:
    reading = one(save(tmp_path, "a.csv", 'text;x;nps\na;b;1\n"b;c;2\nc;d;3\n'))
    assert reading.records["nps"].to_list() == [1, 2, 3]  # the line alone has three fields


def test_stray_quotes_stay_in_the_text(tmp_path: Path) -> None:
    content = 'text\tnps\n"Great" they said\t9\nTV 55" broke\t2\n'
    reading = one(save(tmp_path, "a.tsv", content))
    assert reading.records["text"].to_list() == ['"Great" they said', 'TV 55" broke']


def test_left_out_trailing_fields_are_a_habit(tmp_path: Path) -> None:
    content = "text,nps,region\na b c,9\nd e f,8\ng h i,1,North\nj k l,2\n"
    assert one(save(tmp_path, "a.csv", content)).records.height == 4


def test_next_line_and_nul_stay_inside_a_comment(tmp_path: Path) -> None:
    content = "text;nps\nfirst\x85 second;9\nbig\0ger;3\n" + "filler text;5\n" * 100
    reading = one(save(tmp_path, "a.csv", content))
    assert reading.records["text"].to_list()[:2] == ["first\x85 second", "bigger"]


def test_a_line_of_many_megabytes_is_left_out(tmp_path: Path) -> None:
    content = "text,nps\nfine,9\n" + "x" * 20_000_000 + ",3\nbad,1\n"
    reading = one(save(tmp_path, "a.csv", content))
    assert reading.ledger["row"].to_list() == [2]


field = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\t"),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(field, st.integers(0, 12)), min_size=20, max_size=40))
def test_every_row_has_one_fate(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]]
) -> None:
    frame = pl.DataFrame(
        {"comment": [text for text, _ in rows], "nps": [min(n, 10) for _, n in rows]}
    )
    path = tmp_path_factory.mktemp("h") / "a.csv"
    frame.write_csv(path, quote_style="always")
    reading = read([path])
    seen = sorted(reading.records["row"].to_list() + reading.ledger["row"].to_list())
    assert seen == list(range(1, len(rows) + 1))
    expected = [text.strip() or None for text, _ in rows]
    assert [t and t.strip() for t in reading.records["text"]] == [
        expected[row - 1] for row in reading.records["row"]
    ]


@settings(max_examples=150, deadline=None)
@given(
    junk=st.binary(max_size=400),
    cut=st.integers(0, 200),
    suffix=st.sampled_from([".csv", ".json", ".jsonl", ".xlsx", ".parquet", ".tsv"]),
)
def test_any_bytes_give_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, cut: int, suffix: str
) -> None:
    content = b"text;nps\nhello there;9\nbad line;1\n"
    path = tmp_path_factory.mktemp("f") / f"a{suffix}"
    path.write_bytes(content[:cut] + junk + content[cut:])
    try:
        reading = read([path])
    except InputError as error:
        assert str(error).endswith((".", "?"))  # noqa: PT017
    else:
        assert reading.sources[0].rows == reading.records.height + reading.ledger.height


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def test_workbook_takes_the_first_sheet_with_rows(tmp_path: Path) -> None:
    import datetime

    when = datetime.datetime(2024, 3, 1, 10, 5, 7)
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "Cover": [],
            "Datos": [
                ["Fecha", "Comentario", "NPS"],
                [when, "hola a todos", 9],
                [],
                [when, "mal", 2],
            ],
            "Other": [["x"]],
        },
    )
    reading = one(path)
    assert reading.records["created_at"][0] == when
    assert reading.records["row"].to_list() == [1, 3]
    assert (
        reading.sources[0]
        .notes[0]
        .startswith("sheet 'Datos' read; not read: 'Other'; to read another, ")
    )
    assert reading.sources[0].format == "xlsx"


def test_a_sheet_is_named_behind_its_workbook(tmp_path: Path) -> None:
    march = [["comment", "nps"], ["tardaron mucho en venir", 2], ["todo muy bien", 9]]
    april = [["comment", "nps"], ["la factura estaba mal", 3]]
    path = workbook(tmp_path / "waves.xlsx", {"March": march, "April 2026": april})
    assert one(path).records.height == 2
    reading = read([f"{path}#april 2026", f"{path}#March"])
    assert reading.records["source"].to_list() == [
        "waves.xlsx#april 2026",
        "waves.xlsx#March",
        "waves.xlsx#March",
    ]
    assert [source.notes for source in reading.sources] == [(), ()]


def test_a_sheet_that_is_not_there_or_empty_is_an_error(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"Data": [["text", "nps"], ["hello there", 9]], "No": []})
    with pytest.raises(InputError, match=r"no sheet 'Mai'.*'Data', 'No'"):
        one(Path(f"{path}#Mai"))
    with pytest.raises(InputError, match=r"a\.xlsx#No has no row"):
        one(Path(f"{path}#no"))
    called = tmp_path / "b.xls"
    called.write_text("text\tnps\nhello there\t9\n")
    with pytest.raises(InputError, match="no sheets"):
        one(Path(f"{called}#Data"))
    with pytest.raises(InputError, match="does not exist"):
        one(tmp_path / "c.xlsx#Data")


def test_a_workbook_named_csv_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"s": [["text", "nps"], ["hello there", 9]]})
    assert one(path.rename(tmp_path / "a.csv")).sources[0].format == "xlsx"


POST = {"id": 1, "text": "hola mundo", "user": {"name": "x", "geo": {"country": "ES"}}, "likes": 3}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps([POST])),
        ("a.json", json.dumps({"meta": 1, "data": [POST]})),
        ("a.json", json.dumps({"page": {"n": 1}, "whatever": [POST]})),
        ("a.json", json.dumps(POST) + "\n" + json.dumps({**POST, "id": 2}) + "\n"),
        ("a.jsonl", json.dumps(POST) + "\n\n"),
        ("a.ndjson", json.dumps({"data": [POST]}) + "\n"),
    ],
)
def test_json_shapes(tmp_path: Path, name: str, content: str) -> None:
    first = one(save(tmp_path, name, content)).records.row(0, named=True)
    assert (first["feedback_id"], first["text"], first["likes"]) == ("1", "hola mundo", 3)


def test_nested_json_is_dotted_columns(tmp_path: Path) -> None:
    content = "\n".join(json.dumps({**POST, "id": i}) for i in range(4))
    assert "user.geo.country" in one(save(tmp_path, "a.jsonl", content)).records.columns


def test_broken_json_lines_are_counted(tmp_path: Path) -> None:
    content = '{"text": "one"}\n{"text": \n[1]\n{"text": "two"}\n'
    reading = one(save(tmp_path, "a.jsonl", content))
    assert reading.ledger.select("row", "reason").rows() == [(2, "broken_row"), (3, "broken_row")]


def test_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "comment": ["good", "bad"],
            "nps": [9.0, None],
            "when": pl.Series(["2024-03-01T10:00:00", None]).str.to_datetime(),
            "info": [{"a": 1}, {"a": 2}],
            "tags": [["x"], []],
        }
    ).rename({"when": "date"})
    path = tmp_path / "a.parquet"
    frame.write_parquet(path)
    records = one(path).records
    assert records["nps"].to_list() == [9, None]
    assert str(records["created_at"][0]) == "2024-03-01 10:00:00"


def bomb(folder: Path) -> Path:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(120):
                sheet.write(b" " * (1 << 20))
    return path


def laughs(folder: Path) -> Path:
    """A workbook whose XML would expand to gigabytes."""
    path = workbook(folder / "laughs.xlsx", {"s": [["text"], ["hello there"]]})
    entities = (
        '<!DOCTYPE x [<!ENTITY a "ha">'
        + "".join(
            f'<!ENTITY a{i} "{"&a" + (str(i - 1) if i else "") + ";" * 1}">' for i in range(1, 9)
        )
        + "]>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.endswith("sharedStrings.xml"):
                data = data.replace(b"?>", b"?>" + entities.encode(), 1)
                data = data.replace(b"hello there", b"&a8;")
            new.writestr(item.filename, data)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.csv", None, "does not exist"),
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "is empty"),
        ("head.csv", b"text,nps\n", "no data row"),
        ("junk.csv", bytes(range(256)) * 20, "binary data"),
        ("cut.xlsx", b"PK\x03\x04" + b"0" * 400, "cut short"),
        ("bad.xlsx", b"no workbook at all", "cannot be read as a workbook"),
        ("a.pdf", b"%PDF-1.7", ".pdf"),
        ("a.csv.gz", b"\x1f\x8b", "packed"),
        ("bad.parquet", b"PAR1 and no more", "Parquet"),
        ("bad.json", b'{"data": [{"text": "a', "not valid JSON"),
        ("none.json", b"[1, 2, 3]", "no list of objects"),
        ("none.jsonl", b"hello\nworld\n", "JSON object"),
        ("rows.csv", b"text,nps\n,\n,\n", "No usable row"),
        ("deep.json", b"[" * 100_000, "not valid JSON"),
    ],
)
def test_unusable_files(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says.replace(".", r"\.")) as caught:
        read([path])
    assert name in str(caught.value)


def test_folder_archive_bomb_and_double(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read([tmp_path])
    archive = tmp_path / "a.xlsx"
    with zipfile.ZipFile(archive, "w") as handle:
        handle.writestr("../../evil.csv", "text\nx")
    with pytest.raises(InputError, match="not a workbook"):
        read([archive])
    with pytest.raises(InputError, match="unpacks to"):
        read([bomb(tmp_path)])
    path = save(tmp_path, "b.csv", HEADER + BODY)
    with pytest.raises(InputError, match="given twice"):
        read([path, tmp_path / "." / "b.csv"])
    with pytest.raises(InputError, match="No file"):
        read([])


def test_entities_in_a_workbook_do_not_expand(tmp_path: Path) -> None:
    try:
        texts = read([laughs(tmp_path)]).records["text"].to_list()
    except InputError:
        return
    assert sum(len(text) for text in texts) < 1000


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    path = save(tmp_path, "a.csv", HEADER + BODY)
    path.chmod(stat.S_IWUSR)
    with pytest.raises(InputError, match="permission"):
        read([path])


def test_several_files_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "w2").mkdir()
    paths = [
        save(tmp_path, "a.csv", HEADER + BODY),
        save(tmp_path / "w2", "a.csv", HEADER + BODY.replace("b;", "z;")),
        save(tmp_path, "c.jsonl", '{"id": "p1", "text": "hola mundo"}\n'),
    ]
    reading = read(paths)
    assert [source.name for source in reading.sources] == ["a.csv", "a.csv (2)", "c.jsonl"]
    assert [source.kind for source in reading.sources] == ["survey", "survey", "social"]
    ids = reading.records["feedback_id"].to_list()
    # ids that two files use name a row of neither; the first row is the same in both
    assert ids == [
        "a.csv:1",
        "a.csv:2",
        "a.csv:3",
        "a.csv (2):2",
        "a.csv (2):3",
        "p1",
    ]
    assert read(paths).records.equals(reading.records)


def test_messages_hold_no_comment(tmp_path: Path) -> None:
    path = save(tmp_path, "a.csv", "q1;q2\nsecret words here;x\nmore secret words;y\n")
    path.write_text("a;b\n1;2\n3;4\n")
    with pytest.raises(MappingError, match="--map text=COLUMN") as caught:
        read([path])
    assert "'a', 'b'" in str(caught.value)


@pytest.mark.parametrize("content", ["{}\n{}\n", "[{}, {}]"])
def test_empty_objects_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="empty objects"):
        read([save(tmp_path, "a.json", content)])
