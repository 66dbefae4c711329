// Sealing to a lot: an age file (c2sp.org/age) whose lot's stanza we make ourselves, because its ephemeral secret is
// needed for the proof of knowledge (docs/spec/lot-key.md). All else is age-encryption's.

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64nopad } from "@scure/base";
import { Encrypter, type Recipient, Stanza } from "age-encryption";
import { recipientKey } from "./bid_keys.ts";
import { type Bytes, concat, fromUtf8, random, utf8 } from "./bytes.ts";
import { prove } from "./knowledge.ts";

const CHUNK = 64 * 1024;
const TAG = 16;
const NONCE = 16;
const VERSION = "age-encryption.org/v1\n";

/** Wraps one file key to one recipient, and remembers enough to prove it. */
export class KnownStanza implements Recipient {
  readonly #recipient: Bytes;
  #ephemeral: Bytes | undefined;

  constructor(recipient: string) {
    this.#recipient = recipientKey(recipient);
  }

  wrapFileKey(fileKey: Uint8Array): Stanza[] {
    if (this.#ephemeral) throw new Error("this stanza is made already");
    this.#ephemeral = random(32);
    const share = x25519.getPublicKey(this.#ephemeral);
    const secret = x25519.getSharedSecret(this.#ephemeral, this.#recipient); // throws for the all-zero secret
    const key = hkdf(sha256, secret, concat(share, this.#recipient), utf8("age-encryption.org/v1/X25519"), 32);
    const body = chacha20poly1305(key, new Uint8Array(12)).encrypt(fileKey);
    return [new Stanza(["X25519", base64nopad.encode(share)], body)];
  }

  /** 64 bytes, for the stanza that was wrapped. */
  prove(context: Uint8Array): Bytes {
    if (!this.#ephemeral) throw new Error("wrap a file key first: there is no stanza yet");
    return prove(this.#ephemeral, context);
  }
}

/** `source`, sealed to the lot first and then to the bidder's own recipient. */
export async function sealed(
  source: ReadableStream<Uint8Array>,
  lot: KnownStanza,
  own: string,
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(lot);
  encrypter.addRecipient(own);
  return encrypter.encrypt(source);
}

/** The size of a file of `size` bytes sealed to that many X25519 recipients. */
export function sealedSize(size: number, recipients: number): number {
  const stanza = "-> X25519 ".length + 43 + 1 + 43 + 1;
  const header = VERSION.length + recipients * stanza + "--- ".length + 43 + 1;
  return header + NONCE + size + Math.max(Math.ceil(size / CHUNK), 1) * TAG;
}

export interface Header {
  /** To the newline after the MAC. */
  readonly bytes: Bytes;
  /** The ephemeral share of the first X25519 stanza: 32 bytes. */
  readonly share: Bytes;
}

/** The header at the start of a sealed file; throws for what is no age file, or not sealed to an X25519 recipient. */
export function headerOf(start: Uint8Array): Header {
  const end = endOfHeader(start);
  const bytes = new Uint8Array(start.slice(0, end));
  const lines = fromUtf8(bytes).split("\n");
  if (`${lines[0]}\n` !== VERSION) throw new Error("not an age file");
  const stanza = lines.find((line) => line.startsWith("-> X25519 "));
  if (!stanza) throw new Error("sealed to no X25519 recipient");
  return { bytes, share: new Uint8Array(base64nopad.decode(stanza.split(" ")[2] ?? "")) };
}

function endOfHeader(start: Uint8Array): number {
  const mac = start.findIndex((_, index) => [0x0a, 0x2d, 0x2d, 0x2d, 0x20].every((byte, i) => start[index + i] === byte));
  const end = mac < 0 ? -1 : start.indexOf(0x0a, mac + 1);
  if (end < 0) throw new Error("not an age file: its header has no end");
  return end + 1;
}
