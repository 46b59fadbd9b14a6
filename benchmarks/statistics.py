"""Do the intervals hold what they promise? Simulated coverage, false alarms and power.

Run ``python benchmarks/statistics.py`` (a minute or two), or with ``--quick`` for a rough table in
seconds, where chance alone may break a limit. Every row is one claim, what was found, and what is
accepted.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import combinations
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING

# This file is named like a module of the standard library, which must not find it first.
sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]

import numpy as np  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZES = (10, 15, 20, 30, 50, 100, 300, 1000, 2000)
TRUTHS = (-60, -20, 0, 40, 80, 85)
PASSIVES = (0.1, 0.15, 0.2, 0.3)


@dataclass(frozen=True)
class Row:
    """One claim: what was measured, over which settings, the worst and mean figure, the limits."""

    claim: str
    settings: str
    low: float
    mean: float
    high: float
    accepted: tuple[float, float]
    known: str = ""

    @property
    def holds(self) -> bool:
        """Whether the whole range is within the accepted one."""
        return self.accepted[0] <= self.low and self.high <= self.accepted[1]


def row(
    claim: str, settings: str, figures: list[float], accepted: tuple[float, float], known: str = ""
) -> Row:
    """Sum figures of several settings up in one row."""
    values = np.array(figures)
    return Row(
        claim,
        settings,
        float(values.min()),
        float(values.mean()),
        float(values.max()),
        accepted,
        known,
    )


def mixes() -> Iterator[tuple[int, list[float]]]:
    """Shares of promoters, passives and detractors for a range of true NPS."""
    for nps in TRUTHS:
        for passive in PASSIVES:
            promoter = (1 - passive + nps / 100) / 2
            detractor = 1 - passive - promoter
            if detractor >= 0.01 and promoter >= 0.01:
                yield nps, [promoter, passive, detractor]


def moments(counts: Floats) -> tuple[Floats, Floats, Floats]:
    """n, sum of s and sum of s squared of promoter, passive and detractor counts (..., 3)."""
    return (
        counts.sum(-1).astype(float),
        counts[..., 0] - counts[..., 2],
        counts[..., 0] + counts[..., 2],
    )


def coverage_of_scores(rng: np.random.Generator, draws: int) -> list[Row]:
    """NPS and CSAT intervals."""
    from analyzer.stats.intervals import mean_interval

    nps: dict[bool, list[float]] = {True: [], False: []}
    for size in SIZES:
        for truth, mix in mixes():
            low, high = mean_interval(*moments(rng.multinomial(size, mix, draws)))
            nps[size < 20].append(100 * np.mean((low <= truth / 100) & (truth / 100 <= high)))
    csat = []
    values = np.array([-1, -0.5, 0, 0.5, 1])
    shapes = ([5, 5, 10, 30, 50], [2, 3, 10, 60, 25], [30, 20, 10, 20, 20], [3, 4, 8, 20, 65])
    for size in SIZES:
        for shape in shapes:
            p = np.array(shape) / 100
            counts = rng.multinomial(size, p, draws)
            low, high = mean_interval(np.full(draws, size), counts @ values, counts @ values**2)
            csat.append(100 * np.mean((low <= p @ values) & (p @ values <= high)))
    span = "NPS -60..85"
    return [
        row("coverage of NPS, adjusted Wald, %", f"n 20..2000, {span}", nps[False], (93, 97)),
        row(
            "coverage of NPS, adjusted Wald, %",
            f"n 10 and 15, {span}",
            nps[True],
            (91, 97.5),
            "a score of ten people takes few values; shown as indicative",
        ),
        row("coverage of CSAT, adjusted Wald, %", "n 10..2000, four shapes", csat, (93, 97)),
    ]


def coverage_of_shares(rng: np.random.Generator, draws: int) -> list[Row]:
    """Wilson, Newcombe, risk and odds ratios, medians."""
    from analyzer.stats.intervals import newcombe, odds_ratio, risk_ratio, wilson
    from analyzer.stats.outcomes import bootstrap_medians

    single, double, risks, odds = [], [], [], []
    for size in (30, 100, 300, 1000):
        for share in (0.05, 0.1, 0.2, 0.5):
            hits = rng.binomial(size, share, draws)
            low, high = wilson(hits, np.full(draws, size))
            single.append(100 * np.mean((low <= share) & (share <= high)))
            other = rng.binomial(2 * size, share / 2, draws)
            low, high = newcombe(hits, np.full(draws, size), other, np.full(draws, 2 * size))
            double.append(100 * np.mean((low <= share / 2) & (share / 2 <= high)))
            if size * share < 10:
                continue
            risk = risk_ratio(hits, np.full(draws, size), other, np.full(draws, 2 * size))
            risks.append(100 * np.mean((risk.low <= 2) & (risk.high >= 2)))
            ratio = odds_ratio(hits, size - hits, other, 2 * size - other)
            truth = share / (1 - share) / (share / 2 / (1 - share / 2))
            odds.append(100 * np.mean((ratio.low <= truth) & (ratio.high >= truth)))
    medians = []
    for size in (20, 51, 200):
        found = 0
        for _ in range(draws // 10):
            sample = rng.lognormal(size=size)
            low, high = np.quantile(bootstrap_medians(sample, 500, rng), [0.025, 0.975])
            found += low <= 1 <= high
        medians.append(100 * found / (draws // 10))
    return [
        row("coverage of a share, Wilson, %", "n 30..1000, 5..50 %", single, (92.5, 98)),
        row("coverage of a change of share, Newcombe, %", "n 30..1000", double, (93, 98)),
        row("coverage of a risk ratio, %", "10 or more cases", risks, (93, 97.5)),
        row("coverage of an odds ratio, %", "10 or more cases", odds, (93, 97.5)),
        row("coverage of a median, bootstrap, %", "n 20..200, log-normal", medians, (92, 97.5)),
    ]


def impacts(
    rng: np.random.Generator,
    draws: int,
    size: int,
    share: float,
    inside: list[float],
    rest: list[float],
) -> tuple[float, float]:
    """Coverage of the impact and rate of p < 0.05, in percent, of one theme."""
    from analyzer.stats.intervals import leave_out

    n = rng.binomial(size, share, draws)
    group = moments(rng.multinomial(n, inside))
    others = moments(rng.multinomial(size - n, rest))
    whole = [a + b for a, b in zip(group, others, strict=True)]
    out = leave_out(*group, *whole)
    truth = share * ((inside[0] - inside[2]) - (rest[0] - rest[2]))
    known = np.isfinite(out.value)
    covered = (out.low[known] <= truth) & (truth <= out.high[known])
    return 100 * float(np.mean(covered)), 100 * float(np.mean(out.p[known] < 0.05))


def impact_rows(rng: np.random.Generator, draws: int) -> list[Row]:
    """Impact: coverage with and without an effect, false alarms, shuffled reports."""
    covered, alarms = [], []
    for size, share in ((300, 0.1), (1000, 0.02), (1000, 0.1), (2000, 0.3)):
        for _, rest in mixes():
            covered.append(impacts(rng, draws, size, share, [0.1, 0.2, 0.7], rest)[0])
            alarms.append(impacts(rng, draws, size, share, rest, rest)[1])
    return [
        row("coverage of an impact, %", "n 300..2000, 2..30 % mention it", covered, (93, 97)),
        row(
            "false alarms of an impact at p < 0.05, %",
            "the same, no effect",
            alarms,
            (2, 6),
            "careful at high NPS and few mentions",
        ),
    ]


def share_tests(rng: np.random.Generator, draws: int) -> list[Row]:
    """False alarms and power of the tests of shares."""
    from analyzer.stats.intervals import association_p, n_minus_one

    alarms, fisher = [], []
    for size, share in ((100, 0.1), (300, 0.05), (500, 0.1), (1000, 0.04), (300, 0.5)):
        a, b = rng.binomial(size, share, (2, draws))
        n = np.full(draws, size)
        alarms.append(100 * np.mean(n_minus_one(a, n, b, n) < 0.05))
    few = min(draws, 2000)
    for size in (30, 60):
        a, b = rng.binomial(size, 0.08, (2, few))
        fisher.append(100 * np.mean(association_p(a, size - a, b, size - b) < 0.05))
    power = []
    for size, before, now in ((553, 0.04, 0.08), (588, 0.02, 0.05)):
        a, b = rng.binomial(size, now, draws), rng.binomial(size, before, draws)
        n = np.full(draws, size)
        power.append(100 * np.mean(n_minus_one(a, n, b, n) < 0.05))
    return [
        row("false alarms of a change of share (N-1), %", "n 100..1000", alarms, (3, 6)),
        row(
            "false alarms of Fisher's exact test, %",
            "n 30 and 60, 8 %",
            fisher,
            (0, 5),
            "exact tests are careful by design",
        ),
        row("power for 4 to 8 % (n 553) and 2 to 5 % (588), %", "a wave", power, (77, 90)),
    ]


def wave_rows(rng: np.random.Generator, draws: int) -> list[Row]:
    """Change of NPS between waves: false alarms, paired and not, and power."""
    import polars as pl

    from analyzer.stats.waves import score_change

    values = np.array([1, 0, -1])

    def rate(size: int, old: list[float], new: list[float], repeat: float) -> float:
        hits = 0
        people = pl.Series("respondent", [f"r{i}" for i in range(size)])
        others = pl.Series("respondent", [f"n{i}" for i in range(size)])
        for _ in range(draws):
            before, now = rng.choice(values, size, p=old), rng.choice(values, size, p=new)
            if repeat:
                same = rng.random(size) < repeat
                now = np.where(same, before, now)
            change = score_change(
                pl.DataFrame([people, pl.Series("value", before)]),
                pl.DataFrame([people if repeat else others, pl.Series("value", now)]),
            )
            hits += change["p"] < 0.05
        return 100 * hits / draws

    apart = [
        rate(n, mix, mix, 0) for n in (50, 400) for mix in ([0.4, 0.3, 0.3], [0.65, 0.2, 0.15])
    ]
    paired = [
        rate(n, mix, mix, 0.5) for n in (100, 400) for mix in ([0.4, 0.3, 0.3], [0.65, 0.2, 0.15])
    ]
    power = [rate(1081, [0.4, 0.3, 0.3], [0.45, 0.3, 0.25], 0)]
    return [
        row("false alarms of a change of NPS, %", "n 50 and 400 a wave", apart, (3, 6.5)),
        row("false alarms of a change, same people, %", "n 100 and 400", paired, (3, 6.5)),
        row("power for 10 points (n 1081 a wave), %", "40/30/30", power, (77, 84)),
    ]


def report_rows(rng: np.random.Generator, draws: int) -> list[Row]:
    """Whole reports of 30 themes on shuffled scores; sums that must agree."""
    from scipy.sparse import csr_array

    from analyzer.stats.drivers import fit
    from analyzer.stats.intervals import Q_LIMIT, benjamini_hochberg, leave_out

    size, themes = 1000, 30
    false_impacts, false_drivers, identity = 0, 0, 0.0
    for _ in range(draws):
        score = rng.choice([-1.0, 0.0, 1.0], size, p=[0.3, 0.3, 0.4])
        member = (rng.random((size, themes)) < rng.uniform(0.02, 0.2, themes)).astype(float)
        out = leave_out(
            member.sum(0), score @ member, score**2 @ member, size, score.sum(), (score**2).sum()
        )
        false_impacts += np.nanmin(benjamini_hochberg(out.p)) <= Q_LIMIT
        model = fit(csr_array(member[:, member.sum(0) >= 10]), 100 * score)
        false_drivers += benjamini_hochberg(model.p).min() <= Q_LIMIT
        share = member[:, member.sum(0) >= 10].mean(0)
        identity = max(identity, abs(model.intercept + model.effects @ share - 100 * score.mean()))
    return [
        row(
            "reports with a false impact, %",
            "30 themes, scores shuffled",
            [100 * false_impacts / draws],
            (0, 10),
        ),
        row(
            "reports with a false driver, %",
            "the same, regression",
            [100 * false_drivers / draws],
            (0, 10),
        ),
        row("NPS minus its drivers, points", "the same, largest", [identity], (0, 1e-9)),
    ]


def decomposition_rows(rng: np.random.Generator) -> list[Row]:
    """The change between waves against its parts, on simulated populations."""
    import polars as pl

    from analyzer.stats.change import change
    from analyzer.stats.population import Population

    worst = 0.0
    for _ in range(10):
        n = 800
        member = rng.random((n, 8)) < 0.15
        s = np.clip(rng.integers(-1, 2, n) - member[:, 0], -1, 1)
        answer, theme = np.nonzero(member)
        feeling = np.eye(3, dtype=bool)[rng.integers(0, 3, len(answer))]
        frame = pl.DataFrame(
            {
                "wave": rng.choice(["1", "2"], n),
                "s": s,
                "csat": (s + 1) / 2,
                "created_at": [None] * n,
                "language": rng.choice(["es", "fr"], n),
                "channel": "web",
            }
        )
        names = tuple(f"t{i}" for i in range(8))
        result = change(Population(frame, names, answer, theme, feeling))
        assert result is not None
        parts = result.mentioned + result.weighs + result.rest
        worst = max(worst, abs(parts - result.change))
    return [row("change minus its three parts, points", "8 themes, largest", [worst], (0, 1e-9))]


def shapley_rows(rng: np.random.Generator) -> list[Row]:
    """Ranking of drivers by contribution to R squared: regression effects against Shapley (LMG)."""
    from scipy.sparse import csr_array
    from scipy.stats import spearmanr

    from analyzer.stats.drivers import fit

    agreements = []
    for _ in range(5):
        n, k = 2000, 8
        common = rng.random(n)[:, None] < 0.3
        x = ((rng.random((n, k)) < 0.15) | (common & (rng.random((n, k)) < 0.2))).astype(float)
        score = 100 * np.clip(np.round(rng.normal(0.4 - x @ np.linspace(0, 0.8, k), 0.7)), -1, 1)
        r2 = {(): 0.0}
        for width in range(1, k + 1):
            for chosen in combinations(range(k), width):
                r2[chosen] = fit(csr_array(x[:, list(chosen)]), score).r_squared
        lmg = np.zeros(k)
        for chosen, value in r2.items():
            for j in set(range(k)) - set(chosen):
                gain = r2[tuple(sorted((*chosen, j)))] - value
                lmg[j] += gain / (k * comb(k - 1, len(chosen)))
        weight = fit(csr_array(x), score).effects * x.std(0)
        agreements.append(float(spearmanr(np.abs(weight), lmg).statistic))
    return [
        row(
            "drivers ranked as Shapley (LMG) does, rho",
            "8 correlated themes",
            agreements,
            (0.85, 1),
        )
    ]


def table(draws: int, seed: int = 0) -> list[Row]:
    """Run every simulation; ``draws`` of 10,000 takes a minute or two."""
    rng = np.random.default_rng(seed)
    return [
        *coverage_of_scores(rng, draws),
        *coverage_of_shares(rng, draws),
        *impact_rows(rng, draws),
        *share_tests(rng, draws),
        *wave_rows(rng, max(draws // 10, 50)),
        *report_rows(rng, max(draws // 2, 50)),
        *decomposition_rows(rng),
        *shapley_rows(rng),
    ]


def main() -> int:
    """Print the table; the exit status is 1 when a claim does not hold."""
    rows = table(1000 if "--quick" in sys.argv[1:] else 10_000)
    print("| claim | settings | lowest | mean | highest | accepted | |")
    print("|---|---|---|---|---|---|---|")
    for r in rows:
        digits = ".2g" if r.high < 1e-3 else ".2f"
        figures = " | ".join(f"{v:{digits}}" for v in (r.low, r.mean, r.high))
        note = ("holds" if r.holds else "DOES NOT HOLD") + (f"; {r.known}" if r.known else "")
        limits = f"{r.accepted[0]:g}..{r.accepted[1]:g}"
        print(f"| {r.claim} | {r.settings} | {figures} | {limits} | {note} |")
    return 0 if all(r.holds for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
