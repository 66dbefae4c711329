// The code phrase of a reporter without a name, and the mailbox's keys that follow from it (docs/spec/report.md):
//
//     entropy   16 random bytes; the words are those of BIP-39, English or simplified Chinese
//     identity  X25519: the first 32 bytes of SHA-512(encode("sunseal/report-identity/v1", entropy))
//     signing   Ed25519: the first 32 bytes of SHA-512(encode("sunseal/report-signing/v1", entropy))
//     mailbox   the first 16 bytes of SHA-512(encode("sunseal/report-mailbox/v1", public signing key))

import { x25519 } from "@noble/curves/ed25519.js";
import { bech32 } from "@scure/base";
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as chinese } from "@scure/bip39/wordlists/simplified-chinese.js";
import { SigningKey } from "./bid_keys.ts";
import { type Bytes, random, toHex } from "./bytes.ts";
import { hash512 } from "./encoding.ts";
import type { Language } from "./said.ts";

const ENTROPY = 16;
const WORDS = 12;
const LISTS: Record<Language, string[]> = { en: english, zh: chinese };

export interface Mailbox {
  /** What the platform calls it: 16 bytes in hexadecimal. */
  readonly id: string;
  readonly signing: SigningKey;
  /** AGE-SECRET-KEY-1..., which opens the answers. */
  readonly identity: string;
  /** age1..., to which they are sealed. */
  readonly recipient: string;
}

export function newEntropy(): Bytes {
  return random(ENTROPY);
}

/** The 12 words, with spaces between them. */
export function wordsOf(entropy: Uint8Array, language: Language): string {
  return entropyToMnemonic(entropy, LISTS[language]);
}

/** The entropy of 12 words, with any white space; Chinese ones also without. Throws for others, and repeats none. */
export function entropyOf(text: string): Bytes {
  let words = text.normalize("NFKC").trim().toLowerCase().split(/\s+/u);
  if (words.length === 1 && [...(words[0] ?? "")].length === WORDS) words = [...(words[0] ?? "")];
  if (words.length === WORDS) {
    for (const list of [english, chinese]) {
      if (!words.every((word) => list.includes(word))) continue;
      try {
        return new Uint8Array(mnemonicToEntropy(words.join(" "), list));
      } catch {
        break; // what failed would name a word
      }
    }
  }
  throw new Error("these words are no code phrase");
}

export function mailboxOf(entropy: Uint8Array): Mailbox {
  const signing = new SigningKey(hash512("sunseal/report-signing/v1", entropy).slice(0, 32));
  const secret = hash512("sunseal/report-identity/v1", entropy).slice(0, 32);
  return {
    id: toHex(hash512("sunseal/report-mailbox/v1", signing.publicKey).slice(0, 16)),
    signing,
    identity: bech32.encodeFromBytes("AGE-SECRET-KEY-", secret).toUpperCase(),
    recipient: bech32.encodeFromBytes("age", x25519.getPublicKey(secret)),
  };
}
