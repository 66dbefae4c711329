"""Who may see which page: the lines of app.permissions for the endpoints `pages.*`, in the same form.

What anyone may read is ANYONE: such a page has no session and does not know who reads it. A form that somebody sends
without a name (a question on a tender) is ANYONE too: it has no session, so nothing could be forged in anybody's name.
"""

from collections.abc import Mapping

from app.rule import ANYONE, MIB, PERSON, VISITOR, Rule, only
from parties.roles import Role

_ANYONE, _VISITOR, _PERSON = Rule(ANYONE), Rule(VISITOR), Rule(PERSON)

_CONDUCTS = only(Role.TENDEREE, Role.CENTER)
_DRAFTS = only(Role.TENDEREE, Role.CENTER, body=2 * MIB)
_READS = only(Role.TENDEREE, Role.CENTER, Role.SUPERVISOR)
_HEARD = only(Role.BIDDER, Role.TENDEREE, Role.CENTER, Role.SUPERVISOR)
_VERIFIES = only(Role.CENTER, Role.SUPERVISOR)

PAGES: Mapping[str, Mapping[str, Rule]] = {
    # Style, programs, pictures
    "pages.asset_file": {"GET": _ANYONE},
    # Read by all
    "pages.start": {"GET": _ANYONE},
    "pages.notices": {"GET": _ANYONE},
    "pages.notice": {"GET": _ANYONE},
    "pages.questions": {"GET": _ANYONE},
    "pages.ask": {"POST": _ANYONE},
    "pages.ledger": {"GET": _ANYONE},
    "pages.entry": {"GET": _ANYONE},
    # Openings: whoever watches has no session, and is not known
    "pages.openings": {"GET": _ANYONE},
    "pages.lot_hall": {"GET": _ANYONE},
    "pages.lot_hall_events": {"GET": _ANYONE},
    "pages.hall": {"GET": _ANYONE},
    "pages.hall_events": {"GET": _ANYONE},
    "pages.hall_desk": {"GET": _HEARD},
    "pages.hall_object": {"GET": _HEARD, "POST": only(Role.BIDDER)},
    "pages.hall_answer": {"GET": _HEARD, "POST": _CONDUCTS},
    "pages.hall_sign_off": {"GET": _HEARD, "POST": _HEARD},
    # Logging in
    "pages.log_in": {"GET": _VISITOR, "POST": _VISITOR},
    "pages.second": {"GET": _VISITOR},
    "pages.second_code": {"POST": _VISITOR},
    "pages.recovery_again": {"GET": _VISITOR},
    "pages.second_recovery": {"POST": _VISITOR},
    "pages.set_up_in_login": {"GET": _VISITOR},
    "pages.begin_set_up_in_login": {"POST": _VISITOR},
    "pages.set_up_again": {"GET": _VISITOR},
    "pages.finish_set_up_in_login": {"POST": _VISITOR},
    "pages.log_out": {"POST": _VISITOR},
    "pages.logged_out": {"GET": _VISITOR},
    "pages.register": {"GET": _VISITOR, "POST": _VISITOR},
    "pages.registered": {"GET": _VISITOR},
    "pages.forgotten": {"GET": _VISITOR, "POST": _VISITOR},
    "pages.new_password": {"GET": _VISITOR, "POST": _VISITOR},
    "pages.confirm": {"GET": _VISITOR, "POST": _VISITOR},
    # One's own account
    "pages.prove_again": {"GET": _PERSON, "POST": _PERSON},
    "pages.account": {"GET": _PERSON},
    "pages.change_password": {"GET": _PERSON, "POST": _PERSON},
    "pages.end_sessions": {"POST": _PERSON},
    "pages.authenticator": {"GET": _PERSON},
    "pages.begin_authenticator": {"POST": _PERSON},
    "pages.authenticator_again": {"GET": _PERSON},
    "pages.finish_authenticator": {"POST": _PERSON},
    "pages.recovery_codes": {"GET": _PERSON, "POST": _PERSON},
    "pages.remove_passkey": {"POST": _PERSON},
    "pages.make_token": {"GET": _PERSON, "POST": _PERSON},
    "pages.revoke_token": {"POST": _PERSON},
    "pages.choose": {"GET": _PERSON, "POST": _PERSON},
    # Organisations: whose they are, parties.members says
    "pages.register_organisation": {"GET": _PERSON, "POST": _PERSON},
    "pages.join_organisation": {"GET": _PERSON, "POST": _PERSON},
    "pages.organisation": {"GET": _PERSON},
    "pages.invitations": {"GET": _PERSON},
    "pages.invite": {"POST": _PERSON},
    "pages.change_member": {"POST": _PERSON},
    "pages.organisations_list": {"GET": _VERIFIES},
    "pages.verify_organisation": {"POST": _VERIFIES},
    # Bidding in the browser: what could tie a bidder to a lot has no session
    "pages.bid_wallet": {"GET": only(Role.BIDDER)},
    "pages.bid_prepare": {"GET": _ANYONE},
    "pages.seal_worker": {"GET": _ANYONE},
    "pages.bids": {"GET": _ANYONE},
    # The desk
    "pages.desk": {"GET": _PERSON},
    # Tenders at the desk: those who conduct them draft and move, the supervisor reads and halts
    "pages.tenders": {"GET": _READS},
    "pages.tender": {"GET": _READS},
    "pages.new_tender": {"GET": _CONDUCTS, "POST": _DRAFTS},
    "pages.edit_tender": {"GET": _CONDUCTS, "POST": _DRAFTS},
    "pages.publication_again": {"GET": _READS},
    "pages.publish_tender": {"POST": _CONDUCTS},
    "pages.documents_again": {"GET": _READS},
    "pages.store_document": {"POST": only(Role.TENDEREE, Role.CENTER, body=65 * MIB)},
    "pages.answer_again": {"GET": _READS},
    "pages.answer_question": {"POST": _CONDUCTS},
    "pages.move_tender": {"GET": _CONDUCTS, "POST": _CONDUCTS},
    "pages.halt_tender": {"GET": _READS, "POST": _READS},
    "pages.step_lot": {"GET": _CONDUCTS, "POST": _CONDUCTS},
    "pages.annul_lot": {"GET": only(Role.SUPERVISOR), "POST": only(Role.SUPERVISOR)},
}
