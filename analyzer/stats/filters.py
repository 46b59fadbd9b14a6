"""Keep the rows that a condition such as ``country = 'ES' AND nps <= 6`` names.

The condition is cut into tokens and only comparisons of columns with values pass on to Polars' SQL
parser: a full SQL expression may hold a subquery, and a subquery can read any file of the machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["where"]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<string>'(?:[^']|'')*')
    |"(?P<quoted>(?:[^"]|"")+)"
    |(?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    |(?P<operator><=|>=|<>|!=|=|<|>)
    |(?P<mark>[(),])
    |(?P<word>\w+))""",
    re.VERBOSE,
)
_WORDS: Final = frozenset(
    {"AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "BETWEEN", "IS", "NULL", "TRUE", "FALSE"}
)
_BEFORE_BRACKET: Final = frozenset({"AND", "OR", "NOT", "IN", "(", ","})
_HIDDEN: Final = frozenset({"text", "question"})


def where(
    feedback: pl.DataFrame, expression: str, called: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Filter a feedback frame.

    Args:
        feedback: FEEDBACK frame, with the user's own columns.
        expression: comparisons (``= != < <= > >= IN LIKE ILIKE BETWEEN IS NULL``) joined by AND,
            OR, NOT and brackets. Text values take single quotes; column names may take double
            quotes, and must when they hold a space. Dates compare with '2025-01-31'. The comments
            themselves cannot be compared.
        called: further names of columns, such as those in the files.

    Returns:
        The rows for which the condition is true, in their order; neither false nor unknown.

    Raises:
        ConfigError: The condition names an unknown column, or is not understood.
    """
    frame = feedback.select(
        pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S") if kind.is_temporal() else pl.col(name)
        for name, kind in feedback.schema.items()
        if name not in _HIDDEN and (kind.is_temporal() or not kind.is_nested())
    )
    # The brackets keep the parser from reading a stray last name as an alias.
    safe = f"({' '.join(_tokens(expression, frame.columns, called or {}))})"
    try:
        mask = frame.select(keep=pl.sql_expr(safe))["keep"]
    except pl.exceptions.PolarsError as error:
        raise _refusal(expression, "does not fit the columns", frame.columns) from error
    if mask.dtype != pl.Boolean or mask.len() != frame.height:
        raise _refusal(expression, "is not a condition", frame.columns)
    return feedback.filter(mask)


def _tokens(expression: str, columns: list[str], called: Mapping[str, str]) -> list[str]:
    result: list[str] = []
    position = 0
    named = False
    while expression[position:].strip():
        match = _TOKEN.match(expression, position)
        if match is None:
            unknown = expression[position:].strip()[:1]
            raise _refusal(expression, f"has {unknown!r}, which cannot be used here", columns)
        position = match.end()
        word = match["word"]
        name = match["quoted"].replace('""', '"') if match["quoted"] else word
        name = called.get(name, name)
        if name in columns:
            named = True
            result.append('"' + name.replace('"', '""') + '"')
        elif word and word.upper() in _WORDS:
            result.append(word.upper())
        elif name:
            raise _refusal(expression, f"names {name!r}, which is no column", columns)
        else:
            piece = match.group().strip()
            if piece == "(" and result and result[-1] not in _BEFORE_BRACKET:
                raise _refusal(expression, "calls a function, which is not possible", columns)
            result.append(piece)
    if not named:
        raise _refusal(expression, "names no column", columns)
    return result


def _refusal(expression: str, problem: str, columns: list[str]) -> ConfigError:
    return ConfigError(
        f"The condition {expression!r} {problem}. Write comparisons such as country = 'ES' AND "
        "nps <= 6: text values in single quotes, names with spaces in double quotes. Columns: "
        f"{', '.join(columns)}."
    )
