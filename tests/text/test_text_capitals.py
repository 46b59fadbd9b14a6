"""Names in words that are in capitals throughout."""

from __future__ import annotations

import pytest

from analyzer.text import redact
from analyzer.text.smallnames import without_shouting

FOUND = [
    ("es", "ME ATENDIO «JUAN PEREZ GARCIA»"),
    ("es", "GRACIAS A «MARIA JOSE» Y A «CARMEN»"),
    ("es", "HABLE CON «LUCIA» Y «VICTOR» Y NADA"),
    ("es", "QUIERO FELICITAR A «JOSÉ ÁNGEL RUIZ» DE SEVILLA"),
    ("es", "todo perfecto, me atendió «NEREA» de la tienda"),
    ("es", "GRACIAS A «PILAR GARCIA» POR TODO"),
    ("en", "«JOHN SMITH» WAS RUDE"),
    ("en", "I SPOKE TO «RAJESH»"),
    ("en", "THANKS TO «MARK WILSON» FOR THE HELP"),
    ("en", "I'M «SARAH JONES» AND I WAIT"),
    ("en", "MISS «TAYLOR» WAS LOVELY"),
    ("fr", "«KARIM BENALI» M A RACCROCHE"),
    ("fr", "JE REMERCIE «NATHALIE» ET «KARIM»"),
    ("fr", "MERCI A «JEAN-PIERRE» POUR TOUT"),
    ("fr", "MA CONSEILLERE «EMELINE» AU TOP"),
    ("fr", "«MARIE» EST TRES GENTILLE"),
    ("fr", "MON FRERE «KARIM» ATTEND"),
    ("es", "UN SALUDO «JAVIER»"),
    ("es", "ME ATENDIO «JUAN MONTORRO» EN LA TIENDA"),
]

LEFT = [
    ("en", "MARK MY WORDS, I WILL NEVER COME BACK, GRACE PERIOD OR NOT"),
    ("en", "I HOPE THEY HAVE FAITH. A ROSE IS NO RAY OF HOPE. THANKS TO GRACE AND HOPE"),
    ("en", "I'M A FREQUENT FLYER AND I'M GOING TO MISS CONNECTING FLIGHTS"),
    ("en", "I'M TRYING TO GET HOME, THIS IS A NICE PLACE"),
    ("en", "flew with ANA, checked the ETA, no SIM and no ART"),
    ("es", "LA MERCEDES DE MI HIJA, EL PILAR DEL PUENTE, DOLORES DE CABEZA Y CONSUELO NINGUNO"),
    ("es", "LA CALLE ALICIA ESTA CORTADA"),
    ("es", "AVISE A LA CAMARERA, A LA RECEPCION Y AL JEFE"),
    ("fr", "JE SUIS MARIE DEPUIS DIX ANS"),
    ("fr", "L'AGENT A EPLUCHE MON COMPTE"),
    ("fr", "LA MARINE EST BELLE, LA REPONSE EST CLAIRE, MERCI A TOUS"),
    ("fr", "RUE VICTOR HUGO BARREE"),
]


@pytest.mark.parametrize(("language", "marked"), FOUND)
def test_finds_names(language: str, marked: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    parts = marked.replace("»", "«").split("«")
    redacted, _ = redact(text, language)
    for plain, name in zip(parts[0::2], parts[1::2], strict=False):
        assert plain in redacted
        assert name not in redacted
        assert not set(name.split(" ")) & set(redacted.split(" "))


@pytest.mark.parametrize(("language", "text"), LEFT)
def test_leaves_what_is_no_name(language: str, text: str) -> None:
    assert redact(text, language) == (text, [])


def test_only_words_in_capitals_throughout_are_put_in_small_letters() -> None:
    assert without_shouting("HOLA Juan, A LAS DOS ÉL") == "hola Juan, A las dos él"
    assert without_shouting("iPHONE McDONALD O'BRIEN") == "iPHONE McDONALD O'brien"
