// What the page and its worker tell each other.

import { NameError } from "../core/names.ts";
import type { Rehearsal, Rehearsed } from "../core/package_reader.ts";
import { type Content, type Job as SealJob, type Measured, PackageError, type Result } from "../core/packing.ts";
import type { Binding } from "../core/manifest.ts";
import { BidError, type Said } from "../core/said.ts";
import { ChangedError } from "../core/zip.ts";

export type Job =
  | { kind: "measure"; contents: readonly Content[]; binding: Binding; limit: number }
  | ({ kind: "seal"; file: string } & SealJob)
  | ({ kind: "rehearse"; file: string } & Rehearsal)
  | { kind: "upload"; file: string; prefix: string; authorization: string; idempotency: string; language: string }
  | { kind: "remove"; file: string };

export interface Results {
  measure: { measured: Measured[]; manifest: Uint8Array<ArrayBuffer> };
  seal: Result;
  rehearse: Rehearsed;
  upload: string;
  remove: undefined;
}

/** Why a job failed: said in full, or by a code of the specification's table with the values of its sentence. */
export interface Failure {
  readonly code: string;
  readonly said: readonly Said[];
  readonly values: Readonly<Record<string, string | number>>;
}

export type Answer =
  | { kind: "progress"; bytes: number }
  | { kind: "done"; result: unknown }
  | ({ kind: "failed" } & Failure);

export function saidOf(error: unknown): Failure {
  if (error instanceof BidError) return { code: error.code, said: error.said, values: {} };
  if (error instanceof PackageError) return { code: error.code, said: [], values: error.values };
  if (error instanceof NameError) return { code: error.code, said: [], values: { member: error.member, limit: 512 } };
  if (error instanceof ChangedError) return { code: "changed", said: [], values: { member: error.member } };
  if (error instanceof DOMException && error.name === "AbortError") return { code: "cancelled", said: [], values: {} };
  if (error instanceof DOMException && error.name === "QuotaExceededError") return { code: "no-space", said: [], values: {} };
  if (error instanceof DOMException && error.name === "NotFoundError") return { code: "lost-file", said: [], values: {} };
  if (error instanceof DOMException && error.name === "NotReadableError") return { code: "unreadable", said: [], values: {} };
  return { code: "failed", said: [], values: { reason: error instanceof Error ? error.message : String(error) } };
}

export class JobError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

/** The worker as the page sees it: one job at a time. */
export class Sealer {
  readonly #worker: Worker;
  #waiting: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#worker = new Worker(url, { type: "module" });
  }

  run<Kind extends Job["kind"]>(job: Extract<Job, { kind: Kind }>, progress: (bytes: number) => void): Promise<Results[Kind]> {
    const turn = this.#waiting.then(() => this.#one<Results[Kind]>(job, progress));
    this.#waiting = turn.catch(() => undefined);
    return turn;
  }

  /** Stops the job that runs; it fails with the code `cancelled`. */
  cancel(): void {
    this.#worker.postMessage({ kind: "cancel" });
  }

  #one<Result>(job: Job, progress: (bytes: number) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (data.kind === "progress") progress(data.bytes);
        else if (data.kind === "done") resolve(data.result as Result);
        else reject(new JobError(data));
      };
      this.#worker.onerror = (event) => reject(new JobError({ code: "failed", said: [], values: { reason: event.message } }));
      this.#worker.postMessage(job);
    });
  }
}
