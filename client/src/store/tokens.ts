// The tokens of a wallet: each state is durable before anything that follows from it is sent.

import { fromHex, random, toHex, type Bytes } from "../core/bytes.ts";
import { BidError } from "../core/said.ts";
import type { PendingToken } from "../core/tokens.ts";
import type { Wallet } from "./wallet.ts";
import type { TokenRecord } from "./wallet_content.ts";

const NONE_LEFT = new BidError("no-token", {
  zh: "钱包中没有可用的匿名令牌：请先领取。",
  en: "The wallet has no blind token left: draw some first.",
});

type Pending = Extract<TokenRecord, { state: "pending" }>;

export interface Reserved {
  readonly token: Bytes;
  readonly idempotency: string;
}

export class Tokens {
  readonly #wallet: Wallet;

  constructor(wallet: Wallet) {
    this.#wallet = wallet;
  }

  get ready(): number {
    return this.#all.filter(({ state }) => state === "ready").length;
  }

  /** Requests whose answers never came. */
  pending(): { record: Pending; pending: PendingToken }[] {
    return this.#all.flatMap((record) =>
      record.state === "pending"
        ? [{
            record,
            pending: {
              challenge: fromHex(record.challenge),
              keyId: fromHex(record.keyId),
              nonce: fromHex(record.nonce),
              blinded: fromHex(record.blinded),
              inverse: fromHex(record.inverse),
            },
          }]
        : [],
    );
  }

  /** Before the request is sent. */
  async addPending(pending: PendingToken): Promise<Pending> {
    const { challenge, keyId, nonce, blinded, inverse } = pending;
    const record: Pending = {
      state: "pending",
      challenge: toHex(challenge),
      keyId: toHex(keyId),
      nonce: toHex(nonce),
      blinded: toHex(blinded),
      inverse: toHex(inverse),
    };
    this.#all.push(record);
    await this.#wallet.save();
    return record;
  }

  /** The answer came and was verified; without a token, the request can have no answer any more. */
  async finalize(record: Pending, token?: Bytes): Promise<void> {
    const index = this.#all.indexOf(record);
    this.#all.splice(index, 1, ...(token ? [{ state: "ready" as const, token: toHex(token) }] : []));
    await this.#wallet.save();
  }

  /** The token for a purpose: the same each time, until it is spent. BidError if none is ready. */
  async reserve(purpose: string): Promise<Reserved> {
    let found = this.#all.find((one) => one.state === "reserved" && one.purpose === purpose);
    if (!found) {
      const index = this.#all.findIndex(({ state }) => state === "ready");
      const ready = this.#all[index];
      if (ready?.state !== "ready") throw NONE_LEFT;
      found = { state: "reserved", token: ready.token, purpose, idempotency: toHex(random(16)) };
      this.#all[index] = found;
      await this.#wallet.save();
    }
    if (found.state !== "reserved") throw NONE_LEFT;
    return { token: fromHex(found.token), idempotency: found.idempotency };
  }

  /** What the token was for is done, or it is worth nothing: it will not be used again. */
  async spent(purpose: string): Promise<void> {
    const index = this.#all.findIndex((one) => one.state === "reserved" && one.purpose === purpose);
    if (index < 0) return;
    this.#all.splice(index, 1);
    await this.#wallet.save();
  }

  get #all(): TokenRecord[] {
    return this.#wallet.content.tokens;
  }
}
