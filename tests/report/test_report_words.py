"""The three languages of the report: complete, compiled and idiomatic numbers."""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import analyzer.report
import analyzer.sources.notes
from analyzer.errors import ConfigError
from analyzer.report.terms import TERMS
from analyzer.report.words import DOMAIN, LOCALES, load
from analyzer.schema import LANGUAGES

ROOT = Path(analyzer.report.__file__).parent
METHODS, OPTIONS = parse_mapping_cfg(StringIO((ROOT / "babel.cfg").read_text("utf-8")))
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "text": None, "plural": (1, 2)}
SAME = {"NPS", "CSAT", "Dates", "Segment", "Verbatims", "Tickets", "stable", "Passives"}


def used() -> set[str]:
    """Every message of the templates and the code, by its singular."""
    found = extract_from_dir(str(ROOT), method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS)
    notes = extract_from_file("python", analyzer.sources.notes.__file__, keywords=KEYWORDS)
    told = [*(row[2] for row in found), *(row[1] for row in notes)]
    return {message if isinstance(message, str) else message[0] for message in told}


def catalogue(language: str, ending: str) -> Catalog:
    path = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"
    data = BytesIO(path.read_bytes())
    return read_po(data, locale=language) if ending == "po" else read_mo(data)


def messages(language: str, ending: str) -> dict[str, tuple[str, ...]]:
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (message.string,)
        if isinstance(message.string, str)
        else tuple(message.string)
        for message in catalogue(language, ending)
        if message.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_and_none_is_left_over(language: str) -> None:
    translated = messages(language, "po")
    assert set(translated) == used()
    assert not [key for key, forms in translated.items() if not all(forms)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_matches_its_source(language: str) -> None:
    assert messages(language, "mo") == messages(language, "po")


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_places(language: str) -> None:
    for key, forms in messages(language, "po").items():
        for form in forms:
            assert set(re.findall(r"%\((\w+)\)s", form)) == set(re.findall(r"%\((\w+)\)s", key))
            assert form.count("%%") == key.count("%%")


@pytest.mark.parametrize("language", ["es", "fr"])
def test_few_messages_read_like_english(language: str) -> None:
    same = {key for key, forms in messages(language, "po").items() if key in forms}
    patterns = {key for key in same if "%(" in key}
    assert len(same - patterns - SAME) <= 8, same - patterns - SAME


def test_field_vocabulary() -> None:
    spanish, french = load("es"), load("fr")
    assert [spanish.text(word) for word in TERMS["segment"].values()] == [
        "Promotores",
        "Pasivos",
        "Detractores",
    ]
    assert [french.text(word) for word in TERMS["segment"].values()] == [
        "Promoteurs",
        "Passifs",
        "Détracteurs",
    ]


@pytest.mark.parametrize(
    ("language", "number", "percent", "signed", "date"),
    [
        ("es", "12.345,5", "12\N{NO-BREAK SPACE}%", "−4,2", "5 de marzo de 2026"),
        (
            "fr",
            "12\N{NARROW NO-BREAK SPACE}345,5",
            "12\N{NO-BREAK SPACE}%",
            "−4,2",
            "5 mars 2026",
        ),
        ("en", "12,345.5", "12%", "−4.2", "5 March 2026"),
    ],
)
def test_numbers_and_dates(
    language: str, number: str, percent: str, signed: str, date: str
) -> None:
    words = load(language)
    assert words.number(12345.5, 1) == number
    assert words.percent(0.12) == percent
    assert words.signed(-4.2, 1) == signed
    assert words.date("2026-03-05") == date
    first = {"es": "1 de julio de 2026", "fr": "1er juillet 2026", "en": "1 July 2026"}
    assert words.date("2026-07-01") == first[language]


def test_signs_and_small_shares() -> None:
    words = load("en")
    assert words.percent(0.0002) == "<0.1%"
    assert load("fr").percent(0.0002) == "<0,1\N{NO-BREAK SPACE}%"
    assert words.signed(3) == "+3"
    assert words.signed(0.0) == "0"
    assert words.signed(-0.04, 1) == "0.0"
    assert words.percent(0.004) == "0.4%"
    assert words.percent(0) == "0%"


def test_plurals() -> None:
    assert load("en").plural("%(n)s person", "%(n)s people", 1) == "1 person"
    assert load("es").plural("%(n)s person", "%(n)s people", 2) == "2 personas"
    assert load("fr").plural("%(n)s person", "%(n)s people", 0) == "0 personne"


def test_an_unknown_language_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="es, fr, en"):
        load("it")


def test_durations() -> None:
    words = load("en")
    assert words.duration(20) == "20s"
    assert words.duration(1500) == "25m"
    assert words.duration(4800) == "1h 20m"
    assert words.duration(3 * 86400 + 7200) == "3d 2h"
    assert load("es").duration(3600) == "1h"


def test_a_language_inside_a_sentence_is_written_as_sentences_do() -> None:
    assert load("fr").language_in_text("en") == "anglais"
    assert load("en").language_in_text("fr") == "French"


def test_french_and_spanish_signs_stand_as_printers_set_them() -> None:
    """A thin space before ; ? ! and a wide one before : and in « »; the apostrophe bent."""
    thin, wide = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
    for form in (form for forms in messages("fr", "po").values() for form in forms):
        assert not re.search(rf"[^{thin}][;?!]|[^{wide}]:(?!\d)|«[^{wide}]|[^{wide}]»", form), form
        assert "'" not in form, form
    for form in (form for forms in messages("es", "po").values() for form in forms):
        assert not re.search(r"\s[;:?!»]|«\s|\d %", form), form
        assert form.count("¿") == form.count("?"), form
        assert form.count("¡") == form.count("!"), form
