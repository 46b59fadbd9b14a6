"""What notebooks ask of an analysis: themes seen whole, examples, search, subsets, comparisons."""

from analyzer.explore.view import ThemeView, contradictions, examples, theme

__all__ = ["ThemeView", "contradictions", "examples", "theme"]
