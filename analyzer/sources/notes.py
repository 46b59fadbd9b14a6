"""What an analyst should know of how a file was read: sentences that remember what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from typing import Self

__all__ = ["NAMES", "NOTES", "Note", "Value", "read_note"]

Value = str | int | float | tuple[str, ...]

# Values that are names of columns or sheets, or cells, which a sentence puts in quotation marks.
NAMES: Final = frozenset({"column", "columns", "sheet", "sheets", "labels"})
_ORDERS: Final = {"dmy": "day/month", "mdy": "month/day"}


def _(message: str) -> str:
    """Mark a message for the catalogues of the report."""
    return message


def plural(one: str, many: str) -> tuple[str, str]:
    """Mark a message for the catalogues; its form goes with the value ``n``."""
    return one, many


# Code to sentence, or to the sentences for one and for many.
NOTES: Final[Mapping[str, str | tuple[str, str]]] = {
    "rows_above_header": plural(
        "%(n)s row above the header",
        "%(n)s rows above the header",
    ),
    "no_header": _(
        "the first row is an answer and no column names: columns are called column 1, column 2 and "
        'so on; say what they are, for instance --map nps="column 2"'
    ),
    "utf16_without_mark": _("UTF-16 without a byte order mark"),
    "damaged_characters": plural(
        "%(n)s damaged character in a UTF-8 file",
        "%(n)s damaged characters in a UTF-8 file",
    ),
    "unknown_characters": plural(
        "%(n)s character that does not exist in Windows-1252 was lost; export the file as UTF-8",
        "%(n)s characters that do not exist in Windows-1252 were lost; export the file as UTF-8",
    ),
    "damaged_text": _("some damaged characters in a UTF-8 file"),
    "comments_joined": plural(
        "%(n)s comment of %(column)s with the delimiter in it and no quotation marks put together "
        "again",
        "%(n)s comments of %(column)s with the delimiter in them and no quotation marks put "
        "together again",
    ),
    "lists_joined": plural(
        "%(n)s comment of %(column)s is a list of texts, which were put together",
        "%(n)s comments of %(column)s are lists of texts, which were put together",
    ),
    "text_named_xls": _("text with delimiters called .xls"),
    "sheet_read": _(
        "sheet %(sheet)s read; not read: %(sheets)s; to read another, write it behind the name of "
        "the file, as in book.xlsx#sheet"
    ),
    "text_chosen": _("text is %(column)s, which holds the most; not read as text: %(columns)s"),
    "language_not_used": _("column %(column)s is not used: the language is found in each comment"),
    "nps_chosen": _("NPS is %(column)s; also about recommending, not read: %(columns)s"),
    "nps_not_read": _(
        "column %(column)s asks about recommending, but not on a scale from 0 to 10: not read as "
        "NPS; %(option)s reads it as satisfaction"
    ),
    "csat_unclear": _("%(n)s satisfaction columns, none read; choose one with %(options)s"),
    "no_csat_scale": _("column %(column)s fits no satisfaction scale and is not read as a score"),
    "no_scale": _("column %(column)s fits no survey scale and is not read as a score"),
    "effort_unclear": _(
        "effort score %(column)s not read, its direction is unclear: say %(option)s when a high "
        "value means easy, or %(other)s when it means much effort"
    ),
    "score_not_read": _(
        "column %(column)s is called a score, but its answers (such as %(labels)s) are not known: "
        "not read; recode them as numbers"
    ),
    "scores_unread": plural(
        "WARNING: %(n)s answer of column %(column)s is no score of its scale and counts nowhere: "
        "scores without it may be too high or too low; recode it",
        "WARNING: %(n)s answers of column %(column)s are no scores of its scale and count nowhere: "
        "scores without them may be too high or too low; recode them",
    ),
    "scores_left_empty": plural(
        "%(n)s answer of %(column)s is no score of its scale and was left empty",
        "%(n)s answers of %(column)s are no scores of its scale and were left empty",
    ),
    "codes_left_empty": plural(
        "%(n)s value of %(column)s taken as no answer: %(labels)s",
        "%(n)s values of %(column)s taken as no answer: %(labels)s",
    ),
    "low_is_best": _("CSAT from column %(column)s: low values are the best, as its name says"),
    "csat_direction_unclear": _(
        "column %(column)s is not read, its direction is unclear: say %(option)s when a high value "
        "is the best answer, or %(other)s when a low one is"
    ),
    "people_unnamed": plural(
        "%(n)s row has a placeholder in %(column)s and counts as a person of its own",
        "%(n)s rows have a placeholder in %(column)s and count as a person each",
    ),
    "one_for_many": _(
        "one value of %(column)s stands in %(n)s rows, which count as one person; leave it empty "
        "if it names nobody"
    ),
    "ids_unusable": _("ids of %(column)s are blank or repeated: rows are named by number"),
    "ids_of_people": _(
        "ids of %(column)s come once for each question: rows with one id are one person's answers"
    ),
    "dates_unreadable": plural(
        "%(n)s date of %(column)s could not be read and was left empty",
        "%(n)s dates of %(column)s could not be read and were left empty",
    ),
    "dates_only_times": plural(
        "%(n)s value of %(column)s is a time without a day and was left empty",
        "%(n)s values of %(column)s are times without a day and were left empty",
    ),
    "dates_by_language": _("dates read as %(order)s: from the file's language"),
    "dates_assumed": _(
        "dates read as %(order)s: assumed, nothing in the file decides it; say --date-order dmy "
        "or mdy"
    ),
    "dates_not_as_told": plural(
        "%(n)s date can only be read the other way round than %(order)s",
        "%(n)s dates can only be read the other way round than %(order)s",
    ),
    "dates_mixed": plural(
        "%(n)s date has day and month the other way round than most",
        "%(n)s dates have day and month the other way round than most",
    ),
    "signed_posts": plural(
        "%(n)s post ends with an agent's initials (^AB): if the brand wrote it, name its account "
        "with --brand-handle",
        "%(n)s posts end with an agent's initials (^AB): if the brand wrote them, name its "
        "account with --brand-handle",
    ),
    "nps_upside_down": _(
        "WARNING: NPS from column %(column)s may be upside down: comments with low scores sound "
        "better (mean tone %(low)s, n=%(low_n)s) than those with high ones (%(high)s, "
        "n=%(high_n)s); rank correlation %(correlation)s. Check in the survey whether 10 means "
        "very likely, and recode the column if it does not"
    ),
    "csat_upside_down": _(
        "WARNING: CSAT from column %(column)s may be upside down: comments with low scores sound "
        "better (mean tone %(low)s, n=%(low_n)s) than those with high ones (%(high)s, "
        "n=%(high_n)s); rank correlation %(correlation)s. If low values are the best answers, say "
        "%(option)s"
    ),
    "ces_upside_down": _(
        "WARNING: CES from column %(column)s may be upside down: comments with low scores sound "
        "better (mean tone %(low)s, n=%(low_n)s) than those with high ones (%(high)s, "
        "n=%(high_n)s); rank correlation %(correlation)s. If high values mean much effort, say "
        "%(option)s; if little, %(other)s"
    ),
}


class Note(str):
    """An English sentence that can be said in another language too.

    It is the sentence wherever a string is wanted, and equal to it.

    Attributes:
        code: of `NOTES`.
        values: what fills the sentence's places: names of columns and sheets, answers of closed
            questions, counts (int),
            figures of a scale of their own (float), an order of dates (``dmy``, ``mdy``), options
            of the command line.
    """

    __slots__ = ("code", "values")
    code: str
    values: dict[str, Value]

    def __new__(cls, code: str, /, **values: Value) -> Self:
        """Make the sentence.

        Raises:
            KeyError: There is no such code, or a value that its sentence needs is missing.
        """
        template = NOTES[code]
        if not isinstance(template, str):
            template = template[values["n"] != 1]
        note = super().__new__(cls, template % {key: _english(key, values[key]) for key in values})
        note.code, note.values = code, dict(values)
        return note

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Value]]:
        """Give what a copy is made from."""
        return (self.code,), self.values

    def told(self) -> dict[str, Any]:
        """Return plain JSON that `read_note` understands: ``code``, ``text`` and ``values``."""
        values = {k: list(v) if isinstance(v, tuple) else v for k, v in self.values.items()}
        return {"code": self.code, "text": str(self), "values": values}


def read_note(told: Mapping[str, Any] | str) -> str:
    """Make a note of what `Note.told` gave.

    Args:
        told: that mapping; or a sentence, which stays what it is.

    Returns:
        A `Note`, or the plain sentence when it was told by a version with other codes.
    """
    if isinstance(told, str):
        return told
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in told["values"].items()}
    try:
        return Note(told["code"], **values)
    except KeyError:
        return str(told["text"])


def _english(key: str, value: Value) -> str:
    if key in NAMES:
        return ", ".join(map(repr, value if isinstance(value, tuple) else (value,)))
    if isinstance(value, tuple):
        return " or ".join(value)
    if key == "order":
        return _ORDERS[str(value)]
    if isinstance(value, float):
        return f"{value:+.2f}"
    return f"{value:,}" if isinstance(value, int) else value
