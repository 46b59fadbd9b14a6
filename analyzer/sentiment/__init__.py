"""Is a passage negative, neutral or positive: the shipped model, or any that the user names."""

from __future__ import annotations

from functools import cache

from analyzer.sentiment.result import Sentiment, SentimentModel

__all__ = ["Sentiment", "SentimentModel", "load_sentiment"]


def load_sentiment(name: str | None = None) -> SentimentModel:
    """Load a sentiment model.

    Args:
        name: None for the shipped model; otherwise the folder or the hub name of a Hugging Face
            text-classification model whose labels are negative, (neutral) and positive in
            English, Spanish or French, or 1 to 5 stars.

    Returns:
        An object with ``predict(texts, languages)`` and ``fingerprint``.

    Raises:
        ModelError: The model cannot be found or loaded, or its labels cannot be mapped.
    """
    return _load(name)


@cache
def _load(name: str | None) -> SentimentModel:
    if name is None:
        from analyzer.resources import folder
        from analyzer.sentiment.bundled import BundledSentiment

        return BundledSentiment(folder("models") / "sentiment")
    from analyzer.sentiment.transformer import TransformerSentiment

    return TransformerSentiment(name)
