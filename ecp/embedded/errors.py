"""What may keep a server from answering, each in one sentence."""

from ecp.errors import DomainError


class ServerError(DomainError):
    """A server that the application needs does not answer."""

    message = "Un serveur nécessaire ne répond pas."


class DiskFull(ServerError):
    """No space left where the data live."""

    message = "Le disque est plein : libérez de la place dans %(place)s, puis recommencez."


class DataUnreachable(ServerError):
    """The data directory cannot be read or written."""

    message = (
        "Le dossier de données %(place)s n’est pas accessible (%(reason)s) : "
        "vérifiez à qui il appartient, ou donnez-en un autre par ECP_DATA."
    )


class DataOfAnotherVersion(ServerError):
    """The data were written by a PostgreSQL that this one cannot read."""

    message = (
        "La base de %(place)s a été créée par PostgreSQL %(found)s et ce programme apporte PostgreSQL %(ours)s : "
        "sauvegardez-la avec l’ancien programme (« ecp backup »), puis restaurez-la dans un dossier neuf."
    )


class DataInUse(ServerError):
    """Another set of servers, started otherwise, holds this data directory."""

    message = "Les serveurs de %(place)s tournent déjà avec d’autres réglages : arrêtez-les d’abord."


class StartFailed(ServerError):
    """A server of ours died at once; what it said is added."""

    message = "%(server)s n’a pas démarré : %(reason)s (journal : %(log)s)."


class NoServerUser(ServerError):
    """PostgreSQL refuses to run as root, and no other user could be made."""

    message = (
        "PostgreSQL refuse de tourner sous root et l’utilisateur système « %(user)s » n’a pas pu être créé "
        "(%(reason)s) : créez-le avec « useradd --system %(user)s », ou lancez la commande sans être root."
    )


class NoOwnName(ServerError):
    """The process runs under a user number that the system does not know."""

    message = (
        "L’utilisateur numéro %(uid)s n’a pas de nom sur ce système et PostgreSQL en exige un : "
        "ajoutez-le à /etc/passwd, ou indiquez un serveur par DATABASE_URL."
    )


class DatabaseDown(ServerError):
    """The database named by DATABASE_URL does not answer."""

    message = "La base de données %(url)s ne répond pas : %(reason)s."


class DatabaseTooOld(ServerError):
    """The database named by DATABASE_URL is older than what the application needs."""

    message = "La base de données %(url)s tourne sous PostgreSQL %(found)s ; il faut la version %(needed)s ou plus."


class DatabaseForgets(ServerError):
    """The database named by DATABASE_URL may lose what it has confirmed: no place for books."""

    message = (
        "La base de données %(url)s peut oublier ce qu’elle a confirmé (à « off » : %(settings)s) : "
        "remettez ces réglages à « on »."
    )


class RedisDown(ServerError):
    """The Redis named by REDIS_URL does not answer."""

    message = "Le serveur Redis %(url)s ne répond pas : %(reason)s."
