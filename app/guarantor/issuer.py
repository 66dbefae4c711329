"""Who issues: the guarantor of a folder, with its opened keys."""

from app.guarantor.folder import GuarantorFolder, Keys
from guarantees.desk.issuing import Guarantor
from guarantees.undertaking import Party


def issuer(folder: GuarantorFolder, keys: Keys) -> Guarantor:
    settings = folder.settings
    return Guarantor(
        party=Party(settings.name, settings.credit_code),
        account=folder.account,
        spki=keys.spki,
        sign=keys.signing.sign,
        place=settings.place,
        text=settings.text,
    )
