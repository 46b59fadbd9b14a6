"""The page as text: what it says, and that nothing of the data can break out of it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import HOSTILE, Sample, sample

from analyzer.report import build, html
from analyzer.report.drawing import bubbles, heat, scale, sparkline
from analyzer.report.view import Page
from analyzer.report.words import load
from analyzer.schema import LANGUAGES

VOID = {"meta", "link", "input", "br", "hr", "img"}


class Reader(HTMLParser):
    """Collects ids, links, attributes and visible words; notices unbalanced elements."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.attributes |= {name for name, _ in attrs}
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found.get("href")))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        """Check that what was opened last is closed first."""
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep visible words."""
        if self.stack[-1:] not in (["script"], ["style"]):
            self.words.append(data)

    @property
    def text(self) -> str:
        """Everything a reader sees."""
        return " ".join(" ".join(self.words).split())


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.stack == []
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["nps", "csat", "unscored", "detractors"])
def test_page_is_well_formed_and_its_links_lead_somewhere(
    language: str, kind: str, request: pytest.FixtureRequest
) -> None:
    page = read(html(request.getfixturevalue(kind), language=language))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    for part in ("summary", "hurts", "changed", "new", "loves", "segments", "map", "themes"):
        assert part in page.ids
    assert {"social", "quality"} <= set(page.ids)
    assert "None" not in page.text
    assert "nan" not in page.text.split()


def test_policy_allows_no_request_and_no_inline_style(nps: Sample) -> None:
    page = html(nps)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1] or "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert "style" not in read(page).attributes
    assert not [name for name in read(page).attributes if name.startswith("on")]
    assert not re.search(r"https?://", page)


def test_comments_are_escaped(nps: Sample) -> None:
    page = html(nps)
    assert HOSTILE not in page
    assert page.count("<script>") == 1


def test_a_hostile_theme_name_is_escaped(nps: Sample) -> None:
    from dataclasses import replace

    import polars as pl

    named = replace(nps, themes=nps.themes.with_columns(name_en=pl.lit('"><img src=x onerror=y>')))
    page = html(named)
    assert "<img" not in page
    assert "&lt;img" in page


def test_words_say_associated_and_never_causes(nps: Sample) -> None:
    text = read(html(nps)).text
    assert "associated with" in text
    assert not re.search(r"\bcauses (a|the|lower|higher)\b", text)


def test_without_a_score_nothing_is_said_about_nps(unscored: Sample) -> None:
    text = read(html(unscored)).text
    assert "no score" in text
    assert "NPS points" not in text
    assert "NPS of these people" not in text


def test_a_file_of_detractors_says_why_there_is_no_impact(detractors: Sample) -> None:
    text = read(html(detractors)).text
    assert "holds detractors only" in text
    assert "NPS points associated" not in text


def test_groups_of_themes_are_an_overview(nps: Sample) -> None:
    assert "Money and contracts" in read(html(nps)).text


def test_small_groups_read_as_fewer_than_the_setting(nps: Sample) -> None:
    assert "&lt;5" in html(nps)
    other = html(sample(300, minimum_cell=9))
    assert "&lt;9" in other
    assert "&lt;5" not in other


@pytest.mark.parametrize("score", ["nps", "csat"])
@pytest.mark.parametrize("minimum", [0, 20, 60, 100])
def test_every_setting_of_small_groups_makes_a_page(score: str, minimum: int) -> None:
    seen = sample(300, score=score, minimum_cell=minimum, outcomes=True)
    assert f"fewer than {max(10, minimum)} scores" in html(seen) or score == "csat" or not minimum


def test_a_part_with_nothing_to_say_is_left_out_with_its_link() -> None:
    page = html(sample(200, waves=1))
    assert 'id="changed"' not in page
    assert 'href="#changed"' not in page
    assert "there is one wave only" in read(page).text
    few = html(sample(5, social=0, waves=1))
    for part in ("hurts", "changed", "loves", "segments", "social"):
        assert f'"#{part}"' not in few
        assert f'id="{part}"' not in few
    assert "Too few comments to compare themes" in read(few).text


def test_a_hidden_group_is_not_said_to_be_small() -> None:
    """The second group of a pair that is hidden together may be of many people."""
    page = html(sample(300, minimum_cell=20))
    cells = re.findall(r'<td class="h0 hid">(.*?)</td>', page)
    assert cells
    assert all(cell.startswith("–") for cell in cells)


def test_sizes_stay_on_one_line(nps: Sample) -> None:
    for language in LANGUAGES:
        assert not re.search(r"\bn = ", html(nps, language=language))
        assert re.search(r"\bn\u00a0=\u00a0\d", html(nps, language=language))


def test_the_comments_are_counted_by_their_kind(nps: Sample) -> None:
    over = build(nps)["overview"]
    text = read(html(nps)).text
    survey, social = (
        next(row["comments"] for row in over["kinds"] if row["kind"] == kind)
        for kind in ("survey", "social")
    )
    assert survey + social == over["comments"]
    assert f"{survey} survey answers · {social} posts in social media" in text
    reviews = replace(
        nps,
        feedback=nps.feedback.with_columns(
            kind=pl.col("kind").replace({"survey": "review"}),
        ),
    )
    assert f"{survey} reviews" in read(html(reviews)).text


def test_comments_without_a_score_need_not_be_social_media() -> None:
    made = sample(0, score="none", social=150, waves=1)
    plain = replace(
        made, sources=tuple(replace(s, mapping={"text": "content"}) for s in made.sources)
    )
    text = read(html(plain)).text
    assert "social media" not in text.lower()
    assert "150 comments without a score" in text


def test_a_few_answers_make_a_page() -> None:
    text = read(html(sample(8, social=0, waves=1))).text
    assert "Too few scores for an NPS" in text


def test_page_stays_small_with_ten_thousand_comments() -> None:
    assert len(html(sample(10_000)).encode()) < 3_000_000


def test_scale_has_round_ends_around_the_values() -> None:
    found = scale([-12.3, None, -4.0])
    assert (found.low, found.high) == (-15.0, 0.0)
    assert found.at(-15) == 0
    assert found.at(0) == 100
    assert found.at(-99) == 0
    assert scale([]).high > scale([]).low
    assert scale([3.0, 4.0], zero=False).low == 3.0


def test_heat_steps() -> None:
    assert [heat(share, 0.6) for share in (None, 0.0, 0.01, 0.3, 0.6)] == [0, 0, 1, 3, 6]


def test_sparkline_breaks_where_a_value_is_hidden() -> None:
    assert len(sparkline([0.1, 0.2, None, 0.3, 0.4])["lines"]) == 2
    assert sparkline([None])["last"] is None


def test_bubble_labels_do_not_overlap() -> None:
    themes = [
        {"theme_id": f"T{i}", "x": float(i % 3), "y": 0.01 * i, "size": 10 + i, "text": "a theme"}
        for i in range(9)
    ]
    labels, _ = bubbles(themes, width=400, height=200)
    shown = [label for label in labels if label.text]
    assert 0 < len(shown) < 9
    assert [label.radius for label in labels] == sorted(
        (label.radius for label in labels), reverse=True
    )


def test_the_largest_bubble_has_its_name_wherever_it_lies() -> None:
    corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
    for x, y in corners:
        themes = [
            {"theme_id": "T0", "x": x, "y": y, "size": 100, "text": "a rather long theme name"},
            {
                "theme_id": "T1",
                "x": x + (0.2 if x < 0.5 else -0.2),
                "y": y,
                "size": 90,
                "text": "b",
            },
            {"theme_id": "T2", "x": 1.0 - x, "y": 1.0 - y, "size": 10, "text": "c"},
        ]
        labels, _ = bubbles(themes, width=1000, height=560)
        assert labels[0].text == "a rather long theme name"


def test_outcomes_have_a_section_only_where_there_are_any(nps: Sample) -> None:
    assert "outcomes" not in read(html(nps)).ids
    page = read(html(sample(outcomes=True)))
    assert "outcomes" in page.ids
    assert "Churn" in page.text
    assert "First response time" in page.text
    assert "Themes by the value of the customers who mention them" in page.text
    assert page.text.count("where 100 is least effort") > 5
    assert "Complaints about it alone" in page.text


def test_what_cannot_be_told_is_folded_behind_what_can() -> None:
    model = build(sample(300))
    page = Page(model, load("en"), [])
    hurts = model["rankings"]["hurts"]
    verdicts = {theme["theme_id"]: theme["impact"]["verdict"] for theme in model["themes"]}
    assert "cannot_tell" in {verdicts[theme] for theme in hurts}
    assert {verdicts[theme["theme_id"]] for theme in page.top("hurts")} == {"costs"}
    assert [t["theme_id"] for t in [*page.top("hurts"), *page.rest("hurts")]] == hurts


def test_a_file_of_mentions_speaks_of_mentions_and_not_of_people() -> None:
    text = read(html(sample(0, score="none", social=150, waves=1))).text
    assert "Share of mentions that criticise it" in text
    assert "Share of people" not in text
    assert "Everything in this report comes from social media" in text


def test_a_file_of_detractors_shows_no_nps(detractors: Sample) -> None:
    page = html(detractors)
    assert 'id="k-nps"' not in page
    assert "−100" not in page


def test_ticks_say_where_they_are(unscored: Sample) -> None:
    page = Page(build(unscored), load("en"), [])
    assert [page.tick(value) for value in (0, 0.025, 0.05, 0.3)] == ["0%", "2.5%", "5%", "30%"]


@given(
    words=st.lists(st.sampled_from(["ok", "fibre", "internet", "a"]), max_size=900),
    place=st.floats(0, 1),
    length=st.integers(1, 900),
)
def test_long_comments_are_shortened_around_their_evidence(
    words: list[str], place: float, length: int
) -> None:
    text = " ".join(["start", *words])
    start = int(place * (len(text) - 1))
    end = min(len(text), start + length)
    model = {"themes": [], "rankings": {"basis": "people"}, "minimum_cell": 5, "social": None}
    page = Page(model, load("en"), [])
    before, said, after = page.excerpt({"text": text, "start": start, "end": end})
    assert len(before + said + after) <= 456
    assert before.removeprefix("… ") in text[:start]
    assert text[start:end].startswith(said.removesuffix(" …"))
    assert text[end:].startswith(after.removesuffix(" …"))
    if len(text) <= 450:
        assert before + said + after == text


def test_a_french_page_has_no_sign_after_a_space_that_could_break(nps: Sample) -> None:
    page = re.sub(r"(?s)<(style|script|blockquote).*?</\1>", "", html(nps, language="fr"))
    words = re.sub(r"<[^>]+>", "\x00", page)
    assert not re.search(r"[ \w)%]; n", words)
    assert re.search(r"\N{NARROW NO-BREAK SPACE}; n\N{NO-BREAK SPACE}=", words)
