// Seals SIZE bytes to a lot and to the bidder's own recipient, to nowhere, and prints the seconds that it took: what the
// page's worker does, without reading a file and without a disk to write to.

import { generateIdentity, identityToRecipient } from "age-encryption";
import { KnownStanza, sealed } from "../src/core/age.ts";

const PIECE = new Uint8Array(1 << 20);
const size = Number(process.argv[2]);

const [lot, own] = await Promise.all([recipient(), recipient()]);
let left = size;
const source = new ReadableStream<Uint8Array>({
  pull(controller) {
    const piece = PIECE.subarray(0, Math.min(left, PIECE.length));
    left -= piece.length;
    if (piece.length > 0) controller.enqueue(piece.slice());
    else controller.close();
  },
});
const begun = performance.now();
for await (const _ of await sealed(source, new KnownStanza(lot), own));
console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000 }));

async function recipient(): Promise<string> {
  return identityToRecipient(await generateIdentity());
}
