"""Numbers and names of accounts that only the words around them tell."""

from __future__ import annotations

import pytest

from analyzer.text import redact
from analyzer.text.placeholders import placeholder

CAUGHT = [
    ("IBAN", "fr", "compte «FR 76 3000 6000 0112 3456 7890 189» svp"),
    ("IBAN", "es", "a la cuenta «ES 91 2100 0418 4502 0005 1332», gracias"),
    ("IBAN", "es", "mi IBAN «ES91 2100 0418 4502 0005 1333» no vale"),
    ("IBAN", "fr", "mon RIB «30006 00001 12345678901 89» est faux"),
    ("IBAN", "es", "CLABE «032180000118359719» rechazada"),
    ("CURP", "es", "CURP «BADD110313HCMLNS09» rechazada"),
    ("REF", "fr", "carte d'identité n° «880692310285» refusée"),
    ("REF", "fr", "CNI n° «880692310285»"),
    ("REF", "fr", "permis n° «880692310285»"),
    ("REF", "fr", "numéro fiscal «30 23 217 600 053» inconnu"),
    ("NIR", "fr", "NIR : «1 85 05 78 006 084 36»"),
    ("NIR", "fr", "NIR : «1 85 05 78 006 084»"),
    ("NIR", "fr", "numéro de sécurité sociale «1850578006084»"),
    ("REF", "en", "driving licence «MORGA657054SM9IJ» lost"),
    ("REF", "en", "CVV «123» refused"),
    ("REF", "es", "mi pin «4521» no funciona"),
    ("PHONE", "en", "ring «(0)7700 900123»"),
    ("PHONE", "es", "mi número, «34612345678», no"),
    ("PHONE", "es", "el «612/345/678» no contesta"),
    ("HANDLE", "en", "my handle is «johnny_99»"),
    ("HANDLE", "fr", "compte twitter «jeannot_75» bloqué"),
    ("HANDLE", "en", "insta «john_smith99» blocked"),
    ("NAME", "es", "me llamo «juan carlos pérez gómez» y llamo por"),
    ("NAME", "fr", "je m'appelle «jean-pierre de la fontaine»"),
    ("NAME", "es", "me llamo «maria del carmen lópez de haro»"),
    ("NAME", "es", "gracias a «maria del carmen lópez de haro»"),
    ("NAME", "en", "my name is «john o'brien» and I wait"),
    ("NAME", "es", "el Sr.«Gómez» me atendió"),
    ("NAME", "fr", "M.«Dupont» est venu"),
    ("NAME", "fr", "Mme.«Durand» est venue"),
    ("NAME", "fr", "Monsieur «d'Ormesson» est venu"),
    ("NAME", "fr", "Madame «de Villepin» est venue"),
    ("NAME", "fr", "Mme «de La Tour» est venue"),
    ("NAME", "en", "booking under the name of «Fernandez»"),
    ("NAME", "en", "booked under the name «Fernandez»"),
    ("ADDRESS", "es", "en «C/ Alcalá, 234, 28027 Madrid» y nada"),
    ("ADDRESS", "es", "«avda. de la constitución nº 5, piso 2, puerta 3, 41001 sevilla»"),
    ("ADDRESS", "es", "en «calle Mayor 12, piso 3, puerta 4» y nada"),
    ("ADDRESS", "en", "i live at «14 oak lane leeds ls1 4dy»"),
    ("ADDRESS", "en", "my address is «14 oak lane» in town"),
    ("ADDRESS", "fr", "au «45 chemin du moulin, 13100 aix»"),
    ("ADDRESS", "fr", "mon adresse est «45 chemin du moulin», au bout"),
    ("ADDRESS", "fr", "au «12 rue de la paix, 75002 paris», merci"),
]

LEFT = [
    ("es", "la clave 2000 euros y el pin es fácil"),
    ("es", "me dieron un pin de 4 cifras, cuesta 3500 euros"),
    ("es", "el señor de Movistar y la señora de la limpieza"),
    ("es", "me llamo la atención y vivo en madrid"),
    ("es", "en la avenida de la paz, 3 horas de espera"),
    ("es", "un plan de 20 personas esperando ahi en la cola 300"),
    ("es", "Vino con D.O de Calatayud"),
    ("en", "security code not received after 300 minutes"),
    ("en", "we waited 14 long minutes in the lane, 2 miles down the road"),
    ("en", "Spoke to Billing/India"),
    ("en", "Ask for Refund"),
    ("fr", "J'ai parlé à Quelqu'un"),
    ("fr", "permis B depuis 2010, permis de conduire refusé le 12 mars 2020"),
    ("fr", "il y a 2 place de parking, 13100 euros"),
    ("fr", "le monsieur de Lyon et Madame la Directrice"),
    ("fr", "je m'appelle d'accord et j'habite loin"),
]


@pytest.mark.parametrize(("kind", "language", "marked"), CAUGHT)
def test_catches(kind: str, language: str, marked: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    redacted, findings = redact(text, language)
    assert [(f.type, f.start, f.end) for f in findings] == [(kind, start, end)]
    assert redacted == text[:start] + placeholder(kind, language) + text[end:]


@pytest.mark.parametrize(("language", "text"), LEFT)
def test_leaves_alone(language: str, text: str) -> None:
    assert redact(text, language) == (text, [])
