// The worker that packs, seals, rehearses and uploads, so that the page stays awake. One job at a time.

import { rehearse } from "./core/package_reader.ts";
import { type Measured, manifestOf, measure, sealPackage } from "./core/packing.ts";
import { upload } from "./net/uploading.ts";
import { remove, sealedFile, writer } from "./store/sealed_files.ts";
import { type Answer, type Job, saidOf } from "./bidding/jobs.ts";

const STEP = 100; // milliseconds between two messages of progress

let stop: AbortController | undefined;

self.onmessage = ({ data }: MessageEvent<Job | { kind: "cancel" }>) => {
  if (data.kind === "cancel") {
    stop?.abort(new DOMException("cancelled", "AbortError"));
    return;
  }
  stop = new AbortController();
  work(data, stop.signal).then(
    (result) => post({ kind: "done", result }),
    (error: unknown) => post({ kind: "failed", ...saidOf(error) }),
  );
};

async function work(job: Job, signal: AbortSignal): Promise<unknown> {
  const progress = counter(signal);
  switch (job.kind) {
    case "measure": {
      const measured = await measure(job.contents, job.limit, progress);
      return { measured, manifest: manifestOf(job.binding, measured) } satisfies { measured: Measured[]; manifest: Uint8Array };
    }
    case "seal": {
      const target = await writer(job.file);
      try {
        const result = await sealPackage(job, (piece) => target.write(piece), progress);
        target.finish();
        return result;
      } catch (error) {
        await target.discard();
        throw error;
      }
    }
    case "rehearse":
      return rehearse(await sealedFile(job.file), job, progress);
    case "upload": {
      const file = await sealedFile(job.file);
      const channel = { language: job.language, patience: 120_000, signal };
      return upload(channel, { ...job, file }, (sent) => post({ kind: "progress", bytes: sent }));
    }
    case "remove":
      return remove(job.file);
  }
}

/** Tells the page how many bytes have gone by, not too often, and stops the work when it is told to. */
function counter(signal: AbortSignal): (bytes: number) => void {
  let [total, told] = [0, 0];
  return (bytes) => {
    signal.throwIfAborted();
    total += bytes;
    const now = performance.now();
    if (now - told < STEP) return;
    told = now;
    post({ kind: "progress", bytes: total });
  };
}

function post(answer: Answer): void {
  self.postMessage(answer);
}
