// Blinding in a worker, as the page asks for it.

import type { Bytes } from "../core/bytes.ts";
import type { PendingToken, TokenKey } from "../core/tokens.ts";

type Question =
  | { kind: "request"; key: TokenKey; what: Bytes }
  | { kind: "finalize"; key: TokenKey; pending: PendingToken; answer: Bytes };

export type Asked = Question & { number: number };
export type Answer = { number: number; result: unknown } | { number: number; error: unknown };

export class Blinder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (result: any) => void; reject: (error: unknown) => void }>();
  #number = 0;

  constructor(url: string) {
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.number);
      this.#waiting.delete(data.number);
      if ("error" in data) waiting?.reject(data.error);
      else waiting?.resolve(data.result);
    };
    this.#worker.onerror = (event) => {
      for (const { reject } of this.#waiting.values()) reject(new DOMException(event.message));
      this.#waiting.clear();
    };
  }

  /** A new token's request; see core/blinding.ts. */
  request(key: TokenKey, what: Bytes): Promise<PendingToken> {
    return this.#ask({ kind: "request", key, what });
  }

  /** The token. Throws if the answer is not for this request. */
  finalize(key: TokenKey, pending: PendingToken, answer: Bytes): Promise<Bytes> {
    return this.#ask({ kind: "finalize", key, pending, answer });
  }

  #ask<Result>(question: Question): Promise<Result> {
    const number = (this.#number += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ ...question, number } satisfies Asked);
    });
  }
}
