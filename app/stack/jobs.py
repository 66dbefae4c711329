"""Which processes a deployment has."""

from dataclasses import replace

from app.stack.place import GUARANTORS, HOST, KEYHOLDERS, StackPlace
from app.stack.processes import Job

WINDOWS = ("--shares-minutes", "1", "--fallback-minutes", "2")


def chain(place: StackPlace) -> Job:
    command = ("chain", "run", "--var", str(place.var), "--listen", f"{HOST}:{place.settings['chain']}")
    return Job("chain", command, place.environment())


def web(place: StackPlace) -> Job:
    return Job("web", ("serve", "--listen", f"{HOST}:{place.settings['web']}"), place.environment())


def ledger(place: StackPlace) -> Job:
    return Job("ledger", ("ledger", "run"), place.environment())


def gateway(place: StackPlace) -> Job:
    return Job("gateway", ("gateway", "run", "--anchor-every", "1"), place.environment())


def keyholder(place: StackPlace, number: int) -> Job:
    folder = str(place.machine(number) / "keyholder")
    command = ("keyholder", "--folder", folder, "run", "--poll", "0.3", "--wait", "5")
    return Job(f"keyholder-{number}", command, place.keyholder_environment(number))


def keyholders(place: StackPlace) -> list[Job]:
    return [keyholder(place, number) for number in range(1, len(KEYHOLDERS) + 1)]


def guarantors(place: StackPlace) -> list[Job]:
    """What every guarantor runs: its letters, its pages, its systems' interface, and its own way to the chain."""
    made = []
    for number in range(1, len(GUARANTORS) + 1):
        environment = place.guarantor_environment(number)
        letters = ("guarantor", "run", str(place.guarantor_desk(number)), "--every", "2")
        made.append(Job(f"guarantor-{number}", letters, environment))
        made.append(Job(f"gateway-{number}", ("gateway", "run"), environment))
        if place.has_desk_pages(number):
            listen = place.desk_url(number).removeprefix("http://")
            pages = ("guarantor", "pages", str(place.guarantor_desk(number)), "--listen", listen)
            made.append(Job(f"desk-{number}", pages, environment))
        if place.has_desk_api(number):
            listen = place.desk_api_url(number).removeprefix("http://").partition("/")[0]
            api = ("guarantor", "serve", str(place.guarantor_desk(number)), "--listen", listen)
            made.append(Job(f"desk-api-{number}", api, environment))
    return made


def workers(place: StackPlace, keys: int, hall_minutes: str) -> list[Job]:
    """The platform's jobs; `keys` are kept ready, and the hall of an opening hears objections for so long."""
    environment = place.environment()
    commands = {
        "custody": ("custody", "run", "--target", str(keys)),
        "intake": ("intake", "run"),
        "opening": ("opening", "run", *WINDOWS, "--hall-minutes", hall_minutes),
        "experts": ("experts", "work", "--spool", str(place.mails / "experts")),
        "complaints": ("complaints", "run"),
        "guarantees": ("guarantees", "run"),
        "webhooks": ("webhooks", "run"),
    }
    jobs = {name: Job(name, command, environment) for name, command in commands.items()}
    jobs["complaints"] = replace(jobs["complaints"], environment={**environment, **place.post()})
    return list(jobs.values())
