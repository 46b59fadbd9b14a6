"""What is planted in a file comes out nowhere: the bytes of everything that a run leaves behind."""

from __future__ import annotations

import csv
import io
import logging
import zipfile
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from quotes_sample import SECRET

from analyzer import analyze, report
from analyzer.errors import AnalyzerError
from analyzer.quotes import interviews, privacy, select, write, write_table
from analyzer.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

# Value as planted, and the sentence around it.
PLANTED = {
    "maite.roldan@correo.es": "La fibra va muy bien, escribidme a {}, y el técnico fue puntual.",
    "jean.paquet@exemple.fr": "Le conseiller était patient, mon adresse est {}, merci encore.",
    "+44 20 7946 0958": "The staff in the shop were kind, ring me on {} if you need more.",
    "612 34 56 78": "La aplicación es cómoda y rápida, mi móvil es {} por si acaso.",
    "06 12 34 56 78": "Le débit est excellent partout, appelez le {} pour en parler.",
    "ES91 2100 0418 4502 0005 1332": "La factura es clara, cobrad en {} como siempre, todo bien.",
    "FR14 2004 1010 0505 0001 3M02 606": "La facture est claire, mon compte est {} comme avant.",
    "4111 1111 1111 1111": "I paid with {} and the price was fair, a good company overall.",
    "12345678Z": "Con DNI {} me dieron de alta en cinco minutos, un servicio rápido.",
    "X1234567L": "Con mi NIE {} me atendieron muy bien y sin hacerme esperar nada.",
    "184027645100171": "Mon numéro {} a été reconnu tout de suite, un service rapide.",
    "AB123456C": "My NI number {} was accepted at once, quick and friendly people.",
    "FR-88213": "La commande n° {} est arrivée en avance, un service parfait.",
    "A12-9981": "My order #{} came early and the courier was very polite indeed.",
    "Roberta Quintanilla": "Me atendió {} y lo explicó todo con mucha paciencia y cariño.",
    "Dujardin": "Mme {} a tout expliqué avec patience, un accueil vraiment agréable.",
    "Siobhan Maguire": "Thanks to {} the broadband was working again before lunch time.",
    "1234 BCD": "Con mi coche {} aparcado, el técnico llegó puntual y fue amable.",
    "12 rue Victor Hugo": "Le technicien est venu au {} à l'heure, très bon travail.",
    "14/03/1968": "Nací el 14/03/1968 y aun así entendí la aplicación, muy cómoda.",
    "203.0.113.77": "From the address {} the speed is great, no more waiting at all.",
    "https://fotos.example/u/9931": "Mirad lo bien que quedó: {} y el técnico fue un encanto.",
    "@lola_marin_79": "Gracias {} por la ayuda, el servicio es rápido y muy amable.",
}
BESIDE = ["clave.persona@example.net", "Hildegarde Montoro"]
VALUES = [*PLANTED, *BESIDE]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wave whose every comment, and two of whose other columns, hold a planted value."""
    path = tmp_path_factory.mktemp("planted") / "wave.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "nps", "comment", "can_quote", "customer", "agent", "date"])
        for number, (value, sentence) in enumerate(PLANTED.items()):
            for score in (10, 2):
                text = sentence.format(value) + (" Pero luego fue lento." if score == 2 else "")
                day = f"2026-04-{number + 1:02d}"
                who, agent = BESIDE[0] if number == 0 else f"C{number}{score}", BESIDE[1]
                agent = agent if number % 2 else "team north"
                rows.writerow([f"R{number}-{score}", score, text, "yes", who, agent, day])
    return path


def contents(folder: Path) -> bytes:
    """Every byte that a folder holds, packed files unpacked and databases read out."""
    found = b""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        found += raw
        if zipfile.is_zipfile(io.BytesIO(raw)):
            with zipfile.ZipFile(io.BytesIO(raw)) as packed:
                found += b"".join(packed.read(name) for name in packed.namelist())
        if path.suffix in (".duckdb", ".db"):
            found += rows_of(path)
    return found


def rows_of(path: Path) -> bytes:
    with duckdb.connect(str(path), read_only=True) as session:
        names = [row[0] for row in session.sql("SHOW TABLES").fetchall()]
        tables = [session.table(name).fetchall() for name in names]
    return repr(tables).encode()


def survivors(content: bytes) -> list[str]:
    """Planted values in some bytes, as planted or without spaces and hyphens."""
    plain = content.lower()
    forms = {v: {v, v.replace(" ", ""), v.replace(" ", "").replace("-", "")} for v in VALUES}
    return [v for v, ways in forms.items() if any(w.lower().encode() in plain for w in ways)]


def test_the_search_finds_what_is_there(planted: Path) -> None:
    assert sorted(survivors(planted.read_bytes())) == sorted(VALUES)


def test_nothing_planted_is_left_anywhere(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("ANALYZER_CACHE", str(tmp_path / "cache"))
    analysis = analyze(planted, mapping={"respondent_id": "customer"}, by=["agent"])
    assert int(analysis.feedback["analysed"].sum()) > len(PLANTED)
    out = tmp_path / "out"
    report.write(analysis, out / "report", formats=report.FORMATS)
    quotes = select(analysis, secret=SECRET, unknown_consent=True, cut_complaints=True)
    for suffix in (".csv", ".xlsx", ".json", ".md", ".html"):
        write(quotes, out / f"quotes{suffix}")
    write_table(interviews(analysis, 10).sample, out / "interviews.csv")
    write_table(privacy([planted]).found, out / "privacy.json")
    space = Workspace.create(tmp_path / "space")
    space.ingest(planted, "2026-Q2")
    shown = repr([analysis, quotes, space]) + repr(analysis.feedback.to_dicts()) + caplog.text
    assert survivors(contents(tmp_path)) == []
    assert survivors(shown.encode()) == []


def test_failures_do_not_quote_comments(planted: Path, tmp_path: Path) -> None:
    frame = pl.read_csv(planted, infer_schema_length=0)
    broken = tmp_path / "broken.csv"
    frame.with_columns(pl.col("comment").alias("nps")).write_csv(broken)
    twice = tmp_path / "twice.csv"
    frame.with_columns(other=pl.col("comment").str.reverse()).rename({"comment": "a"}).write_csv(
        twice
    )
    told = []
    for path, options in (
        (broken, {"mapping": {"nps": "nps"}}),
        (twice, {}),
        (planted, {"where": "comment = 'x"}),
        (planted, {"by": ["comment"]}),
        (planted, {"mapping": {"csat": "comment"}}),
    ):
        with pytest.raises(AnalyzerError) as caught:
            analyze(path, **options)  # type: ignore[arg-type]
        told.append(str(caught.value))
    assert survivors("\n".join(told).encode()) == []
