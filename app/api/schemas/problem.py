"""Problems (RFC 9457)."""

from marshmallow import Schema, fields


class ProblemSchema(Schema):
    """What went wrong, in the reader's language."""

    type = fields.String(
        required=True,
        metadata={"description": "urn:sunseal:problem:<code>", "example": "urn:sunseal:problem:taken"},
    )
    code = fields.String(required=True, metadata={"description": "stable, for machines", "example": "taken"})
    status = fields.Integer(required=True, metadata={"example": 409})
    title = fields.String(required=True, metadata={"example": "It exists already."})
    next = fields.String(
        required=True,
        metadata={"description": "what to do", "example": "Use the one that exists, or another."},
    )
    detail = fields.String(metadata={"description": "the reason"})
    errors = fields.Dict(metadata={"description": "what is wrong, by field"})
    violations = fields.List(
        fields.Dict(),
        metadata={
            "description": "the rules that are broken: rule, articles, subject; law, found and allowed in zh and en"
        },
    )
    rule = fields.String(metadata={"description": "the rule that refused a draw or a committee"})
    last = fields.Integer(metadata={"description": "the last sequence of a keyholder's channel"})
    request = fields.String(metadata={"description": "the request's number, to ask about it"})
