// Mailboxes whose owner has no name (docs/spec/report.md, docs/spec/guarantee-letter.md): keys that follow from 16
// random bytes, what is sealed, what is signed around it. Each use has its own name, which stands in every type and
// every domain. Mirrors mailboxes/keys.py, messages.py and scheme.py.
//
//     identity  X25519: the first 32 bytes of SHA-512(encode("sunseal/<name>-identity/v1", entropy))
//     signing   Ed25519: the first 32 bytes of SHA-512(encode("sunseal/<name>-signing/v1", entropy))
//     mailbox   the first 16 bytes of SHA-512(encode("sunseal/<name>-mailbox/v1", public signing key))

import { x25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { Decrypter, Encrypter } from "age-encryption";
import { SigningKey } from "./bid_keys.ts";
import { type Bytes, concat, equal, fromHex, random, toHex, utf8 } from "./bytes.ts";
import { dumps, type JsonObject, loadsObject } from "./canonical.ts";
import { encode, hash512 } from "./encoding.ts";

const ENTROPY = 16;

export interface Mailbox {
  /** What the platform calls it: 16 bytes in hexadecimal. */
  readonly id: string;
  readonly signing: SigningKey;
  /** AGE-SECRET-KEY-1..., which opens the answers. */
  readonly identity: string;
  /** age1..., to which they are sealed. */
  readonly recipient: string;
}

export interface MailFile {
  readonly name: string;
  readonly content: Bytes;
}

export interface MailText {
  readonly text: string;
  readonly files: readonly MailFile[];
}

/** A message as the platform holds it. */
export interface Held {
  readonly mailbox: string;
  readonly kind: string;
  readonly recipient: string;
  readonly number: number;
  readonly is_reply: boolean;
  readonly sha256: string;
  readonly signature: string;
  readonly salt: string;
  readonly index: number | null;
}

/** Whether the signature is that of whoever the mailbox is with. */
export type Verify = (signature: Bytes, message: Bytes) => boolean | Promise<boolean>;

export function newEntropy(): Bytes {
  return random(ENTROPY);
}

/** One use of mailboxes. `padded` gives the length that a plaintext of so many bytes gets. */
export class Mail {
  readonly name: string;
  readonly maxSealed: number;
  readonly #padded: (length: number) => number;

  constructor(name: string, padded: (length: number) => number, maxSealed: number) {
    this.name = name;
    this.maxSealed = maxSealed;
    this.#padded = padded;
  }

  mailboxOf(entropy: Uint8Array): Mailbox {
    const signing = new SigningKey(hash512(this.#domain("signing"), entropy).slice(0, 32));
    const secret = hash512(this.#domain("identity"), entropy).slice(0, 32);
    return {
      id: toHex(hash512(this.#domain("mailbox"), signing.publicKey).slice(0, 16)),
      signing,
      identity: bech32.encodeFromBytes("AGE-SECRET-KEY-", secret).toUpperCase(),
      recipient: bech32.encodeFromBytes("age", x25519.getPublicKey(secret)),
    };
  }

  /** The plaintext, padded with zeros. */
  plaintext({ text, files }: MailText): Bytes {
    const listed = files.map(({ name, content }) => ({ name, size: content.length }));
    const head = dumps({ files: listed, text, type: `${this.name}-message/v1` });
    const whole = concat(head, utf8("\n"), ...files.map((file) => file.content));
    return concat(whole, new Uint8Array(this.#padded(whole.length) - whole.length));
  }

  /** Throws unless `data` is exactly one message. */
  readPlaintext(data: Uint8Array): MailText {
    const end = data.indexOf(0x0a);
    const head = loadsObject(data.slice(0, Math.max(end, 0)));
    let at = end + 1;
    const files = (head["files"] as { name: string; size: number }[]).map(({ name, size }) => {
      const content = new Uint8Array(data.slice(at, at + size));
      at += size;
      return { name, content };
    });
    const message = { text: String(head["text"]), files };
    if (!equal(this.plaintext(message), data)) throw new Error("what was sealed is no message in its one form");
    return message;
  }

  async sealed(message: MailText, recipients: readonly string[]): Promise<Bytes> {
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    return new Uint8Array(await encrypter.encrypt(this.plaintext(message)));
  }

  /** Throws if it is not sealed to this mailbox, was altered, or is no message. */
  async unsealed(data: Uint8Array, mailbox: Mailbox): Promise<MailText> {
    const decrypter = new Decrypter();
    decrypter.addIdentity(mailbox.identity);
    return this.readPlaintext(await decrypter.decrypt(data));
  }

  /** The body of a post: a line of JSON that the mailbox's key signed, and the sealed bytes. */
  post(mailbox: Mailbox, origin: string, kind: string, number: number, content: Uint8Array): Bytes {
    const hash = sha256(content);
    const fields = [origin, fromHex(mailbox.id), kind, number, mailbox.recipient, hash];
    const head = dumps({
      key: toHex(mailbox.signing.publicKey),
      kind,
      number,
      recipient: mailbox.recipient,
      sha256: toHex(hash),
      signature: toHex(mailbox.signing.signFields(this.#domain("post"), ...fields)),
      type: `${this.name}-post/v1`,
    });
    return concat(head, utf8("\n"), content);
  }

  /** What asks for a mailbox. `at` is in POSIX seconds. */
  fetchQuestion(mailbox: Mailbox, origin: string, at: number): JsonObject {
    const signature = mailbox.signing.signFields(this.#domain("fetch"), origin, fromHex(mailbox.id), at);
    return { at, key: toHex(mailbox.signing.publicKey), signature: toHex(signature) };
  }

  /** Throws unless whoever the mailbox is with signed exactly this answer of these sealed bytes. */
  async checkReply(held: Held, origin: string, content: Uint8Array, verify: Verify): Promise<void> {
    const hash = sha256(content);
    const said = encode(this.#domain("reply"), origin, fromHex(held.mailbox), held.number, hash);
    if (toHex(hash) !== held.sha256 || !(await verify(fromHex(held.signature), said))) {
      throw new Error("the reply is not signed by whoever the mailbox is with, for this platform");
    }
  }

  #domain(what: string): string {
    return `sunseal/${this.name}-${what}/v1`;
  }
}
