"""Who refuses or withdraws in one wave is quoted from none."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from analyzer.quotes.consent import Withdrawals
from analyzer.store.consent import with_consent
from analyzer.store.frames import load_sources, load_wave

if TYPE_CHECKING:
    from analyzer.store import Workspace

GOOD = "The fibre is fast and the price never changes."
KIND = "The staff were kind to my whole family."
BILL = "The bill is right and a pleasure to read."


def ingest(space: Workspace, wave: str, *rows: dict[str, str]) -> None:
    columns = ("response_id", "customer_id", "nps", "comment", "consent", "date")
    place = space.folder.parent / f"{wave}.csv"
    with place.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for number, row in enumerate(rows, 1):
            usual = {"response_id": f"{wave}{number}", "nps": "10", "consent": "yes"}
            writer.writerow(usual | row)
    space.ingest(place, wave, {"text": "comment", "consent": "consent"})


def consent(space: Workspace, wave: str, listed: str | None = None) -> list[str]:
    """Consent of the wave's comments in their order; "withdrawn" for those on the list."""
    with space._database.reading() as session:
        feedback = load_wave(session, space.folder, [wave]).feedback
        feedback, sources = with_consent(session, wave, feedback, load_sources(session, [wave]))
    said = feedback.sort("row")["consent"].to_list()
    if listed is None:
        return said
    place = space.folder.parent / "withdrawn.txt"
    place.write_text(listed)
    meant = Withdrawals(place).meant(feedback.sort("row"), sources)
    return ["withdrawn" if hit else one for hit, one in zip(meant, said, strict=True)]


@pytest.mark.parametrize(
    "refusal",
    [
        {"customer_id": "C1", "nps": "", "comment": "", "consent": "no"},
        {"customer_id": "C1", "comment": "All is well. Please do not publish this comment."},
        {"comment": GOOD.upper(), "consent": "no"},
    ],
)
def test_a_refusal_in_another_wave_counts(empty: Workspace, refusal: dict[str, str]) -> None:
    ingest(empty, "A", {"customer_id": "C1", "comment": GOOD}, {"comment": KIND})
    assert consent(empty, "A") == ["yes", "yes"]
    other = {"customer_id": "C9", "comment": "Nobody ever answers the phone there."}
    ingest(empty, "B", other)
    ingest(empty, "B", other, refusal)
    assert consent(empty, "A") == ["no", "yes"]
    assert consent(empty, "B")[0] == "yes"


def test_a_refusal_without_an_answer_is_forgotten_with_the_person(empty: Workspace) -> None:
    silent = {"customer_id": "C1", "nps": "", "comment": "", "consent": "no"}
    ingest(empty, "A", {"customer_id": "C1", "comment": GOOD}, {"comment": KIND})
    ingest(empty, "B", {"comment": BILL}, silent)
    assert empty.query("SELECT wave, source FROM refusals").rows() == [("B", "B.csv")]
    empty.forget("C1")
    ingest(empty, "B", {"comment": BILL + " Really."}, silent)
    assert empty.query("SELECT * FROM refusals").is_empty()
    assert empty.doctor() == []


def test_a_refusal_in_a_version_that_was_answered_again_stays(empty: Workspace) -> None:
    first = {"customer_id": "C1", "comment": GOOD, "consent": "no", "date": "2026-04-01 10:00:00"}
    again = {**first, "comment": GOOD + " Always.", "consent": "yes", "date": "2026-04-01 10:09:00"}
    ingest(empty, "A", first, again)
    assert consent(empty, "A") == ["no"]


def test_a_withdrawal_finds_rows_by_the_ids_of_their_file(empty: Workspace) -> None:
    known = {"customer_id": "C1", "comment": KIND}
    ingest(empty, "A", {"comment": GOOD}, {"comment": GOOD}, known, {**known, "comment": ""})
    ingest(empty, "B", {"customer_id": "C1", "comment": BILL})
    assert consent(empty, "A", "A2") == ["withdrawn", "yes", "yes"]  # a duplicate: it is not there
    assert consent(empty, "A", "a4")[2] == "withdrawn"
    assert consent(empty, "A", "B1") == ["yes", "withdrawn", "withdrawn"]
    assert consent(empty, "A", "X1") == ["yes", "yes", "yes"]


def test_the_report_of_a_wave_knows_refusals_of_others(empty: Workspace) -> None:
    ingest(empty, "A", {"customer_id": "C1", "comment": GOOD}, {"comment": KIND})
    ingest(empty, "B", {"customer_id": "C1", "comment": BILL, "consent": "no"})
    analysis = empty.report("A")
    assert analysis.feedback.sort("row")["consent"].to_list() == ["no", "yes"]
    assert not analysis.sources[0].aliases.is_empty()
