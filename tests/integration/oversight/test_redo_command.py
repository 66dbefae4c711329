"""`sunseal experts redo`: a stranger with a bundle and three files, and no network."""

from pathlib import Path

from click.testing import CliRunner

from app.cli.main import main
from ledger import bundle, log
from ledger.opening import identity
from oversight.expert_draw import Answer
from tests.integration.oversight.office import Office
from tests.story import SUPERVISOR


def test_draw_is_redone_from_a_bundle_and_three_files(office: Office, tmp_path: Path) -> None:
    draw = office.started()
    office.answer(draw, 0, Answer.DECLINED)
    office.accept_all(draw)
    contents = office.publish(draw)
    with office.world.database.session() as session, (tmp_path / "bundle.zip").open("wb") as target:
        bundle.write(target, session, office.world.log.files)
        keys = identity(log.head(session)).keys
    (tmp_path / "policy").write_text(f"log {keys[-1].vkey}\nquorum none\n")
    options = ["--policy", str(tmp_path / "policy"), "--supervisor", SUPERVISOR.verify_key.raw.hex()]
    for option, content in zip(("--population", "--terms", "--names"), contents, strict=True):
        path = tmp_path / option[2:]
        path.write_bytes(content)
        options += [option, str(path)]
    command = ["experts", "redo", str(tmp_path / "bundle.zip")]
    record = tmp_path / "record"
    done = CliRunner().invoke(main, [*command, draw.hex(), *options, "--record", str(record)])
    assert done.exit_code == 0, done.output
    assert record.read_bytes() == office.evidence().of(draw.hex()).record()
    assert "the draw is right, with 6 calls" in done.output
    assert done.output.count("number: E-") == 5

    (tmp_path / "names").write_bytes(contents[2].replace(b"expert ", b"friend "))
    record.unlink()
    done = CliRunner().invoke(main, [*command, draw.hex(), *options, "--record", str(record)])
    assert done.exit_code == 1
    assert record.exists(), "what the ledger says is also for those who find the draw wrong"
    assert "names is not the one that the ledger names" in done.output
    done = CliRunner().invoke(main, [*command, "00" * 32, *options])
    assert done.exit_code == 1
    assert "no seed" in done.output
