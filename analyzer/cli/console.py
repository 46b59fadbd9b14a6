"""What a terminal shows: bars while work is long, and three things to know at the end."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.progress import Task, TaskID

    from analyzer.inspection import Inspection
    from analyzer.pipeline import Analysis
    from analyzer.quotes import Interviews, Privacy, Quotes
    from analyzer.sources import Source
    from analyzer.sources.dialect import Dialect
    from analyzer.stats.scores import Score

__all__ = [
    "dialects",
    "inspection",
    "interviews",
    "privacy",
    "progress",
    "quotes",
    "summary",
    "unmatched",
]

_STAGES = {"prepare": "Preparing comments", "encode": "Encoding passages"}
_TOP = 8
_LEAST_Q = 0.001
_POINTS = {"": 1, "csat_": 100}  # as the report counts: CSAT from 0 to 100
_NAME = 14  # characters that a theme's name gets at least
_LINE = 140
_ORDERS = {"dmy": "; dates day/month/year", "mdy": "; dates month/day/year"}
_AWAY = {
    "no_contact_consent": "they did not agree to be contacted",
    "choice": "others are more varied or wrote more",
}
_REACTIONS = {"likes", "replies", "shares"}
_APART = ("source", "row", "text")


class Rate(ProgressColumn):
    """Units a second, once that can be told."""

    def render(self, task: Task) -> Text:
        """Draw the column of one bar."""
        speed = task.finished_speed or task.speed
        return Text("" if not speed else f"{speed:,.0f}/s", style="progress.data.speed")


@contextmanager
def progress(*, shown: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """Yield what `analyzer.analyze` reports to; None when nobody watches."""
    if not (shown and sys.stderr.isatty()):
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_STAGES.get(stage, stage), total=total)
            bars.advance(tasks[stage], done)

        yield report


def summary(
    analysis: Analysis,
    told: Mapping[str, Any],
    hurts: Sequence[str],
    written: Sequence[Path],
    old: Sequence[Path],
) -> None:
    """Print how files were read, the ledger, the themes that matter most and where results are.

    Args:
        analysis: a finished analysis.
        told: its `analyzer.report.summary`.
        hurts: theme ids of what hurts, in the order of the report.
        written: the files.
        old: files of an earlier report beside them.
    """
    console = Console()
    for source in analysis.sources:
        _plain(console, _reading(source))
        for note in source.notes:
            _plain(console, f"    {note}")
    _plain(console, _ledger(analysis.ledger))
    scores = _scores(analysis)
    if scores:
        _plain(console, scores)
    console.print(_table(analysis, told["language"], hurts))
    _plain(console, told["headline"])
    for number, found in enumerate(told["findings"], 1):
        _plain(console, f"  {number}. {found['text']}")
    if analysis.linked.by and analysis.linked.segments.is_empty():
        groups = ", ".join(analysis.linked.by)
        _plain(console, f"Not compared by {groups}: the files hold no survey answers")
    _plain(console, f"Written to {written[0].parent}: {', '.join(p.name for p in written)}")
    if old:
        names = ", ".join(path.name for path in old)
        _plain(console, f"Still there, of an earlier report and not of this one: {names}")


def inspection(seen: Inspection) -> None:
    """Print how files were read, what will be left out, and their first rows."""
    console = Console()
    for source in seen.sources:
        _plain(console, _reading(source))
        for name, column in source.mapping.items():
            _plain(console, f"    {name} <- {column}")
        for note in source.notes:
            _plain(console, f"    {note}")
    for source_name, reason, rows in seen.problems.iter_rows():
        _plain(console, f"{source_name}: {rows:,} rows left out of themes: {reason}")
    _plain(console, f"Columns to break down by: {', '.join(seen.segments) or 'none'}")
    _plain(console, "First rows, redacted:")
    for row in seen.first_rows.iter_rows(named=True):
        told = [
            _cell(name, value)
            for name, value in row.items()
            if name not in _APART and value is not None
        ]
        _plain(console, f"  {row['source']} row {row['row']}: {', '.join(told)}")
        _plain(console, f"    {_shortened(row['text'])}")


def _cell(name: str, value: object) -> str:
    """A value as an analyst knows it: satisfaction of 100, days without a midnight."""
    if name == "csat" and isinstance(value, float):
        return f"csat {100 * value:.0f} of 100"
    return f"{name} {value}".removesuffix(" 00:00:00")


def _shortened(text: str | None) -> str:
    if text is None:
        return "(no comment to analyse)"
    line = " ".join(text.split())
    return line if len(line) <= _LINE else f"{line[:_LINE]}…"


def dialects(known: Sequence[Dialect]) -> None:
    """Print the vendor exports that are recognised."""
    table = Table()
    for name in ("name", "vendor and export", "kind"):
        table.add_column(name)
    for one in known:
        table.add_row(one.name, one.title, one.kind)
    Console().print(table)


def quotes(selected: Quotes, written: list[Path]) -> None:
    """Print what each rule of the gate stopped, and where the quotes are."""
    console = Console()
    table = Table(title=f"{len(selected.quotes)} quotes; comments by the rule that they got to")
    table.add_column("rule")
    table.add_column("a quote", overflow="fold")
    table.add_column("comments", justify="right")
    for rule, meaning, comments in selected.counts.iter_rows():
        if comments:
            table.add_row(rule, meaning, f"{comments:,}")
    console.print(table)
    if len(selected.unknown):
        _plain(console, f"{len(selected.unknown):,} more lack only consent: --list-unknown FILE")
    if selected.withdrawals_unmatched:
        _plain(console, unmatched(selected.withdrawals_unmatched))
    _plain(console, f"Written: {', '.join(map(str, written))}")


def unmatched(lines: int) -> str:
    """Say how many lines of a withdrawal list found nobody."""
    return f"{lines:,} withdrawals match no comment here"


def interviews(chosen: Interviews, written: list[Path]) -> None:
    """Print how many were chosen, and who may be contacted."""
    console = Console()
    column = chosen.contact_column
    contact = (
        f"contact consent from column {column!r}"
        if column
        else "no column says who may be contacted: check before you call"
    )
    _plain(console, f"{len(chosen.sample)} detractors; {contact}")
    for reason, people in chosen.left_out.iter_rows():
        if people:
            _plain(console, f"    {people:,} left out: {_AWAY.get(reason, reason)}")
    _plain(console, f"Written: {', '.join(map(str, written))}")


def privacy(found: Privacy) -> None:
    """Print kinds of personal data by file and column."""
    console = Console()
    for source, columns, clean, rows in found.columns.iter_rows():
        table = Table(
            title=f"{source}: {rows:,} rows, nothing found in {clean} of {columns} columns"
        )
        for name in ("column", "used as", "kind"):
            table.add_column(name)
        for name in ("cells", "of"):
            table.add_column(name, justify="right")
        for row in found.found.filter(pl.col("source") == source).iter_rows(named=True):
            table.add_row(
                row["column"],
                row["used_as"] or "-",
                row["kind"],
                f"{row['cells']:,}",
                f"{row['filled']:,}",
            )
        console.print(table)
    for note in found.notes:
        _plain(console, note)


def _plain(console: Console, words: str) -> None:
    """Print words as they are: no colours guessed, no markup read in them."""
    console.print(words, highlight=False, markup=False, soft_wrap=True)


def _reading(source: Source) -> str:
    scores = ", ".join(
        f"{score.metric.upper()} {score.minimum:g}-{score.maximum:g} from column "
        f"{score.column!r} (by {score.basis})"
        for score in source.scores
    )
    dialect = f", {source.dialect} export" if source.dialect else ""
    text = source.mapping.get("text")
    dates = _ORDERS.get(source.date_order or "", "")
    posts = source.dialect or _REACTIONS & set(source.mapping)
    kind = source.kind if posts or source.kind != "social" else "mentions"
    return (
        f"{source.name}: {source.rows:,} rows{dialect}, {kind}; comments from "
        f"{text!r}; {scores or 'no score'}{dates}"
    )


def _ledger(ledger: pl.DataFrame) -> str:
    counts = dict(ledger["reason"].value_counts().sort("reason").iter_rows())
    analysed = counts.pop("analysed", 0)
    rest = ", ".join(f"{n:,} {reason}" for reason, n in sorted(counts.items(), key=lambda x: -x[1]))
    return f"Rows: {len(ledger):,} read = {analysed:,} analysed" + (f" + {rest}" if rest else "")


def _scores(analysis: Analysis) -> str:
    """The scores that enough people gave; nothing where the headline says that too few did."""
    over = analysis.linked.overview
    if over.nps is None and over.csat is None:
        return "No score in these files: themes are ranked by people and tone"
    parts = [
        _interval("NPS {:.0f} [{:.0f}, {:.0f}]", over.nps),
        _interval("CSAT {:.0%} satisfied [{:.0%}, {:.0%}]", over.csat_top),
        _interval("mean {:.0f} of 100 [{:.0f}, {:.0f}]", over.csat, 100),
    ]
    return "; ".join(part for part in parts if part)


def _interval(form: str, score: Score | None, factor: int = 1) -> str:
    if score is None or score.value is None or score.low is None or score.high is None:
        return ""
    told = form.format(*(factor * at for at in (score.value, score.low, score.high)))
    return f"{told}, n={score.n:,}"


def _table(analysis: Analysis, language: str, hurts: Sequence[str]) -> Table:
    """What hurts in the order of the report, then other themes by impact and by who is unhappy."""
    names = analysis.themes.select("theme_id", name=_marked(analysis.themes, language))
    rows = analysis.linked.themes.join(names, on="theme_id", maintain_order="left")
    unhappy = pl.col("negative") * (pl.col("respondents") + pl.col("social_mentions"))
    metric = next((m for m in ("", "csat_") if rows[f"{m}impact"].null_count() < len(rows)), None)
    cost = pl.lit(0.0) if metric is None else pl.col(f"{metric}impact")
    place = pl.col("theme_id").replace_strict(
        {theme: at for at, theme in enumerate(hurts)}, default=None, return_dtype=pl.Int64
    )
    rows = rows.with_columns(place=place, cost=cost, unhappy=unhappy).sort(
        ["place", "cost", "unhappy", "theme_id"],
        descending=[False, False, True, False],
        nulls_last=True,
    )
    shown = rows.head(_TOP)
    title = _counted(len(shown), len(rows), _order(hurts, metric))
    table = Table(title=title, caption=_tone(rows), box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("theme")
    table.add_column("name", min_width=_NAME)
    columns = [shown["theme_id"].to_list(), shown["name"].to_list()]
    for head, cells in _columns(shown, metric, analysis.linked.minimum_cell):
        width = max(map(len, [head, *cells]))
        table.add_column(head, justify="right", no_wrap=True, min_width=width)
        columns.append(cells)
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    return table


def _counted(shown: int, themes: int, order: str) -> str:
    if themes == 1:
        return "1 theme"
    of = f"{themes}" if shown == themes else f"{shown} of {themes}"
    return f"{of} themes{order}"


def _order(hurts: Sequence[str], metric: str | None) -> str:
    """What stands first: nothing hurts where no score can be told apart or is lower."""
    if not hurts:
        return ""
    return ", the most criticised first" if metric is None else ", those that hurt most first"


def _tone(rows: pl.DataFrame) -> str | None:
    """What the negative share is a share of, where a file has both answers and posts."""
    if not (rows["respondents"].sum() and rows["social_mentions"].sum()):
        return None
    return "negative: of a theme's passages in surveys, else in posts"


def _marked(themes: pl.DataFrame, language: str) -> pl.Expr:
    """Names; a theme found beside a codebook says so."""
    name = pl.col(f"name_{language}")
    if "status" not in themes.columns:
        return name
    return pl.when(pl.col("status") == "candidate").then(name + " (candidate)").otherwise(name)


def _columns(
    rows: pl.DataFrame, metric: str | None, minimum: int
) -> Iterator[tuple[str, list[str]]]:
    """Heads and cells beside the name; people and posts only where there are any, few hidden."""
    people, posts = rows["respondents"], rows["social_mentions"]
    if people.sum():
        both = zip(people, rows["share"], strict=True)
        yield (
            "people",
            [
                f"<{minimum}" if 0 < n < minimum else f"{n:,.0f} {_number(share, '3.0%')}"
                for n, share in both
            ],
        )
    if posts.sum():
        yield "posts", [f"<{minimum}" if 0 < n < minimum else f"{n:,.0f}" for n in posts]
    enough = (people >= minimum) | ((people == 0) & (posts >= minimum))  # whose tone it is
    tones = zip(rows["negative"], enough, strict=True)
    yield "negative", [_number(value if shown else None, ".0%") for value, shown in tones]
    if metric is None:
        return
    ends = [rows[f"{metric}impact{end}"] * _POINTS[metric] for end in ("", "_low", "_high")]
    yield (
        f"{'CSAT' if metric else 'NPS'} impact",
        [
            "-" if at is None else f"{at:+.1f} [{low:+.1f}, {high:+.1f}]"
            for at, low, high in zip(*ends, strict=True)
        ],
    )
    q_values = rows[f"{metric}impact_q"]
    yield "q", ["<.001" if q is not None and q < _LEAST_Q else _number(q, ".3f") for q in q_values]


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
