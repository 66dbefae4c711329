"""Who came second objects, then complains; reply, acceptance and decision each have a clock that anyone can recount."""

from datetime import UTC, datetime, timedelta

from app.demo.cast import Cast, Held, wait_for

_BOARD = "/api/complaints"


def complain(cast: Cast, held: Held, lot: str, bidder: str) -> None:
    """The tenderee rejects an objection to the candidates (条54), the supervisor decides the complaint (条60, 条61)."""
    person, tenderee, supervisor = cast.desks[bidder].person, held.tenderee, cast.supervisor
    filing = {
        "tender": held.id,
        "lots": [lot],
        "matter": "result",
        "capacity": "bidder",
        "text": "第一中标候选人的报价低于成本。",
        "knowing": (datetime.now(UTC) - timedelta(seconds=1)).isoformat(),
    }
    objection = str(person.ask("POST", f"{_BOARD}/objections", filing)["id"])
    cast.say(f"{bidder} objects to the candidates: the lot stands still until the reply")
    reply = {"outcome": "rejected", "text": "评标委员会已经要求其说明报价，说明成立。"}
    tenderee.ask("POST", f"{_BOARD}/{objection}/reply", reply)
    authority = next(
        one["id"] for one in cast.get(f"{_BOARD}/authorities") if one["name"] == supervisor.organisation_name
    )
    complaint = person.ask("POST", _BOARD, {**filing, "authority": authority, "after": objection})["id"]
    supervisor.ask("POST", f"{_BOARD}/{complaint}/acceptance", {"text": "予以受理。"})
    decision = {"outcome": "dismissed", "text": "经调查，报价说明有成本分析支持，投诉不成立，予以驳回。"}
    supervisor.ask("POST", f"{_BOARD}/{complaint}/decision", decision)
    shown = cast.get(f"{_BOARD}/{complaint}/decision")["text"]
    kept = [one for case in (objection, complaint) for one in cast.get(f"{_BOARD}/{case}")["clocks"]]
    cast.say(f"the tenderee rejects it; {bidder} complains, and the supervisor accepts and decides: {shown}")
    words = ", ".join(f"{one['en']}: {one['status']}" for one in kept)
    cast.say(f"[dim]clocks: {words}[/dim]")


def tell_of_mails(cast: Cast) -> None:
    """Each step was mailed to those whom it concerned; here every mail is a file."""
    folder = cast.place.case_mails
    wait_for(lambda: any(folder.glob("*.eml")), "the first mail about the complaint")
    cast.say(f"mails told those whom each step concerned; here they are files in {folder}")
