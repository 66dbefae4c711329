// What a bidder checks of a guarantee before it bids: the same as the opening will, with what is public, in the words of
// guarantees/checking/words.py. Mirrors app/applicant/checking.py; what a node of the chain would say is not asked here.
//
//     1. its signature    2. its guarantor, key and account on the supervisor's list, licensed today    3. what the lot asks

import { fromHex } from "./bytes.ts";
import { type SignedGuarantee } from "./guarantee.ts";
import type { Guarantor, LotNotice } from "./guarantors.ts";
import { keyId } from "./party_keys.ts";

const GROUNDS = ["bid-withdrawn", "contract-not-signed", "no-performance-bond"];

export interface Known {
  /** By credit code. */
  readonly guarantors: ReadonlyMap<string, Guarantor>;
  readonly notice: LotNotice;
  readonly bidder: string;
}

/** The word of each check that fails; empty if the guarantee will be taken as it is. `now` is in POSIX seconds. */
export async function troubles(signed: SignedGuarantee, known: Known, now: number): Promise<string[]> {
  const found = (await signed.isSigned()) ? [] : ["signature-wrong"]; // 1
  const said = signed.undertaking;
  const listed = known.guarantors.get(said.issuer.credit_code); // 2
  const { notice } = known;
  if (listed) {
    if (keyId(fromHex(listed.key)) !== keyId(fromHex(signed.key))) found.push("other-guarantors-key");
    if (!listed.licensed) found.push("not-licensed-at-issue");
    if (listed.account !== said.on_chain.guarantor) found.push("not-committed");
  } else found.push("guarantor-not-listed");
  const { demand } = said;
  const failed: [boolean, string][] = [ // 3
    [said.tender !== notice.tender || said.lot !== notice.lot, "other-lot"],
    [said.applicant.credit_code !== known.bidder, "other-applicant"],
    [said.beneficiary.credit_code !== notice.beneficiary.credit_code, "other-beneficiary"],
    [said.on_chain.beneficiary !== notice.account, "other-beneficiary-account"],
    [said.currency !== notice.currency, "other-currency"],
    [said.amount < notice.bond, "amount-short"],
    [!demand.on_first_demand || !demand.irrevocable || !GROUNDS.every((one) => demand.grounds.includes(one)), "conditions"],
    [demand.documents.length > 0, "demand-needs-documents"],
    [said.expiry_event !== "", "ends-by-event"],
    [said.charges !== "applicant", "charges-on-beneficiary"],
    [said.expiry + 1 < notice.valid_until, "expires-too-early"],
    [said.expiry < now, "expired"],
    [said.on_chain.chain_id !== notice.chain_id || said.on_chain.registry !== notice.registry, "other-chain"],
  ];
  return [...found, ...failed.filter(([isWrong]) => isWrong).map(([, word]) => word)];
}
