"""The words of sales in each language that papers and pages are read in: channels, means of payment."""

from collections.abc import Mapping

CHANNELS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "workshop": "Atelier",
        "shop": "Boutique collective",
        "fair": "Foire ou souk",
        "consignment": "Dépôt-vente",
        "trade": "Professionnels",
        "online": "En ligne",
        "export": "Export",
    },
    "ar": {
        "workshop": "الورشة",
        "shop": "المتجر الجماعي",
        "fair": "معرض أو سوق",
        "consignment": "البيع بالأمانة",
        "trade": "المهنيون",
        "online": "عبر الإنترنت",
        "export": "التصدير",
    },
    "en": {
        "workshop": "Workshop",
        "shop": "Collective shop",
        "fair": "Fair or souk",
        "consignment": "Consignment",
        "trade": "Trade",
        "online": "Online",
        "export": "Export",
    },
}
MEANS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "cash": "Espèces",
        "cheque": "Chèque",
        "transfer": "Virement",
        "card": "Carte",
        "mobile": "Téléphone mobile",
    },
    "ar": {"cash": "نقدا", "cheque": "شيك", "transfer": "تحويل بنكي", "card": "بطاقة", "mobile": "الهاتف المحمول"},
    "en": {"cash": "Cash", "cheque": "Cheque", "transfer": "Transfer", "card": "Card", "mobile": "Mobile phone"},
}


def channel(key: str, language: str) -> str:
    """Name a channel.

    >>> channel("fair", "fr")
    'Foire ou souk'
    """
    return CHANNELS[language][key]


def means(key: str, language: str) -> str:
    """Name a means of payment.

    >>> means("cash", "en")
    'Cash'
    """
    return MEANS[language][key]
