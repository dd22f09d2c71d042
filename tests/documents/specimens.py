"""Documents filled in as the enterprise would, for tests and for the bench."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from ecp.documents.invoice import InvoiceDocument, InvoiceLine, Kind, PaymentMade, RateTotal
from ecp.documents.letterhead import Addressee, Letterhead
from ecp.documents.monthly_statement import Compared, Computation, Debt, Figure, MonthlyStatementDocument, MonthOfSales
from ecp.documents.receipt import ReceiptDocument

AT = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)

SELLER = {
    "fr": Letterhead(
        name="Entreprise collective partagée de Tanger",
        legal_form="Coopérative",
        capital=Decimal("50000.00"),
        address=("12, rue de la Kasbah", "90000 Tanger"),
        ice="001561191000066",
        tax_id="40512345",
        business_tax="50412345",
        rc="Tanger 81234",
        cnss="7654321",
        phone="+212 539 12 34 56",
        email="contact@ecp-tanger.example",
        rib="011519000001205000534921",
    ),
    "ar": Letterhead(
        name="المقاولة الجماعية المشتركة بطنجة",
        legal_form="تعاونية",
        capital=Decimal("50000.00"),
        address=("12، زنقة القصبة", "90000 طنجة"),
        ice="001561191000066",
        tax_id="40512345",
        business_tax="50412345",
        rc="طنجة 81234",
        cnss="7654321",
        phone="+212 539 12 34 56",
        email="contact@ecp-tanger.example",
        rib="011519000001205000534921",
    ),
}
SELLER["en"] = SELLER["fr"]

GOODS = {
    "fr": ("Plat à tajine émaillé, 30 cm", "Bol bleu de Chefchaouen", "Livraison à Tétouan", "pièce", "Poterie Zahra"),
    "ar": ("طاجين مزجج، 30 سم", "زلافة زرقاء من شفشاون", "التوصيل إلى تطوان", "قطعة", "خزف الزهراء"),
    "en": ("Glazed tajine dish, 30 cm", "Blue bowl of Chefchaouen", "Delivery to Tetouan", "piece", "Zahra Pottery"),
}
BUYER = {
    "fr": Addressee(name="Riad Al Manar SARL", address=("8, place du 9 Avril", "93000 Tétouan"), ice="002136093000040"),
    "ar": Addressee(name="رياض المنار ش.م.م", address=("8، ساحة 9 أبريل", "93000 تطوان"), ice="002136093000040"),
}
BUYER["en"] = BUYER["fr"]
FREE = {
    "fr": ("Boutique collective", "Virement bancaire", "60 jours à compter de la date de facture (loi 69-21)."),
    "ar": ("المتجر الجماعي", "تحويل بنكي", "60 يوما من تاريخ الفاتورة (القانون 69-21)."),
    "en": ("Collective shop", "Bank transfer", "60 days from the date of the invoice (law 69-21)."),
}


def invoice(language: str, *, count: int = 3, **changes: object) -> InvoiceDocument:
    """An invoice of `count` lines at two rates."""
    lines = [_line(language, place) for place in range(count)]
    channel, means, terms = FREE[language]
    document = InvoiceDocument(
        kind=Kind.INVOICE,
        number="FA-2026-00012",
        issued_on=date(2026, 3, 31),
        due_on=date(2026, 5, 30),
        delivered_on=date(2026, 3, 28),
        made_at=AT,
        seller=SELLER[language],
        buyer=BUYER[language],
        activity=GOODS[language][4],
        channel=channel,
        means=means,
        terms=terms,
        lines=tuple(lines),
        **totals(lines),
    )
    return replace(document, **changes)


def totals(lines: Sequence[InvoiceLine]) -> dict[str, object]:
    """Net, VAT and gross of net lines."""
    by_rate: dict[Decimal, Decimal] = {}
    for line in lines:
        rate = line.vat_rate or Decimal(0)
        by_rate[rate] = by_rate.get(rate, Decimal("0.00")) + line.amount
    found = [
        RateTotal(vat_rate=rate, net=net, vat=(net * rate).quantize(Decimal("0.01"))) for rate, net in by_rate.items()
    ]
    net, vat = sum(each.net for each in found), sum(each.vat for each in found)
    return {"totals": tuple(found), "net": net, "vat": vat, "gross": net + vat}


def _line(language: str, place: int) -> InvoiceLine:
    dish, bowl, delivery, unit, _ = GOODS[language]
    kinds = (
        (dish, Decimal(12), Decimal("185.00"), Decimal("0.20"), unit),
        (bowl, Decimal(150), Decimal("28.50"), Decimal("0.20"), unit),
        (delivery, Decimal(1), Decimal("350.00"), Decimal("0.10"), ""),
    )
    description, quantity, price, rate, unit = kinds[place % 3]
    return InvoiceLine(
        description=description, quantity=quantity, unit=unit, unit_price=price, vat_rate=rate, amount=quantity * price
    )


def paid(on: date = date(2026, 4, 1), amount: str = "1000.00") -> PaymentMade:
    """A payment by cheque."""
    return PaymentMade(on=on, means="Chèque", reference="BMCE 4512", amount=Decimal(amount))


def receipt(language: str, **changes: object) -> ReceiptDocument:
    """Cash received for an invoice, with its stamp."""
    document = ReceiptDocument(
        number="RE-2026-00007",
        received_on=date(2026, 3, 31),
        made_at=AT,
        seller=SELLER[language],
        payer=BUYER[language],
        amount=Decimal("1200.00"),
        means={"fr": "Espèces", "ar": "نقدا", "en": "Cash"}[language],
        documents=("FA-2026-00012",),
        stamp=Decimal("3.00"),
        stamp_rate=Decimal("0.0025"),
        activity=GOODS[language][4],
    )
    return replace(document, **changes)


MONTH = {
    "fr": {
        "person": "Zahra El Amrani",
        "treasury": (
            "Votre part en banque",
            "Votre caisse",
            "TVA à payer",
            "Cotisations sociales à payer",
            "Fournisseurs à payer",
            "Salaire du mois",
            "Part encore à prendre sur l’argent reçu",
        ),
        "to_come": ("Factures clients à encaisser", "Notes de frais à rembourser"),
        "sales": ("Boutique collective", "Souk de Tétouan", "Riads et restaurants", "Boutique en ligne"),
        "costs": ("Argile et émaux", "Gaz du four", "Emballages", "Transport", "Honoraires"),
        "levies": ("Contribution aux services communs", "Fonds de solidarité"),
        "moves": (
            "Encaissé des clients",
            "Payé aux fournisseurs",
            "Salaire",
            "TVA payée",
            "Contribution",
            "Solidarité",
        ),
        "steps": (
            "Chiffre d’affaires HT encaissé dans le mois",
            "20 000,00 × 8 %",
            "8 600,00 × 6 %",
            "Total des tranches",
            "Contribution du mois",
        ),
        "debtors": ("Riad Al Manar SARL", "Café Hafa", "Mme Bennani", "Hôtel Continental"),
        "creditors": ("Argiles du Rif", "Gaz Nord"),
        "todo": (
            "Relancez Riad Al Manar : 4 210,00 DH sont dus depuis 48 jours.",
            "Mettez de côté 2 310,40 DH pour la TVA à déclarer avant le 20 avril.",
            "Votre gaz a coûté un tiers de plus qu’il y a un an : comparez avec l’atelier voisin.",
        ),
    },
    "ar": {
        "person": "الزهراء العمراني",
        "treasury": (
            "حصتكم في البنك",
            "صندوقكم",
            "الضريبة على القيمة المضافة",
            "الاشتراكات الاجتماعية",
            "ديون الموردين",
            "أجرة الشهر",
            "المساهمة المتبقية على ما قبضتم",
        ),
        "to_come": ("فواتير الزبائن المنتظرة", "مصاريف تنتظر التعويض"),
        "sales": ("المتجر الجماعي", "سوق تطوان", "الرياضات والمطاعم", "المتجر الإلكتروني"),
        "costs": ("الطين والطلاء", "غاز الفرن", "التغليف", "النقل", "الأتعاب"),
        "levies": ("المساهمة في الخدمات المشتركة", "صندوق التضامن"),
        "moves": ("مقبوضات الزبائن", "أداءات الموردين", "الأجرة", "الضريبة المؤداة", "المساهمة", "التضامن"),
        "steps": (
            "رقم المعاملات المقبوض دون ضريبة",
            "\u206620 000,00 × 8 %\u2069",
            "\u20668 600,00 × 6 %\u2069",
            "مجموع الشرائح",
            "مساهمة الشهر",
        ),
        "debtors": ("رياض المنار ش.م.م", "مقهى الحافة", "السيدة بناني", "Hôtel Continental"),
        "creditors": ("طين الريف", "غاز الشمال"),
        "todo": (
            "ذكّروا رياض المنار: \u20664 210,00\u2069 درهم مستحقة منذ 48 يوما.",
            "خصصوا \u20662 310,40\u2069 درهم للضريبة على القيمة المضافة قبل 20 أبريل.",
            "كلفة الغاز زادت بالثلث خلال سنة: قارنوا مع الورشة المجاورة.",
        ),
    },
}
MONTH["en"] = MONTH["fr"]


def statement(language: str, **changes: object) -> MonthlyStatementDocument:
    """An ordinary month of the pottery."""
    told = MONTH[language]
    treasury = _figures(told["treasury"], "21450.30 860.00 -2310.40 -640.00 -3120.50 -4500.00 -412.80")
    sales = _compared(told["sales"], "9800.00 3450.00 14200.00 1150.00", scale="0.91")
    costs = _compared(told["costs"], "5210.00 2980.00 640.00 1105.50 800.00", scale="0.78")
    levies = _compared(told["levies"], "2116.00 143.00", scale="0.9")
    moves = _figures(told["moves"], "24310.00 -8420.20 -4500.00 -1890.00 -2116.00 -143.00")
    steps = _figures(told["steps"], "28600.00 1600.00 516.00 2116.00 2116.00")
    document = MonthlyStatementDocument(
        enterprise=SELLER[language],
        activity=GOODS[language][4],
        person=told["person"],
        last_day=date(2026, 3, 31),
        year_opens_on=date(2026, 1, 1),
        made_at=AT,
        treasury=treasury,
        available=sum(each.amount for each in treasury),
        to_come=_figures(told["to_come"], "9870.00 -214.50"),
        sales=sales,
        costs=costs,
        levies=levies,
        result=_result(sales, costs, levies),
        computations=(
            Computation(told["levies"][0], steps),
            Computation(told["levies"][1], (Figure(told["levies"][1], Decimal("143.00")),)),
        ),
        history=tuple(
            MonthOfSales(month_back(12 - at), Decimal(9000 + 1650 * (at % 5) + 900 * at)) for at in range(13)
        ),
        cash_opening=Decimal("14209.50"),
        cash_moves=moves,
        cash_closing=Decimal("14209.50") + sum(each.amount for each in moves),
        receivables=tuple(
            Debt(
                party=party, document=f"FA-{at}", since_on=date(2026, 1, 5 + 7 * at), due_on=due, amount=Decimal(amount)
            )
            for at, (party, due, amount) in enumerate(
                zip(
                    told["debtors"],
                    (date(2026, 2, 11), date(2026, 3, 20), date(2026, 4, 30), date(2025, 12, 2)),
                    ("4210.00", "1260.00", "380.00", "4020.00"),
                    strict=True,
                )
            )
        ),
        payables=tuple(
            Debt(
                party=party, document=f"A-{at}", since_on=date(2026, 3, 3 + at), due_on=date(2026, 4, 2), amount=amount
            )
            for at, (party, amount) in enumerate(
                zip(told["creditors"], (Decimal("2100.50"), Decimal("1020.00")), strict=True)
            )
        ),
        next_steps=told["todo"],
    )
    return replace(document, **changes)


def month_back(count: int) -> date:
    """The first of the month so many months before March 2026."""
    months = 2026 * 12 + 2 - count
    return date(months // 12, months % 12 + 1, 1)


def _figures(labels: Sequence[str], amounts: str) -> tuple[Figure, ...]:
    return tuple(Figure(label, Decimal(amount)) for label, amount in zip(labels, amounts.split(), strict=True))


def _compared(labels: Sequence[str], amounts: str, *, scale: str) -> tuple[Compared, ...]:
    return tuple(
        Compared(
            label=figure.label,
            month=figure.amount,
            year_to_date=figure.amount * 3,
            last_year=(figure.amount * Decimal(scale)).quantize(Decimal("0.01")),
        )
        for figure in _figures(labels, amounts)
    )


def _result(*groups: Sequence[Compared]) -> Decimal:
    sales, costs, levies = (sum((row.month for row in rows), Decimal("0.00")) for rows in groups)
    return sales - costs - levies
