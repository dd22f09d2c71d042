"""What people type to sell and to buy."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypedDict

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import Length, NumberRange, Optional

from ecp import catalog, clock, formats, money, numbers, parties, vat
from ecp.purchasing import bills
from ecp.purchasing import postings as purchase_postings
from ecp.sales import words
from ecp.sales.documents import CHANNELS, Document, Item
from ecp.web.forms import ChoiceField, DayText, DecimalText, Form, identifier, required
from ecp.web.languages import LANGUAGES, current
from ecp.web.sales import own_key

_USUAL = ("standard", "catering")
LINES_SHOWN, MOST_LINES = 1, 200


class LineForm(PlainForm):
    """A line of a document."""

    product_id = HiddenField()
    original_position = HiddenField()
    description = StringField(
        _l("Description"), [Length(max=300)], render_kw={"list": "articles", "autocomplete": "off"}
    )
    quantity = DecimalText(_l("Quantité"), read=numbers.quantity, default=Decimal(1))
    unit = StringField(_l("Unité"), [Length(max=20)])
    unit_price = DecimalText(_l("Prix unitaire"), read=numbers.unit_price)
    discount_rate = DecimalText(
        _l("Remise"), read=numbers.rate, render_kw={"inputmode": "decimal", "autocomplete": "off", "placeholder": "%"}
    )
    vat_category = ChoiceField(_l("TVA"))

    @property
    def is_empty(self) -> bool:
        """A line where nothing was typed counts for nothing."""
        return not (self.description.data or "").strip() and self.unit_price.data is None and not self.unit_price.typed


class InvoiceForm(Form):
    """An invoice or a quote."""

    key = HiddenField()
    version = HiddenField()
    party_id = ChoiceField(_l("Client"), validate_choice=False)
    new_party = StringField(_l("Nouveau client"), [Length(max=200)])
    channel = ChoiceField(_l("Canal"))
    prices = ChoiceField(_l("Prix"), choices=[("net", _l("Hors taxe (HT)")), ("gross", _l("Taxe comprise (TTC)"))])
    language = ChoiceField(_l("Langue"), choices=list(LANGUAGES.items()))
    due_on = DayText(_l("À payer avant le"), [Optional()])
    means = ChoiceField(_l("Mode de règlement"))
    reference = StringField(_l("Référence du client"), [Length(max=100)])
    note = TextAreaField(_l("Note sur le document"), [Length(max=1000)])
    lines = FieldList(FormField(LineForm), min_entries=LINES_SHOWN, max_entries=MOST_LINES)
    articles: Sequence[catalog.Product] = ()

    def prepare(self, activity_id: int) -> None:
        """Offer the choices of an activity."""
        language = current()
        known = parties.of_activity(activity_id, customers=True)
        pairs = [(str(each.id), each.name) for each in known]
        self.party_id.offer([("", gettext("Nouveau client…")), *pairs])
        self.articles = catalog.of_activity(activity_id)
        self.channel.offer([(key, words.channel(key, language)) for key in CHANNELS])
        self.means.offer([(key, words.means(key, language)) for key in money.MEANS])
        offered = vat_choices(language, self.articles)
        for line in self.lines:
            line.form.vat_category.offer(offered)
        if not self.key.data:
            self.key.data = uuid.uuid4().hex

    def items(self) -> list[Item]:
        """Give the lines that say something."""
        return [
            Item(
                description=" ".join(str(line.form.description.data or "").split()),
                quantity=line.form.quantity.data if line.form.quantity.data is not None else Decimal(1),
                unit=str(line.form.unit.data or ""),
                unit_price=line.form.unit_price.data if line.form.unit_price.data is not None else Decimal(0),
                vat_category=str(line.form.vat_category.data),
                discount_rate=line.form.discount_rate.data or Decimal(0),
                is_service=self._is_service(identifier(line.form.product_id.data)),
                product_id=identifier(line.form.product_id.data),
                original_position=identifier(line.form.original_position.data),
            )
            for line in self.lines
            if not line.form.is_empty
        ]

    def _is_service(self, product_id: int | None) -> bool:
        """What an article is; a line of none is what all articles of the activity are."""
        if product_id:
            return any(each.id == product_id and each.is_service for each in self.articles)
        return bool(self.articles) and all(each.is_service for each in self.articles)

    def fields(self) -> dict[str, Any]:
        """Give what is kept beside lines and customer."""
        return {
            "channel": self.channel.data,
            "prices": self.prices.data,
            "language": self.language.data,
            "due_on": self.due_on.data,
            "means": self.means.data,
            "reference": (self.reference.data or "").strip(),
            "note": (self.note.data or "").strip(),
        }

    def check_customer(self) -> bool:
        """A customer is chosen, or a name is typed; not both: nobody knows which one is meant."""
        named = (self.new_party.data or "").strip()
        if self.party_id.data and named:
            self.new_party.errors = [
                gettext("Un client est déjà choisi : videz ce champ, ou choisissez « Nouveau client… ».")
            ]
            return False
        if self.party_id.data or named:
            return True
        self.new_party.errors = [gettext("Choisissez un client ou écrivez son nom.")]
        return False


def of_document(document: Document) -> InvoiceForm:
    """Fill the form with a draft."""
    names = ("channel", "prices", "language", "due_on", "means", "reference", "note", "version")
    lines = [
        {name: getattr(line, name) for name in LineForm(None).data if hasattr(line, name)} for line in document.lines
    ]
    for line in lines:
        if not line["discount_rate"]:
            line["discount_rate"] = None
    return InvoiceForm(
        formdata=None,
        data={**{name: getattr(document, name) for name in names}, "party_id": str(document.party_id), "lines": lines},
    )


def vat_choices(language: str, articles: Sequence[catalog.Product] = ()) -> list[tuple[str, str]]:
    """The categories of VAT that have a rate today: those of some articles, the usual ones, the others."""
    today = clock.today()
    own = {each.vat_category for each in articles}
    known = [each for each in vat.categories() if vat.has_rate(each.code, today)]
    known.sort(key=lambda each: (each.code != "standard", each.code not in own, each.code not in _USUAL))
    return [(each.code, _named(each, language)) for each in known]


def _named(each: vat.Category, language: str) -> str:
    rate = vat.rate(each.code, clock.today())
    percent = formats.rate(rate, language)
    return f"{percent} · {each.label(language)}"


class Said(TypedDict):
    """What is said of money received, paid or given back, beside how much."""

    on: date
    means: str
    key: str
    reference: str


class PaymentForm(Form):
    """Money received."""

    key = HiddenField()
    amount = DecimalText(_l("Montant"), [required()])
    received_on = DayText(_l("Reçu le"), [required()])
    means = ChoiceField(_l("Moyen"))
    reference = StringField(_l("Référence"), [Length(max=100)])

    def prepare(self) -> None:
        """Offer the choices."""
        self.means.offer([(key, words.means(key, current())) for key in money.MEANS])
        if not self.key.data:
            self.key.data = uuid.uuid4().hex

    def said(self, activity_id: int) -> Said:
        """Give what goes with the amount, under a key of the activity's."""
        return {
            "on": self.received_on.data,  # type: ignore[typeddict-item]  # required
            "means": str(self.means.data),
            "key": own_key(self.key.data, activity_id),
            "reference": str(self.reference.data or ""),
        }


class CreditLineForm(PlainForm):
    """How much of a line is taken back."""

    position = HiddenField()
    quantity = DecimalText(_l("Quantité"), read=partial(numbers.quantity, negative=True))


class CreditForm(Form):
    """What a credit note takes back of an invoice."""

    key = HiddenField()
    reason = StringField(_l("Motif"), [required(), Length(max=300)])
    lines = FieldList(FormField(CreditLineForm), max_entries=MOST_LINES)

    def quantities(self) -> dict[int, Decimal]:
        """Give the quantity by position; nothing typed is nothing taken back."""
        return {
            int(line.form.position.data): line.form.quantity.data or Decimal(0)
            for line in self.lines
            if str(line.form.position.data).isdecimal()
        }


def of_credit(left: Mapping[int, Decimal]) -> CreditForm:
    """Offer to take back all that is left."""
    lines = [{"position": position, "quantity": quantity} for position, quantity in sorted(left.items())]
    return CreditForm(formdata=None, data={"key": uuid.uuid4().hex, "lines": lines})


def version(typed: object) -> int:
    """Read the version that a form was made from; what is not written as one is none that there ever was."""
    return int(str(typed)) if str(typed).isdecimal() else 0


class CommentForm(Form):
    """A word that goes with a decision on what was read."""

    version = HiddenField()
    comment = StringField(_l("Commentaire"), [required(), Length(max=500)])


class PartyForm(Form):
    """A customer or supplier."""

    name = StringField(_l("Nom"), [required(), Length(max=200)])
    is_customer = BooleanField(_l("Client"), default=True)
    is_supplier = BooleanField(_l("Fournisseur"))
    ice = StringField(_l("ICE"), [Length(max=30)], render_kw={"inputmode": "numeric"})
    tax_id = StringField(_l("Identifiant fiscal (IF)"), [Length(max=30)])
    address = TextAreaField(_l("Adresse"), [Length(max=400)])
    city = StringField(_l("Ville"), [Length(max=100)])
    phone = StringField(_l("Téléphone"), [Length(max=40)])
    email = EmailField(_l("Adresse électronique"), [Length(max=200)])
    language = ChoiceField(_l("Langue"), choices=list(LANGUAGES.items()))
    payment_days = IntegerField(_l("Délai de paiement (jours)"), [Optional(), NumberRange(0, 180)], default=0)


class ProductForm(Form):
    """Something the activity sells."""

    name = StringField(_l("Nom"), [required(), Length(max=200)])
    unit = StringField(_l("Unité"), [Length(max=20)])
    unit_price = DecimalText(_l("Prix unitaire HT"), [required()], read=numbers.unit_price)
    vat_category = ChoiceField(_l("TVA"))
    is_service = BooleanField(_l("C’est un service"))

    def prepare(self) -> None:
        """Offer the choices."""
        self.vat_category.offer(vat_choices(current()))


class PurchaseForm(Form):
    """A bill or an expense note."""

    key = HiddenField()
    version = HiddenField()
    kind = ChoiceField(
        _l("C’est"),
        choices=[("bill", _l("Une facture d’un fournisseur")), ("expense", _l("Une dépense que j’ai avancée"))],
    )
    party_id = ChoiceField(_l("Fournisseur"), validate_choice=False)
    new_party = StringField(_l("Nouveau fournisseur"), [Length(max=200)])
    label = StringField(_l("Quoi"), [required(), Length(max=300)])
    nature = ChoiceField(_l("Nature"))
    gross = DecimalText(_l("Montant payé ou à payer (TTC)"), [required()])
    vat_category = ChoiceField(_l("TVA"))
    billed_on = DayText(_l("Date"), [required()])
    due_on = DayText(_l("À payer avant le"), [Optional()])
    reference = StringField(_l("Numéro de la pièce"), [Length(max=100)])

    def prepare(self, activity_id: int) -> None:
        """Offer the choices."""
        known = parties.of_activity(activity_id, suppliers=True)
        pairs = [(str(each.id), each.name) for each in known]
        self.party_id.offer([("", gettext("Nouveau fournisseur…")), *pairs])
        self.nature.offer([(key, nature_word(key)) for key in purchase_postings.NATURES])
        self.vat_category.offer(vat_choices(current()))
        if not self.key.data:
            self.key.data = uuid.uuid4().hex


def of_purchase(purchase: bills.Purchase) -> PurchaseForm:
    """Fill the form with what was handed in."""
    names = ("kind", "label", "nature", "gross", "vat_category", "billed_on", "due_on", "reference", "version")
    values = {name: getattr(purchase, name) for name in names}
    return PurchaseForm(formdata=None, party_id=str(purchase.party_id or ""), **values)


class PurchasePaymentForm(PaymentForm):
    """Money paid."""

    received_on = DayText(_l("Payé le"), [required()])


class RefundForm(PaymentForm):
    """Money given back to a customer."""

    received_on = DayText(_l("Rendu le"), [required()])


class MandateForm(Form):
    """What an activity may do alone."""

    starts_on = DayText(_l("À partir du"), [required()])
    may_issue = BooleanField(_l("Émettre seule factures et devis"))
    may_collect = BooleanField(_l("Enregistrer seule les règlements"))


def nature_word(key: str) -> str:
    """Name a kind of cost in daily words."""
    word: str = {
        "goods": gettext("Marchandises à revendre"),
        "materials": gettext("Matières premières"),
        "consumables": gettext("Petites fournitures"),
        "packaging": gettext("Emballages"),
        "energy": gettext("Eau, électricité, énergie"),
        "services": gettext("Travaux et prestations"),
        "rent": gettext("Loyer"),
        "repairs": gettext("Entretien et réparations"),
        "insurance": gettext("Assurance"),
        "fees": gettext("Honoraires"),
        "transport": gettext("Transport de marchandises"),
        "travel": gettext("Déplacements"),
        "advertising": gettext("Publicité"),
        "telephone": gettext("Téléphone et internet"),
        "bank_fees": gettext("Frais bancaires"),
    }[key]
    return word
