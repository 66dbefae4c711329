"""A stranger reads the contract's events on a real node, and holds each step of the ledger against them."""

import dataclasses
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli.main import main
from guarantees.after.clocks import End
from guarantees.after.demand_rules import Answer
from guarantees.chain import calls, index
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from ledger.entries import Entry, GuaranteeDemanded, GuaranteePaid, GuaranteePresented, encode
from storage.database import Database
from tests.guarantees import GuaranteeWorld
from tests.integration.chain.nodes import KINDS, OURS, NodeProcess
from tests.integration.chain.world import World
from tests.integration.guarantees.test_after import answer, demand, end, presented
from tests.published import POLICY_TEXT, published
from tests.story import SUPERVISOR
from tests.unit.verifier.awarded import Awarded
from verifier.errors import SourceError
from verifier.events import Events
from verifier.registry_nodes import RegistryNodes
from verifier.report import Finding, Level, Report


@pytest.fixture(
    params=[kind if kind == OURS else pytest.param(kind, marks=pytest.mark.long) for kind in KINDS]
)
def world(request: pytest.FixtureRequest, tmp_path: Path, database: Database) -> Iterator[GuaranteeWorld]:
    node = NodeProcess(request.param, tmp_path)
    try:
        chain = World(node, database, Gateway(Node(node.url), node.deploy()))
        try:
            yield GuaranteeWorld(chain, tmp_path)
        finally:
            chain.close()
    finally:
        node.close()


def nodes(world: GuaranteeWorld, **options: Any) -> RegistryNodes:
    registry = "0x" + world.chain.gateway.deployment.registry.hex()
    return RegistryNodes((world.chain.node.url,), registry, **{"depth": 0} | options)


def findings(
    world: GuaranteeWorld, change: Callable[[Entry], Entry] = lambda entry: entry, **options: Any
) -> list[Finding]:
    report = Report()
    events = Events(report)
    for at, entry in enumerate(world.entries(Entry)):
        events.take(at, change(entry))
    events.finish(nodes(world, **options).read())
    return list(report)


def swap(kind: type[Any], **values: Any) -> Callable[[Entry], Entry]:
    return lambda entry: dataclasses.replace(entry, **values) if isinstance(entry, kind) else entry


def test_each_step_is_found_on_the_chain_and_each_lie_is_named(world: GuaranteeWorld, tmp_path: Path) -> None:
    stands, paid = (presented(world, bid=bid) for bid in (11, 12))
    released = presented(world, bid=21, lot="lot-2")
    secret = world.issued(3)
    end(world, End.CONTRACTED, lot="lot-2")
    demand(world, paid)
    world.settle()
    answer(world, paid, Answer.PAID)

    honest = findings(world, chain_id=world.chain.gateway.deployment.chain_id)
    about = {one.sentence.split()[1].rstrip(":"): one for one in honest[:-1]}
    assert {one.level for one in about.values()} == {Level.PROVED}
    assert set(about) == {made.id.hex() for made in (stands, paid, released)}
    for made, word in ((stands, "Presented"), (paid, "Paid"), (released, "Released")):
        assert about[made.id.hex()].sentence.endswith(word)
    assert (honest[-1].level, "1 more commitments" in honest[-1].sentence) == (Level.NOTED, True)
    assert secret.id.hex() not in str(honest)

    for lie, sentence in (
        (swap(GuaranteePresented, document="ee" * 32), "another document"),
        (swap(GuaranteePresented, expiry=1_900_000_000), "issued until"),
        (swap(GuaranteeDemanded, amount=1), "another amount"),
        (swap(GuaranteePaid, payment="ee" * 32), "another payment"),
    ):
        wrong = [one.sentence for one in findings(world, lie) if one.level is Level.WRONG]
        assert wrong
        assert all(sentence in one for one in wrong)

    # deep enough for nothing: everything is on its way
    shallow = findings(world, depth=10_000)
    assert {one.level for one in shallow} == {Level.NOTED}
    assert all("not yet deep enough" in one.sentence for one in shallow)

    demand(world, stands)
    (behind,) = [one for one in findings(world) if "behind" in one.sentence]
    assert (behind.level, stands.id.hex() in behind.sentence) == (Level.NOTED, True)
    world.settle()
    with pytest.raises(SourceError, match="not of 5"):
        nodes(world, chain_id=5).read()
    anchor = "0x" + world.chain.gateway.deployment.ledger_anchor.hex()
    with pytest.raises(SourceError, match="no contract that registers guarantees there"):
        dataclasses.replace(nodes(world), contract=anchor).read()
    command(world, tmp_path)


def test_an_answer_without_its_document_is_never_wrong(world: GuaranteeWorld) -> None:
    """Whether the ledger takes it or not: where it does not, it says so, and the demand is made once more."""
    made = presented(world)
    demand(world, made)
    world.settle()
    with world.database.session() as session:
        standing = index.guarantee(session, made.id)
    assert standing is not None
    assert standing.answer_by is not None
    call = calls.refuse(standing.commitment, standing.answer_by, bytes(32))
    world.chain.done("guarantor", "refuse by itself", call)
    for _ in range(2):
        assert {one.level for one in findings(world)} <= {Level.PROVED, Level.NOTED}
        world.settle()


def command(world: GuaranteeWorld, folder: Path) -> None:
    """`sunseal verify` on a bundle that names these guarantees: green, with a lie not, and with no node neither."""
    story = Awarded()
    story.tell()
    told = [_of_no_tender(one) for one in world.entries(Entry) if type(one).__name__.startswith("Guarant")]
    (folder / "policy").write_text(POLICY_TEXT)

    def verify(entries: list[Entry], *options: str, url: str = world.chain.node.url) -> tuple[int, str]:
        leaves = [*story.leaves, *map(encode, entries)]
        with zipfile.ZipFile(folder / "bundle.zip", "w") as bundle:
            for name, content in (published(leaves) | story.files).items():
                bundle.writestr(name, content)
        trust = ("--policy", str(folder / "policy"), "--supervisor", SUPERVISOR.verify_key.raw.hex())
        registry = ("--registry", "0x" + world.chain.gateway.deployment.registry.hex(), "--depth", "0")
        asked = ["verify", str(folder / "bundle.zip"), *trust, "--chain", url, *registry, *options]
        result = CliRunner().invoke(main, asked)
        return result.exit_code, result.output

    lie = swap(GuaranteePaid, payment="ee" * 32)
    for entries, sentence in (
        (told, "each step is on the chain"),
        ([lie(one) for one in told], "another payment"),
    ):
        status, said = verify(entries)
        assert sentence in said
        wrong = [line for line in said.splitlines() if line.startswith("WRONG")]
        assert [sentence in line for line in wrong] == ([] if entries is told else [True]), said
        assert status == bool(wrong)
    for options, url, sentence in (
        (("--chain-id", "5"), world.chain.node.url, "not of 5"),
        ((), "http://127.0.0.1:9", "the chain cannot be read"),
    ):
        status, said = verify(told, *options, url=url)
        assert (status, sentence in said) == (1, True), said


def _of_no_tender(entry: Entry) -> Entry:
    """The story's lot has the story's law, the guarantees here have another."""
    found: Any = entry
    return dataclasses.replace(found, lot="lot-9") if hasattr(entry, "lot") else entry
