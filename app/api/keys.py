"""The keys that an organisation signs with: registered, rotated and revoked by its managers, each on the ledger.

First ask for the entry's message (`.../preparation`), sign it with the key, then send key and signature.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response

from app.api.content import JSON, Content
from app.api.document import ApiRoutes
from app.api.organisations import visible
from app.api.schemas import parties as schemas
from app.caller import caller
from app.context import now, parts, session
from app.errors import ProblemError
from crypto import party_keys
from parties import keys, members
from parties.keys import NewKey
from parties.models import Organisation, PartyKey
from parties.proof import FILE

routes = ApiRoutes(
    "keys", __name__, url_prefix="/api/organisations", description="Signing keys of organisations"
)
_KEYS = "/<uuid:organisation_id>/keys"
_KEY = f"{_KEYS}/<string(length=64):key_id>"
_EXAMPLE = {"credit_code": "91350100M000100Y43", "salt": "5a" * 32, "type": "party-proof/v1"}
_PROOF = Content(
    JSON,
    {
        "type": "object",
        "required": ["credit_code", "salt", "type"],
        "additionalProperties": False,
        "properties": {
            "credit_code": {"type": "string", "pattern": "^[0-9A-Z]{18}$"},
            "salt": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "type": {"const": "party-proof/v1"},
        },
    },
    _EXAMPLE,
)
_REFUSES = (400, 401, 403, 404, 409)


@routes.operation("GET", _KEYS, gives=schemas.Key, many=True, refuses=(401, 403, 404))
def list_keys(organisation_id: UUID) -> Sequence[PartyKey]:
    """List the keys, ended ones too"""
    return keys.of_organisation(session(), visible(organisation_id, caller()))


@routes.operation("GET", "/<uuid:organisation_id>/proof", gives=_PROOF, refuses=(401, 403, 404))
def party_proof(organisation_id: UUID) -> Response:
    """Fetch party-proof.json

    For its managers. Whoever is given it sees in the ledger which keys are the organisation's, and asks nobody: a
    guarantor, whom an application is sealed to.
    """
    content = keys.proof_of(_managed(organisation_id)).to_bytes()
    response = Response(content, content_type=JSON)
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.operation(
    "POST", f"{_KEYS}/preparation", takes=schemas.KeyMaterial, gives=schemas.Prepared, refuses=_REFUSES
)
def prepare_registration(given: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    """Ask what a new key has to sign"""
    key = _material(given)
    entry = keys.registration(session(), _managed(organisation_id), key)
    return {"message": entry.message(), "key_id": party_keys.key_id(key.spki)}


@routes.operation("POST", _KEYS, takes=schemas.SignedKey, gives=schemas.Key, status=201, refuses=_REFUSES)
def register_key(given: dict[str, Any], organisation_id: UUID) -> PartyKey:
    """Register a key

    From its entry on the ledger on, what it signs is the organisation's.
    """
    organisation = _managed(organisation_id)
    key = keys.register(
        session(), organisation, _material(given), given["signature"], by=caller().person_id, now=now()
    )
    session().commit()
    return key


@routes.operation(
    "POST",
    f"{_KEY}/rotation/preparation",
    takes=schemas.KeyMaterial,
    gives=schemas.Prepared,
    refuses=_REFUSES,
)
def prepare_rotation(given: dict[str, Any], organisation_id: UUID, key_id: str) -> dict[str, Any]:
    """Ask what the old key and the new one have to sign"""
    key = _material(given)
    entry = keys.rotation(session(), _key(_managed(organisation_id), key_id), key)
    return {"message": entry.message(), "key_id": party_keys.key_id(key.spki)}


@routes.operation(
    "POST",
    f"{_KEY}/rotation",
    takes=schemas.RotationSigned,
    gives=schemas.Key,
    status=201,
    refuses=_REFUSES,
)
def rotate_key(given: dict[str, Any], organisation_id: UUID, key_id: str) -> PartyKey:
    """Put a new key in the place of this one, signed by both"""
    old = _key(_managed(organisation_id), key_id)
    new = keys.rotate(
        session(),
        old,
        _material(given),
        given["old_signature"],
        given["signature"],
        by=caller().person_id,
        now=now(),
    )
    session().commit()
    return new


@routes.operation("POST", f"{_KEY}/revocation", takes=schemas.Revocation, gives=schemas.Key, refuses=_REFUSES)
def revoke_key(given: dict[str, Any], organisation_id: UUID, key_id: str) -> PartyKey:
    """Revoke a key

    It signs nothing from this entry on. What stands in the ledger before it still holds.
    """
    key = _key(_managed(organisation_id), key_id)
    keys.revoke(session(), key, given["reason"], now=now())
    session().commit()
    return key


def _managed(organisation_id: UUID) -> Organisation:
    who = caller()
    organisation = visible(organisation_id, who)
    members.require_manager(session(), organisation, who.person_id)
    return organisation


def _key(organisation: Organisation, key_id: str) -> PartyKey:
    if not all(character in "0123456789abcdef" for character in key_id):
        raise ProblemError("unknown")
    return keys.get(session(), organisation, key_id)


def _material(given: dict[str, Any]) -> NewKey:
    if ("key" in given) == ("certificate" in given):
        raise ProblemError("invalid", errors={"key": ["Either a key or a certificate."]})
    if "key" in given:
        return NewKey(given["key"])
    authorities = parts().settings.authorities
    return keys.from_certificate(given["certificate"], given["intermediates"], authorities, now=now())
