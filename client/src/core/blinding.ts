// Blinding and unblinding of tokens by blindrsa-ts (RSABSSA-SHA384-PSS-Deterministic, RFC 9474). Its arithmetic takes a
// while, so pages run it in a worker (blind_worker.ts).

import { RSABSSA } from "@cloudflare/blindrsa-ts";
import { type Bytes, concat, equal, random } from "./bytes.ts";
import { imported, type PendingToken, type TokenKey, tokenInput } from "./tokens.ts";

const suite = RSABSSA.SHA384.PSS.Deterministic();

/** A new token's request, to be kept before it is sent. */
export async function requestToken(key: TokenKey, what: Bytes): Promise<PendingToken> {
  const nonce = random(32);
  const { blindedMsg, inv } = await suite.blind(await imported(key), suite.prepare(tokenInput(what, key.id, nonce)));
  return { challenge: what, keyId: key.id, nonce, blinded: new Uint8Array(blindedMsg), inverse: new Uint8Array(inv) };
}

/** The token: 354 bytes, a bearer's paper. Throws if the answer is not for this request. */
export async function finalizeToken(key: TokenKey, pending: PendingToken, answer: Bytes): Promise<Bytes> {
  if (!equal(key.id, pending.keyId)) throw new Error("the token was requested of another key");
  const message = tokenInput(pending.challenge, pending.keyId, pending.nonce);
  const authenticator = await suite.finalize(await imported(key), suite.prepare(message), answer, pending.inverse);
  return concat(message, authenticator);
}
