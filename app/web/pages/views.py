"""Every module that puts views on the blueprint: a new one gets a line here, in permissions.table, and in the menu."""

from app.web.pages import assets
from app.web.pages.account import account, organisation
from app.web.pages.bidding import prepare, wallet
from app.web.pages.complaints import acting, board, clocks, filing, own, remedies
from app.web.pages.desk import desk
from app.web.pages.draws import answering, conducting, experts, rooms, samples
from app.web.pages.entering import log_in, register
from app.web.pages.guarantees import (
    applying,
    demanding,
    examining,
    figures,
    giving_back,
    held,
    products,
    replying,
)
from app.web.pages.hall import hall, lot_hall, openings, speaking
from app.web.pages.keyholders import keyholders
from app.web.pages.public import guarantee_check, ledger, notice, notices, start
from app.web.pages.reports import reports
from app.web.pages.tenders import drafts, duties, moves
from app.web.pages.tenders import own as own_tenders

MODULES = (
    assets,
    start,
    notices,
    notice,
    ledger,
    giving_back,
    guarantee_check,
    openings,
    lot_hall,
    hall,
    speaking,
    log_in,
    register,
    account,
    organisation,
    desk,
    own_tenders,
    drafts,
    moves,
    duties,
    wallet,
    prepare,
    board,
    remedies,
    clocks,
    filing,
    own,
    acting,
    reports,
    rooms,
    answering,
    conducting,
    experts,
    samples,
    keyholders,
    products,
    figures,
    applying,
    held,
    examining,
    demanding,
    replying,
)
