"""A draw from the wish to the redoing: five of three hundred, with one who declines and one with a conflict."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from custody.reader import Reader
from ledger.entries import ExpertAnswered, ExpertCalled, Revealed, Sealed, decode
from oversight import calling, drawing, jobs, publishing, snapshots
from oversight.draw_tables import EXHAUSTED, FORMED, PUBLISHED
from oversight.errors import DrawRefusedError, MalformedDrawError, NotFoundError
from oversight.expert_draw import Answer, Call, Need, Terms, next_calls
from oversight.pool_tables import ExpertRow
from oversight.population import Population
from tests.integration.oversight.office import FIVE, Office, expert
from tests.log import NOW
from tests.story import SUPERVISOR


def answers(office: Office, draw: bytes) -> list[str]:
    return [call.answer for call in office.calls(draw)]


@pytest.mark.parametrize("size", [300])
def test_five_of_300_with_a_decline_and_a_late_conflict_are_redone_by_a_stranger(office: Office) -> None:
    draw = office.started(avoided=(drawing.Avoided("employer", employer="ＥＭＰＬＯＹＥＲ 3 ltd"),))
    assert answers(office, draw) == ["pending"] * 5
    office.answer(draw, 1, Answer.DECLINED)
    office.accept_all(draw)
    assert office.row(draw).state == FORMED
    office.answer(draw, 3, Answer.CONFLICTED)
    assert [replaced.number for replaced in office.committee.replaced] == [number_of(office, draw, 3)]
    assert answers(office, draw) == [
        *("accepted", "declined", "accepted", "conflicted", "accepted", "accepted", "pending")
    ]
    office.accept_all(draw)
    assert office.row(draw).state == FORMED

    files = office.publish(draw)
    assert office.row(draw).state == PUBLISHED
    redone = office.redo(draw, files)
    assert not redone.exhausted
    assert {str(member.identity["number"]) for member in redone.members} == {
        number_of(office, draw, number) for number in (0, 2, 4, 5, 6)
    }
    employers = {str(member.identity["employer"]) for member in redone.members}
    assert "Employer 3 Ltd" not in employers


def number_of(office: Office, draw: bytes, call: int) -> str:
    with office.world.database.session() as session:
        snapshot = snapshots.get(session, office.row(draw).snapshot_id)
    number: str = snapshot.keys[office.calls(draw)[call].position]
    return number


def test_nothing_in_the_ledger_says_who_was_called_or_answered_before_the_award(office: Office) -> None:
    draw = office.started()
    office.accept_all(draw)
    told = b"".join(office.world.leaves)
    assert b"expert-called" not in told
    assert not [leaf for leaf in office.world.leaves if b"revealed/v1" in leaf]
    assert b"E-0" not in told
    with pytest.raises(DrawRefusedError), office.world.database.session() as session:
        publishing.publish(session, draw, office.lots, now=office.now)
    with pytest.raises(NotFoundError), office.world.database.session() as session:
        publishing.file_of(session, office.row(draw), "population")


def test_silence_is_followed_by_the_next_and_a_missed_tick_changes_nothing(office: Office) -> None:
    draw = office.started()
    first = [call.position for call in office.calls(draw)]
    office.answer(draw, 0, Answer.ACCEPTED)
    # Nobody ticked for a day; an answer that is too late finds silence all the same, and changes nothing itself.
    office.now = NOW + timedelta(days=1)
    with pytest.raises(DrawRefusedError, match="silent"):
        office.answer(draw, 1, Answer.ACCEPTED)
    assert answers(office, draw) == ["accepted", *["pending"] * 4]
    assert office.tick()
    assert answers(office, draw) == ["accepted", *["silent"] * 4, *["pending"] * 4]
    assert not office.tick()
    assert [call.position for call in office.calls(draw)][:5] == first
    office.accept_all(draw)
    redone = office.redo(draw, office.publish(draw))
    assert len(redone.members) == 5


def test_rounds_of_one_tick_read_the_population_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, read = office.started(), list[bytes]()
    parse = Population.parse

    def counted(data: bytes) -> Population:
        read.append(data)
        return parse(data)

    monkeypatch.setattr(Population, "parse", counted)
    office.tick(minutes=11)
    assert answers(office, draw) == [*["silent"] * 5, *["pending"] * 5]
    assert len(read) == 1


def test_late_ticks_and_punctual_ones_call_the_same_experts(office: Office) -> None:
    draw = office.started(needs=(Need("A08", "", 3, 1), Need("A0801", "460100", 2, 1)))
    for minute in range(25):
        office.tick(minute)
    punctual = [(call.need, call.position) for call in office.calls(draw)]
    with office.world.database.session() as session:
        row = drawing.get(session, draw.hex())
        population = snapshots.population_of(snapshots.get(session, row.snapshot_id))
    late: list[Call] = []
    for _ in range(3):
        silent = [replace(call, answer=Answer.SILENT) for call in late]
        late = [*silent, *next_calls(population, Terms.parse(row.terms), row.seed or b"", silent)]
    assert punctual == [(call.need, call.position) for call in late]
    assert len(punctual) == 15


def test_two_workers_at_once_call_nobody_twice(office: Office) -> None:
    draw = office.ask()
    office.give_seed(draw)

    together = Barrier(4)
    settings = [replace(office.setting, reader=Reader(SUPERVISOR.verify_key)) for _ in range(4)]

    def work(setting: jobs.Setting) -> None:
        """As a process of its own: it has read the ledger itself, and starts when the others do."""
        with office.world.database.session() as session, setting.reader.reading(session):
            pass
        together.wait()
        jobs.tick(setting)

    for minutes in (0, 11, 22):
        office.now = NOW + timedelta(minutes=minutes)
        with ThreadPoolExecutor(4) as workers:
            list(workers.map(work, settings))
    office.world.sync()
    calls = office.calls(draw)
    assert len(calls) == 15
    assert len({call.position for call in calls}) == 15
    sealed = [leaf for leaf in office.world.leaves if isinstance(decode(leaf), Sealed)]
    assert len(sealed) == 15 + 10
    assert sorted(notice.name for notice in office.telephone.told) == sorted(
        {notice.name for notice in office.telephone.told}
    )


def test_experts_answer_by_codes_of_which_hashes_alone_are_kept(office: Office) -> None:
    office.telephone.fails = 1
    draw = office.ask()
    office.give_seed(draw)
    with pytest.raises(ConnectionError):
        office.tick()
    office.tick()
    assert len(office.telephone.told) == 5
    codes = [notice.code for notice in office.telephone.told]
    assert not [call for call in office.calls(draw) if call.code_hash in {code.encode() for code in codes}]
    office.answer_by_code(codes[0].lower(), Answer.ACCEPTED)
    assert answers(office, draw).count("accepted") == 1
    with pytest.raises(NotFoundError):
        office.answer_by_code("A" * 16, Answer.ACCEPTED)
    with pytest.raises(DrawRefusedError, match="accepted"):
        office.answer_by_code(codes[0], Answer.ACCEPTED)


def test_bidders_known_after_the_opening_conflict_with_their_employees_then_and_later(office: Office) -> None:
    draw = office.started()
    office.accept_all(draw)
    with office.world.database.session() as session:
        employers = [row.employer for row in session.query(ExpertRow).filter(ExpertRow.number != "")]
    mine = expert(int(number_of(office, draw, 2)[2:])).employer
    others = sorted(set(employers) - {mine})[:10]
    with office.world.database.session() as session:
        found = calling.match_bidders(
            session,
            draw,
            [mine, *others],
            now=office.now,
            random=office.random,
            committee=office.committee,
        )
        session.commit()
    assert found >= 1
    assert len(office.committee.replaced) == found
    for _ in range(10):
        office.accept_all(draw)
    barred = {mine, *others}
    for call in office.calls(draw):
        employer = expert(int(number_of(office, draw, call.number)[2:])).employer
        assert (call.answer == "conflicted") == (employer in barred)
    office.world.sync()
    office.redo(draw, office.publish(draw))


def test_exhausted_draw_says_so_and_is_redone_and_another_may_follow(office: Office) -> None:
    draw = office.started(
        needs=(Need("A0801", "460100", 5, 0),),
        avoided=tuple(
            drawing.Avoided("declared", number=expert(i).number)
            for i in range(40, office.size)
            if i % 97 != 1
        ),
    )
    for number in range(10):
        if office.row(draw).state != EXHAUSTED:
            office.answer(draw, number, Answer.DECLINED)
    assert office.row(draw).state == EXHAUSTED
    assert "wider terms" in drawing.warnings_of(office.row(draw))[-1].en
    second = office.started()
    assert second != draw
    assert office.redo(draw, office.publish(draw)).exhausted


def test_what_the_law_or_the_pool_does_not_allow_is_not_asked_for(office: Office) -> None:
    for needs, rule in (
        ((Need("A08", "", 4, 0),), "法37"),
        ((Need("A08", "", 99, 0),), "pool"),
    ):
        with pytest.raises(DrawRefusedError) as caught:
            office.ask(needs=needs)
        assert caught.value.rule == rule
    draw = office.ask(needs=FIVE)
    with pytest.raises(DrawRefusedError) as caught:
        office.ask(needs=FIVE)
    assert caught.value.rule == "once"
    for avoided in (drawing.Avoided("kinship"), drawing.Avoided("dislike", number="E-0001")):
        with pytest.raises(MalformedDrawError):
            office.ask("lot-2", avoided=(avoided,))
    with pytest.raises(NotFoundError):
        office.ask("lot-2", avoided=(drawing.Avoided("kinship", number="E-9999"),))
    terms = Terms.parse(office.row(draw).terms)
    staff = sum(expert(i).staff for i in range(office.size))
    assert [one.reason for one in terms.excluded] == ["supervisor"] * staff


def test_a_small_field_is_warned_of(office: Office) -> None:
    draw = office.ask(needs=(Need("A08", "460100", 5, 20),))
    assert "guessed" in drawing.warnings_of(office.row(draw))[0].en


def test_published_events_are_calls_and_answers_and_nothing_else_is_named(office: Office) -> None:
    draw = office.started()
    office.accept_all(draw)
    population, _, names = office.publish(draw)
    revealed = [decode(leaf) for leaf in office.world.leaves if b"revealed/v1" in leaf]
    facts = [decode(bytes.fromhex(entry.body)) for entry in revealed if isinstance(entry, Revealed)]
    assert [type(fact) for fact in facts] == [ExpertCalled] * 5 + [ExpertAnswered] * 5
    called = {number_of(office, draw, number) for number in range(5)}
    for i in range(office.size):
        number = expert(i).number.encode()
        assert (number in names) == (number.decode() in called)
        assert number not in population
