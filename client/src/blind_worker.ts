// The worker that blinds and unblinds tokens, so that the page stays awake.

import { finalizeToken, requestToken } from "./core/blinding.ts";
import { type Answer, type Asked } from "./net/blinder.ts";

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  work(data).then(
    (result) => self.postMessage({ number: data.number, result } satisfies Answer),
    (error: unknown) => self.postMessage({ number: data.number, error } satisfies Answer),
  );
};

function work(asked: Asked): Promise<unknown> {
  return asked.kind === "request"
    ? requestToken(asked.key, asked.what)
    : finalizeToken(asked.key, asked.pending, asked.answer);
}
