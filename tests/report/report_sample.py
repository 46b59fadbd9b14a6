"""An invented telecom company's analysis, with the attributes that the report reads."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from analyzer import stats
from analyzer.schema import FEEDBACK, LEDGER, MENTIONS, SPANS, csat_band, nps_segment
from analyzer.sources.model import ScoreDecision, Source

LANGUAGES = ("es", "fr", "en")

# theme id -> origin, names, keywords, what people say, weight in wave 1 and 2, pull on the score
THEMES: list[dict[str, Any]] = [
    {
        "names": ("Cortes de la fibra", "Coupures de la fibre", "Fibre cuts out"),
        "origin": "problem",
        "keywords": (["corte", "fibra"], ["coupure", "fibre"], ["outage", "fibre"]),
        "texts": (
            ["la fibra se corta cada tarde", "llevo tres días sin internet", "se cae la conexión"],
            ["la fibre coupe tous les soirs", "plus d'internet depuis trois jours"],
            ["the broadband drops every evening", "no internet for three days again"],
        ),
        "weight": (0.10, 0.17),
        "pull": -3.4,
    },
    {
        "names": ("Espera en el teléfono", "Attente au téléphone", "Waiting on the phone"),
        "origin": "problem",
        "keywords": (["espera", "teléfono"], ["attente", "téléphone"], ["wait", "phone"]),
        "texts": (
            ["cuarenta minutos esperando al teléfono", "nadie coge el teléfono"],
            ["quarante minutes d'attente au téléphone", "personne ne décroche jamais"],
            ["forty minutes on hold", "nobody ever picks up the phone"],
        ),
        "weight": (0.15, 0.14),
        "pull": -2.6,
    },
    {
        "names": ("Factura que no cuadra", "Facture incompréhensible", "Bill does not add up"),
        "origin": "problem",
        "keywords": (["factura", "cobro"], ["facture", "frais"], ["bill", "charge"]),
        "texts": (
            ["la factura nunca cuadra", "me cobran servicios que no pedí"],
            ["la facture est incompréhensible", "des frais jamais demandés"],
            ["the bill never adds up", "charged for things I never ordered"],
        ),
        "weight": (0.13, 0.12),
        "pull": -2.1,
    },
    {
        "names": ("Subida de precio", "Hausse de prix", "Price rise"),
        "origin": "problem",
        "keywords": (["precio", "subida"], ["prix", "hausse"], ["price", "rise"]),
        "texts": (
            ["han subido el precio sin avisar", "cada año más caro"],
            ["le prix a augmenté sans prévenir", "de plus en plus cher"],
            ["the price went up without notice", "dearer every single year"],
        ),
        "weight": (0.12, 0.13),
        "pull": -1.9,
    },
    {
        "names": ("El técnico no aparece", "Technicien absent", "Engineer does not turn up"),
        "origin": "problem",
        "keywords": (["técnico", "cita"], ["technicien", "rendez-vous"], ["engineer", "visit"]),
        "texts": (
            ["el técnico no se presentó", "dos citas y no vino nadie"],
            ["le technicien n'est jamais venu", "deux rendez-vous manqués"],
            ["the engineer never turned up", "two appointments and no one came"],
        ),
        "weight": (0.08, 0.04),
        "pull": -2.8,
    },
    {
        "names": ("La app no deja entrar", "Connexion à l'appli impossible", "App will not log in"),
        "origin": "problem",
        "keywords": (["app", "contraseña"], ["appli", "connexion"], ["app", "login"]),
        "texts": (
            ["la app no me deja entrar", "la aplicación se cierra sola"],
            ["impossible de me connecter à l'appli", "l'appli plante au démarrage"],
            ["the app will not let me log in", "app crashes on start"],
        ),
        "weight": (0.0, 0.06),
        "pull": -1.8,
    },
    {
        "names": ("Darse de baja es imposible", "Résiliation impossible", "Cannot cancel"),
        "origin": "problem",
        "keywords": (["baja", "cancelar"], ["résilier", "résiliation"], ["cancel", "leave"]),
        "texts": (
            ["imposible darse de baja", "tres llamadas para cancelar"],
            ["impossible de résilier", "trois appels pour résilier"],
            ["impossible to cancel", "three calls just to leave"],
        ),
        "weight": (0.04, 0.04),
        "pull": -3.0,
    },
    {
        "names": ("Roaming sin datos", "Pas de données à l'étranger", "No data abroad"),
        "origin": "problem",
        "keywords": (["roaming", "datos"], ["étranger", "données"], ["roaming", "data"]),
        "texts": (
            ["sin datos en el extranjero"],
            ["pas de données à l'étranger"],
            ["no data at all when abroad"],
        ),
        "weight": (0.008, 0.006),
        "pull": -1.0,
    },
    {
        "names": ("Trato amable", "Conseillers aimables", "Friendly staff"),
        "origin": "strength",
        "keywords": (["amable", "trato"], ["aimable", "accueil"], ["friendly", "staff"]),
        "texts": (
            ["la chica de la tienda fue un encanto", "trato muy amable"],
            ["la conseillère était adorable", "accueil très aimable en boutique"],
            ["the lady in the shop was lovely", "really friendly staff"],
        ),
        "weight": (0.20, 0.21),
        "pull": 2.4,
    },
    {
        "names": ("Internet rápido", "Internet rapide", "Fast internet"),
        "origin": "strength",
        "keywords": (["velocidad", "rápido"], ["débit", "rapide"], ["speed", "fast"]),
        "texts": (
            ["va rapidísimo", "la velocidad es excelente 🚀"],
            ["débit excellent", "très rapide, rien à dire 🚀"],
            ["speed is excellent 🚀", "really fast, no complaints"],
        ),
        "weight": (0.17, 0.15),
        "pull": 2.2,
    },
    {
        "names": ("Instalación sencilla", "Installation facile", "Easy installation"),
        "origin": "strength",
        "keywords": (["instalación", "fácil"], ["installation", "facile"], ["setup", "easy"]),
        "texts": (
            ["la instalación fue muy fácil", "todo listo en una hora"],
            ["installation très simple", "tout marchait en une heure"],
            ["setup was very easy", "up and running within the hour"],
        ),
        "weight": (0.08, 0.08),
        "pull": 1.7,
    },
    {
        "names": ("Buena relación calidad-precio", "Bon rapport qualité-prix", "Good value"),
        "origin": "strength",
        "keywords": (["calidad", "precio"], ["rapport", "prix"], ["value", "money"]),
        "texts": (
            ["buen precio para lo que da"],
            ["bon rapport qualité-prix"],
            ["good value for money"],
        ),
        "weight": (0.09, 0.08),
        "pull": 1.5,
    },
]
JOINERS = {"es": ". ", "fr": ". ", "en": ". "}
HOSTILE = '<script>alert("x")</script> & =cmd'


@dataclass(frozen=True)
class Quality:
    """What the pipeline says about its own work."""

    language_leak: float = 0.041
    language_corrected: bool = False
    low_confidence_share: float = 0.083
    encoder: str = "use-multilingual-v3"
    sentiment_model: str = "sentiment-es-fr-en-1"
    seed: int = 0
    contradictions: int = 7


@dataclass(frozen=True)
class Found:
    """What the report reads of the themes' geometry: the names of groups of themes."""

    parents: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            {
                "parent_id": ["M01", "M02"],
                "name_es": ["Red y aparatos", "Dinero y contratos"],
                "name_fr": ["Réseau et appareils", "Argent et contrats"],
                "name_en": ["Network and devices", "Money and contracts"],
                "themes": [3, 2],
            }
        )
    )


@dataclass(frozen=True)
class Sample:
    """Stands in for `analyzer.pipeline.Analysis`: the same attributes, made without a model."""

    feedback: pl.DataFrame
    spans: pl.DataFrame
    mentions: pl.DataFrame
    ledger: pl.DataFrame
    sources: tuple[Source, ...]
    themes: pl.DataFrame
    linked: stats.Linked
    positions: pl.DataFrame
    findings: pl.DataFrame
    subjects: pl.DataFrame | None = None
    quality: Quality = field(default_factory=Quality)
    found: Found = field(default_factory=Found)

    def examples(self, theme_id: str, n: int, sentiment: str | None = None) -> list[dict[str, Any]]:
        """Return the first spans of a theme in a shuffled but fixed order."""
        rows = (
            self.mentions.filter(pl.col("theme_id") == theme_id)
            .join(self.spans.rename({"text": "part"}), on=["feedback_id", "span"])
            .join(self.feedback, on="feedback_id")
        )
        if sentiment is not None:
            rows = rows.filter(pl.col("sentiment") == sentiment)
        columns = "feedback_id span text start end language sentiment polarity confidence"
        columns += " similarity confident kind nps csat wave"
        shuffled = sorted(
            rows.select(*columns.split(), "touchpoint").to_dicts(),
            key=lambda row: zlib.crc32(row["feedback_id"].encode()),
        )
        return shuffled[:n]


def sample(
    rows: int = 900,
    *,
    score: str = "nps",
    waves: int = 2,
    social: int = 120,
    languages: tuple[str, ...] = LANGUAGES,
    seed: int = 7,
    outcomes: bool = False,
    minimum_cell: int = 5,
) -> Sample:
    """Make an analysis.

    Args:
        rows: survey answers.
        score: "nps", "csat", "both", "none" or "detractors".
        waves: 1 or 2.
        social: mentions from social media.
        languages: of the comments.
        seed: another seed, other comments.
        outcomes: with churn, response times, status, customer value and effort.
        minimum_cell: groups of fewer people are hidden.
    """
    rng = np.random.default_rng(seed)
    feedback: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    for number in range(rows + social):
        kind = "survey" if number < rows else "social"
        _add_comment(number, kind, rng, feedback, spans, mentions, score, waves, languages)
    frame = pl.DataFrame(feedback, schema={**FEEDBACK, "country": pl.String, "plan": pl.String})
    frame = frame.with_columns(
        nps_segment=nps_segment(pl.col("nps")), csat_band=csat_band(pl.col("csat"))
    )
    if outcomes:
        frame = _with_outcomes(frame, rng)
    if score == "detractors":
        kept = frame.filter((pl.col("nps") <= 6) | (pl.col("kind") == "social"))
        ids = set(kept["feedback_id"])
        frame = kept
        spans = [row for row in spans if row["feedback_id"] in ids]
        mentions = [row for row in mentions if row["feedback_id"] in ids]
    span_frame = pl.DataFrame(spans, schema=SPANS)
    mention_frame = pl.DataFrame(mentions, schema=MENTIONS)
    ids = [f"T{i + 1:02d}" for i in range(len(THEMES))]
    linked = stats.link(
        frame,
        span_frame,
        mention_frame,
        ids,
        by=["touchpoint", "country", "language"],
        minimum_cell=minimum_cell,
    )
    themes, positions = _themes(ids, mention_frame, rng)
    return Sample(
        feedback=frame,
        spans=span_frame,
        mentions=mention_frame,
        ledger=_ledger(frame),
        sources=_sources(frame, score),
        themes=themes,
        linked=linked,
        positions=positions,
        findings=pl.DataFrame(
            {"source": ["survey.csv"] * 2, "type": ["EMAIL", "PHONE"], "count": [3, 7]}
        ),
    )


def _add_comment(
    number: int,
    kind: str,
    rng: np.random.Generator,
    feedback: list[dict[str, Any]],
    spans: list[dict[str, Any]],
    mentions: list[dict[str, Any]],
    score: str,
    waves: int,
    languages: tuple[str, ...],
) -> None:
    language = languages[int(rng.integers(len(languages)))]
    wave = int(rng.integers(waves))
    weights = np.array([theme["weight"][-1 if waves == 1 else wave] for theme in THEMES])
    said = rng.random() < (0.83 if kind == "survey" else 1.0)
    weights /= weights.sum()
    count = int(rng.choice([1, 1, 1, 2, 2, 3]))
    chosen = list(rng.choice(len(THEMES), size=count, replace=False, p=weights)) if said else []
    pull = sum(THEMES[i]["pull"] for i in chosen)
    nps = int(np.clip(round(7.2 + pull + rng.normal(0, 1.7)), 0, 10))
    feedback_id = f"{kind}-{number:04d}"
    start = datetime(2026, 1, 5) + timedelta(days=181 * wave)
    when = start + timedelta(hours=int(rng.integers(24 * 80)))
    text = ""
    slot = LANGUAGES.index(language)
    for part, theme in enumerate(chosen):
        options = THEMES[theme]["texts"][slot]
        clause = options[int(rng.integers(len(options)))]
        if number == 3 and part == 0:
            clause = f"{clause} {HOSTILE}"
        clause = clause[0].upper() + clause[1:]
        begin = len(text) + (len(JOINERS[language]) if text else 0)
        text = f"{text}{JOINERS[language]}{clause}" if text else clause
        mood = np.sign(THEMES[theme]["pull"]) if rng.random() < 0.88 else 0
        spans.append(
            {
                "feedback_id": feedback_id,
                "span": part,
                "start": begin,
                "end": len(text),
                "text": clause,
                "sentiment": {-1: "negative", 0: "neutral", 1: "positive"}[int(mood)],
                "polarity": float(np.round(mood * rng.uniform(0.5, 0.98), 3)),
                "confidence": float(np.round(rng.uniform(0.55, 0.98), 3)),
            }
        )
        mentions.append(
            {
                "feedback_id": feedback_id,
                "span": part,
                "theme_id": f"T{theme + 1:02d}",
                "similarity": float(np.round(rng.uniform(0.45, 0.95), 3)),
                "confident": True,
            }
        )
    survey = kind == "survey"
    feedback.append(
        {
            "source": "survey.csv" if survey else "mentions.jsonl",
            "row": number + 1,
            "feedback_id": feedback_id,
            "kind": kind,
            "channel": None,
            "touchpoint": ["shop", "phone", "web", "engineer"][int(rng.integers(4))]
            if survey
            else None,
            "wave": ["2026-H1", "2026-H2"][wave],
            "created_at": when,
            "respondent_id": f"r{number}" if survey else None,
            "text": text if said else None,
            "nps": nps if survey and score in {"nps", "both", "detractors"} else None,
            "csat": round(min(4, max(0, round(nps / 2.5))) / 4, 2)
            if survey and score in {"csat", "both"}
            else None,
            "consent": "unknown",
            "likes": int(rng.integers(30)) if not survey else None,
            "replies": int(rng.integers(5)) if not survey else None,
            "shares": int(rng.integers(8)) if not survey else None,
            "language": language if said else None,
            "analysed": said,
            "left_out": None if said else "no_comment",
            "country": {"es": "ES", "fr": "FR", "en": "UK"}[language] if survey else None,
            "plan": ["fibre", "mobile"][int(rng.integers(2))] if survey else None,
        }
    )


def _with_outcomes(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Detractors leave more often and wait longer."""
    unhappy = (frame["nps_segment"] == "detractor").fill_null(value=False).to_numpy()
    survey = (frame["kind"] == "survey").to_numpy()
    chance = rng.random(frame.height)
    seconds = np.round(rng.lognormal(np.where(unhappy, 9.5, 8.5), 0.8))
    columns = {
        "churned": chance < np.where(unhappy, 0.35, 0.05),
        "first_response_seconds": seconds,
        "status": np.where(chance < 0.7, "resolved", "open"),
        "lifetime_value": np.round(rng.lognormal(np.where(unhappy, 6.0, 5.0), 0.6)),
        "ces": np.where(unhappy, 0.25, 0.75),
    }
    return frame.with_columns(
        pl.when(pl.Series(survey)).then(pl.Series(name, values)).alias(name)
        for name, values in columns.items()
    )


def _themes(
    ids: list[str], mentions: pl.DataFrame, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    sizes = dict(mentions.group_by("theme_id").len().iter_rows())
    centres = rng.normal(0, 6, size=(len(ids), 2))
    themes = pl.DataFrame(
        {
            "theme_id": ids,
            "origin": [theme["origin"] for theme in THEMES],
            "status": "discovered",
            "parent_id": [
                {0: "M01", 5: "M01", 9: "M01", 2: "M02", 3: "M02"}.get(i) for i in range(len(ids))
            ],
            **{
                f"name_{language}": [theme["names"][i] for theme in THEMES]
                for i, language in enumerate(LANGUAGES)
            },
            **{
                f"keywords_{language}": [theme["keywords"][i] for theme in THEMES]
                for i, language in enumerate(LANGUAGES)
            },
            "stability": [round(float(x), 3) for x in rng.uniform(0.55, 0.98, len(ids))],
            "weak": [i == 7 for i in range(len(ids))],
            "x": centres[:, 0],
            "y": centres[:, 1],
            "size": [int(sizes.get(i, 0)) for i in ids],
        }
    )
    index = {theme: i for i, theme in enumerate(ids)}
    where = centres[[index[theme] for theme in mentions["theme_id"]]]
    noise = rng.normal(0, 1.1, size=where.shape)
    points = where + noise if mentions.height else np.empty((0, 2))
    positions = mentions.select("feedback_id", "span").with_columns(
        x=pl.Series(points[:, 0]), y=pl.Series(points[:, 1])
    )
    return themes, positions


def _ledger(feedback: pl.DataFrame) -> pl.DataFrame:
    kept = feedback.select(
        "source",
        "row",
        stage=pl.lit("text"),
        reason=pl.coalesce("left_out", pl.lit("analysed")),
    )
    lost = pl.DataFrame(
        {
            "source": ["survey.csv"] * 5 + ["mentions.jsonl"] * 2,
            "row": [9001, 9002, 9003, 9004, 9005, 9001, 9002],
            "stage": ["read", "read", "text", "text", "text", "text", "text"],
            "reason": [
                "invalid_score",
                "empty_row",
                "duplicate",
                "duplicate",
                "non_answer",
                "repost",
                "other_language",
            ],
        },
        schema=LEDGER,
    )
    return pl.concat([kept, lost]).sort("source", "row")


def _sources(feedback: pl.DataFrame, score: str) -> tuple[Source, ...]:
    scores: list[ScoreDecision] = []
    if score in {"nps", "both", "detractors"}:
        scores.append(ScoreDecision("nps", "Recommend?", 0, 10, "name", True))
    if score in {"csat", "both"}:
        scores.append(ScoreDecision("csat", "Satisfaction", 1, 5, "values", True))
    rows = dict(feedback.group_by("source").len().iter_rows())
    survey = Source(
        name="survey.csv",
        kind="survey",
        format="csv",
        encoding="cp1252",
        delimiter=";",
        dialect=None,
        rows=rows.get("survey.csv", 0) + 5,
        mapping={"text": "Why?", "respondent_id": "Customer"},
        scores=tuple(scores),
        date_order="dmy",
        notes=(),
    )
    mentions = Source(
        name="mentions.jsonl",
        kind="social",
        format="jsonl",
        encoding="utf-8",
        delimiter=None,
        dialect=None,
        rows=rows.get("mentions.jsonl", 0) + 2,
        mapping={"text": "content", "likes": "favourites"},
        scores=(),
        date_order="ymd",
        notes=(),
    )
    return (survey, mentions) if "mentions.jsonl" in rows else (survey,)
