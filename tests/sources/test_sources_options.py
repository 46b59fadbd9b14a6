"""Options of reading reach it from the command line and from `analyze`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer import analyze
from analyzer.cli import app

COMPLAINTS = (
    "the app closes every time that I open it",
    "I was charged twice and nobody gives me the money back",
    "they never answer the phone and I had to wait for an hour",
)
PORTUGUESE = "O atendimento foi muito ruim e a entrega não chegou"


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("options") / "posts.csv"
    rows = [f"p{i},03/04/2026,{COMPLAINTS[i % 3]} since week {i}" for i in range(24)]
    rows += ["norvia,03/04/2026,we are sorry to hear that and are looking into it"]
    rows += [f"q{i},03/04/2026,{PORTUGUESE} {word}" for i, word in enumerate(("hoje", "ontem"))]
    path.write_text("\n".join(["author,date,text", *rows]) + "\n", "utf-8")
    return path


def test_analyze_hands_them_on(posts: Path) -> None:
    done = analyze(
        posts, brand_handles=["norvia"], date_order="mdy", languages=["en", "pt"], themes=2
    )
    reasons = dict(done.ledger["reason"].value_counts().iter_rows())
    assert reasons["own_post"] == 1
    assert "other_language" not in reasons
    assert done.feedback["created_at"][0].month == 3
    assert done.sources[0].date_order == "mdy"


def test_inspect_leaves_out_the_brand(posts: Path) -> None:
    plain = CliRunner().invoke(app, ["inspect", str(posts)])
    told = CliRunner().invoke(app, ["inspect", str(posts), "--brand-handle", "@norvia"])
    assert "own_post" not in plain.output
    assert "1 rows left out of themes: own_post" in told.output
    assert "2 rows left out of themes: other_language (pt)" in told.output
