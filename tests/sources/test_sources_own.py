"""The brand's own posts are left out, and its agents' initials are cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.errors import ConfigError
from analyzer.sources import read

POSTS = [
    ("ana_d", "@norvia llevo dos días sin internet"),
    ("Norvia_ES", "Hola Ana, lo sentimos mucho, lo revisamos ^LM"),
    ("luis", "RT @norvia_es: mañana hay mejoras en la red"),
    ("norvia_es_fans", "yo estoy contento con ellos"),
    ("marta", "gracias a todos, ya funciona *JD"),
]


def posts(folder: Path) -> Path:
    path = folder / "posts.csv"
    lines = ["id,author,text", *(f'{i},{who},"{text}"' for i, (who, text) in enumerate(POSTS))]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_posts_of_the_brand_and_copies_of_them_are_left_out(tmp_path: Path) -> None:
    reading = read([posts(tmp_path)], brand_handles="@norvia_es")
    assert reading.ledger.select("row", "reason").rows() == [(2, "own_post"), (3, "own_post")]
    assert reading.records["text"].to_list() == [
        "@norvia llevo dos días sin internet",
        "yo estoy contento con ellos",
        "gracias a todos, ya funciona",
    ]


def test_without_a_handle_everything_stays(tmp_path: Path) -> None:
    reading = read([posts(tmp_path)])
    assert reading.records.height == len(POSTS)
    assert reading.records["text"].to_list() == [text for _, text in POSTS]


def test_initials_without_a_handle_are_pointed_at(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = "\n".join(f'{i},"on regarde cela, merci de patienter ^AB"' for i in range(3))
    path.write_text(f"id,text\n{rows}\n", "utf-8")
    (note,) = [n for n in read([path]).sources[0].notes if "initials" in n]
    assert note.startswith("3 posts")
    assert "--brand-handle" in note


@pytest.mark.parametrize("handle", ["@norvia@social.example", "norvia", "NORVIA"])
def test_accounts_of_mastodon_match_with_and_without_server(tmp_path: Path, handle: str) -> None:
    path = tmp_path / "statuses.json"
    status = {"visibility": "public", "favourites_count": 0, "reblogs_count": 0}
    path.write_text(
        json.dumps(
            [
                {
                    "id": "1",
                    "content": "<p>we are sorry</p>",
                    "account": {"acct": "norvia@social.example"},
                }
                | status,
                {"id": "2", "content": "<p>still broken</p>", "account": {"acct": "zoe"}} | status,
            ]
        ),
        "utf-8",
    )
    reading = read([path], brand_handles=[handle])
    assert reading.ledger["reason"].to_list() == ["own_post"]
    assert reading.records["feedback_id"].to_list() == ["2"]


def test_authors_of_x_are_looked_up_in_the_users_beside_the_posts(tmp_path: Path) -> None:
    path = tmp_path / "posts.json"
    post = {"edit_history_tweet_ids": [], "created_at": "2026-01-03T10:00:00.000Z"}
    document = {
        "data": [
            {"id": "1", "text": "We are on it", "author_id": "9"} | post,
            {"id": "2", "text": "No internet since Monday", "author_id": "8"} | post,
        ],
        "includes": {"users": [{"id": "9", "username": "norvia"}, {"id": "8", "username": "zoe"}]},
    }
    for name, content in (("a.json", json.dumps(document)), ("a.jsonl", json.dumps(document))):
        path = tmp_path / name
        path.write_text(content, "utf-8")
        reading = read([path], brand_handles=["norvia"])
        assert reading.records["feedback_id"].to_list() == ["2"]
        assert reading.sources[0].rows == 2
        assert "zoe" not in str(reading.records.to_dicts())


def test_a_segment_that_happens_to_be_the_brand_is_not_an_author(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    rows = "\n".join(f"norvia,{i % 11},the line is slow {i}" for i in range(8))
    path.write_text(f"brand,nps,comment\n{rows}\n", "utf-8")
    assert read([path], brand_handles=["norvia"]).records.height == 8


def test_a_blank_handle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="blank"):
        read([posts(tmp_path)], brand_handles=["@"])
