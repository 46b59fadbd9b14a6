"""The report as one HTML page that opens offline and asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analyzer.report import story
from analyzer.report.drawing import heat, scale, sparkline
from analyzer.report.limits import limit_sentence
from analyzer.report.remarks import rating, remark
from analyzer.report.view import Page
from analyzer.report.words import load

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["render"]

_TEMPLATES: Final = Path(__file__).parent / "templates"


def render(
    model: dict[str, Any], language: str, points: Sequence[tuple[str, float, float]] = ()
) -> str:
    """Render the page.

    Args:
        model: result of `analyzer.report.build`.
        language: es, fr or en: of the words, numbers and dates.
        points: theme id, x and y of spans, drawn as dots on the theme map.

    Returns:
        HTML with its style and script inside. Everything that comes from the data is escaped, and
        the content-security policy allows this one style and script by hash, and no request.

    Raises:
        ConfigError: There is no such language.
    """
    words = load(language)
    style, script = _asset("style.css"), _asset("script.js")
    return (
        _environment(language)
        .get_template("page.html.j2")
        .render(
            page=Page(model, words, list(points)),
            model=model,
            words=words,
            heat=heat,
            limit_sentence=limit_sentence,
            moved=story.moved,
            rating=rating,
            remark=remark,
            scale=scale,
            sparkline=sparkline,
            style=Markup(style),  # noqa: S704  our own file
            script=Markup(script),  # noqa: S704  our own file
            style_hash=_digest(style),
            script_hash=_digest(script),
        )
    )


@cache
def _environment(language: str) -> Environment:
    """Compiled templates with the words of a language."""
    words = load(language)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        words.gettext, words.ngettext, newstyle=True
    )
    environment.filters["theme_name"] = lambda theme, page: page.name(theme)
    environment.filters["dimension_name"] = lambda name, page: page.term("dimension", name)
    environment.filters["language_name"] = lambda code, words: words.language_name(code)
    return environment


@cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _digest(text: str) -> str:
    """Hash source of a content-security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
