// guarantee.json: an undertaking, its guarantor's signature, and the salt that opens its commitment on chain
// (docs/spec/guarantee-letter.md, docs/spec/guarantee.md). Mirrors guarantees/signed.py, check_code.py and chain/terms.py.

import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { base32 } from "@scure/base";
import { type Bytes, concat, fromHex, toHex, uint, utf8 } from "./bytes.ts";
import { dumps, loadsObject } from "./canonical.ts";
import { encode } from "./encoding.ts";
import * as f from "./fields.ts";
import type { Party } from "./letters.ts";
import { verifyParty } from "./party_keys.ts";

const MAX_SIZE = 64 << 10;

export interface Undertaking {
  readonly number: string;
  readonly issuer: Party;
  readonly applicant: Party;
  readonly beneficiary: Party;
  readonly tender: string;
  readonly lot: string;
  readonly lot_title: string;
  readonly amount: number;
  readonly currency: string;
  readonly issued: number;
  /** The last second in which it can be demanded. */
  readonly expiry: number;
  /** What ends it before, in words; or empty. */
  readonly expiry_event: string;
  readonly demand: {
    readonly on_first_demand: boolean;
    readonly irrevocable: boolean;
    readonly grounds: readonly string[];
    readonly documents: readonly string[];
  };
  readonly charges: string;
  readonly on_chain: { readonly chain_id: number; readonly registry: string; readonly guarantor: string; readonly beneficiary: string };
}

const UNDERTAKING: f.Fields = {
  number: f.number,
  kind: f.oneOf("bid"),
  issuer: f.party,
  applicant: f.party,
  beneficiary: f.party,
  tender: f.lotId,
  tender_title: f.line,
  lot: f.lotId,
  lot_title: f.line,
  amount: f.cents,
  currency: f.currency,
  applied: f.time,
  issued: f.time,
  expiry: f.time,
  expiry_event: f.lineOrNone,
  demand: f.object({
    on_first_demand: f.bool,
    irrevocable: f.bool,
    grounds: f.list(f.code, 10, 1),
    documents: f.list(f.line, 20),
    partial: f.bool,
    multiple: f.bool,
  }),
  presentation: f.object({ form: f.oneOf("electronic", "paper"), place: f.line }),
  rules: f.oneOf("urdg-758", "none"),
  law: f.text(/^[A-Z]{2}$/, 2),
  languages: f.list(f.oneOf("zh", "en"), 2, 1),
  charges: f.oneOf("applicant", "beneficiary"),
  transferable: f.bool,
  on_chain: f.object({ chain_id: f.whole(1), registry: f.address, guarantor: f.address, beneficiary: f.address }),
  text: f.orNull(f.paragraph),
};
const GUARANTEE: f.Fields = {
  salt: f.hash,
  signature: f.object({ key: f.hex, value: f.hex }),
  undertaking: f.isObject,
};

export class SignedGuarantee {
  readonly undertaking: Undertaking;
  /** SubjectPublicKeyInfo of what signed it, in hexadecimal. */
  readonly key: string;
  readonly #signature: string;
  readonly #salt: string;
  readonly #bytes: Bytes;

  private constructor(undertaking: Undertaking, bytes: Bytes, signature: { key: string; value: string }, salt: string) {
    this.undertaking = undertaking;
    this.key = signature.key;
    this.#signature = signature.value;
    this.#salt = salt;
    this.#bytes = bytes;
  }

  /** The guarantee whose bytes are exactly `data`; throws for anything else. Nothing is verified yet. */
  static parse(data: Uint8Array): SignedGuarantee {
    if (data.length > MAX_SIZE) throw new Error(`a guarantee has at most ${MAX_SIZE} bytes`);
    const whole = loadsObject(data);
    const { salt, signature } = f.checked<{ salt: string; signature: { key: string; value: string } }>("signed-guarantee/v1", GUARANTEE, whole);
    const undertaking = whole["undertaking"] as Parameters<typeof f.checked>[2];
    return new SignedGuarantee(f.checked<Undertaking>("guarantee/v1", UNDERTAKING, undertaking), dumps(undertaking), signature, salt);
  }

  /** Whether the key in it signed exactly this undertaking. */
  async isSigned(): Promise<boolean> {
    return verifyParty(fromHex(this.key), fromHex(this.#signature), encode("sunseal/guarantee/v1", this.#bytes));
  }

  /** With which anyone checks it by its number: ABCD-EFGH-IJKL-MNOP. */
  get code(): string {
    const message = encode("sunseal/guarantee-check-code/v2", this.undertaking.number, fromHex(this.#salt));
    return base32.encode(sha256(message).slice(0, 10)).replace(/(.{4})(?=.)/g, "$1-");
  }

  /** What `issue` takes: EIP-712 over the terms, bound to one registry on one chain. */
  get commitment(): Bytes {
    const { amount, on_chain: at } = this.undertaking;
    const terms = [fromHex(this.#salt), uint(amount, 32), word(at.beneficiary), word(at.guarantor)];
    const struct = concat(TERMS, sha256(this.#bytes), ...terms);
    const domain = concat(DOMAIN, NAME, VERSION, uint(at.chain_id, 32), word(at.registry));
    return keccak(concat(new Uint8Array([0x19, 0x01]), keccak(domain), keccak(struct)));
  }

  /** The guarantee's id on chain, in hexadecimal. */
  get id(): string {
    return toHex(keccak(concat(word(this.undertaking.on_chain.guarantor), this.commitment)));
  }
}

const TERMS = keccak(utf8("Guarantee(bytes32 document,bytes32 salt,uint96 amount,address beneficiary,address guarantor)"));
const DOMAIN = keccak(utf8("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"));
const NAME = keccak(utf8("Sunseal GuaranteeRegistry"));
const VERSION = keccak(utf8("1"));

function keccak(data: Uint8Array): Bytes {
  return new Uint8Array(keccak_256(data));
}

function word(account: string): Bytes {
  return concat(new Uint8Array(12), fromHex(account));
}
