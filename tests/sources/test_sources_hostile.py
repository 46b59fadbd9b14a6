"""Files that would crash, fill the memory or lose rows: refused or survived, with a sentence."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from analyzer.errors import InputError
from analyzer.sources import Reading, read
from analyzer.sources.pages import sound_pages

FIXTURES = Path(__file__).parent / "workbooks"
PLAIN = "id,nps,comment\n" + "".join(f"{i},{i % 11},the line {i} is too slow\n" for i in range(12))


def save(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def whole(path: Path) -> Reading:
    """Read a file and check that every row has a fate."""
    reading = read([path])
    rows = [*reading.records["row"], *reading.ledger["row"]]
    assert len(rows) == len(set(rows)) == reading.sources[0].rows
    return reading


def workbook(**members: bytes) -> bytes:
    """A sound workbook with some of its members replaced."""
    sound, out = io.BytesIO(), io.BytesIO()
    pl.DataFrame({"nps": [9, 2], "comment": ["fast and kind", "slow and rude"]}).write_excel(sound)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            key = Path(name).stem
            new.writestr(name, members[key] if key in members else old.read(name))
    return out.getvalue()


def member(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        return archive.read(name)


@pytest.mark.parametrize("name", ["answers.xls", "answers.ods"])
def test_workbooks_of_older_and_other_programs(name: str) -> None:
    reading = whole(FIXTURES / name)
    assert reading.records["nps"].to_list() == [9, 2, 7]
    assert [str(day.date()) for day in reading.records["created_at"]] == [
        "2026-03-14",
        "2026-03-15",
        "2026-04-02",
    ]
    assert reading.records["text"][2] == "Está bien; algo caro"


def test_binary_workbooks_that_are_damaged_are_refused(tmp_path: Path) -> None:
    content = (FIXTURES / "answers.xls").read_bytes()
    with pytest.raises(InputError, match=r"cannot be read as a workbook|cut short"):
        read([save(tmp_path, "a.xls", content[:1500])])


def test_workbooks_of_excels_binary_kind_are_refused_by_ending_and_content(tmp_path: Path) -> None:
    binary = io.BytesIO()
    with zipfile.ZipFile(binary, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")
    for name in ("a.xlsb", "a.xlsx"):
        with pytest.raises(InputError, match=r"binary workbook .*save it as XLSX"):
            read([save(tmp_path, name, binary.getvalue())])


def test_text_that_is_called_a_workbook(tmp_path: Path) -> None:
    reading = whole(save(tmp_path, "a.xls", PLAIN.replace(",", "\t")))
    assert reading.records.height == 12
    assert "called .xls" in reading.sources[0].notes[0]
    page = "<html><body><table><tr><td>nps</td></tr></table></body></html>"
    with pytest.raises(InputError, match="web page"):
        read([save(tmp_path, "b.xls", page)])


def test_a_stray_cell_at_the_far_corner_is_refused_before_it_fills_the_memory(
    tmp_path: Path,
) -> None:
    sheet = member("xl/worksheets/sheet1.xml").decode()
    cell = '<row r="1048576"><c r="{}1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    for column in ("XFD", "QZ"):
        far = sheet.replace("</sheetData>", cell.format(column)).encode()
        with pytest.raises(InputError, match=r"row 1,048,576, column .*stray cell"):
            read([save(tmp_path, "a.xlsx", workbook(sheet1=far))])
    near = sheet.replace("</sheetData>", cell.format("B").replace("1048576", "3000")).encode()
    assert whole(save(tmp_path, "b.xlsx", workbook(sheet1=near))).records.height == 3


def test_archives_are_never_unpacked(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../outside.csv", PLAIN)
    for name in ("a.zip", "a.csv", "a.xlsx"):
        with pytest.raises(InputError, match=r"packed|archive"):
            read([save(tmp_path, name, packed.getvalue())])
    assert not list(tmp_path.parent.glob("outside.csv"))
    for content in (gzip.compress(PLAIN.encode()), gzip.compress(PLAIN.encode())[:40]):
        for name in ("a.csv.gz", "a.csv"):
            with pytest.raises(InputError, match="packed"):
                read([save(tmp_path, name, content)])


@pytest.mark.parametrize("kept", [100, 2000, -30])
def test_a_workbook_that_was_cut_short(tmp_path: Path, kept: int) -> None:
    with pytest.raises(InputError, match=r"cut short|workbook"):
        read([save(tmp_path, "a.xlsx", workbook()[:kept])])


def test_an_archive_with_a_damaged_directory(tmp_path: Path) -> None:
    content = bytearray(workbook())
    at = content.rfind(b"PK\x01\x02")
    content[at + 2] = 9
    with pytest.raises(InputError, match=r"cut short or damaged|workbook"):
        read([save(tmp_path, "a.xlsx", bytes(content))])


def test_one_endless_line_is_one_broken_row(tmp_path: Path) -> None:
    endless = "x" * (3 << 20)
    reading = whole(save(tmp_path, "a.csv", f'{PLAIN}13,5,"{endless}\n14,5,back to normal\n'))
    assert reading.ledger.select("row", "reason").rows() == [(13, "broken_row")]
    assert reading.records["text"][-1] == "back to normal"
    lines = [{"id": str(i), "nps": 3, "comment": c} for i, c in enumerate(("slow", endless, "ok"))]
    path = save(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))
    reading = whole(path)
    assert reading.ledger.select("row", "reason").rows() == [(2, "broken_row")]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (
            r'1,3,"he said \"no\", and left"' + "\n" + r'2,9,"fine, \"very\" fine"',
            ['he said "no", and left', 'fine, "very" fine'],
        ),
        (
            '1,3,"he said ""no"", and left"\n' + r'2,9,"C:\new\"' + "\n3,9,plain",
            ['he said "no", and left', "C:\\new\\", "plain"],
        ),
    ],
)
def test_quotes_inside_cells_are_escaped_or_doubled(
    tmp_path: Path, rows: str, wanted: list[str]
) -> None:
    reading = whole(save(tmp_path, "a.csv", f"id,nps,comment\n{rows}\n"))
    assert reading.records["text"].to_list() == wanted


def test_a_few_nul_bytes_are_taken_out_and_many_refused(tmp_path: Path) -> None:
    reading = whole(save(tmp_path, "a.csv", PLAIN.replace("line 3", "li\0ne 3")))
    assert reading.records["text"][3] == "the line 3 is too slow"
    with pytest.raises(InputError, match="binary"):
        read([save(tmp_path, "b.csv", b"\0" * 5000 + PLAIN.encode())])


def test_half_a_character_in_json(tmp_path: Path) -> None:
    lines = r'{"comment": "slow \ud83d and late", "nps": 3, "tags": ["\udc00"], "\udfff": "x"}'
    reading = whole(save(tmp_path, "a.jsonl", lines + '\n{"comment": "fine", "nps": 9}\n'))
    assert reading.records["text"].to_list() == ["slow \ufffd and late", "fine"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("content", ["sep=;\n\n", "sep=,", "\ufeffsep=;\r\n"])
def test_a_file_that_only_names_its_delimiter_is_empty(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match=r"x\.csv is empty"):
        read([save(tmp_path, "x.csv", content)])


def test_json_nested_beyond_reason_on_a_line_of_its_own_is_refused(tmp_path: Path) -> None:
    deep = "[" * 100_000 + "\n{}\n"
    with pytest.raises(InputError, match="not valid JSON"):
        read([save(tmp_path, "x.json", deep)])


@pytest.mark.parametrize("repeated", ["[", "( ", "a ", "1-", "sur "])
def test_an_endless_name_of_a_column_does_not_take_ages(tmp_path: Path, repeated: str) -> None:
    rows = [{"nps": i % 11, "comment": f"line {i} is slow", repeated * 50_000: "x"} for i in (1, 9)]
    start = time.process_time()
    whole(save(tmp_path, "x.jsonl", "\n".join(json.dumps(row) for row in rows)))
    assert time.process_time() - start < 5


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    pl.DataFrame({"nps": ["9", "2"] * 50, "comment": ["fast", "slow"] * 50}).write_parquet(out)
    content = out.getvalue()
    for damaged in (content[:60], content[:40] + content[60:], content[:4] + content[-8:]):
        with pytest.raises(InputError, match="cannot be read as Parquet"):
            read([save(tmp_path, "a.parquet", damaged)])


@pytest.mark.parametrize("announced", [b"\xc7\x01", b"\xc8\x02", b"\xff\xff"])
@pytest.mark.parametrize("compression", ["uncompressed", "zstd"])
def test_a_page_that_announces_other_values_than_it_holds_is_refused_before_it_is_read(
    tmp_path: Path, announced: bytes, compression: Literal["uncompressed", "zstd"]
) -> None:
    """A reader that believes a damaged header asks for 2^61 bytes, and the process ends."""
    out = io.BytesIO()
    frame = pl.DataFrame({"nps": range(100), "comment": [f"slow, part {i}" for i in range(100)]})
    frame.write_parquet(out, compression=compression)
    sound, hundred = out.getvalue(), b"\x15\xc8\x01"
    assert sound_pages(save(tmp_path, "a.parquet", sound))
    damaged = sound.replace(hundred, b"\x15" + announced)
    assert damaged.index(b"\x15" + announced) < 60
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read([save(tmp_path, "a.parquet", damaged)])


def test_pages_of_every_kind_of_column_are_sound(tmp_path: Path) -> None:
    many = 3000
    frame = pl.DataFrame(
        {
            "comment": [f"part {i % 7} is slow" for i in range(many)],
            "nps": [None, 3, 9] * (many // 3),
            "tags": [[1, None], []] * (many // 2),
            "who": [{"id": i, "name": None} for i in range(many)],
            "blank": pl.Series([None] * many, dtype=pl.String),
        }
    )
    for place, size in enumerate((None, 100)):
        path = tmp_path / f"{place}.parquet"
        frame.write_parquet(path, row_group_size=size, data_page_size=500)
        assert sound_pages(path)
        cut = path.read_bytes()
        assert sound_pages(save(tmp_path, "cut.parquet", cut[:-40]))  # left to the reader
