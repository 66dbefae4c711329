"""Webhooks over a real connection: signed, at least once, later and later, and given up in the end."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from crypto.errors import VerificationError
from guarantees.errors import NotFoundError, StateError
from guarantees.webhooks import announcing, job, sending, subscriptions
from guarantees.webhooks.errors import TargetError
from guarantees.webhooks.kinds import Kind
from tests.integration.webhooks.world import KEY, WebhookWorld
from tests.webhook_receiver import SLOW, Receiver


def test_what_happened_arrives_signed_and_once(world: WebhookWorld, receiver: Receiver) -> None:
    bank = world.guarantor()
    world.subscribe(bank, receiver.url("/hook?a=b"))
    assert world.announce(bank) == 1
    assert world.run()
    assert not world.run()
    (found,) = receiver.received
    row = world.row()
    assert found.path == "/hook?a=b"
    assert found.body == {
        "id": str(row.event_id),
        "kind": "guarantee.demanded",
        "subject": "ab" * 32,
        "at": "2026-03-02T01:30:00Z",
    }
    assert found.event == str(row.event_id)
    found.check(KEY.public_key(), now=world.now)
    with pytest.raises(VerificationError, match="expired"):
        found.check(KEY.public_key(), now=world.now + timedelta(minutes=11))
    assert (row.state, row.attempts, row.last_status, row.due_at) == ("delivered", 1, 204, None)


def test_each_subscription_gets_its_kinds_and_no_other_guarantor_is_told(
    world: WebhookWorld, receiver: Receiver
) -> None:
    one, other = world.guarantor(), world.guarantor()
    world.subscribe(one, receiver.url("/all"))
    world.subscribe(one, receiver.url("/released"), Kind.GUARANTEE_RELEASED)
    world.subscribe(other, receiver.url("/other"))
    assert world.announce(one, Kind.GUARANTEE_DEMANDED) == 1
    assert world.announce(one, Kind.GUARANTEE_RELEASED) == 2
    while world.run():
        pass
    told = sorted((found.path, found.body["kind"]) for found in receiver.received)
    assert told == [
        ("/all", "guarantee.demanded"),
        ("/all", "guarantee.released"),
        ("/released", "guarantee.released"),
    ]
    released = {found.event for found in receiver.received if found.body["kind"] == "guarantee.released"}
    assert len(released) == 1, "one event has one id, whoever is told"


def test_what_is_rolled_back_was_never_announced(world: WebhookWorld, receiver: Receiver) -> None:
    bank = world.guarantor()
    world.subscribe(bank, receiver.url())
    with world.database.session() as session:
        announcing.announce(
            session, bank, Kind.GUARANTEE_PAID, "ab", now=world.now, random=lambda size: bytes(size)
        )
    assert not world.run()
    assert receiver.received == []


def test_a_failure_is_tried_again_later_and_later_with_the_same_id(
    world: WebhookWorld, receiver: Receiver
) -> None:
    bank = world.guarantor()
    world.subscribe(bank, receiver.url())
    world.announce(bank)
    receiver.answers = [503, 500, 404]
    for pause in job.BACKOFF[:3]:
        assert world.run()
        assert world.row().due_at == world.now + pause
        assert not world.run(), "it is not due yet"
        world.now += pause
    assert world.run()
    assert len({found.event for found in receiver.received}) == 1
    nonces = {found.check(KEY.public_key(), now=world.now).nonce for found in receiver.received[-1:]}
    assert len(nonces) == 1
    assert (world.row().state, world.row().attempts) == ("delivered", 4)
    assert len({dict(found.request.fields)["Signature-Input"] for found in receiver.received}) == 4


def test_after_the_last_attempt_it_is_dead_and_can_be_sent_again(
    world: WebhookWorld, receiver: Receiver
) -> None:
    bank = world.guarantor()
    webhook = world.subscribe(bank, receiver.url())
    world.announce(bank)
    receiver.answers = [500] * (len(job.BACKOFF) + 1)
    while world.row().state == "waiting":
        world.run()
        world.now = world.row().due_at or world.now
    row = world.row()
    assert (row.state, row.attempts, row.trouble) == ("dead", len(job.BACKOFF) + 1, "it answered 500")
    assert sum(job.BACKOFF, timedelta(0)) > timedelta(days=3)
    world.later(days=1)
    with world.database.session() as session:
        subscription = subscriptions.get(session, bank, webhook)
        (dead,) = subscriptions.deliveries(session, subscription, "dead")
        subscriptions.again(session, subscription, dead.id, now=world.now)
        session.commit()
    assert world.run()
    assert world.row().state == "delivered"
    with world.database.session() as session, pytest.raises(StateError, match="given up"):
        subscriptions.again(session, subscriptions.get(session, bank, webhook), dead.id, now=world.now)


def test_gone_means_gone(world: WebhookWorld, receiver: Receiver) -> None:
    bank = world.guarantor()
    world.subscribe(bank, receiver.url())
    world.announce(bank)
    receiver.answers = [410]
    world.run()
    assert (world.row().state, world.row().last_status) == ("dead", 410)


def test_no_redirect_is_followed(world: WebhookWorld, receiver: Receiver) -> None:
    bank = world.guarantor()
    world.subscribe(bank, receiver.url())
    world.announce(bank)
    receiver.answers, receiver.headers = [307], {"Location": receiver.url("/elsewhere")}
    world.run()
    assert [found.path for found in receiver.received] == ["/hook"]
    assert "redirect" in world.row().trouble


def test_a_receiver_that_never_ends_its_answer_holds_up_nobody(
    world: WebhookWorld, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ATTEMPT_SECONDS", 0.5)
    bank, quick = world.guarantor(), Receiver()
    world.subscribe(bank, receiver.url())
    world.subscribe(bank, quick.url())
    receiver.answers = [SLOW]
    world.announce(bank)
    world.run()
    quick.close()
    assert sorted(row.state for row in world.rows()) == ["delivered", "waiting"]
    (slow,) = [row for row in world.rows() if row.state == "waiting"]
    assert slow.trouble.startswith("no answer within")


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.8", "::ffff:127.0.0.1", "127.0.0.1"])
def test_a_name_that_leads_inside_is_not_connected_to(
    world: WebhookWorld, receiver: Receiver, address: str
) -> None:
    """Also if only one of its addresses does, and whatever it was when it was subscribed."""

    async def rebound(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8", address]

    bank = world.guarantor()
    world.subscribe(bank, f"https://bank.example:{receiver.port}/hook")
    world.announce(bank)
    world.options = {"loopback": False, "resolver": rebound}
    world.run()
    assert receiver.received == []
    assert "not public" in world.row().trouble


def test_the_certificate_has_to_be_the_names_though_the_connection_is_to_an_address(
    world: WebhookWorld, receiver: Receiver, tmp_path: Path
) -> None:
    trust = serve_over_tls(receiver, tmp_path, "bank.example")

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    world.options = {"loopback": True, "resolver": here, "tls": trust}
    bank = world.guarantor()
    for name in ("bank.example", "other.example"):
        world.subscribe(bank, f"https://{name}:{receiver.port}/hook")
    world.announce(bank)
    world.run()
    by_host = {row.webhook.url.split("/")[2].split(":")[0]: row for row in world.rows()}
    assert by_host["bank.example"].state == "delivered"
    assert by_host["other.example"].state == "waiting"
    assert [dict(one.request.fields)["Host"] for one in receiver.received] == [
        f"bank.example:{receiver.port}"
    ]


def test_what_nobody_hears_says_no_address_in_its_trouble(world: WebhookWorld) -> None:
    bank = world.guarantor()
    world.subscribe(bank, "http://127.0.0.1:9/hook")
    world.announce(bank)
    world.run()
    assert world.row().trouble == "no answer: ConnectError"


def test_an_ended_webhook_is_sent_nothing_more(world: WebhookWorld, receiver: Receiver) -> None:
    bank, other = world.guarantor(), world.guarantor()
    webhook = world.subscribe(bank, receiver.url())
    world.announce(bank)
    with world.database.session() as session:
        with pytest.raises(NotFoundError):
            subscriptions.get(session, other, webhook)
        subscriptions.end(session, subscriptions.get(session, bank, webhook), now=world.now)
        session.commit()
    assert not world.run()
    assert world.announce(bank) == 0
    assert world.row().state == "dead"


def test_refused_addresses_and_one_subscription_too_many(world: WebhookWorld) -> None:
    bank = world.guarantor()
    with world.database.session() as session:
        for number in range(subscriptions.MAX_WEBHOOKS + 1):
            last = number == subscriptions.MAX_WEBHOOKS
            with pytest.raises(StateError if last else TargetError):
                subscriptions.subscribe(
                    session,
                    bank,
                    "https://bank.example/" if last else "http://bank.example/",
                    [],
                    loopback=False,
                    now=world.now,
                    random=lambda size: bytes(size),
                )
            if not last:
                world.subscribe(bank, f"https://bank.example/{number}")


def test_two_senders_send_each_delivery_once(world: WebhookWorld, receiver: Receiver) -> None:
    bank = world.guarantor()
    world.subscribe(bank, receiver.url())
    world.announce(bank)
    other = world.sender()
    receiver.on_request = lambda: rounds.append(other.run())
    rounds: list[bool] = []
    world.run()
    assert rounds == [False], "it was claimed by the first"
    assert len(receiver.received) == 1


def test_what_is_done_with_is_removed_after_a_month(world: WebhookWorld, receiver: Receiver) -> None:
    bank = world.guarantor()
    world.subscribe(bank, receiver.url())
    world.announce(bank)
    world.run()
    world.later(days=31)
    world.announce(bank)
    world.run()
    assert len(world.rows()) == 1


def serve_over_tls(receiver: Receiver, folder: Path, name: str) -> ssl.SSLContext:
    """The receiver behind TLS, and what trusts it."""
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(
            subject, subject, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    receiver.server.socket = server.wrap_socket(receiver.server.socket, server_side=True)
    trust = ssl.create_default_context(cafile=str(pem))
    assert trust.check_hostname
    return trust
