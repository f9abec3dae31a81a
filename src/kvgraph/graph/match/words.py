"""What a name can be without: letters of other scripts, legal forms, words of office, remarks.

Each table says in its comment what it is for; add to the line of the language. Words are
written as :func:`kvgraph.graph.match.names.fold` leaves them: small, Latin, without accents.
"""

from __future__ import annotations

from typing import Final


def _set(text: str) -> frozenset[str]:
    """Give the words of a text."""
    return frozenset(text.split())


LETTERS: Final = str.maketrans(
    {
        # Latin letters that do not come apart into a letter and an accent.
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t", "ĸ": "k", "ə": "a",
        # Cyrillic, as the countries themselves write it in Latin letters.
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z",
        "и": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh",
        "щ": "sht", "ъ": "a", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "є": "ye",
        "і": "i", "ґ": "g", "ђ": "d", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
        "ѕ": "dz",
        # Greek (ISO 843, simplified); pairs of letters stand in PAIRS.
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th",
        "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p",
        "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps",
        "ω": "o",
    }
)  # fmt: skip

PAIRS: Final = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("γγ", "ng"), ("μπ", "b"))
"""Greek pairs of letters that are read as one sound."""

LEGAL: Final = _set(
    "gmbh ggmbh mbh ag kg kgaa ohg ug ev eg ek "  # German
    "oy oyj ab rf ry as asa ba aps amba ehf hf "  # Finnish and Scandinavian
    "sa sas sarl sca scic eurl sem spl sru scop "  # French
    "spa srl scarl scpa onlus "  # Italian
    "sl slu sau lda sgps eim epe "  # Spanish and Portuguese
    "bv nv vzw asbl aisbl ivzw cvba bvba scrl "  # Dutch and Belgian
    "ltd plc llp llc cic dac clg inc "  # English
    "sro spol s ro zs zu ops ks "  # Czech and Slovak
    "doo dd jdoo ooo ood eood ead ad "  # southern Slavic
    "kft zrt nyrt bt nkft nonprofit "  # Hungarian
    "spzoo oo zoo sp z "  # Polish
    "uab vsi sia ou mtu "  # Baltic
    "srlu scs ae mke "  # Romanian and Greek
)
"""Legal forms; their dots and spaces are gone by then. They count only at the end of a name,
where they say nothing of who it is."""

LEADING: Final = _set("oy ab as uab vsi sia ooo")
"""Those that may also stand before the name."""

OFFICE: Final = _set(
    "city town municipality municipal council borough authority hall government local "
    "administration administrative statutory office commune communal the of and "  # English
    "stadt gemeinde landeshauptstadt hansestadt stadtgemeinde marktgemeinde stadtverwaltung "
    "magistrat der die das freie kreisfreie universitatsstadt "  # German
    "ville commune mairie de du des d la le les l "  # French
    "comune citta comunale di del della dei nel nell nella degli studi "  # Italian
    "ayuntamiento ajuntament concello udala ciudad villa el els los las "  # of Spain
    "camara municipio cidade do da dos "  # Portuguese
    "gemeente gemeentebestuur stad van het "  # Dutch
    "kommun kommunen kommune stadens staden byen by herred "  # Scandinavian
    "kaupunki kaupungin kunta "  # Finnish
    "linnavalitsus vallavalitsus linn vald omavalitsus "  # Estonian
    "dome pasvaldiba pilsetas pilseta novada novads "  # Latvian
    "savivaldybe savivaldybes administracija miesto rajono "  # Lithuanian
    "gmina gminy miasto miasta urzad miejski "  # Polish
    "mesto mesta obec magistrat statutarni mestsky mestska urad obce "  # Czech and Slovak
    "grad grada opcina opstina obcina obcine obshtina "  # southern Slavic
    "varos varosa varosi onkormanyzat onkormanyzata megyei jogu polgarmesteri hivatala "
    "primaria municipiul municipiului orasul orasului comuna "  # Hungarian, Romanian
    "dimos dimou "  # Greek
)
"""Words that say that a body is a municipality, and the small words beside them. What is left
of the name tells which municipality."""

ENGLISH: Final[dict[str, str]] = {
    word: english
    for english, others in {
        "university": "universitat universita universite universidad universidade universiteit "
        "universitet universitetet yliopisto univerza univerzita univerzitet sveuciliste "
        "uniwersytet egyetem universitatea ulikool universitate universitetas panepistimio",
        "technical": "technische technischen tecnica tecnico technique techniques tehnica "
        "tehnicka tekniska teknisk technicka techniczny",
        "ministry": "ministerium ministere ministero ministerio ministeriet ministerie "
        "ministerstvo ministerstwo ministeerium ministerija miniszterium ministerul ministarstvo",
        "agency": "agence agenzia agencia agentur agentura agencja agencija agentia agentschap",
        "development": "developpement sviluppo desarrollo desenvolvimento desenvolupament "
        "entwicklung rozvoj rozvoja rozwoju razvoj razvoja razvojna razvojni dezvoltare "
        "dezvoltarea fejlesztesi ontwikkeling utveckling",
        "regional": "regionale regionali regionalna regionalni regionalny regionalne regionaal",
        "centre": "center centro zentrum centrum centar centras centrs keskus kozpont",
        "institute": "institut instituto istituto instytut instituut institutul institutas",
        "european": "europeen europeenne europea europeo europaische europeu europeia",
        "research": "forschung recherche ricerca investigacion investigacao forskning",
    }.items()
    for word in others.split()
}
"""Words that many bodies have in their names, put into English so that they meet."""

NUMBERS: Final[dict[str, str]] = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6",
}  # fmt: skip
"""Words that number things: URBACT II is not URBACT III. A lone I, V or X is a number only at
the end of a name, where it is no word of a language."""

SOUNDS: Final = (
    # Digraphs for letters that a keyboard had not: Malmoe, Duesseldorf, Paernu, Aarhus.
    ("ae|aa", "a"), ("oe", "o"), ("ue|ou", "u"),
    # Ways of writing one sound when Greek or Slavic names are put into Latin letters.
    ("kh|ch", "h"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("rh", "r"), ("sh", "s"),
    ("ei|oi|y|j", "i"), ("ck|c|q", "k"), ("w", "v"), ("x", "ks"), (r"(.)\1+", r"\1"),
)  # fmt: skip
"""Patterns that even out how a sound is spelt, in their order."""

REMARK: Final = (
    r"[\s(\[,;:'\"‘’“–-]+(?:lead |project )?(?:partner |lead )?"
    r"(?:until|drop(?:ped)? out|from \d|since \d|phase \d only|phase \d)\b.*$"
)
"""What lists of partners append to a name: until when somebody was one."""
