"""Prepare comments: repair, language, duplicates, non-answers, personal data, spans."""

from analyzer.text.clean import clean
from analyzer.text.language import detect, span_languages
from analyzer.text.pii import Finding, redact
from analyzer.text.placeholders import PLACEHOLDER, TYPES
from analyzer.text.prepare import Prepared, prepare
from analyzer.text.spans import split, turns

__all__ = [
    "PLACEHOLDER",
    "TYPES",
    "Finding",
    "Prepared",
    "clean",
    "detect",
    "prepare",
    "redact",
    "span_languages",
    "split",
    "turns",
]
