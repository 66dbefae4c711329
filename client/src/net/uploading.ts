// One sealed file to the platform, by tus 1.0.0, resumed wherever the line was cut (docs/spec/submission.md, "Uploads").
//
// 1. The upload is created with a token that was reserved for this file. The answer may be lost: the same request again
//    names the same upload, so nothing is to be remembered of it.
// 2. tus-js-client sends the pieces; after a cut it asks the platform how far it is. Its requests go through a stack of
//    ours, because XMLHttpRequest would send cookies, and no piece goes without its checksum.

import { type HttpRequest, type HttpResponse, type HttpStack, Upload } from "tus-js-client";
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64 } from "../core/bytes.ts";
import { piecesOf } from "../core/packing.ts";
import { DeceivedError } from "../core/said.ts";
import { type Channel, accepted, ask, once, RefusedError, UnreachableError } from "./channel.ts";

const PIECE = 4 << 20;
const TUS = { "Tus-Resumable": "1.0.0" };
const RETRY = [200, 400, 800, 1600, ...Array.from({ length: 40 }, () => 3000)];
/** Of answers: what is worth a second try. 460 is tus's own for a piece that came damaged. */
const AGAIN = new Set([0, 408, 409, 423, 429, 460]);
const CAPABILITY = /^[0-9a-f]{64}$/;

const GONE = { zh: "该上传任务已不存在。", en: "The upload is not there any more." };

export interface UploadJob {
  /** The prefix of the submission side, such as https://bids.example/api/submission. */
  readonly prefix: string;
  /** The header that spends a token: core/tokens.ts. */
  readonly authorization: string;
  readonly idempotency: string;
  readonly file: Blob;
}

/** The capability of the whole upload; `progress` is told how many bytes the platform has. RefusedError, UnreachableError. */
export async function upload(channel: Channel, job: UploadJob, progress: (sent: number) => void): Promise<string> {
  const url = await create(channel, job); // 1.
  await send(channel, url, job.file, progress); // 2.
  return url.split("/").at(-1) as string;
}

async function create(channel: Channel, job: UploadJob): Promise<string> {
  const headers = {
    ...TUS,
    "Upload-Length": String(job.file.size),
    Authorization: job.authorization,
    "Idempotency-Key": job.idempotency,
  };
  const response = await ask(channel, { method: "POST", url: `${job.prefix}/uploads`, headers });
  const location = response.headers.get("Location");
  if (!location || !CAPABILITY.test(location.split("/").at(-1) as string)) {
    throw new DeceivedError("the platform made an upload and does not say where");
  }
  return new URL(location, `${new URL(job.prefix, self.location.href)}/uploads`).href;
}

function send(channel: Channel, url: string, file: Blob, progress: (sent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      uploadUrl: url,
      chunkSize: PIECE,
      retryDelays: RETRY,
      storeFingerprintForResuming: false,
      httpStack: new FetchStack(channel),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return !channel.signal?.aborted && (AGAIN.has(status) || status >= 500);
      },
      onChunkComplete: (_size, sent) => progress(sent),
      onSuccess: () => resolve(),
      onError: (error) => {
        if (channel.signal?.aborted) reject(channel.signal.reason as Error);
        else refusal(error).then(reject, reject);
      },
    });
    channel.signal?.addEventListener("abort", () => {
      void upload.abort();
      reject(channel.signal?.reason as Error);
    });
    upload.start();
  });
}

async function refusal(error: Error): Promise<Error> {
  const original = (error as { originalResponse?: HttpResponse | null }).originalResponse;
  const response = original?.getUnderlyingObject() as Response | undefined;
  if (!response) return new UnreachableError();
  if (response.status === 404 || response.status === 410) return new RefusedError("upload-unknown", GONE);
  return accepted(response).then(() => new UnreachableError(), (refused: Error) => refused);
}

async function sha256Of(piece: Blob): Promise<Uint8Array> {
  const digest = sha256.create();
  for await (const part of piecesOf(piece)) digest.update(part);
  return digest.digest();
}

/** fetch without credentials, under tus-js-client. */
class FetchStack implements HttpStack {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  createRequest(method: string, url: string): HttpRequest {
    const channel = this.#channel;
    const headers: Record<string, string> = {};
    const aborting = new AbortController();
    const signal = channel.signal ? AbortSignal.any([channel.signal, aborting.signal]) : aborting.signal;
    let told: (sent: number) => void = () => undefined;
    return {
      getMethod: () => method,
      getURL: () => url,
      setHeader: (name, value) => void (headers[name] = value),
      getHeader: (name) => headers[name],
      setProgressHandler: (handler) => void (told = handler),
      async send(body: Blob | null) {
        // Read here for its checksum alone: what is sent the browser takes from the file itself.
        if (body) headers["Upload-Checksum"] = `sha256 ${toBase64(await sha256Of(body))}`;
        const response = await once({ ...channel, signal }, { method, url, headers, ...(body ? { body } : {}) });
        if (body) told(body.size);
        return {
          getStatus: () => response.status,
          getHeader: (name) => response.headers.get(name) ?? undefined,
          getBody: () => "",
          getUnderlyingObject: () => response,
        } satisfies HttpResponse as HttpResponse;
      },
      abort: async () => aborting.abort(),
      getUnderlyingObject: () => undefined,
    };
  }

  getName(): string {
    return "fetch without credentials";
  }
}
