"""A refusal counts wherever it stands: in a copy, in another row, in the words themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from quotes_sample import SECRET, sample, samples

from analyzer.quotes import select
from analyzer.quotes.patterns import refuses_quoting
from analyzer.quotes.wording import fold

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline import Analysis

GOOD = "The fibre is fast and the price never changes from month to month."
KIND = "The staff were kind to my whole family that Saturday morning."


def rules(analysis: Analysis, **options: Any) -> dict[str, int]:  # noqa: ANN401
    counts = select(analysis, secret=SECRET, **options).counts
    return dict(counts.filter(pl.col("comments") > 0).select("rule", "comments").iter_rows())


@pytest.mark.parametrize("order", [("B1.csv", "B2.csv"), ("B2.csv", "B1.csv")])
@pytest.mark.parametrize("person", ["C7", ""])
def test_a_copy_in_another_export_refuses_in_either_order(
    tmp_path: Path, order: tuple[str, str], person: str
) -> None:
    row = {"comment": GOOD, "id": "", "customer_id": person}
    files = {order[0]: [{**row, "can_quote": "yes"}], order[1]: [{**row, "can_quote": "no"}]}
    assert rules(samples(tmp_path, files)) == {"consent_refused": 1}
    assert rules(samples(tmp_path, files), unknown_consent=True) == {"consent_refused": 1}


def test_a_copy_that_is_no_duplicate_refuses_too(tmp_path: Path) -> None:
    rows = [
        {"comment": GOOD, "customer_id": "", "touchpoint": "shop"},
        {"comment": GOOD.upper(), "customer_id": "", "touchpoint": "phone", "can_quote": "no"},
    ]
    assert rules(sample(tmp_path, rows)) == {"consent_refused": 2}


def test_the_same_answer_twice_a_day_is_refused_once_said(tmp_path: Path) -> None:
    row = {"comment": GOOD, "customer_id": "C7", "date": "2026-04-01 10:00:00"}
    for said in (("yes", "no"), ("no", "yes")):
        both = [{**row, "can_quote": consent} for consent in said]
        assert rules(sample(tmp_path, both)) == {"consent_refused": 1}


def test_a_later_no_is_about_the_person(tmp_path: Path) -> None:
    rows = [
        {"comment": GOOD, "customer_id": "C7", "date": "2026-07-01 10:00:00"},
        {"comment": KIND, "customer_id": "C7", "date": "2026-08-01 10:00:00", "can_quote": "no"},
        {"comment": "", "customer_id": "C8", "can_quote": "no"},
        {"comment": "The bill is right and a pleasure to read.", "customer_id": "C8"},
        {"comment": "Our fibre is fast even when four people stream.", "customer_id": "C9"},
    ]
    assert rules(sample(tmp_path, rows)) == {"consent_refused": 3, "exported": 1}


@pytest.mark.parametrize(
    "comment",
    [
        "Ne publiez pas mon avis. La fibre est rapide et le prix ne change jamais.",
        "Wonderful service as always. Do not publish this comment please. The fibre is fast here.",
        "La fibra es rápida y el precio no cambia nunca. Por favor, no publiquen mi comentario.",
        GOOD + " Please keep this confidential.",
    ],
)
def test_who_asks_not_to_be_published_is_not(tmp_path: Path, comment: str) -> None:
    rows = [
        {"comment": comment, "customer_id": "C7"},
        {"comment": KIND, "customer_id": "C7"},
        {"comment": GOOD, "customer_id": "C8"},
    ]
    quotes = select(sample(tmp_path, rows), secret=SECRET)
    assert quotes.quotes["quote"].to_list() == [GOOD]
    stopped = quotes.audit.filter(pl.col("rule") == "text_refuses")
    assert len(stopped) == 2
    assert set(stopped["meaning"]) == {
        "No comment of the person asks not to be published, quoted or shared."
    }


@pytest.mark.parametrize(
    "text",
    [
        "Merci de ne pas diffuser ce commentaire",
        "Je refuse que mon avis soit publié",
        "Je ne souhaite pas que mon commentaire apparaisse sur votre site",
        "À usage interne uniquement",
        "Ne partagez pas.",
        "Merci de garder cela pour vous",
        "Prefiero que no se publique esto",
        "No autorizo el uso de mi opinión",
        "No me citéis, por favor",
        "Que quede entre nosotros",
        "No usar en redes sociales",
        "I'd rather you didn’t share this with anyone",
        "Please don't quote me",
        "This is not for publication",
        "I do not want my review to be used in adverts",
        "I don't give permission to use my words",
        "Do not put this on your website",
        "Please keep this to yourselves",
    ],
)
def test_refusals_in_words_are_heard(text: str) -> None:
    assert refuses_quoting(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "Do not hesitate to publish this, the service is great",
        "N'hésitez pas à publier mon avis",
        "No duden en publicar mi comentario",
        "I don't use the app much but the staff are kind",
        "No tuve que pedir cita",
        "Je n'ai jamais eu de panne",
        "Communication between us was great",
        "I can't praise them enough",
        "You can order with confidence",
    ],
)
def test_an_invitation_is_no_refusal(text: str) -> None:
    assert not refuses_quoting(fold(text))


def test_a_withdrawal_reaches_copies_and_the_person(tmp_path: Path) -> None:
    rows = [
        {"id": "R1", "comment": GOOD, "customer_id": "C7"},
        {"id": "R2", "comment": KIND, "customer_id": "C7"},
        {"id": "R3", "comment": GOOD, "customer_id": "", "touchpoint": "phone"},
        {"id": "R4", "comment": "The bill is right and a pleasure to read.", "customer_id": "C8"},
    ]
    listed = tmp_path / "withdrawn.txt"
    listed.write_text("r1\n")
    found = rules(sample(tmp_path, rows), withdrawn=str(listed))
    assert found == {"withdrawn": 3, "exported": 1}
