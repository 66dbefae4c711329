"""The `sunseal` command line: the group that every subcommand hangs on, each loaded when it is asked for."""

import click

from app.cli.lazy import Lazy, Offered

_LINES = {
    "Everything on one machine": {
        "demo": "Hold whole tenders as a story, verify them, and tamper",
        "stack": "Run the whole system here, from database to pages",
    },
    "Anyone": {
        "verify": "Verify a ledger, or a bundle of one, without trusting us",
        "report": "Report to the supervisor without a name",
    },
    "Bidders": {
        "bid": "Prepare, seal, submit, replace and withdraw bids",
        "guarantee": "Apply for a bid guarantee, and put it into a bid",
    },
    "Guarantors": {
        "guarantor": "Offer, underwrite and issue guarantees",
    },
    "Keyholders and witnesses": {
        "keyholder": "Hold one key of several, and release shares by the rules",
        "witness": "Cosign a log's checkpoints, if each extends the last",
    },
    "Tenderees, trading center, supervisors": {
        "tender": "Draft, publish, change and show tenders",
        "experts": "Keep the pool of experts, draw from it, redo draws",
        "samples": "Draw spot checks, record findings, redo samples",
        "complaints": "Keep the clocks of objections and complaints",
        "accounts": "Set up the first people, list, suspend, reset",
    },
    "Operators": {
        "serve": "Serve pages, interfaces and ledger over HTTP",
        "db": "Make, change and look at the database's tables",
        "ledger": "Open the log, publish it, prove what is in it",
        "custody": "Register keyholders, propose groups, keep keys ready",
        "intake": "Give keys for tokens, close at deadlines, sweep uploads",
        "opening": "Open bids when their keyholders release them",
        "guarantees": "Check, release and follow guarantees",
        "gateway": "Send to the chain, follow it, anchor the ledger on it",
        "webhooks": "Tell guarantors' machines what happened",
        "chain": "Run a development chain; never with anything of value",
    },
}
SECTIONS = {
    heading: {name: Offered(f"app.cli.{name}:{name}", line) for name, line in lines.items()}
    for heading, lines in _LINES.items()
}


@click.group(cls=Lazy, sections=SECTIONS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sunseal", prog_name="sunseal")
def main() -> None:
    """Public tenders whose bids nobody can open before the opening, and that anyone can check afterwards."""
