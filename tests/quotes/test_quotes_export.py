"""Files that are written."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import fastexcel
import polars as pl
import pytest
from quotes_sample import SECRET, sample

from analyzer.errors import ConfigError, OutputError
from analyzer.quotes import FORMATS, Quotes, audit_path, check_out, select, write, write_table

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    {"comment": "The fibre is fast & the price never changes, <b>ever</b>, 2 > 1."},
    {"comment": "La factura se entiende a la primera y el precio no cambia nunca."},
]


@pytest.fixture(scope="module")
def quotes(tmp_path_factory: pytest.TempPathFactory) -> Quotes:
    return select(sample(tmp_path_factory.mktemp("wave"), ROWS), secret=SECRET)


@pytest.fixture(scope="module")
def hostile(quotes: Quotes) -> Quotes:
    """Cells that would run, as values of a file can be."""
    frame = quotes.quotes.with_columns(
        quote=pl.Series(['=HYPERLINK("http://x","y")', "<script>alert(1)</script>\nand *bold*"]),
        touchpoint=pl.Series(["@SUM(A1)", "+1+1"]),
        theme=pl.Series(["-2+3", "\tcmd"]),
    )
    return replace(quotes, quotes=frame)


def test_csv_holds_the_rows_and_the_audit_lies_beside(quotes: Quotes, tmp_path: Path) -> None:
    out = tmp_path / "new" / "quotes.csv"
    written = write(quotes, out)
    assert written == [tmp_path / "new" / "quotes-audit.csv", out]
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(out)["quote"].to_list() == quotes.quotes["quote"].to_list()
    assert len(pl.read_csv(audit_path(out))) == len(quotes.audit)


@pytest.mark.parametrize(
    ("language", "told", "nothing"),
    [
        ("es", ["inglés", "español", "dieron un 9 o un 10: 2."], "Ningún comentario ha pasado"),
        ("fr", ["anglais", "espagnol", "ayant donné 9 ou 10\u00a0: 2."], "Aucun commentaire n’a"),
        ("en", ["English", "Spanish", "scored 9 or 10: 2."], "No comment passed"),
    ],
)
def test_walls_speak_the_language_of_the_page(
    quotes: Quotes, tmp_path: Path, language: str, told: list[str], nothing: str
) -> None:
    for name in ("wall.md", "wall.html"):
        write(quotes, tmp_path / name, language=language)
        text = (tmp_path / name).read_text("utf-8")
        assert all(word in text for word in told)
        assert nothing not in text
        write(replace(quotes, quotes=quotes.quotes.clear()), tmp_path / name, language=language)
        assert nothing in (tmp_path / name).read_text("utf-8")


def test_csv_cells_cannot_run(hostile: Quotes, tmp_path: Path) -> None:
    write(hostile, tmp_path / "q.csv")
    frame = pl.read_csv(tmp_path / "q.csv")
    for name in ("quote", "touchpoint", "theme"):
        assert not frame[name].str.contains(r"^[=+\-@\t]").any()
    assert frame["touchpoint"].to_list() == ["'@SUM(A1)", "'+1+1"]


def test_workbook_cells_are_text(hostile: Quotes, tmp_path: Path) -> None:
    out = tmp_path / "q.xlsx"
    write(hostile, out)
    sheet = fastexcel.read_excel(out).load_sheet("quotes").to_polars()
    assert sheet["quote"].to_list() == hostile.quotes["quote"].to_list()
    import zipfile

    with zipfile.ZipFile(out) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
        assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()


def test_json_is_versioned(quotes: Quotes, tmp_path: Path) -> None:
    write(quotes, tmp_path / "q.json")
    content = json.loads((tmp_path / "q.json").read_text("utf-8"))
    assert content["schema"] == "analyzer-quotes/1"
    assert content["quotes"] == quotes.quotes.to_dicts()
    assert sum(row["comments"] for row in content["counts"]) == 2


def test_markdown_escapes(hostile: Quotes, tmp_path: Path) -> None:
    write(hostile, tmp_path / "q.md", language="fr")
    content = (tmp_path / "q.md").read_text("utf-8")
    assert "# Ce que disent nos clients" in content
    assert "> \\<script\\>" in content
    assert "> and \\*bold\\*" in content
    assert "consentement\u00a0: oui (wave.csv: can\\_quote)" in content


def test_markdown_lines_are_no_lists_or_headings(quotes: Quotes, tmp_path: Path) -> None:
    lines = pl.Series(["# big\n- item\n1. first", "12 % off, isn't it - yes!"])
    write(replace(quotes, quotes=quotes.quotes.with_columns(quote=lines)), tmp_path / "q.md")
    content = (tmp_path / "q.md").read_text("utf-8")
    assert "> \\# big\n> \\- item\n> 1\\. first" in content
    assert "> 12 % off, isn't it - yes!" in content


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "Lo que dicen nuestros clientes"),
        ("fr", "Ce que disent nos clients"),
        ("en", "What our customers say"),
    ],
)
def test_wall_is_one_inert_page(hostile: Quotes, tmp_path: Path, language: str, title: str) -> None:
    write(hostile, tmp_path / "q.html", language=language)
    page = (tmp_path / "q.html").read_text("utf-8")
    assert f"<h1>{title}</h1>" in page
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=|url\(|@import", page)
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
    assert '<blockquote lang="es">' in page


def test_wall_without_quotes_says_so(quotes: Quotes, tmp_path: Path) -> None:
    write(replace(quotes, quotes=quotes.quotes.clear()), tmp_path / "q.html")
    assert "No comment passed every rule." in (tmp_path / "q.html").read_text("utf-8")


@pytest.mark.parametrize("suffix", FORMATS)
def test_two_exports_are_the_same_bytes(quotes: Quotes, tmp_path: Path, suffix: str) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    write(quotes, one)
    write(quotes, two)
    assert one.read_bytes() == two.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "one-audit.csv", f"one{suffix}", "two-audit.csv", f"two{suffix}",
    ]  # fmt: skip


def test_a_failed_export_leaves_what_was_there(quotes: Quotes, tmp_path: Path) -> None:
    out = tmp_path / "q.csv"
    out.write_text("before")
    audit_path(out).mkdir()
    with pytest.raises(OutputError, match="q-audit"):
        write(quotes, out)
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["q-audit.csv", "q.csv"]


def test_places_that_cannot_be_written(quotes: Quotes, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.docx"):
        write(quotes, tmp_path / "q.docx")
    with pytest.raises(OutputError, match="none"):
        check_out(tmp_path / "quotes")
    (tmp_path / "q.csv").mkdir()
    with pytest.raises(OutputError, match="folder"):
        check_out(tmp_path / "q.csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        check_out(tmp_path / "file" / "q.csv")
    with pytest.raises(ConfigError, match="'de'"):
        write(quotes, tmp_path / "q.html", language="de")


def test_tables_are_written_in_three_forms(tmp_path: Path) -> None:
    frame = pl.DataFrame({"feedback_id": ["=R1", None], "row": [1, 2]})
    for suffix in (".csv", ".xlsx", ".json"):
        write_table(frame, tmp_path / f"ids{suffix}")
    assert pl.read_csv(tmp_path / "ids.csv")["feedback_id"].to_list() == ["'=R1", None]
    sheet = fastexcel.read_excel(tmp_path / "ids.xlsx").load_sheet(0).to_polars()
    assert sheet["feedback_id"].to_list() == ["=R1", None]
    assert json.loads((tmp_path / "ids.json").read_text("utf-8"))[1] == {
        "feedback_id": None,
        "row": 2,
    }
    with pytest.raises(OutputError):
        write_table(frame, tmp_path / "ids.html")
