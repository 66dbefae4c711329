// Requests that say nothing of who asks: no cookie, no referrer. A line that is cut is tried again for a while.

import { BidError, type Said } from "../core/said.ts";

const NOT_NOW = new Set([408, 429, 500, 502, 503, 504]);
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

/** The platform's refusal, with its code, in the language that was asked for. */
export class RefusedError extends BidError {
  /** `title`: the platform's own, in the reader's language; or ours, in both. */
  constructor(code: string, title: string | Said) {
    const { zh, en } = typeof title === "string" ? { zh: title, en: title } : title;
    super(code, { zh: `${zh} [${code}]`, en: `${en} [${code}]` });
    this.name = "RefusedError";
  }
}

export class UnreachableError extends BidError {
  constructor() {
    super("unreachable", {
      zh: "平台暂时没有应答。已完成的步骤都已保存，请稍后再试，将从中断处继续。",
      en: "The platform does not answer just now. What is done is kept: try again later, and it goes on from there.",
    });
    this.name = "UnreachableError";
  }
}

export interface Ask {
  readonly method: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit;
}

export interface Channel {
  readonly language: string;
  /** Milliseconds. */
  readonly patience: number;
  readonly signal?: AbortSignal;
}

/** One try, without credentials. Throws TypeError for what may work the next time. */
export async function once(channel: Channel, ask: Ask): Promise<Response> {
  return fetch(ask.url, {
    method: ask.method,
    headers: { "Accept-Language": channel.language, ...ask.headers },
    body: ask.body ?? null,
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: channel.signal ?? null,
  });
}

/** A request that may be repeated, until there is an answer. RefusedError, UnreachableError. */
export async function ask(channel: Channel, what: Ask | (() => Promise<Ask>)): Promise<Response> {
  for await (const _ of tries(channel)) {
    let response: Response;
    try {
      response = await once(channel, typeof what === "function" ? await what() : what);
    } catch (error) {
      if (error instanceof TypeError) continue;
      throw error;
    }
    if (!NOT_NOW.has(response.status)) return accepted(response);
  }
  throw new UnreachableError();
}

/** Yields for each try, with longer and longer pauses before all but the first. */
export async function* tries(channel: Channel): AsyncGenerator<void> {
  const end = performance.now() + channel.patience;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    channel.signal?.throwIfAborted();
    yield;
    if (performance.now() > end) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** RefusedError for an answer that is a refusal. */
export async function accepted(response: Response): Promise<Response> {
  if (response.status < 400) return response;
  const problem = (await response.json().catch(() => ({}))) as { code?: unknown; title?: unknown; type?: unknown; detail?: unknown };
  const type = typeof problem.type === "string" ? problem.type.split(":").at(-1) : undefined;
  const code = typeof problem.code === "string" ? problem.code : (type ?? String(response.status));
  const said = [problem.title, problem.detail].filter((one) => typeof one === "string").join(" ");
  throw new RefusedError(code, said || `HTTP ${response.status}`);
}
