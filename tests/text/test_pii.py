"""Redaction of personal data."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analyzer
from analyzer.text import PLACEHOLDER, TYPES, redact
from analyzer.text.placeholders import placeholder

CAUGHT = [
    ("EMAIL", "es", "escribidme a «ana.lopez+nps@correo.es»."),
    ("EMAIL", "fr", "mail: «jean arobase exemple.fr»"),
    ("EMAIL", "es", "soy «pepe (arroba) dominio punto com» gracias"),
    ("EMAIL", "en", "it is «john.smith at example dot com»"),
    ("EMAIL", "en", "«jo@gmail» please"),
    ("URL", "es", "mirad «https://x.example/a?b=1», por favor"),
    ("URL", "fr", "voir «www.exemple.fr/page»"),
    ("HANDLE", "es", "gracias «@ana_perez» por todo"),
    ("HANDLE", "en", ".«@ana_perez» was told to wait"),
    ("PHONE", "es", "llamadme al «612 34 56 78» ya"),
    ("PHONE", "es", "«+34 912345678»"),
    ("PHONE", "es", "mi móvil «55 1234 5678»"),
    ("PHONE", "fr", "appelez le «06 12 34 56 78»"),
    ("PHONE", "fr", "au «06.12.34.56.78» svp"),
    ("PHONE", "fr", "«+33 6 12 34 56 78»"),
    ("PHONE", "en", "call «+44 20 7946 0958»"),
    ("PHONE", "en", "ring me on «020 7946 0958»"),
    ("PHONE", "en", "call «(212) 555-2368»"),
    ("PHONE", "en", "my number is «07700 900176»."),
    ("PHONE", "fr", "tél «06 39 98 12 34»"),
    ("PHONE", "es", "al «0034 799 26 71 73»"),
    ("IBAN", "es", "cuenta «ES91 2100 0418 4502 0005 1332» gracias"),
    ("IBAN", "fr", "IBAN «FR14 2004 1010 0505 0001 3M02 606» svp"),
    ("IBAN", "en", "«GB82WEST12345698765432» is mine"),
    ("CARD", "es", "tarjeta «4111 1111 1111 1111»"),
    ("CARD", "fr", "carte «5555-5555-5555-4444»"),
    ("DNI", "es", "con DNI «12345678Z» no me dejan"),
    ("DNI", "es", "dni «12.345.678-Z»"),
    ("NIE", "es", "NIE «X-1234567-L»"),
    ("CIF", "es", "factura a «B58818501» ya"),
    ("NIR", "fr", "mon numéro «184027645100171»"),
    ("NIR", "fr", "secu «1 85 02 2A 001 001 26»"),
    ("SIRET", "fr", "société «73282932000074»"),
    ("NINO", "en", "my NI number is «AB 12 34 56 C»"),
    ("NINO", "en", "you insisted on having «QQ 12 34 56 C»"),  # the prefix of official examples
    ("NINO", "en", "NI no. «du 12 34 56 e» as you insisted"),
    ("NINO", "en", "National Insurance: «GB123456»"),
    ("CURP", "es", "CURP «BOXW310820HNERXN09»"),
    ("RFC", "es", "RFC «GODE561231GR8»"),
    ("NUSS", "es", "nº de la seguridad social «28/12345678/40»"),
    ("PASSPORT", "en", "passport no. «925665416»"),
    ("PASSPORT", "es", "pasaporte «AAA123456»"),
    ("PLATE", "es", "mi coche «1234 BCD» en el taller"),
    ("PLATE", "fr", "véhicule «AB-123-CD»"),
    ("PLATE", "en", "my car «AB12 CDE» was towed"),
    ("ADDRESS", "es", "vivo en «calle Mayor 12» y no llega"),
    ("ADDRESS", "fr", "j'habite «12 bis rue de la Paix, 75002 Paris»"),
    ("ADDRESS", "en", "sent to «221 Baker Street» instead"),
    ("BIRTHDATE", "es", "nací el «12/03/1980»"),
    ("BIRTHDATE", "fr", "je suis née le «3 mars 1975»"),
    ("BIRTHDATE", "en", "date of birth: «1980-03-12»"),
    ("IP", "en", "from «192.168.10.24» all day"),
    ("IP", "en", "from «2001:db8:0:0:0:ff00:42:8329» all day"),
    ("REF", "es", "mi pedido nº «4500123987» no llegó"),
    ("REF", "fr", "commande n° «FR-88213» jamais reçue"),
    ("REF", "en", "order #«A12-9981» was late"),
    ("REF", "fr", "dossier «20231145»"),
    ("REF", "fr", "réf. «A36-1583»"),
    ("REF", "es", "número de contrato: «AB99871»"),
    ("EMAIL", "en", "on «dave [dot] holt [at] example [dot] com» please"),
    ("EMAIL", "es", "«rosaleda77 en hotmail punto com», gracias"),
    ("EMAIL", "fr", "«jl.mercier (a) exemple.fr» voilà"),
    ("EMAIL", "es", "Contacto:«marta@levante.com».Espero"),
    ("PLATE", "es", "matricula «0937-hjz», rayada"),
    ("PLATE", "fr", "la plaque «fb 219 kx» est fausse"),
    ("PLATE", "fr", "immat «GH482PR»"),
    ("PLATE", "es", "aparqué el «5567LMN» en zona azul"),
    ("REF", "en", "acct no «10029384» was charged"),
    ("REF", "fr", "Contrat n «930371015» en ligne"),
    ("REF", "fr", "client n «244222» svp"),
    ("ADDRESS", "es", "mi direccion es «calle los olmos 7», apuntadla"),
    ("BIRTHDATE", "fr", "née le «09011970» à Lyon"),
    ("NAME", "es", "me atendió «María José» muy bien"),
    ("NAME", "es", "la Sra. «García de la Torre» fue amable"),
    ("NAME", "es", "me llamo «juan», de Vigo"),
    ("NAME", "es", "soy «Ana Ruiz»"),
    ("NAME", "es", "hablé con «Ana de Armas» ayer"),  # a surname that is a word
    ("NAME", "es", "DOÑA «CARMEN RUIZ DE LA TORRE» me atendió"),
    ("NAME", "es", "me atendió «D. JOSÉ LUIS PÉREZ DEL RÍO»"),
    ("NAME", "es", "SR. «LOPEZ» DE VENTAS"),
    ("NAME", "es", "Es Muy Buen Hotel Y Mi «Hector Y Francis» Muy Buenos"),
    ("NAME", "es", "Hotel Carlos Quinto Y El Camarero «Pedro» Muy Amable"),
    ("NAME", "fr", "Rue Victor Hugo Merci A «Julie» Pour Tout"),
    ("NAME", "en", "Santa Ana Branch And «Sarah» Was Great"),
    ("NAME", "fr", "Mme «Dupont» au téléphone"),
    ("NAME", "fr", "M. «DUPONT» a été parfait"),
    ("NAME", "fr", "merci à «Jean-Pierre» pour tout"),
    ("NAME", "fr", "la conseillère «Élodie» est top"),
    ("NAME", "en", "thanks to «John Smith»!"),
    ("NAME", "en", "I spoke to «Sarah» on Monday"),
    ("NAME", "en", "helped by «Siobhan O'Brien» twice"),
    ("PHONE", "fr", "J'appelle le «0612345678» personne ne décroche"),
    ("PHONE", "fr", "Mon portable «06 12 34 56 78» personne ne rappelle"),
    ("PHONE", "fr", "tél. «01.42.68.53.00» personne ne rappelle"),
    ("PHONE", "en", "Call me on «07911 123456» people never ring me back"),
    ("PHONE", "en", "Please phone «0161 496 0000» to sort it out"),
    ("PHONE", "es", "mi móvil «612345678» puntos cero por no llamar"),
    ("PHONE", "es", "mi cel «3001234567» y nadie me llama"),
    ("PHONE", "es", "Mi teléfono es «11 5555-4321» y nadie me llama"),
    ("REF", "fr", "Mon numéro de client «77889900» personne ne le trouve"),
    ("REF", "fr", "Commande «4587213» personne ne sait où elle est"),
    ("DNI", "es", "Mi RUT es «12.345.678-5» y no aparece"),
    ("DNI", "es", "Mi DNI es «30.123.456» y no me deja entrar"),
    ("DNI", "es", "Mi cédula de ciudadanía «1.020.345.678» no la reconoce"),
    ("DNI", "es", "c.c. «19183872» necesito activar mi cuenta"),
    ("DNI", "es", "CUIL «20-30123456-3» y no me deja entrar"),
    ("REF", "es", "mi contraseña es «Gatito2020» y no me deja entrar"),
    ("REF", "en", "the password is «Hunter22» please reset"),
    ("REF", "fr", "mot de passe : «Soleil13» refusé"),
    ("REF", "en", "MAC «00:1A:2B:3C:4D:5E» blocked"),
    ("REF", "es", "suministro CUPS «ES0021000000000000AA» mal asignado"),
    ("HANDLE", "es", "mi insta es «lola.garcia.92» y ahí os escribí"),
    ("HANDLE", "fr", "mon insta : «lola.garcia.92» et rien"),
    ("EMAIL", "es", "mi correo: «pepe@correo .com», no me llega nada"),
    ("ADDRESS", "es", "«Carrera 15 # 93-47 apto 501» y sin internet"),
    ("ADDRESS", "es", "Vivo en la «Calle 100 # 19-61» de Bogotá"),
    ("NAME", "es", "La Lic. «Villaseñor» no me resolvió nada"),
    ("NAME", "es", "Soy «Aránzazu» y llevo tres semanas sin línea"),
    ("NAME", "es", "yo no soy «Guenseslao» o como se escriba"),
    ("NAME", "fr", "Merci à «Loïc Le Goff» pour son aide"),
]


@pytest.mark.parametrize(("kind", "language", "marked"), CAUGHT)
def test_catches(kind: str, language: str, marked: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    redacted, findings = redact(text, language)
    assert [(f.type, f.start, f.end) for f in findings] == [(kind, start, end)]
    word = placeholder(kind, language)
    assert redacted == text[:start] + word + text[end:]
    assert redacted[findings[0].placeholder_start : findings[0].placeholder_end] == word


def test_catches_every_number_of_a_list() -> None:
    redacted, _ = redact("mes contrats n° 34179032 34179072, 63047442 et 63047443 svp", "fr")
    assert not any(c.isdigit() for c in redacted)
    assert redacted.count("[RÉFÉRENCE]") >= 3


def test_every_type_has_an_example() -> None:
    assert {kind for kind, _, _ in CAUGHT} == set(TYPES)


LEFT_ALONE = [
    "éramos 12 personas y 345 clientes en la cola",
    "tengo 4500 puntos y 120 personas delante",
    "cuesta 45 000 000 pesos al año",
    "Twitter is watching. Facebook is down.",
    "[USER] is retiring. 1st match",
    "Soy Cliente desde 2010, soy Autónomo y soy Mayor",
    "la clave es la atención, el pin es fácil",
    "the password is wrong and the user is angry",
    "DNI en mano esperé 3 horas y 20 minutos",
    "le doy un 10 de 10",
    "24/7 sin respuesta",
    "el 12/11/2023 a las 10:30",
    "pagué 1.234.567,89 €",
    "45 minutos en espera",
    "depuis 2019 client fidèle",
    "3 semaines pour 2 colis",
    "note 8/10",
    "horaires 09h00-18h00",
    "35000 Rennes",
    "modelo iPhone 15 Pro 256",
    "version 12.4.1",
    "la app 2.0 falla",
    "commande jamais reçue",
    "mi pedido llegó tarde",
    "100% satisfecho",
    "gracias a todos",
    "merci à toute l'équipe",
    "merci à toute l’équipe",
    "1 estrella",
    "CP 28013 Madrid",
    "order was late 3 times",
    "tarda 15-20 días",
    "12345678A no es dni válido",
    "l@s niñ@s y tod@s",
    "firmware 1.2.3.4 broke it",
    "identifiant SEPA FR46ZZZ du créancier",
    "acte de naissance demandé depuis le 26.07.2021",
    "salí a la calle las 2 veces, vivo calle abajo 3 horas",
    "mi cuenta 30000 euros",
    "order 10 days ago",
    "pedido 12/11/2023",
    "4111 1111 1111 1112",
    "ES91 2100 0418 4502 0005 1333",
    "thanks to Amazon",
    "merci à Orange",
    "gracias a Dios",
    "thanks to everyone",
    "I spoke to Customer Services",
    "M. Très bien",
    "Me atendió muy bien",
    "me llamó la atención",
    "me llamo mucho la atencion",
    "soy cliente Premium",
    "flight 1533 JFK delayed",
    "128 GB 128 GB",
    "at this point it is useless",
    "en la calle 3 horas esperando",
    "a 2 way street",
    "commande 2019-2020",
    "ticket 24/7",
    "el lunes 3 de mayo",
    "3 place de parking",
    "01.02.2023 10 h",
    "del 01/02/2023 al 03/02/2023",
    "born in 1980",
    "see you @ 5",
    "10:30:45",
    "todo bien.es rápido",
    "facture de 123456 €",
    "client depuis 20 ans",
    "Agent SNCF désagréable",
    "gana 12.345.678 pesos",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
@pytest.mark.parametrize("language", [None, "es", "fr", "en"])
def test_leaves_alone(text: str, language: str | None) -> None:
    assert redact(text, language) == (text, [])


def test_placeholders_speak_the_language() -> None:
    text = "gracias a Laura Gómez, 612345678"
    assert redact(text, "es")[0] == "gracias a [NOMBRE], [TEL]"
    assert redact(text, "fr")[0] == "gracias a [NOM], [TEL]"
    assert redact(text, "en")[0] == "gracias a [NAME], [PHONE]"
    assert redact(text)[0] == redact(text, "en")[0] == redact(text, "pt")[0]


def test_several_values_keep_their_places() -> None:
    text = "Soy Ana Ruiz, a@b.es, 612345678, pedido 4500123987, gracias a Pedro"
    redacted, findings = redact(text, "es")
    assert redacted == "Soy [NOMBRE], [EMAIL], [TEL], pedido [REFERENCIA], gracias a [NOMBRE]"
    for f in findings:
        assert PLACEHOLDER.fullmatch(redacted[f.placeholder_start : f.placeholder_end])
    assert [text[f.start : f.end] for f in findings] == [
        "Ana Ruiz",
        "a@b.es",
        "612345678",
        "4500123987",
        "Pedro",
    ]


def test_a_finding_does_not_hold_the_value() -> None:
    _, findings = redact("gracias a Pedro", "es")
    assert "Pedro" not in repr(findings)


PIECES = st.sampled_from(
    [
        *(marked.replace("«", "").replace("»", "") for _, _, marked in CAUGHT),
        "@",
        ".",
        " ",
        "612",
        "34 56 78",
        "pedido",
        "nº",
        "merci à ",
        "Ana",
        "García",
        "[NOMBRE]",
        "[EMAIL]",
        "/",
        "-",
        "X1234567",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(PIECES, max_size=6),
    st.sampled_from([None, "es", "fr", "en"]),
    st.sampled_from(["", " "]),
)
def test_redacting_twice_changes_nothing(parts: list[str], language: str | None, glue: str) -> None:
    once, _ = redact(glue.join(parts), language)
    assert redact(once, language) == (once, [])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.sampled_from([None, "es", "fr", "en"]))
def test_what_is_not_found_stays_as_it_was(text: str, language: str | None) -> None:
    redacted, findings = redact(text, language)
    rebuilt, last, place = "", 0, 0
    for f in findings:
        rebuilt += redacted[place : f.placeholder_start] + text[f.start : f.end]
        assert last <= f.start < f.end
        last, place = f.end, f.placeholder_end
    assert rebuilt + redacted[place:] == text


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "1 ",
        "1.",
        "1-",
        "a@",
        "@a",
        "a.",
        "A",
        "A ",
        "Ab ",
        "ES12",
        "+34",
        "http://",
        "calle ",
        "calle A ",
        "pedido ",
        "pedido # ",
        "1 rue ",
        "merci à ",
        "0:",
        "[",
        "[EMAIL",
        "at dot ",
        "arroba ",
        "x@x.xx ",
        "merci à Ana ",
        "612345678 ",
        "order 12345 ",
        "nací ",
        "a (at) ",
    ],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    redact(text[:1000], "es")
    start = time.process_time()
    redact(text, "es")
    assert time.process_time() - start < 10.0


def test_no_pattern_needs_a_newer_python() -> None:
    """Possessive quantifiers of groups find too little before Python 3.11.5 (gh-106052)."""
    possessive = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")
    found = [
        path.name
        for path in Path(analyzer.__file__).parent.rglob("*.py")
        if possessive.search(path.read_text("utf-8"))
    ]
    assert found == []
