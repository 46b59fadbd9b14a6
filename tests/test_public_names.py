"""The public surface is a promise: a name that comes or goes shows here."""

from __future__ import annotations

import analyzer
import analyzer.sentiment
import analyzer.text
import analyzer.themes


def test_package_names() -> None:
    assert sorted(analyzer.__all__) == [
        "Analysis",
        "Workspace",
        "__version__",
        "analyze",
        "load_encoder",
    ]
    assert all(getattr(analyzer, name) is not None for name in analyzer.__all__)


def test_rooms_offer_what_other_work_relies_on() -> None:
    assert {"discover"} <= set(analyzer.themes.__all__)
    assert {"load_sentiment"} <= set(analyzer.sentiment.__all__)
    assert {"clean", "detect", "prepare", "redact", "split"} <= set(analyzer.text.__all__)


def test_unknown_names_are_an_attribute_error() -> None:
    assert not hasattr(analyzer, "no_such_name")
