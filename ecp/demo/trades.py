"""Who lives in the demonstration. Every name is invented, and shows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """An activity: what it sells (name, unit, price in centimes), how much of it, and how it fares.

    `mood` is steady, rising, falling, quiet (sells nothing any more) or tight (spends more than it has).
    """

    code: str
    name: str
    trade: str
    person: str
    language: str
    products: tuple[tuple[str, str, int], ...]
    sales: int
    vat: str = "standard"
    is_service: bool = False
    mood: str = "steady"
    may_issue: bool = True


TANGER = (
    Trade(
        "POT",
        "Terre et Bleu",
        "Poterie",
        "Zahra Exemple",
        "fr",
        (("Bol bleu", "pièce", 9000), ("Plat creux", "pièce", 22000), ("Service à thé", "lot", 65000)),
        9,
    ),
    Trade(
        "TIS",
        "نسيج الشمال",
        "Tissage",
        "Rachida Modèle",
        "ar",
        (("غطاء صوف", "قطعة", 48000), ("وسادة", "قطعة", 12000)),
        6,
    ),
    Trade(
        "ZEL",
        "Zellige d’Essai",
        "Zellige",
        "Hamid Témoin",
        "fr",
        (("Mètre carré posé", "m²", 95000), ("Table mosaïque", "pièce", 180000)),
        4,
        mood="rising",
    ),
    Trade(
        "CUI",
        "Cuir Fictif",
        "Maroquinerie",
        "Salma Exemple",
        "fr",
        (("Sac", "pièce", 42000), ("Ceinture", "pièce", 15000)),
        7,
    ),
    Trade(
        "SAV",
        "Savons Démo",
        "Savonnerie",
        "Nadia Modèle",
        "fr",
        (("Savon noir", "pot", 4500), ("Coffret", "lot", 16000)),
        12,
        mood="rising",
    ),
    Trade(
        "BOU",
        "Fournil Exemple",
        "Boulangerie",
        "Karim Témoin",
        "fr",
        (("Plateau de pains", "plateau", 12000), ("Gâteaux", "kg", 14000)),
        16,
        vat="catering",
    ),
    Trade(
        "TRA",
        "Tables d’Hôtes Fictives",
        "Traiteur",
        "Imane Exemple",
        "fr",
        (("Buffet", "personne", 9500), ("Plateau repas", "pièce", 7500)),
        6,
        vat="catering",
        is_service=True,
    ),
    Trade(
        "MEN",
        "Bois Modèle",
        "Menuiserie",
        "Youssef Modèle",
        "fr",
        (("Étagère", "pièce", 85000), ("Porte", "pièce", 260000)),
        4,
        mood="tight",
    ),
    Trade(
        "FER",
        "Fer d’Essai",
        "Ferronnerie",
        "Driss Témoin",
        "fr",
        (("Grille", "m", 70000), ("Lampe", "pièce", 32000)),
        4,
        mood="falling",
    ),
    Trade(
        "REP",
        "Répare Tout Démo",
        "Réparation",
        "Anas Exemple",
        "fr",
        (("Réparation", "heure", 12000), ("Pièce détachée", "pièce", 18000)),
        11,
        is_service=True,
    ),
    Trade(
        "TRD",
        "Mots Fictifs",
        "Traduction",
        "Leïla Modèle",
        "fr",
        (("Traduction", "page", 11000), ("Interprétation", "jour", 240000)),
        5,
        is_service=True,
    ),
    Trade(
        "GRA",
        "Atelier Graphique Essai",
        "Graphisme",
        "Sara Témoin",
        "fr",
        (("Identité visuelle", "forfait", 450000), ("Affiche", "pièce", 90000)),
        4,
        is_service=True,
        may_issue=False,
    ),
)
CHEFCHAOUEN = (
    Trade(
        "FRO",
        "جبن الجبل",
        "Fromagerie",
        "Fatna Exemple",
        "ar",
        (("جبن طري", "كيلو", 7000), ("جبن معتق", "كيلو", 11000)),
        14,
    ),
    Trade(
        "MIE",
        "Miel Modèle",
        "Apiculture",
        "Omar Modèle",
        "fr",
        (("Miel de thym", "kg", 22000), ("Coffret", "lot", 30000)),
        8,
        mood="rising",
    ),
    Trade(
        "MAR",
        "Jardins Fictifs",
        "Maraîchage",
        "Hassan Témoin",
        "fr",
        (("Panier", "panier", 8000), ("Figues", "kg", 4000)),
        13,
    ),
    Trade(
        "GUI",
        "Sentiers d’Essai",
        "Guide",
        "Mounir Exemple",
        "fr",
        (("Randonnée", "personne", 25000), ("Visite", "groupe", 60000)),
        7,
        is_service=True,
        mood="falling",
    ),
    Trade(
        "BRO",
        "Broderie Démo",
        "Broderie",
        "Khadija Modèle",
        "ar",
        (("Nappe brodée", "pièce", 56000), ("Serviettes", "lot", 19000)),
        5,
    ),
    Trade(
        "VAN",
        "Vannerie Exemple",
        "Vannerie",
        "Aïcha Témoin",
        "fr",
        (("Panier", "pièce", 9000), ("Suspension", "pièce", 24000)),
        6,
        mood="quiet",
    ),
    Trade(
        "COU",
        "Couture Fictive",
        "Couture",
        "Hind Exemple",
        "fr",
        (("Djellaba", "pièce", 62000), ("Retouche", "pièce", 6000)),
        10,
    ),
    Trade(
        "SOL",
        "Soleil d’Essai",
        "Solaire",
        "Reda Modèle",
        "fr",
        (("Chauffe-eau posé", "pièce", 520000), ("Entretien", "visite", 40000)),
        3,
        is_service=True,
        mood="tight",
    ),
    Trade(
        "COI",
        "Salon Modèle",
        "Coiffure",
        "Samira Témoin",
        "fr",
        (("Coupe", "séance", 8000), ("Soin", "séance", 15000)),
        15,
        is_service=True,
    ),
    Trade(
        "LIV",
        "Livraisons Démo",
        "Coursier",
        "Bilal Exemple",
        "fr",
        (("Course", "course", 4000), ("Tournée", "tournée", 35000)),
        14,
        vat="transport_road",
        is_service=True,
    ),
    Trade(
        "WEB",
        "Toile Fictive",
        "Sites web",
        "Ghita Modèle",
        "fr",
        (("Site", "forfait", 900000), ("Maintenance", "mois", 60000)),
        3,
        is_service=True,
        may_issue=False,
    ),
    Trade(
        "PHO",
        "Images d’Essai",
        "Photographie",
        "Adam Témoin",
        "fr",
        (("Reportage", "jour", 280000), ("Portrait", "séance", 45000)),
        4,
        is_service=True,
    ),
)
CUSTOMERS = (
    "Hôtel Imaginaire",
    "Boutique Exemple",
    "Association Témoin",
    "École Modèle",
    "Café Fictif",
    "Riad d’Essai",
    "Client de passage",
    "Société Démo",
    "Commune Imaginaire",
    "Galerie Exemple",
)
SUPPLIERS = ("Fournitures Exemple", "Matières du Nord Fictives", "Énergie Témoin", "Transports d’Essai")
