"""Themes in Spanish, French and English customer feedback, tied to NPS segments.

from analyzer import analyze

analysis = analyze("wave.csv", "mentions.jsonl")
analysis.themes, analysis.impact(), analysis.search("tiempo de espera")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.analysis import Analysis
    from analyzer.encoders import load_encoder
    from analyzer.pipeline import analyze
    from analyzer.store import Workspace

__version__ = "0.1.0"
__all__ = ["Analysis", "Workspace", "__version__", "analyze", "load_encoder"]

_HOME = {
    "Analysis": "analyzer.analysis",
    "Workspace": "analyzer.store",
    "analyze": "analyzer.pipeline",
    "load_encoder": "analyzer.encoders",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that ``analyzer --help`` stays quick."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'analyzer' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Public names only."""
    return __all__
