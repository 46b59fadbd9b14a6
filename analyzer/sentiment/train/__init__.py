"""Rebuild the shipped sentiment model: ``python -m analyzer.sentiment.train --data DIR``."""
