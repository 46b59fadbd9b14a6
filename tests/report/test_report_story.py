"""The findings in a sentence each, in every situation and language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from report_sample import Sample, sample

from analyzer.report import build, story, summary
from analyzer.report.limits import limit_sentence
from analyzer.report.mail import escape, markdown
from analyzer.report.page import render
from analyzer.report.theme_model import _reading
from analyzer.report.view import Page
from analyzer.report.words import load
from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY = (
    story.headline,
    story.hurts,
    story.changed,
    story.loves,
    story.segments,
    story.quality,
)


def page(model: dict[str, Any], language: str = "en") -> Page:
    return Page(model, load(language), [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["nps", "csat", "unscored", "detractors"])
def test_every_finding_is_a_sentence(
    kind: str, language: str, request: pytest.FixtureRequest
) -> None:
    seen = page(build(request.getfixturevalue(kind)), language)
    for find in EVERY:
        found = find(seen)
        assert found.text.endswith(".")
        assert not any(word in found.text for word in ("None", "nan", "%("))
        if found.theme_id:
            assert seen.name(found.theme_id) in found.text


def test_findings_name_what_the_rankings_put_first(nps: Sample) -> None:
    model = build(nps)
    hurts, changed, loves = story.three(page(model))
    assert hurts.theme_id == model["rankings"]["hurts"][0]
    assert changed.theme_id == model["rankings"]["new"][0]
    assert loves.theme_id == model["rankings"]["loves"][0]
    assert hurts.text == "“Fibre cuts out” weighs most: −12.0 NPS points go with it."
    assert changed.text == "New: “App will not log in”, 11% of people in 2026-H2."


def test_headline_tells_a_clear_change_and_otherwise_the_interval(nps: Sample) -> None:
    assert story.headline(page(build(nps))).text == "NPS fell from −13 to −28 since 2026-H1."
    one = story.headline(page(build(sample(200, waves=1)))).text
    assert one.startswith("NPS is ")
    assert "between" in one


@pytest.mark.parametrize(
    ("p", "change", "told"),
    [
        (0.01, -9.0, "NPS fell from −13 to −28 since 2026-H1."),
        (0.08, -9.0, "NPS probably fell since 2026-H1, from −13 to −28."),
        (0.01, 9.0, "NPS rose from −13 to −28 since 2026-H1."),
        (0.08, 9.0, "NPS probably rose since 2026-H1, from −13 to −28."),
        (0.60, -9.0, "NPS went from −13 to −28 since 2026-H1, which chance alone could explain."),
    ],
)
def test_a_change_of_the_score_is_told_as_sure_as_it_is(
    nps: Sample, p: float, change: float, told: str
) -> None:
    model = build(nps)
    model["overview"]["waves"][-1] |= {"p": p, "change": change}
    seen = page(model)
    assert story.moved(seen) == told
    assert (story.headline(seen).text == told) == (p < 0.1)
    assert story.moved(page(build(sample(200, waves=1)))) == ""


@pytest.mark.parametrize(("find", "voice"), [(story.hurts, "complaints"), (story.loves, "praise")])
def test_what_leads_is_not_said_to_draw_most_when_another_theme_draws_more(
    unscored: Sample, find: Callable[[Page], story.Finding], voice: str
) -> None:
    model = build(unscored)
    first = find(page(model))
    assert f"draws the most {voice}" in first.text
    other = next(theme for theme in model["themes"] if theme["theme_id"] != first.theme_id)
    told = other if other["base"] else other["posts"]
    told[voice] = told[voice] | {"n": 10_000}
    found = find(page(model))
    assert found.theme_id == first.theme_id
    assert "leads what is" in found.text
    assert "draws the most" not in found.text


def test_one_wave_tells_who_speaks_of_what_in_place_of_a_change(nps: Sample) -> None:
    assert [found.about for found in story.three(page(build(nps)))][1] == "changed"
    one = page(build(sample(400, waves=1)))
    assert [found.about for found in story.three(one)] == ["hurts", "segments", "loves"]


def test_a_few_answers_make_no_claim() -> None:
    seen = page(build(sample(8, social=0, waves=1)))
    assert story.headline(seen).text == "Too few scores for an NPS: it needs 10 people."
    assert story.hurts(seen).theme_id is None
    tiny = story.three(page(build(sample(3, social=0, waves=1))))
    assert [found.text for found in tiny] == [
        "Too few comments to compare themes.",
        "One wave only: nothing to compare with yet.",
        "No theme stands out clearly.",
    ]
    assert story.changed(seen).text == "One wave only: nothing to compare with yet."
    assert story.segments(seen).theme_id is None


@pytest.mark.parametrize(
    ("verdict", "before", "now", "told"),
    [
        ("growing", 0.03, 0.09, "grew from 3% to 9%"),
        ("growing", None, 0.09, "grew to 9%"),
        ("fading", 0.09, 0.03, "faded from 9% to 3%"),
        ("fading", 0.09, None, "hardly mentioned any more: 9%"),
        ("gone", 0.09, 0.0, "hardly mentioned any more: 9%"),
    ],
)
def test_a_change_is_told_without_a_hidden_figure(
    nps: Sample, verdict: str, before: float | None, now: float | None, told: str
) -> None:
    model = build(nps)
    model["rankings"] |= {"new": [], "changed": ["T01"]}
    model["themes"][0]["wave"] |= {
        "verdict": verdict,
        "before": {"n": None, "share": before, "suppressed": before is None},
        "now": {"n": None, "share": now, "suppressed": now is None},
    }
    assert told in story.changed(page(model)).text


def test_a_group_of_ones_own_can_stand_out(nps: Sample) -> None:
    model = build(nps)
    for theme in model["themes"]:
        theme["segments"] = [t for t in theme["segments"] if t["dimension"] == "touchpoint"]
        for cell in theme["segments"][0]["levels"]:
            cell["confidence"] = "cannot_tell"
    cell = model["themes"][2]["segments"][0]["levels"][0]
    cell |= {"confidence": "clear", "lift": 2.0, "share": 0.4}
    found = story.segments(page(model))
    assert found.theme_id == "T03"
    told = f"one group, {cell['level']}: 40% mention it, against 20% of the others."
    assert found.text.endswith(told)


def test_with_one_wave_the_second_finding_is_of_a_theme_not_named_yet() -> None:
    model = build(sample(400, waves=1))
    hurts, second, loves = story.three(page(model))
    assert "divides most" in second.text
    assert second.theme_id not in (hurts.theme_id, loves.theme_id)
    theme = next(t for t in model["themes"] if t["theme_id"] == second.theme_id)
    theme["general"] = True
    other = story.three(page(model))[1]
    assert other.theme_id not in (theme["theme_id"], hurts.theme_id, loves.theme_id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_one_wave_and_no_groups_it_is_what_most_people_mention(language: str) -> None:
    model = build(sample(400, waves=1))
    for theme in model["themes"]:
        theme["segments"] = []
    found = story.three(page(model, language))[1]
    most = max(
        (t for t in model["themes"] if not t["general"]), key=lambda t: t["respondents"]["n"] or 0
    )
    assert found.theme_id == most["theme_id"]
    assert str(most["respondents"]["n"]) in found.text
    if language == "en":
        assert "is mentioned most: by" in found.text


def test_what_is_mentioned_most_is_not_told_of_a_theme_that_is_named_anyway() -> None:
    model = build(sample(400, waves=1))
    for theme in model["themes"]:
        theme["segments"] = []
    most = story.three(page(model))[1].theme_id
    model["rankings"]["hurts"].insert(0, most)
    model["themes"][[t["theme_id"] for t in model["themes"]].index(most)]["impact"] |= {
        "verdict": "costs"
    }
    hurts, second, _ = story.three(page(model))
    assert hurts.theme_id == most
    assert second.theme_id != most
    assert second.text.startswith("Of the other specific themes, “")


def test_most_is_said_of_what_leads_all_themes_alone() -> None:
    """Passed over are themes that are named anyway, and those about nothing in particular."""
    model = build(sample(400, waves=1))
    of = {theme["theme_id"]: theme for theme in model["themes"]}
    first = story.segments(page(model))
    assert "” divides most: " in first.text
    assert not first.text.startswith("Of the other")
    of[str(first.theme_id)]["general"] = True
    second = story.segments(page(model))
    assert second.theme_id != first.theme_id
    assert second.text.startswith("Of the specific themes, “")
    for theme in model["themes"]:
        theme["segments"] = []
    most = story.three(page(model))[1]
    of[str(most.theme_id)]["general"] = True
    after = story.three(page(model))[1]
    assert after.theme_id != most.theme_id
    assert after.text.startswith("Of the other specific themes, “")


def test_others_are_spoken_of_only_where_one_is_named() -> None:
    model = build(sample(400, waves=1))
    for theme in model["themes"]:
        theme["segments"] = []
    known = sorted(model["themes"], key=lambda t: -(t["respondents"]["n"] or 0))
    known[0]["general"] = True
    seen = page(model)
    for said, told in ((set(), "Of the specific themes, “"), ({known[1]["theme_id"]}, "Of the o")):
        found = story._most_mentioned(seen, said)
        assert found is not None
        assert found.text.startswith(told)


def test_a_quote_is_left_out_where_every_score_denies_it(nps: Sample) -> None:
    about = {"language": "en", "sentiment": "negative", "polarity": -0.9, "csat": None}
    about |= {"confidence": 0.9, "confident": True, "text": "my bill has been the same", "start": 0}
    said = [about | {"end": 25, "segment": "promoter"}]
    theme = {"verbatims": said, "keywords": {"en": []}, "names": {"en": "bills"}}
    seen = page(build(nps), "en")
    assert seen.quote(theme, "negative") is None
    assert seen.quote(theme, "positive") is None
    assert seen.quote(theme) is not None
    said[0]["segment"] = "passive"
    assert seen.quote(theme, "negative") is not None


def test_the_map_says_points_and_not_a_score(nps: Sample) -> None:
    model = build(nps)
    seen = Page(model, load("en"), [])
    theme = seen.named(model["rankings"]["hurts"])[0]
    points = f"{seen.words.signed(theme['impact']['value'], 1)} NPS points"
    assert seen.weight(theme) == points
    shown = render(model, "en").split('id="map"')[1].split("</section>")[0]
    assert f"{seen.count(theme)} · {points}</title>" in shown
    assert "NPS −" not in shown


def test_what_is_clear_and_leads_nothing_is_not_called_unclear() -> None:
    model = build(sample(400, waves=1))
    for theme in model["themes"]:
        theme["general"] = True
        theme["respondents"]["n"] = theme["base"]
    text = render(model, "en").split('class="lead"')[1].split("</p>")[0]
    assert "themes too broad to act on" in text
    assert "no difference in score between themes is clear" not in text
    for theme in model["themes"]:
        theme["impact"]["verdict"] = "cannot_tell"
    text = render(model, "en").split('class="lead"')[1].split("</p>")[0]
    assert "no difference in score between themes is clear" in text


def test_where_nothing_hurts_what_they_love_is_the_headline() -> None:
    model = build(sample(400, waves=1))
    model["rankings"]["hurts"] = []
    best = page(model).leader("loves")
    assert best is not None
    head = render(model, "en").split("<h1")[1].split('class="cards"')[0]
    assert head.count("What they love most: ") == 1
    assert page(model).words.signed(best["impact"]["value"], 1) in head
    assert "No theme stands out" not in head


def test_where_nobody_was_asked_mentions_are_told() -> None:
    model = build(sample(400, waves=1))
    for number, theme in enumerate(model["themes"]):
        theme |= {"base": 0, "segments": []}
        theme["social"] |= {"n": 10 + number, "suppressed": False}
    found = story.three(page(model))[1]
    assert f"is mentioned most: {9 + len(model['themes'])} mentions." in found.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_limit_has_a_sentence(language: str) -> None:
    told = {
        "n": 2,
        "of": 5,
        "fewest": 10,
        "low": 0.2,
        "high": 0.4,
        "languages": ["es", "fr"],
        "columns": ["plan"],
    }
    codes = (
        "no_score csat only_detractors comment_rate_gap unclear_impacts small_themes weak_themes "
        "small_languages one_wave groups_of_posts repeated_people social_apart contradictions "
        "association"
    )
    sentences = [limit_sentence(load(language), {"code": c, **told}) for c in codes.split()]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_markdown_fits_one_screen_and_says_the_findings(nps: Sample) -> None:
    seen = page(build(nps), "es")
    told = markdown(seen)
    assert len(told.splitlines()) < 60
    for found in (story.headline(seen), *story.three(seen)):
        assert escape(found.text) in told
    assert "| Cortes de la fibra | −12,0 (−14,8 a −9,2) | 119 | claro |" in told


def test_markdown_shows_what_its_tables_are_ordered_by(unscored: Sample) -> None:
    seen = page(build(unscored))
    told = markdown(seen)
    hurts, loves = told.split("## What they love")
    assert "| Theme | Criticise it | Mention it |" in hurts
    assert "| Theme | Praise it | Mention it |" in loves
    shown = [int(n) for n in re.findall(r"\| [^|]+ \| (\d+) \(\d+%\) \| \d+ \|", hurts)]
    assert len(shown) > 2
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize("kind", ["csat", "unscored", "detractors"])
def test_markdown_without_nps(kind: str, request: pytest.FixtureRequest) -> None:
    told = markdown(page(build(request.getfixturevalue(kind))))
    assert "NPS points" not in told
    assert "None" not in told


def test_markup_in_names_is_escaped(nps: Sample) -> None:
    model = build(nps)
    model["themes"][0]["names"]["en"] = "a*b|c\n# <img src=x> [x](y)"
    told = markdown(page(model))
    assert r"a\*b\|c \# \<img src=x\> \[x\](y)" in told
    assert "<img" not in told.replace(r"\<img", "")


def test_summary_is_small_and_adds_up(nps: Sample, unscored: Sample) -> None:
    model = build(nps)
    told = summary(model, "fr")
    assert told["files"] == []
    assert [found["about"] for found in told["findings"]] == ["hurts", "changed", "loves"]
    assert told["rows_read"] == sum(told["left_out"].values()) + told["comments"]
    assert told["nps"]["n"] == model["overview"]["nps"]["n"]
    assert told["themes"] == 12
    assert "Coupures" in told["findings"][0]["text"]
    assert summary(build(unscored), "en")["nps"] is None


def test_nothing_is_said_of_rows_that_are_not_there() -> None:
    page = type("Page", (), {})()
    page.words = load("fr")
    page.model = {"overview": {"comments": 12, "rows_read": 12}}
    assert story.quality(page).text == "Les 12 lignes ont toutes pu être analysées."
    page.model = {"overview": {"comments": 11, "rows_read": 12}}
    assert "autres" in story.quality(page).text


def test_the_kind_of_driver_is_what_its_two_voices_show(nps: Sample) -> None:
    told = {"hygiene": ("negative", "costs"), "delight": ("positive", "helps")}
    for theme in build(nps)["themes"]:
        shown = {voice: row["verdict"] for voice, row in theme["voices"].items()}
        for reading, (voice, verdict) in told.items():
            if theme["reading"] in (reading, "both"):
                assert shown[voice] == verdict
            elif theme["reading"] in told:
                assert shown[voice] == "cannot_tell"
    voices = {"negative": {"verdict": "costs"}, "positive": {"verdict": "cannot_tell"}}
    assert _reading("both", voices) == "hygiene"
    assert _reading("delight", voices) == "cannot_tell"
    assert _reading("hygiene", voices) == "hygiene"
    assert _reading("both", {}) == "cannot_tell"
    both = {"negative": {"verdict": "costs"}, "positive": {"verdict": "costs"}}
    assert _reading("hygiene", both) == "cannot_tell"
    assert _reading("both", {**both, "positive": {"verdict": "helps"}}) == "both"
    assert _reading(None, voices) is None


def test_csat_too_says_how_many_themes_cannot_be_told() -> None:
    model = build(sample(90, score="csat", waves=1))
    impacts = [t["csat_impact"] for t in model["themes"] if t["csat_impact"]["value"] is not None]
    unclear = sum(impact["verdict"] == "cannot_tell" for impact in impacts)
    limits = {limit["code"]: limit for limit in model["quality"]["limits"]}
    assert unclear
    assert limits["unclear_impacts"]["n"] == unclear


@pytest.mark.parametrize(
    ("sentiment", "language", "told"),
    [
        ("negative", "es", "la factura llega siempre mal"),
        ("negative", "fr", "la facture est fausse"),
        ("negative", "en", "la facture est fausse"),
        ("positive", "en", "clear bills, thank you"),
        (None, "es", "la factura llega siempre mal"),
    ],
)
def test_the_quote_beside_a_theme_is_of_its_mood_and_readable_and_on_its_subject(
    nps: Sample, sentiment: str | None, language: str, told: str
) -> None:
    said = [
        ("ladrones", "es", "negative"),
        ("nunca más con ellos por favor", "es", "negative"),
        ("la factura llega siempre mal,", "es", "negative"),
        ("la facture est fausse", "fr", "negative"),
        ("clear bills, thank you", "en", "positive"),
    ]
    if language != "es":
        said = [row for row in said if row[1] != "es" or row[0] == "ladrones"]
    verbatims = [
        {"text": f"Hola. {text} Fin.", "start": 6, "end": 6 + len(text), "language": spoken}
        | {"sentiment": mood, "polarity": -0.8 if mood == "negative" else 0.8}
        | {"segment": "detractor" if mood == "negative" else "promoter", "csat": None}
        | {"confidence": 0.9, "confident": True}
        for text, spoken, mood in said
    ]
    names = {"es": "recibo", "fr": "relevé", "en": "statement"}
    keywords = {"es": ["Factura"], "fr": [], "en": []}
    theme = {"verbatims": verbatims, "keywords": keywords, "names": names}
    seen = page(build(nps), language)
    found = seen.quote(theme, sentiment)
    assert found is not None
    assert found["text"] == told
    assert seen.quote({**theme, "verbatims": []}) is None


@pytest.mark.parametrize(
    ("sentiment", "polarity", "segment", "csat", "doubted"),
    [
        ("negative", -0.8, "detractor", None, False),
        ("negative", -0.8, "passive", None, True),
        ("negative", -0.4, "detractor", None, True),
        ("negative", -0.8, None, 0.5, False),
        ("negative", -0.8, None, 0.75, True),
        ("negative", -0.8, None, None, True),
        ("positive", 0.8, "promoter", None, False),
        ("positive", 0.8, "passive", None, True),
        ("positive", 0.4, "promoter", None, True),
        ("positive", 0.8, None, 0.75, False),
        ("positive", 0.8, None, 0.25, True),
        (None, -0.1, None, None, False),
    ],
)
def test_the_quote_is_of_somebody_whose_score_says_the_same(
    nps: Sample,
    sentiment: str | None,
    polarity: float,
    segment: str | None,
    csat: float | None,
    *,
    doubted: bool,
) -> None:
    def told(text: str, polarity: float, segment: str | None, csat: float | None) -> dict[str, Any]:
        about = {"text": text, "start": 0, "end": len(text), "language": "en"}
        score = {"segment": segment, "csat": csat, "polarity": polarity}
        score |= {"confidence": 0.9, "confident": True}
        return about | score | {"sentiment": sentiment or "neutral"}

    plain = told("this is plain and scored so", -0.9, "detractor", None)
    if sentiment == "positive":
        plain |= {"polarity": 0.9, "segment": "promoter"}
    asked = told("is this one any better", polarity, segment, csat)
    theme = {"verbatims": [asked, plain], "keywords": {"en": []}, "names": {"en": "billing"}}
    found = page(build(nps), "en").quote(theme, sentiment)
    assert found is not None
    assert (found["text"] == plain["text"]) is doubted


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("wrong invoices", "they sent two invoices at once"),
        ("router, among others", "the router is among the worst"),
        ("phone line", "nobody is there at noon or at night"),
    ],
)
def test_the_quote_says_the_name_of_the_theme_before_a_keyword(
    nps: Sample, name: str, told: str
) -> None:
    said = [
        "it is among others that I read",
        "nobody is there at noon or at night",
        "they sent two invoices at once",
        "the router is among the worst",
    ]
    about = {"language": "en", "sentiment": "negative", "polarity": -0.9, "segment": "detractor"}
    about |= {"confidence": 0.9, "confident": True}
    verbatims = [{"text": one, "start": 0, "end": len(one), "csat": None} | about for one in said]
    theme = {"verbatims": verbatims, "keywords": {"en": ["nobody"]}, "names": {"en": name}}
    found = page(build(nps), "en").quote(theme, "negative")
    assert found is not None
    assert found["text"] == told
    foreign = {**theme, "verbatims": [{**verbatims[0], "language": "pt"}]}
    assert page(build(nps), "en").quote(foreign, "negative") is not None


def test_markdown_in_french_keeps_the_spaces_that_break_no_line(nps: Sample) -> None:
    told = markdown(page(build(nps), "fr"))
    changes = told.split("## Ce qui a changé")[1].split("##")[0]
    assert re.search(r"- .+\N{NO-BREAK SPACE}: .+ → \*\*", changes)
    assert "«\N{NO-BREAK SPACE}" in told
    assert not re.search(r"« | »| [:;?!]", told.replace(" ---:", ""))
    assert escape("a\n\tb  c\u2028d") == "a b c d"
