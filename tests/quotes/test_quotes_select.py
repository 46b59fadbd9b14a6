"""The gate and the choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import pytest
from quotes_sample import SECRET, Sample, sample

from analyzer import __version__
from analyzer.errors import ConfigError
from analyzer.quotes import RULES, Quotes, select, trace

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline import Analysis

GOOD = "The fibre is fast and the price never changes from month to month."


def ask(folder: Path, rows: list[dict[str, Any]], **options: object) -> Quotes:
    return select(sample(folder, rows), secret=SECRET, **options)  # type: ignore[arg-type]


def stopped_by(folder: Path, comment: str, **row: object) -> str:
    """The rule that the only comment of a file ends at."""
    fates = ask(folder, [{"comment": comment, **row}]).counts.filter(pl.col("comments") > 0)
    assert len(fates) == 1
    return str(fates["rule"].item())


def texts(quotes: Quotes) -> list[str]:
    return quotes.quotes["quote"].to_list()


@pytest.mark.parametrize(
    ("rule", "comment", "row"),
    [
        ("exported", GOOD, {}),
        ("exported", GOOD, {"nps": 9}),
        ("promoter", GOOD, {"nps": 8}),
        ("promoter", GOOD, {"nps": 0}),
        ("consent_refused", GOOD, {"can_quote": "no"}),
        ("consent_unknown", GOOD, {"can_quote": ""}),
        ("rating_and_text", "The fibre is horrible and the shop was slow with everything.", {}),
        ("negative_span", GOOD + " The shop was slow.", {}),
        ("positive_span", "Last year we had another router in the living room.", {}),
        ("length", "Fast fibre, good price.", {}),
        ("length", "Fast fibre, unquestionably extraordinary.", {}),
        ("length", "The fibre is fast, " * 20 + "and that is all.", {}),
        ("complete_sentence", "The fibre is fast and the price never changes and", {}),
        ("self_contained", "But the fibre is fast and the price never changes at all.", {}),
        ("reservation", "The fibre is fast, although we wait for more television.", {}),
        ("exported", GOOD + " Not slow, no problems.", {}),
        ("capitals", GOOD.upper(), {}),
        ("reservation", "La fibre est rapide chez nous, à voir avec le temps.", {}),
        ("reservation", "So far the fibre is fast and the price never changed.", {}),
        ("reservation", "La fibra es rápida, aunque echo en falta más canales de cine.", {}),
        ("reservation", "La fibre est rapide chez nous, dommage pour la télévision.", {}),
        ("reservation", "The fibre is fast and the staff are kind. When it works.", {}),
        ("reservation", GOOD + " Just kidding.", {}),
        ("profanity", "The fibre is damn fast and the price never ever changes.", {}),
        ("sensitive", "The fibre is fast, a help since my cancer treatment began.", {}),
        ("person_named", "Jorunn explained the price of the fibre line by line to me.", {}),
        ("personal_data", "The fibre is fast, ring oh seven seven one two three four.", {}),
        ("personal_data", "The fibre is fast, I live at 12 345 678 and love every bit.", {}),
    ],
)
def test_each_rule_stops_what_it_is_for(
    tmp_path: Path, rule: str, comment: str, row: dict[str, Any]
) -> None:
    assert stopped_by(tmp_path, comment, **row) == rule


def test_competitors_are_stopped_only_when_listed(tmp_path: Path) -> None:
    rows = [{"comment": "The fibre is faster than Orange Móvil ever was around here."}]
    assert len(texts(ask(tmp_path, rows))) == 1
    refused = ask(tmp_path, rows, competitors=["ORANGE MOVIL"])
    assert texts(refused) == []
    assert refused.audit["rule"].to_list() == ["competitor"]


def test_one_competitor_may_be_a_plain_string(tmp_path: Path) -> None:
    rows = [{"comment": "The fibre is faster than Vodafone ever was here."}, {"comment": GOOD}]
    assert texts(ask(tmp_path, rows, competitors="Vodafone")) == [GOOD]


def test_people_are_named_only_when_allowed(tmp_path: Path) -> None:
    rows = [{"comment": "Jorunn explained the price of the fibre line by line to me."}]
    assert texts(ask(tmp_path, rows)) == []
    assert len(texts(ask(tmp_path, rows, allow_staff=True))) == 1


def test_unknown_consent_only_by_flag_and_no_never(tmp_path: Path) -> None:
    rows = [
        {"comment": GOOD, "can_quote": ""},
        {"comment": "The staff were kind to my whole family that Saturday.", "can_quote": "no"},
        {"comment": "My bill is right to the penny and a pleasure to read.", "can_quote": "yes"},
    ]
    strict = ask(tmp_path, rows)
    assert strict.quotes["consent"].to_list() == ["yes"]
    assert strict.quotes["consent_source"].to_list() == ["wave.csv: can_quote"]
    assert strict.unknown.rows() == [("R000", "wave.csv", 1)]
    wide = ask(tmp_path, rows, unknown_consent=True)
    assert sorted(wide.quotes["consent"].to_list()) == ["unknown", "yes"]
    assert wide.unknown.is_empty()


def test_unknown_consent_that_would_fail_anyway_is_not_asked_for(tmp_path: Path) -> None:
    rows = [{"comment": "Damn fast fibre and a price that never changes.", "can_quote": ""}]
    assert ask(tmp_path, rows).unknown.is_empty()


@pytest.mark.parametrize("listed", ["R000", "C000"])
def test_withdrawn_comments_and_people_are_left_out(tmp_path: Path, listed: str) -> None:
    path = tmp_path / "withdrawn.txt"
    path.write_text(f"{listed}\nnobody\n")
    rows = [{"comment": GOOD}, {"comment": "The staff were kind to my whole family that day."}]
    quotes = ask(tmp_path, rows, withdrawn=path)
    assert texts(quotes) == ["The staff were kind to my whole family that day."]
    assert quotes.withdrawals_unmatched == 1


def test_a_hashed_id_withdraws_too(tmp_path: Path) -> None:
    rows = [{"comment": GOOD}]
    code = ask(tmp_path, rows).quotes["comment"].item()
    path = tmp_path / "withdrawn.txt"
    path.write_text(code)
    assert texts(ask(tmp_path, rows, withdrawn=path)) == []


def test_every_quote_is_verbatim(tmp_path: Path) -> None:
    rows = [
        {"comment": "Write me at ana@example.org. The fibre is fast; the price never changes."},
        {"comment": "Mme Dupont a été très aimable au téléphone, bravo à toute l'équipe !"},
        {"comment": "El año pasado cambié.\nLa fibra es rápida, pero rápida de verdad. Gracias."},
    ]
    analysis = sample(tmp_path, rows)
    quotes = select(analysis, secret=SECRET)
    assert len(quotes.quotes) == 3
    redacted = analysis.feedback["text"].to_list()
    for quote in texts(quotes):
        assert any(quote in comment for comment in redacted)
        assert "ana@" not in quote
        assert "Dupont" not in quote
    assert quotes.quotes["redactions"].sum() >= 1


def test_a_passage_is_taken_from_a_long_comment(tmp_path: Path) -> None:
    filler = "Last year we had another router in the living room. " * 6
    quotes = ask(tmp_path, [{"comment": filler + GOOD}])
    assert len(texts(quotes)) == 1
    assert GOOD in texts(quotes)[0]
    assert len(texts(quotes)[0]) <= 280


def test_clauses_of_one_sentence_stay_together(tmp_path: Path) -> None:
    comment = "The fibre is fast and the whole family uses it, but the price stays the same."
    assert texts(ask(tmp_path, [{"comment": comment}])) == [comment]


def test_duplicates_near_duplicates_and_persons_give_one_quote(tmp_path: Path) -> None:
    rows = [
        {"comment": GOOD, "customer_id": "A"},
        {"comment": GOOD.replace("never changes", "never ever changes"), "customer_id": "B"},
        {"comment": "The staff were kind to my whole family that day.", "customer_id": "A"},
    ]
    quotes = ask(tmp_path, rows)
    told = dict(quotes.counts.select("rule", "comments").iter_rows())
    assert told["duplicate"] == 1
    assert told["exported"] + told["one_per_person"] == 2
    people = quotes.audit.filter(pl.col("rule") == "one_per_person")
    assert len(people) + len(quotes.quotes) == 2


def test_people_without_an_id_are_people_each(tmp_path: Path) -> None:
    rows = [
        {"comment": GOOD, "customer_id": ""},
        {"comment": "The staff were kind to my whole family that day.", "customer_id": ""},
    ]
    assert len(texts(ask(tmp_path, rows))) == 2


VARIED = [
    {"comment": GOOD},
    {"comment": "Our fibre is fast even when four teenagers stream at once."},
    {"comment": "Moving house was easy and the fibre fast from the first hour."},
    {"comment": "The staff in the shop were kind and never tried to sell more."},
    {"comment": "La factura se entiende a la primera y el precio no cambia nunca."},
    {"comment": "Un accueil très aimable, et tout a été réglé en dix minutes."},
]


def test_language_theme_limit_and_per_theme(tmp_path: Path) -> None:
    analysis = sample(tmp_path, VARIED)

    def run(**options: object) -> pl.DataFrame:
        return select(analysis, secret=SECRET, **options).quotes  # type: ignore[arg-type]

    assert len(run()) == 6
    assert run(language="fr")["language"].to_list() == ["fr"]
    assert set(run(theme="T02")["theme_id"]) == {"T02"}
    assert run(theme="atencion").equals(run(theme="T02"))
    assert len(run(limit=2)) == 2
    per_theme = run(per_theme=1)["theme_id"].drop_nulls()
    assert per_theme.n_unique() == len(per_theme)
    assert run(language="es")["theme"].to_list() == ["Precio"]


def test_a_quote_ends_before_the_greetings(tmp_path: Path) -> None:
    comment = "La fibre est rapide chez nous et le prix ne change jamais."
    assert texts(ask(tmp_path, [{"comment": f"{comment} Cordialement."}])) == [comment]


def test_a_quote_has_the_language_that_it_shows(tmp_path: Path) -> None:
    comment = (
        "La conseillère a été patiente parce que mon français n'est pas encore parfait. "
        "So kind and so patient, I never felt lost with the bill."
    )
    rows = [{"comment": comment}]
    assert len(texts(ask(tmp_path, rows))) == 1
    assert comment not in texts(ask(tmp_path, rows))
    quotes = ask(tmp_path, rows, language="en").quotes
    assert quotes.select("language", "theme").rows() == [("en", "Staff")]
    assert quotes["quote"].item().startswith("So kind")


@pytest.mark.parametrize(
    "name", ["various remarks", "high prices", "sick leave", "delivery, among others"]
)
def test_a_theme_about_nothing_or_a_problem_is_shown_when_asked_for(
    tmp_path: Path, name: str
) -> None:
    analysis = cast("Sample", sample(tmp_path, [{"comment": GOOD}]))
    named = replace(analysis, themes=analysis.themes.with_columns(name_en=pl.lit(name)))
    for theme, shown in ((None, None), ("T01", name)):
        quotes = select(cast("Analysis", named), secret=SECRET, theme=theme).quotes
        assert quotes["theme"].to_list() == [shown]


def test_a_theme_is_shown_where_the_passage_lies_near_it(tmp_path: Path) -> None:
    rows = [
        {"comment": "Fast fibre in every room of a house that was built in 1900."},
        {"comment": "The fibre was fast even when the whole family came for Christmas."},
        {"comment": "My new fibre is fast, and that in a village behind the mountains."},
    ]
    analysis = cast("Sample", sample(tmp_path, rows))
    far = pl.when(feedback_id="R000").then(0.2).otherwise("similarity")
    loose = replace(analysis, mentions=analysis.mentions.with_columns(similarity=far))
    quotes = select(cast("Analysis", loose), secret=SECRET).quotes
    shown = {quote[:4]: theme for quote, theme in quotes.select("quote", "theme").iter_rows()}
    assert shown == {"Fast": None, "The ": "Speed", "My n": "Speed"}
    assert len(select(cast("Analysis", loose), secret=SECRET, theme="T01").quotes) == len(rows)


def test_a_few_quotes_are_spread_over_languages_and_themes(tmp_path: Path) -> None:
    quotes = select(sample(tmp_path, VARIED), secret=SECRET, limit=3).quotes
    assert quotes["language"].n_unique() == 3
    assert quotes["theme_id"].n_unique() == 3


def test_small_groups_are_not_named(tmp_path: Path) -> None:
    rows = [
        {**row, "touchpoint": "shop", "plan": "gold" if i else "rare"}
        for i, row in enumerate(VARIED)
    ]
    rows = rows + [{"comment": "meh", "nps": 5, "plan": "gold"} for _ in range(6)]
    quotes = select(sample(tmp_path, rows), secret=SECRET, segment="plan").quotes
    assert set(quotes["touchpoint"]) == {"shop"}
    assert set(quotes["segment"]) == {"gold", None}
    assert select(sample(tmp_path, rows), secret=SECRET).quotes["segment"].unique().to_list() == [
        "promoter"
    ]


def test_counts_add_up_and_audit_holds_no_text(tmp_path: Path) -> None:
    rows = [
        *VARIED,
        {"comment": "Awful and slow, never again.", "nps": 1},
        {"comment": "Lucy was kind to me in the shop. Write to me at lucy@example.org please."},
        {"comment": "nothing"},
    ]
    analysis = sample(tmp_path, rows)
    quotes = select(analysis, secret=SECRET)
    assert quotes.counts["comments"].sum() == analysis.feedback["analysed"].sum()
    assert quotes.counts["rule"].to_list() == list(RULES)
    assert all(quotes.counts["meaning"].str.len_chars() > 10)
    exported = quotes.audit.filter(pl.col("rule") == "exported")
    assert sorted(exported["comment"]) == sorted(quotes.quotes["comment"])
    assert set(quotes.audit["rule"]) <= set(RULES)
    content = quotes.audit.write_csv()
    assert "Lucy" not in content
    assert "R000" not in content
    assert quotes.audit.columns == ["comment", "first_span", "last_span", "rule", "meaning"]
    assert quotes.audit["meaning"].to_list() == [RULES[rule] for rule in quotes.audit["rule"]]
    assert "fibre" not in repr(quotes)


def test_rows_carry_month_versions_and_a_traceable_id(tmp_path: Path) -> None:
    analysis = sample(tmp_path, [{"comment": GOOD}])
    row = select(analysis, secret=SECRET).quotes.row(0, named=True)
    assert row["month"] == "2026-04"
    assert row["analyzer_version"] == __version__
    assert row["rules_version"]
    assert trace(analysis, row["comment"], SECRET) == {
        "feedback_id": "R000",
        "source": "wave.csv",
        "row": 1,
    }
    with pytest.raises(ConfigError, match="secret"):
        trace(analysis, row["comment"], b"another secret of 32 bytes......")


def test_same_input_gives_the_same_quotes(tmp_path: Path) -> None:
    one, two = ask(tmp_path, VARIED), ask(tmp_path, VARIED)
    assert one.quotes.equals(two.quotes)
    assert one.audit.equals(two.audit)
    other = select(sample(tmp_path, VARIED), secret=b"x" * 32)
    assert other.quotes["quote"].equals(one.quotes["quote"])
    assert set(other.quotes["comment"]).isdisjoint(one.quotes["comment"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"language": "de"}, "'de'"),
        ({"theme": "nonsense"}, "T01 Speed"),
        ({"segment": "region"}, "'region'"),
        ({"limit": 0}, "--limit"),
        ({"per_theme": 0}, "--per-theme"),
        ({"limit": "5"}, "--limit"),
        ({"theme": 1}, "no theme 1"),
        ({"competitors": 7}, "competitors"),
        ({"withdrawn": ["R1"]}, "withdrawn"),
        ({"as_of": "tomorrow"}, "--as-of"),
        ({"as_of": 20260101}, "--as-of"),
    ],
)
def test_values_that_cannot_be_used(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        ask(tmp_path, [{"comment": GOOD}], **options)


def test_no_promoter_gives_no_quote_and_says_why(tmp_path: Path) -> None:
    quotes = ask(tmp_path, [{"comment": GOOD, "nps": 3}], per_theme=1)
    assert quotes.quotes.is_empty()
    assert quotes.counts.filter(pl.col("rule") == "promoter")["comments"].item() == 1
