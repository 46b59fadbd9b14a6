"""Promoter quotes that may be published, and what personal data files hold.

    select(analysis) -> Quotes     the gate and the choice; write(quotes, out) puts them in a file
    interviews(analysis) -> Interviews     detractors to talk to, by id
    privacy(paths) -> Privacy      kinds and counts of personal data, before anything else

`gate.py` is the table of rules; `words.toml`, `sensitive.toml` and `patterns.toml` are what they
listen for.
"""

from analyzer.quotes.consent import load_secret
from analyzer.quotes.export import FORMATS, TABLES, audit_path, check_out, write, write_table
from analyzer.quotes.gate import RULES
from analyzer.quotes.permission import check_day
from analyzer.quotes.personal import KINDS, Privacy, privacy
from analyzer.quotes.sample import Interviews, interviews
from analyzer.quotes.selection import Quotes, select, trace

__all__ = [
    "FORMATS",
    "KINDS",
    "RULES",
    "TABLES",
    "Interviews",
    "Privacy",
    "Quotes",
    "audit_path",
    "check_day",
    "check_out",
    "interviews",
    "load_secret",
    "privacy",
    "select",
    "trace",
    "write",
    "write_table",
]
