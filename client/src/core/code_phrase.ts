// The code phrase of a reporter without a name: the 16 bytes from which the mailbox's keys follow (core/mail.ts), as 12
// words of BIP-39, English or simplified Chinese (docs/spec/report.md).

import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as chinese } from "@scure/bip39/wordlists/simplified-chinese.js";
import type { Bytes } from "./bytes.ts";
import type { Language } from "./said.ts";

const WORDS = 12;
const LISTS: Record<Language, string[]> = { en: english, zh: chinese };

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
