"""Names from a trained pipeline that the user has."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import spacy
from spacy.training import Example

from analyzer.errors import ConfigError
from analyzer.text import redact
from analyzer.text.ner import VARIABLE, people

if TYPE_CHECKING:
    from pathlib import Path

COMMENT = "Wubbo kwam en Qorvath también ayudó."


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that knows two people and a company by rule."""
    folder = tmp_path_factory.mktemp("ruled") / "es_people"
    pipeline = spacy.blank("es")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined]
        [
            {"label": "PER", "pattern": "Wubbo"},
            {"label": "PER", "pattern": "Qorvath"},
            {"label": "PER", "pattern": "ayudó"},
            {"label": "ORG", "pattern": "Zentralia"},
        ]
    )
    pipeline.to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline whose entities are learnt from a few sentences."""
    spacy.util.fix_random_seed(0)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner")
    told = ("Ulvric came by", "Ulvric fixed it", "then Ulvric left", "it works now")
    examples = [
        Example.from_dict(
            pipeline.make_doc(text),
            {"entities": [(at, at + 6, "PERSON")] if (at := text.find("Ulvric")) >= 0 else []},
        )
        for text in told
    ]
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(40):
        pipeline.update(examples, sgd=optimizer)
    folder = tmp_path_factory.mktemp("trained") / "en_people"
    pipeline.to_disk(folder)
    return folder


def test_names_of_the_pipeline_are_redacted(ruled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert redact(COMMENT, "es")[0] == COMMENT
    monkeypatch.setenv(VARIABLE, f"es={ruled}")
    assert redact(COMMENT, "es")[0] == "[NOMBRE] kwam en [NOMBRE] también ayudó."
    assert redact("Zentralia no contesta", "es")[0] == "Zentralia no contesta"
    assert redact(COMMENT, "fr")[0] == COMMENT
    assert redact(COMMENT, None)[0] == COMMENT
    monkeypatch.setenv(VARIABLE, "off")
    assert redact(COMMENT, "es")[0] == COMMENT


def test_a_trained_recogniser_is_used(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"en={trained}")
    assert redact("Ulvric fixed it", "en")[0] == "[NAME] fixed it"


def test_offsets_hold_with_a_pipeline(ruled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"es={ruled}")
    text = "ana@example.org y Qorvath"
    redacted, found = redact(text, "es")
    assert redacted == "[EMAIL] y [NOMBRE]"
    assert [text[f.start : f.end] for f in found] == ["ana@example.org", "Qorvath"]


def test_an_installed_package_is_found_by_itself(ruled: Path, tmp_path: Path) -> None:
    package = tmp_path / "es_core_news_sm"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import spacy\ndef load(**options):\n"
        f"    return spacy.load({str(ruled)!r}, exclude=options.get('exclude', ()))\n"
    )
    about = tmp_path / "es_core_news_sm-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: es_core_news_sm\nVersion: 1.0\n")
    code = f"from analyzer.text import redact; print(redact({COMMENT!r}, 'es')[0])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == "[NOMBRE] kwam en [NOMBRE] también ayudó."


@pytest.mark.parametrize("asked", ["es", "de=model", "es=", "es_core_news_md"])
def test_a_setting_that_cannot_be_read_is_told(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, asked)
    with pytest.raises(ConfigError, match="LANGUAGE=PIPELINE"):
        list(people("hola", "es"))


def test_a_pipeline_that_cannot_be_loaded_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"es={tmp_path / 'nowhere'}")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        list(people("hola", "es"))


def test_a_pipeline_without_people_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spacy.blank("es").to_disk(tmp_path / "blank")
    monkeypatch.setenv(VARIABLE, f"es={tmp_path / 'blank'}")
    with pytest.raises(ConfigError, match="no entity PER or PERSON"):
        list(people("hola", "es"))
