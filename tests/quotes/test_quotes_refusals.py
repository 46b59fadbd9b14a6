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
        "Please keep it secret",
        "Please don't use this online",
        "Ne partagez jamais mon avis",
        "Ne l'utilisez pas sur internet",
        "No quiero que compartan mi comentario",
        "No lo usen en redes",
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
        "I couldn't use the website so I called, and Anna helped at once",
        "I don't usually post reviews online but this team deserves it",
        "I can't wait to share my review with others",
        "A quiet place, known for this secret recipe",
        "Les autres, pour ne pas les citer, sont plus chers",
        "Je ne laisse jamais d'avis sur internet, mais bravo",
        "Je ne manquerai pas de partager mon avis",
        "Je ne sais pas utiliser le site, on m'a aidée",
        "No suelo publicar opiniones, pero lo merecen",
        "No puedo dejar de compartir mi opinión",
        "No sé usar internet y me ayudaron en la tienda",
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


@pytest.mark.parametrize("who", [{"customer_id": "C7"}, {"customer_id": "", "id": "R7"}])
def test_a_row_without_an_answer_refuses_for_the_person(
    tmp_path: Path, who: dict[str, str]
) -> None:
    silent = {"comment": "", "nps": "", "can_quote": "no"}
    rows = [{"comment": GOOD, **who}, {**silent, **who}, {"comment": KIND, "id": "R9"}]
    analysis = sample(tmp_path, rows)
    assert rules(analysis) == {"consent_refused": 1, "exported": 1}
    assert analysis.feedback.height == 2  # the row itself is left out, and counted once
    other = {"A.csv": [rows[0]], "B.csv": [rows[1], rows[2]]}
    if who["customer_id"]:
        assert rules(samples(tmp_path, other)) == {"consent_refused": 1, "exported": 1}


def test_a_copy_that_reading_leaves_out_refuses_too(tmp_path: Path) -> None:
    row = {"id": "R1", "comment": GOOD, "customer_id": ""}
    files = {"A.csv": [row], "B.csv": [{**row, "can_quote": "no"}]}
    assert rules(samples(tmp_path, files)) == {"consent_refused": 1}


@pytest.mark.parametrize(
    ("ids", "listed"),
    [
        (("R1", "R2"), "r2"),
        (("R2", "R2"), "R2"),  # ids that are no use name no row, but still whose it is
        (("R2", "R2"), "wave.csv:2"),
    ],
)
def test_a_withdrawal_of_a_repeated_row_reaches_the_one_that_stays(
    tmp_path: Path, ids: tuple[str, str], listed: str
) -> None:
    rows = [{"id": one, "comment": GOOD, "customer_id": ""} for one in ids]
    rows.append({"id": "R9", "comment": KIND})
    given = tmp_path / "withdrawn.txt"
    given.write_text(listed)
    quotes = select(sample(tmp_path, rows), secret=SECRET, withdrawn=given)
    assert quotes.quotes["quote"].to_list() == [KIND]
    assert quotes.withdrawals_unmatched == 0


def test_a_withdrawal_by_an_answer_without_a_comment_is_the_persons(tmp_path: Path) -> None:
    rows = [
        {"id": "R1", "comment": GOOD, "customer_id": "C7"},
        {"id": "R2", "comment": "", "customer_id": "C7"},
        {"id": "R3", "comment": "", "nps": "", "customer_id": "C8"},
        {"id": "R4", "comment": KIND, "customer_id": "C8"},
        {"id": "R5", "comment": "The bill is right and a pleasure to read."},
    ]
    given = tmp_path / "withdrawn.txt"
    given.write_text("R2\nR3\n")
    assert rules(sample(tmp_path, rows), withdrawn=given) == {"withdrawn": 2, "exported": 1}
