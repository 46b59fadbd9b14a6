"""Words that the rules of this package look up, as data."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ABBREVIATIONS",
    "ARTICLES",
    "ATTENDED",
    "COLLOQUIAL",
    "NON_ANSWERS",
    "NOTHING_OR_ALL",
    "NOT_NAMES",
    "RELATIVES",
    "ROLES",
    "TITLES",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split("|"))


# Before a surname.
TITLES: Final = _words(
    """
    sr sra srta sres dr dra lic licda ing arq mme mmes mlle mrs mr ms miss señor señora señorita
    senor senora monsieur madame mademoiselle maître m mm don doña d dña
    """
)

# Between a cue and a name.
ARTICLES: Final = _words(
    """
    la el le the your
    """
)

# A capitalised word after one of these is a name.
ROLES: Final = _words(
    """
    firmado fdo atentamente saludos técnico técnica tecnico asesor asesora
    agente operador operadora teleoperador teleoperadora gestor gestora compañero compañera
    recepcionista camarero camarera doctor doctora enfermero enfermera dependiente dependienta
    chico chica remercie remercier remerciez cordialement
    conseiller conseillère conseillere technicien technicienne interlocuteur interlocutrice
    vendeur vendeuse hôtesse gestionnaire docteur infirmier infirmière serveur serveuse
    réceptionniste notamment s'appelle s'appelait grâce regards sincerely signed advisor adviser
    nurse receptionist waiter waitress engineer technician representative rep agent supervisor
    handler especially consultant livreur livreuse collègue colega repartidor repartidora mensajero
    comercial commerciale instalador instaladora encargado encargada
        conductor conductora chauffeur directeur directrice fitter guichetier guichetière
    courier driver cashier clerk
    """
)

# "my ... Laura".
RELATIVES: Final = _words(
    """
    hija hijo marido mujer esposa esposo madre padre hermano hermana novio novia suegra suegro
    abuela abuelo cuñado cuñada vecino vecina voisin voisine neighbour neighbor amigo amiga ami
        amie friend primo prima cousin cousine pareja mari femme épouse époux fils fille mère
    père frère soeur sœur conjoint
    conjointe compagnon compagne husband wife son daughter mum mom dad mother father brother
    sister partner fiancé fiancée boyfriend girlfriend nephew niece uncle aunt
    """
)

# "me ... Laura": what somebody did for the customer.
ATTENDED: Final = _words(
    """
    atendió atendio atendío atiende atendido ayudó ayudo ayudado llamó respondió respondio
    contestó contesto vendió instaló recibió
    """
)

# Capitalised words after a cue that are not people: months, days, places, companies, desks.
NOT_NAMES: Final = _words(
    """
    merci gracias thanks très muy bonjour hola buenos buenas everyone
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo janvier février mars avril mai juin
    juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi
    dimanche january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday navidad noël christmas
    dios dieu god lord jesus jesús allah atención servicio soporte cliente clientes departamento
    director directora presidente equipo personal gerente gerencia dirección administración
    tienda recepción internet banco hotel seguros call center service services client clients
    support équipe directeur directrice président direction maire juge accueil agence assurance
    assurances banque mutuelle magasin société ministre préfet customer customers care staff
    team manager management reception desk sales chat bot company bank airlines airline airways
    insurance dept department tech technical online web app twitter facebook instagram whatsapp
    google apple android windows microsoft samsung huawei xiaomi iphone youtube tiktok amazon
    ebay paypal netflix spotify uber airbnb booking tripadvisor trustpilot zara ikea carrefour
    mercadona leroy decathlon fnac darty boulanger cdiscount aliexpress shein correos seur mrw
    chronopost colissimo dhl ups fedex hermes evri royal orange movistar vodafone yoigo jazztel
    masmovil digi telefónica lowi pepephone ono sosh sfr bouygues free red bt sky virgin ee
    three talktalk giffgaff plusnet verizon comcast sprint att santander bbva caixabank bankia
    sabadell bankinter ing openbank unicaja banamex banorte bancolombia davivienda barclays
    lloyds natwest hsbc monzo revolut halifax nationwide iberia vueling ryanair easyjet air
    airfrance lufthansa klm united delta american southwest jetblue renfe sncf ouigo naturgy
    endesa iberdrola repsol edf engie enedis total totalenergies veolia axa maif macif matmut
    maaf groupama allianz generali mapfre mutua sanitas adeslas gmf l'olivier olivier eurofil
    amaguiz pacifica cardif swisslife aviva harmonie mgen malakoff pôle emploi france travail
    caf cpam urssaf ameli impôts mairie préfecture carsat doctolib trésor ministère consulat
    consulado tribunal ministerio hostal restaurante restaurant bar hôtel néoliane españa
    francia europe europa spain paris madrid barcelona london londres lyon marseille valencia
    office général générale administratif administrative financier financière adjoint
    adjointe régional régionale principal global comercial commercial commerciale español española
        américain américaine chinois chinoise español españoles covid nhs gp er dr martens
    pepper oetker muscle quijote quixote propre rapide
    rapides simple simples efficace accueillant accueillante sympathique sympa aimable zen
    qualité professionnel professionnelle compétent compétente souriant souriante disponible
    excellent excellente parfait parfaite responsable accusé ambassadeur ambassadrice
    gendarmerie préfecture algorithme directe direct génération confirmation late flight quick
    friendly professional helpful great good happy excelente amable amables profesional rápido
    jefe jefa rubia rubio garmin coursera shopee strava melia meliá afer carac cégéma mastercard
    master card prof doc teen vet robot oh given australia america texas habitat assistance diet
    hot tom-tom winston-salem emilie-romagne algorithme consul consule ambassadeur ambassadrice
    jai ps français française francés suisse suissesse national insurance temps nombre patria
    prénom nom apellido apellidos name surname tel dni nif email
    quelqu quelqu'un quelqu'une lorsqu jusqu jusqu'à puisqu quoiqu aujourd aujourd'hui presqu
    billing refund refunds complaint complaints accounts payments finance collections retention
    retentions returns exchanges delivery deliveries logistics maintenance operations dispatch
    housekeeping security help helpdesk admin administration warranty warehouse repair repairs
    engineering marketing legal compensation cancellation cancellations renewals underwriting
    lending mortgages loans claims bookings reservations fraud escalations escalation info
    information facturación facturas cobros pagos devoluciones reclamaciones averías ventas
    logística mantenimiento almacén recobros caja contabilidad comptabilité facturation
    réclamations recouvrement sinistres logistique livraison livraisons remboursement
    india philippines manila pakistan morocco maroc marruecos tunisie colombia
    """
)

# Words whose full stop ends no sentence: of each language, and of people who write in any of them.
ABBREVIATIONS: Final[dict[str, frozenset[str]]] = {
    "es": _words(
        """
        Av. Avda. Cía. Dr. Dra. EE. UU. EE.UU. Ee. Uu. Ee.Uu. Gob. Gral. Ing. J.C. Lic. P.D. Prof.
        Profa. Q.E.P.D. S.A. S.L. S.R.L. Sr. Sra. Srta. Ud. Uds. Vd. Vds. a.C. a.J.C. apdo. aprox.
        d.C. d.J.C. dna. dpto. ej. esq. fig. m.n. núm. p.ej. pág. q.e.p.d. s.s.s. vol. °C. °F.
        """
    ),
    "fr": _words(
        """
        Dr. J.-C. MM. Mlle. Mme. Mr. St. Ste. Vol. apr. av. avr. cf. déc. févr. janv. juill. nov.
        oct. pp. sept. °C. °F.
        """
    ),
    "en": _words(
        """
        Adm. Ak. Ala. Apr. Ariz. Ark. Aug. Bros. Calif. Co. Colo. Conn. Corp. D.C. Dec. Dr.
        E.G. E.g. Feb. Fla. Ga. Gen. Gov. I.E. I.e. Ia. Inc. Jan. Jr. Jul. Jun. Kan. Kans. Ky. Ltd.
        Md. Messrs. Mich. Minn. Mont. Mr. Mrs. Ms. Mt. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev.
        Nov. Oct. Okla. Ph.D. Prof. Rep. Rev. S.C. Sen. Sep. Sept. St. Tenn. Va. Wis. a.m. co. e.g.
        i.e. p.m. v.s. vs. °C. °F.
        """
    ),
    "any": _words(
        """
        sr. sra. srta. dr. dra. mr. mrs. ms. mme. mlle. m. mm. st. vs. p.ej. ej. tel. tlf. núm. nº.
        n°. pág. approx. aprox. env. ex. réf. ref. min. max. máx. mín. av. avda. c. pl. hab. dept.
        dpto. e.g. i.e. a.m. p.m.
        """
    ),
}

# Words of short comments that dictionaries do not have.
COLLOQUIAL: Final[dict[str, frozenset[str]]] = {
    "es": _words("app guay majo maja majos majas porfa finde tele cutre super ok"),
    "fr": _words("appli applis sav sympa sympas nickel bof svp arnaque relou top super conso ok"),
    "en": _words("app apps meh lol wow yeah ok rubbish thx refund super"),
}

# Whole comments that answer nothing, in lower case without accents and signs.
NON_ANSWERS: Final = _phrases(
    """
    no | si | ok | okay | okey | oki | vale | ns nc | nsnc | ns | nc | na | n a | n d | nd |
    no aplica | no procede | no contesta | no sabe | no sabe no contesta | no se | no lo se |
    ni idea | no opino | no responde | prefiero no contestar | ninguno | ninguna | ningun |
    ningun comentario | ninguna sugerencia | ninguna observacion | ninguna queja | ningun motivo |
    ninguna razon | ninguna en particular | ninguno en particular | sin comentario |
    sin comentarios | sin mas | sin respuesta | sin observaciones | sin novedad | sin opinion |
    sin nada que decir | nada | nada mas | nada de nada | nada que decir | nada que comentar |
    nada que agregar | nada que anadir | nada que destacar | nada que objetar | nada que aportar |
    nada que resenar | nada en especial | nada en particular | nada en concreto | nada especial |
    nada por ahora | nada por el momento | nada nuevo | por ahora nada | de momento nada |
    de momento no | no tengo nada que decir | no tengo nada que anadir | no tengo comentarios |
    no tengo ningun comentario | no tengo ninguna | no hay | no hay comentarios | no hay nada |
    no hay nada que decir | no comment | comentarios | idem | lo mismo | igual |
    lo mismo que antes | prueba | test | testing | xx | xxx | hola | gracias | saludos | ras |
    r a s | rien | rien a signaler | rien a dire | rien a ajouter | rien a declarer |
    rien a redire | rien de particulier | rien de special | rien du tout | rien de plus |
    rien d autre | rien en particulier | rien pour le moment | neant | sans commentaire |
    sans commentaires | pas de commentaire | pas de commentaires | pas de remarque |
    pas de remarques | pas de suggestion | pas d avis | pas d opinion | pas d idee |
    pas concerne | aucun | aucune | aucun commentaire | aucuns | aucune remarque |
    aucune suggestion | aucune idee | aucun avis | aucune opinion | aucune raison |
    aucune observation | je n ai pas de commentaire | je n ai rien a dire |
    je n ai rien a ajouter | sans avis | sans opinion | sans objet | s o | so | nsp |
    ne sait pas | ne sais pas | je ne sais pas | je sais pas | ne se prononce pas | nspp | non |
    oui | non concerne | non applicable | d accord | pas de reponse | essai | bonjour | merci |
    voir plus haut | voir ci dessus | none | nothing | nothing to add | nothing to say |
    nothing to report | nothing to declare | nothing else | nothing more | nothing at all |
    nothing really | nothing in particular | nothing specific | nothing special |
    nothing comes to mind | nothing i can think of | not that i can think of |
    cant think of anything | can t think of anything | no comments | no comment to make |
    no comments to make | no further comment | no further comments | no other comments |
    no additional comments | i have no comments | i have no comment | no answer | no response |
    no reason | no particular reason | no opinion | no idea | no clue | not applicable |
    not sure | nil | nope | no thanks | no thank you | null | nan | unknown | dk | idk | dunno |
    i dunno | dont know | don t know | i dont know | i don t know | prefer not to say |
    rather not say | same | same as above | as above | see above | yes | yep | yeah | hello | hi |
    thanks | thank you | n c
    """
)

# Answers to a question about likes and dislikes, and to no other.
NOTHING_OR_ALL: Final = _words(
    """
    nada ninguno ninguna nadie todo todos rien aucun aucune tout tous neant nothing none
    everything all nil
    """
)
