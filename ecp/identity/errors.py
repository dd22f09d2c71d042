"""What signing in and keeping people refuse."""

from ecp.errors import Invalid, Refused


class WrongLogin(Invalid):
    """The address or the password is wrong: which one is not told."""

    message = "L’adresse ou le mot de passe n’est pas juste."


class TooManyTries(Refused):
    """Wrong passwords came too often; the wait grows."""

    message = "Trop d’essais : attendez %(seconds)s secondes avant de réessayer."


class LinkExpired(Refused):
    """A link serves once, for some days."""

    message = "Ce lien a déjà servi ou n’est plus valable : demandez-en un autre."


class WeakPassword(Invalid):
    """The password would be guessed."""

    message = "Choisissez un autre mot de passe."


class PersonUnknown(Invalid):
    """The person cannot be added as given."""

    message = "Cette personne ne peut être ajoutée ainsi."
