// A sentence for a person in both languages, and the error that carries one.

import { reasonOf } from "./reasons.ts";

export interface Said {
  readonly zh: string;
  readonly en: string;
}

export type Language = keyof Said;

/** What a bidder can do something about. `code` is stable, for machines; the sentence never holds a secret. */
export class BidError extends Error {
  readonly code: string;
  readonly said: readonly Said[];

  constructor(code: string, ...said: Said[]) {
    super(`${code}: ${said.map((one) => one.en).join(" ")}`);
    this.name = "BidError";
    this.code = code;
    this.said = said;
  }
}

/** What came does not hold: keep it, and show it to the supervisor. */
export class DeceivedError extends BidError {
  /** `reason`: a sentence of ours (core/reasons.ts), or the error that a check threw. */
  constructor(reason: unknown) {
    const { zh, en } = reasonOf(reason);
    super("deceived", {
      zh: `平台的答复不能通过验证（${zh}）。请保存该答复并向监管部门反映；在取得有效回执之前，投标不算提交。`,
      en: `What the platform answered does not hold (${en}). Keep the answer and show it to the supervisor; without a receipt that holds nothing is submitted.`,
    });
    this.name = "DeceivedError";
  }
}
