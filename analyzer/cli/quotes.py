"""Commands about people's words: quotes, interviews and the privacy report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli.common import (
    Cache,
    Config,
    EncoderName,
    Files,
    Map,
    Quiet,
    Seed,
    SentimentName,
    ThemeCount,
    Where,
    check_outputs,
    run_analysis,
)

if TYPE_CHECKING:
    from analyzer.quotes import Quotes

__all__ = ["interviews", "privacy", "quotes"]

Out = Annotated[
    Path, typer.Option(metavar="FILE", help="File to write: .csv, .xlsx, .json, .md or .html.")
]
Table = Annotated[Path, typer.Option(metavar="FILE", help="File to write: .csv, .xlsx or .json.")]
OneLanguage = Annotated[str | None, typer.Option(help="Only quotes in one language: es, fr or en.")]
PageLanguage = Annotated[
    str, typer.Option(help="Words of the page or Markdown file: es, fr or en.")
]
OneTheme = Annotated[
    str | None, typer.Option(help="Only quotes that praise one theme, by id or name.")
]
Segment = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column to show and to vary quotes by.")
]
Limit = Annotated[int, typer.Option(min=1, help="Quotes at most.")]
PerTheme = Annotated[
    int | None, typer.Option(min=1, help="Quotes at most of any one theme [default: no limit].")
]
UnknownConsent = Annotated[
    bool, typer.Option("--unknown-consent", help="Export where consent is not on record too.")
]
ListUnknown = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the ids to ask for consent (.csv, .xlsx, .json)."),
]
Withdrawn = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Ids of those who withdrew their consent.")
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        help="Day on which consent must hold, YYYY-MM-DD [default: today].",
    ),
]
CutComplaints = Annotated[
    bool,
    typer.Option(
        "--cut-complaints", help="Quote comments that complain too, without those sentences."
    ),
]
AllowStaff = Annotated[bool, typer.Option("--allow-staff", help="Let quotes name people.")]
Competitors = Annotated[
    list[str] | None, typer.Option(help="Name that no quote may hold; may be repeated.")
]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Secret that ids are hashed with [default: one of this machine]."
    ),
]
Trace = Annotated[
    str | None,
    typer.Option(metavar="ID", help="Write nothing; say which row a quote's id came from."),
]


def quotes(
    files: Files,
    out: Out = Path("quotes.csv"),
    language: OneLanguage = None,
    page_language: PageLanguage = "en",
    theme: OneTheme = None,
    segment: Segment = None,
    limit: Limit = 50,
    per_theme: PerTheme = None,
    unknown_consent: UnknownConsent = False,
    list_unknown: ListUnknown = None,
    withdrawn: Withdrawn = None,
    as_of: AsOf = None,
    cut_complaints: CutComplaints = False,
    allow_staff: AllowStaff = False,
    competitor: Competitors = None,
    secret_file: SecretFile = None,
    trace: Trace = None,
    mapping: Map = None,
    config: Config = None,
    encoder: EncoderName = None,
    sentiment_model: SentimentName = None,
    themes: ThemeCount = None,
    where: Where = None,
    seed: Seed = None,
    cache: Cache = None,
    quiet: Quiet = False,
) -> None:
    """Write promoter quotes that may be published: redacted, verbatim, with consent, varied."""
    from analyzer import quotes as room
    from analyzer.config import load_settings, parse_mapping

    settings = load_settings(
        config,
        mapping=parse_mapping(mapping),
        encoder=encoder,
        sentiment_model=sentiment_model,
        themes=themes,
        where=where,
        seed=seed,
        cache=cache,
    )
    day = room.check_day(as_of) or datetime.now().astimezone().date()
    room.check_out(out)
    if list_unknown is not None:
        room.check_out(list_unknown, room.TABLES)
    if trace is None:
        written = [out, room.audit_path(out), *([list_unknown] if list_unknown else [])]
        check_outputs(written, [*files, config, withdrawn, secret_file])
    secret = room.load_secret(secret_file)
    analysis = run_analysis(files, settings, quiet=quiet)
    if trace is not None:
        found = room.trace(analysis, trace, secret)
        typer.echo(f"{found['source']}, row {found['row']}, id {found['feedback_id']}")
        return
    if analysis.linked.overview.nps is None and not quiet:
        typer.echo("No file holds an NPS: only promoters, who gave a 9 or 10, are quoted.")
    selected = room.select(
        analysis,
        language=language,
        theme=theme,
        segment=segment,
        limit=limit,
        per_theme=per_theme,
        unknown_consent=unknown_consent,
        allow_staff=allow_staff,
        competitors=competitor or (),
        withdrawn=withdrawn,
        as_of=day,
        cut_complaints=cut_complaints,
        secret=secret,
    )
    _write(selected, out, page_language, list_unknown, quiet=quiet)


def _write(
    selected: Quotes, out: Path, language: str, list_unknown: Path | None, *, quiet: bool
) -> None:
    from analyzer import quotes as room
    from analyzer.cli import console

    written = room.write(selected, out, language=language)
    if list_unknown is not None:
        written += room.write_table(selected.unknown, list_unknown)
    if not quiet:
        console.quotes(selected, written)
    elif selected.withdrawals_unmatched:
        # Who withdrew may still be quoted: that is told even where nothing else is.
        typer.echo(console.unmatched(selected.withdrawals_unmatched), err=True)


def interviews(
    files: Files,
    out: Table = Path("interviews.csv"),
    n: Annotated[int, typer.Option("--n", min=1, help="People at most.")] = 10,
    mapping: Map = None,
    config: Config = None,
    where: Where = None,
    cache: Cache = None,
    quiet: Quiet = False,
) -> None:
    """Choose detractors to interview: varied, one a person, ids only."""
    from analyzer import quotes as room
    from analyzer.cli import console
    from analyzer.config import load_settings, parse_mapping

    room.check_out(out, room.TABLES)
    check_outputs([out], [*files, config])
    settings = load_settings(config, mapping=parse_mapping(mapping), where=where, cache=cache)
    chosen = room.interviews(run_analysis(files, settings, quiet=quiet), n)
    written = room.write_table(chosen.sample, out)
    if not quiet:
        console.interviews(chosen, written)


def privacy(files: Files, mapping: Map = None) -> None:
    """Say what kinds of personal data files hold, column by column; nothing of the values."""
    from analyzer import quotes as room
    from analyzer.cli import console
    from analyzer.config import parse_mapping

    console.privacy(room.privacy(files, parse_mapping(mapping)))
