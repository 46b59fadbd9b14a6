"""The command line, as a person uses it: what it prints, writes and returns."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from rich.console import Console

from analyzer import __version__
from analyzer.cli import console, main
from analyzer.errors import ConfigError
from analyzer.report import FORMATS, left_over

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Run = "Callable[..., tuple[int, str, str]]"
OUTPUTS = ["ledger.csv", "mentions.csv", "report.html", "report.json", "themes.csv"]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the program in this process; returns exit status, stdout and stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["analyzer", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        told = capsys.readouterr()
        return status, told.out, told.err

    return call


@pytest.fixture(scope="module")
def wave(tmp_path_factory: pytest.TempPathFactory, demo_files: list[Path]) -> Path:
    """A hundred rows of a demo wave, small enough to analyse many times."""
    path = tmp_path_factory.mktemp("wave") / "wave.csv"
    pl.read_csv(demo_files[1]).head(100).write_csv(path)
    return path


def model_of(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "report.json").read_text("utf-8")))


def test_version(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run("--version") == (0, f"analyzer {__version__}\n", "")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom analyzer.cli import main\nsys.argv = ['analyzer', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "names = {'numpy', 'spacy', 'sklearn', 'torch', 'polars', 'scipy', 'altair'}\n"
        "heavy = names & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_report_writes_everything_and_says_what_it_read(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    status, out, err = run("report", wave, "--out", tmp_path / "r")
    assert (status, err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == OUTPUTS
    assert "100 rows" in out
    assert "NPS 0-10 from column" in out
    assert "100 read =" in out.replace("\n", " ")


def test_two_runs_give_the_same_bytes(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    run("report", wave, "--out", tmp_path / "a")
    run("report", wave, "--out", tmp_path / "b", "--no-cache")
    for name in OUTPUTS:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_two_processes_give_the_same_bytes(wave: Path, tmp_path: Path) -> None:
    for hash_seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "analyzer", "report", wave, "--out", tmp_path / hash_seed],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
        )
    for name in OUTPUTS:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_the_end_tells_three_things(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    out = run("report", wave, "--out", tmp_path / "r", "--language", "es")[1]
    told = [line for line in out.splitlines() if line.startswith(("  1. ", "  2. ", "  3. "))]
    assert len(told) == 3
    assert re.search("«.+» es (lo que más se menciona|el más mencionado): ", told[1]), told
    assert "personas" not in out.split("Written to")[1]


def test_format_decides_what_is_written(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    words = ["--format", "md,json", "--format", "xlsx"]
    assert run("report", wave, "--out", tmp_path / "r", *words)[0] == 0
    written = sorted(path.name for path in (tmp_path / "r").iterdir())
    assert written == ["report.json", "report.xlsx", "summary.md"]


def test_json_is_all_that_a_machine_gets(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    status, out, err = run(
        "report", wave, "--out", tmp_path / "r", "--json", "--quiet", "--format", "json"
    )
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["files"] == [str(tmp_path / "r" / "report.json")]
    assert told["rows_read"] == 100
    about = [found["about"] for found in told["findings"]]
    assert about in (["hurts", "segments", "loves"], ["hurts", "changed", "loves"])


def test_csat_is_told_in_the_points_of_the_report(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    words = ["late", "lost", "broken", "open", "wet", "wrong", "empty", "heavy", "torn", "bent"]
    pairs = [(words[i % 10], words[i // 10]) for i in range(100)]
    texts = [
        f"Kind staff with a {one} smile, {other} shop, thanks"
        if i % 2
        else f"The parcel came {one} to door {other} again"
        for i, (one, other) in enumerate(pairs)
    ]
    rows = {"comment": texts, "csat": [(1, 5, 2, 4, 4, 2)[i % 6] for i in range(100)]}
    pl.DataFrame(rows).write_csv(tmp_path / "csat.csv")
    status, out, err = run(
        "report", tmp_path / "csat.csv", "--out", tmp_path / "r", "--language", "en"
    )
    assert status == 0, err
    model = model_of(tmp_path / "r")
    mean, satisfied = (model["overview"][name]["value"] for name in ("csat", "csat_top_box"))
    assert f"CSAT {satisfied:.0%} satisfied [" in out
    assert f"mean {100 * mean:.0f} of 100 [" in out
    impacts = [theme["csat_impact"]["value"] for theme in model["themes"]]
    assert any(f"{100 * value:+.1f} [" in out for value in impacts if value)
    out = run("quotes", tmp_path / "csat.csv", "--out", tmp_path / "quotes.csv")[1]
    assert "No file holds an NPS: only promoters, who gave a 9 or 10, are quoted." in out


def test_a_handful_of_answers_is_told_without_counts_or_a_claim(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    comments = ["the technician was kind and quick", "nobody answered the phone", "it is expensive"]
    pl.DataFrame({"nps": [9, 2, 7], "comment": comments}).write_csv(tmp_path / "few.csv")
    out = run("report", tmp_path / "few.csv", "--out", tmp_path / "r", "--language", "en")[1]
    assert "1 theme\n" in re.sub(" +\n", "\n", out)
    assert "<5" in out
    assert "%" not in out
    assert "No score in these files" not in out
    assert "Too few scores for an NPS: it needs 10 people." in out


def test_minimum_cell_reaches_everything(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    words = ["--minimum-cell", "7", "--format", "json,html", "--quiet"]
    run("report", wave, "--out", tmp_path / "r", *words)
    assert model_of(tmp_path / "r")["minimum_cell"] == 7
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    assert "groups of fewer than 7 people" in page
    assert "fewer than 5" not in page


def test_files_of_an_earlier_report_are_named(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    assert "Still there" not in run("report", wave, "--out", tmp_path / "r")[1]
    assert "Still there" not in run("report", wave, "--out", tmp_path / "r")[1]
    out = run("report", wave, "--out", tmp_path / "r", "--format", "json,md")[1]
    told = "Still there, of an earlier report and not of this one: report.html, themes.csv, "
    assert told in " ".join(out.split())
    kept = {path.name for path in (tmp_path / "r").iterdir()}
    everything = ["--format", ",".join(FORMATS), "--quiet"]
    assert run("report", wave, "--out", tmp_path / "all", *everything)[0] == 0
    made = list((tmp_path / "all").iterdir())
    assert kept < {path.name for path in made}
    assert {path.name for path in left_over([tmp_path / "all" / "x"])} == {p.name for p in made}


def opened(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", "open", folder],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_open_shows_the_page(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<p>", encoding="utf-8")
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\nprintf %s "$1" > "$0.seen"\n', encoding="utf-8")
    browser.chmod(0o755)
    for place in (tmp_path, tmp_path / "report.html"):
        done = opened(place, BROWSER=f"{browser} %s")
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / "browser.seen").read_text() == (tmp_path / "report.html").as_uri()
        (tmp_path / "browser.seen").unlink()


def test_open_without_a_report_or_a_browser_is_a_sentence(tmp_path: Path) -> None:
    done = opened(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no report" in done.stderr
    (tmp_path / "report.html").write_text("<p>", encoding="utf-8")
    done = opened(tmp_path, PATH="", BROWSER="", DISPLAY="", WAYLAND_DISPLAY="")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No browser could be started" in done.stderr


def test_help_shows_what_holds_when_an_option_is_left_out(
    run: Callable[..., tuple[int, str, str]],
) -> None:
    told = " ".join(run("report", "--help")[1].split())
    assert "[default: html,json,csv]" in told
    assert "Hide groups of fewer people [default: 5]" in told


def test_progress_tells_rate_and_time_left() -> None:
    from rich.console import Console
    from rich.progress import Progress

    from analyzer.cli.console import Rate

    seconds = itertools.count()
    with Progress(
        Rate(), console=Console(file=io.StringIO()), get_time=lambda: float(next(seconds))
    ) as bars:
        task = bars.add_task("encode", total=9000)
        assert Rate().render(bars.tasks[0]).plain == ""
        for _ in range(3):
            bars.advance(task, 1200)
        assert Rate().render(bars.tasks[0]).plain.endswith("/s")


def test_the_shell_completes_commands_and_options() -> None:
    words = {"COMP_WORDS": "analyzer dem", "COMP_CWORD": "1", "_ANALYZER_COMPLETE": "complete_bash"}
    code = "from analyzer.cli import app; app(prog_name='analyzer')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **words},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "demo"


def test_quiet_prints_nothing(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    assert run("report", wave, "--out", tmp_path / "r", "--quiet") == (0, "", "")


def test_comments_in_a_language_without_names_are_reported(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    said = [
        "A fatura veio errada outra vez.",
        "Ninguém atende o telefone.",
        "A internet cai à noite.",
    ]
    rows = [f"{i % 11},{said[i % 3]} {i}" for i in range(45)]
    (tmp_path / "pt.csv").write_text("\n".join(["nps,comment", *rows]), encoding="utf-8")
    status, out, err = run(
        "report", tmp_path / "pt.csv", "--languages", "pt", "--out", tmp_path / "r"
    )
    assert (status, err) == (0, "")
    assert "45 read = 45 analysed" in out
    assert "fatura" in (tmp_path / "r/report.html").read_text("utf-8")


@pytest.mark.parametrize(("language", "word"), [("es", "Detractores"), ("fr", "Détracteurs")])
def test_language_changes_the_words(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path, language: str, word: str
) -> None:
    assert run("report", wave, "--out", tmp_path / "r", "--language", language)[0] == 0
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    assert f'lang="{language}"' in page
    assert word in page


def test_options_reach_the_analysis(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    settings = tmp_path / "analyzer.toml"
    settings.write_text("themes = 3\n", encoding="utf-8")
    words = ["--where", "country != 'GB'", "--by", "plan", "--minimum-cell", "0", "--seed", "3"]
    run("report", wave, "--out", tmp_path / "r", "--config", settings, *words)
    told = model_of(tmp_path / "r")
    assert len(told["themes"]) == 3  # type: ignore[arg-type]
    text = json.dumps(told)
    assert '"plan"' in text
    assert '"filtered_out"' in text
    assert told["quality"]["seed"] == 3  # type: ignore[index]
    run("report", wave, "--out", tmp_path / "s", "--config", settings, "--themes", "4")
    assert len(model_of(tmp_path / "s")["themes"]) == 4  # type: ignore[arg-type]


def test_map_says_what_a_column_means(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.csv"
    pl.read_csv(wave).rename({"comment": "zz", "nps": "yy"}).drop("gold_themes").write_csv(odd)
    status, out, _ = run(
        "report", odd, "--out", tmp_path / "r", "--map", "text=zz", "--map", "nps=yy"
    )
    assert status == 0
    assert "comments from 'zz'" in out.replace("\n", " ")
    assert "(by map)" in out.replace("\n", " ")


def test_demo_needs_no_file(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    status, out, _ = run("demo", "--out", tmp_path / "d", "--language", "fr")
    assert status == 0
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == OUTPUTS
    assert "1,294 read" in out


def bad_inputs(folder: Path) -> dict[str, Path]:
    files = {
        name: folder / f"{name}.csv" for name in ("empty", "header", "binary", "columns", "gone")
    }
    files["empty"].write_bytes(b"")
    files["header"].write_text("nps,comment\n", encoding="utf-8")
    files["binary"].write_bytes(bytes(range(256)) * 40)
    files["columns"].write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    (folder / "nothing.csv").write_text("nps,comment\n4,-\n5,n/a\n", encoding="utf-8")
    files["nothing"] = folder / "nothing.csv"
    files["folder"] = folder / "folder.csv"
    files["folder"].mkdir()
    return files


@pytest.mark.parametrize(
    "kind", ["empty", "header", "binary", "columns", "gone", "nothing", "folder"]
)
def test_bad_input_is_a_sentence_and_nothing_is_written(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, kind: str
) -> None:
    path = bad_inputs(tmp_path)[kind]
    status, out, err = run("report", path, "--out", tmp_path / "r")
    assert status == 2
    assert out == ""
    assert err.startswith("analyzer: ")
    assert kind == "nothing" or path.name in err
    assert "Traceback" not in err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--map", "text"], "NAME=COLUMN"),
        (["--format", "docx"], "'docx'"),
        (["--map", "text=absent"], "absent"),
        (["--map", "taste=comment"], "taste"),
        (["--language", "de"], "'de'"),
        (["--themes", "0"], "themes"),
        (["--where", "planet = 'x'"], "planet"),
        (["--where", "country = 'Atlantis'"], "rows meets the condition"),
        (["--by", "planet"], "planet"),
        (["--encoder", "/no/such/model"], "could not be loaded"),
        (["--sentiment-model", "/no/such/model"], "/no/such/model"),
        (["--config", "/no/such/file.toml"], "file.toml"),
        (["--minimum-cell", "-1"], "minimum_cell"),
    ],
)
def test_bad_options_are_a_sentence(
    run: Callable[..., tuple[int, str, str]],
    wave: Path,
    tmp_path: Path,
    words: list[str],
    told: str,
) -> None:
    status, _, err = run("report", wave, "--out", tmp_path / "r", *words)
    assert status == 2
    assert told in err
    assert not (tmp_path / "r").exists()


def test_an_output_that_is_a_file_is_refused_before_any_work(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    (tmp_path / "r").write_text("mine", encoding="utf-8")
    status, _, err = run("report", wave, "--out", tmp_path / "r")
    assert status == 2
    assert "is a file" in err
    assert (tmp_path / "r").read_text("utf-8") == "mine"


def test_an_unforeseen_failure_never_prints_a_comment(
    run: Callable[..., tuple[int, str, str]], wave: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("llamadme al 612345678")

    monkeypatch.setattr("analyzer.pipeline.find_themes", fail)
    status, _, err = run("report", wave, "--no-cache")
    assert status == 1
    assert "RuntimeError" in err
    assert "612345678" not in err


def test_a_workspace_is_reported(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    space = tmp_path / "space"
    assert run("init", space)[0] == 0
    assert run("ingest", wave, "--wave", "one", "--workspace", space)[0] == 0
    status, _, err = run("report", "-w", space, "--wave", "one", "--out", tmp_path / "r", "--quiet")
    assert (status, err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == OUTPUTS


def test_the_workspace_to_report_is_the_one_other_commands_use(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANALYZER_WORKSPACE", raising=False)
    status, _, err = run("report", "--wave", "one")
    assert (status, "no workspace in this folder" in err) == (2, True)
    assert run("init", "there")[0] == 0
    monkeypatch.setenv("ANALYZER_WORKSPACE", "there")
    status, _, err = run("report", "--wave", "one")
    assert (status, "no wave 'one'" in err) == (2, True)
    monkeypatch.delenv("ANALYZER_WORKSPACE")
    monkeypatch.chdir("there")
    status, _, err = run("report", "--wave", "one")
    assert (status, "no wave 'one'" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Name the files"),
        (["--workspace", "."], "--wave"),
        (["x.csv", "--workspace", ".", "--wave", "one"], "not both"),
        (["x.csv", "--compare", "one"], "about a workspace"),
        (["--workspace", ".", "--wave", "one", "--themes", "3"], "--themes says how files"),
        (["--workspace", ".", "--wave", "one", "--map", "a=b"], "--map says how files"),
        (["--workspace", ".", "--wave", "one", "--seed", "0"], "--seed says how files"),
        (["--workspace", ".", "--wave", "one", "--languages", "es"], "--languages says how"),
        (["--workspace", ".", "--wave", "one", "--brand-handle", "@us"], "--brand-handle says"),
        (["--workspace", ".", "--wave", "one", "--date-order", "mdy"], "--date-order says how"),
        (["--workspace", ".", "--wave", "one", "--engine", "ray"], "are for files"),
        (["x.csv", "--engine", "ray", "--address", "my cluster"], "--address is 'my cluster'"),
    ],
)
def test_files_or_a_workspace(
    run: Callable[..., tuple[int, str, str]], words: list[str], told: str
) -> None:
    status, _, err = run("report", *words)
    assert status == 2
    assert told in err


def test_a_report_of_a_workspace_takes_no_cache(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def opened(*_: object, cache: bool, **__: object) -> None:
        given.append(cache)
        raise ConfigError("enough")

    monkeypatch.setattr("analyzer.store.Workspace.open", opened)
    for words in ((), ("--no-cache",)):
        run("report", "-w", tmp_path, "--wave", "one", *words)
    assert given == [True, False]


def test_an_engine_that_cannot_be_used_is_a_sentence(
    run: Callable[..., tuple[int, str, str]], wave: Path, tmp_path: Path
) -> None:
    status, _, err = run("report", wave, "--out", tmp_path / "r", "--engine", "spark")
    assert (status, "'local' or 'ray'" in err) == (2, True)
    status, _, err = run("report", wave, "--out", tmp_path / "r", "--address", "auto")
    assert (status, "--engine ray" in err) == (2, True)
    assert not (tmp_path / "r").exists()


def test_groups_that_nothing_is_compared_by_are_told(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    posts = tmp_path / "posts.csv"
    said = ["The bill is wrong again.", "Nobody answers the phone.", "Lovely staff in the shop."]
    rows = [
        f"{i},2026-0{1 + i % 6}-03,{'north' if i % 2 else 'south'},{said[i % 3]} {i}"
        for i in range(30)
    ]
    posts.write_text("\n".join(["id,date,region,review", *rows]), encoding="utf-8")
    told = {}
    for by in ([], ["--by", "region"]):
        status, told[len(by)], _ = run("report", posts, "--out", tmp_path / "r", *by)
        assert status == 0
    assert "Not compared by region" in told[2]
    assert "Not compared" not in told[0]
    assert "How groups of region differ" in (tmp_path / "r/report.html").read_text("utf-8")


def test_the_table_of_themes_fits_80_columns_with_every_figure_whole() -> None:
    themes = pl.DataFrame({"theme_id": ["T13", "T02"], "name_en": ["broadband", "no information"]})
    figures = pl.DataFrame(
        {
            "theme_id": ["T13", "T02"],
            "respondents": [1666, 1283],
            "share": [0.08, 0.15],
            "social_mentions": [88, 1673],
            "negative": [0.87, 1.0],
            "impact": [-41.2, -13.9],
            "impact_low": [-45.9, -15.4],
            "impact_high": [-36.4, -12.5],
            "impact_q": [1e-9, 0.107],
            "csat_impact": [None, None],
        }
    )
    analysis = SimpleNamespace(
        themes=themes, linked=SimpleNamespace(themes=figures, minimum_cell=5)
    )
    out = io.StringIO()
    Console(file=out, width=80).print(console._table(analysis, "en", []))  # type: ignore[arg-type]
    for whole in ("1,666  8%", "1,673", "-41.2 [-45.9, -36.4]", "<.001", "0.107"):
        assert whole in out.getvalue()
    assert max(map(len, out.getvalue().splitlines())) <= 80
    assert out.getvalue().index("T13") < out.getvalue().index("T02")
    again = io.StringIO()
    Console(file=again, width=80).print(console._table(analysis, "en", ["T02"]))  # type: ignore[arg-type]
    assert again.getvalue().index("T02") < again.getvalue().index("T13")
