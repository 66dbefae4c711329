"""Who may call what of objections and complaints: lines of app.permissions, in the same form.

Whose case it is, is looked at where it is read (oversight.complaints.reading): a role alone opens nobody's.
"""

from collections.abc import Mapping

from app.rule import ANYONE, MIB, Rule, only
from parties.roles import Role

_ANYONE = Rule(ANYONE)
_FILES = only(Role.BIDDER, Role.GUARANTOR, scope="complaints:write", body=256 << 10)
_REPLIES = only(Role.TENDEREE, scope="complaints:write", body=256 << 10)
_DECIDES = only(Role.SUPERVISOR, scope="complaints:write", body=256 << 10)
_PARTIES = (Role.BIDDER, Role.GUARANTOR, Role.TENDEREE, Role.SUPERVISOR)
_READS = only(*_PARTIES, scope="complaints:read")
_WRITES = only(*_PARTIES, scope="complaints:write", body=256 << 10)
_SENDS = only(*_PARTIES, scope="complaints:write", body=33 * MIB)

COMPLAINTS: Mapping[str, Mapping[str, Rule]] = {
    # The board, for all
    "complaints.list_cases": {"GET": _ANYONE},
    "complaints.count_clocks": {"GET": _ANYONE},
    "complaints.list_authorities": {"GET": _ANYONE},
    "complaints.get_case": {"GET": _ANYONE},
    "complaints.get_decision": {"GET": _ANYONE},
    # Files of evidence, in pieces
    "complaints.begin_file": {"POST": _WRITES},
    "complaints.list_files": {"GET": _READS},
    "complaints.drop_file": {"DELETE": _WRITES},
    "complaints.put_piece": {"PUT": _SENDS},
    "complaints.complete_file": {"POST": _WRITES},
    "complaints.get_file": {"GET": _READS},
    # Filed, and what whoever filed does
    "complaints.file_objection": {"POST": _FILES},
    "complaints.file_complaint": {"POST": _FILES},
    "complaints.correct": {"POST": _FILES},
    "complaints.withdraw": {"POST": _FILES},
    # Parties
    "complaints.list_own_cases": {"GET": _READS},
    "complaints.get_record": {"GET": _READS},
    "complaints.add_statement": {"POST": _WRITES},
    "complaints.reply": {"POST": _REPLIES},
    # The authority
    "complaints.ask_correction": {"POST": _DECIDES},
    "complaints.accept": {"POST": _DECIDES},
    "complaints.refuse": {"POST": _DECIDES},
    "complaints.forward": {"POST": _DECIDES},
    "complaints.join": {"POST": _DECIDES},
    "complaints.suspend": {"POST": _DECIDES},
    "complaints.resume": {"DELETE": _DECIDES},
    "complaints.stop_clock": {"POST": _DECIDES},
    "complaints.resume_clock": {"POST": _DECIDES},
    "complaints.answer_withdrawal": {"POST": _DECIDES},
    "complaints.decide": {"POST": _DECIDES},
    "complaints.list_fabricated": {"GET": only(Role.SUPERVISOR, scope="complaints:read")},
}
