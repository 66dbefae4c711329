// The names of a package's members: safe as a path on any system, each different from the others on any system
// (docs/spec/sealed-bid.md, "ZIP"). A refusal carries the code of the specification's table.

import { utf8 } from "./bytes.ts";

export const MANIFEST = "manifest.json";
export const SIGNATURE = "signature.json";
export const FORM = "bid.json";
export const GUARANTEE = "guarantee.json";
export const DOCUMENTS = "documents/";

const MAX_NAME = 512;
const MAX_STEP = 255;
const OWN = new Set([MANIFEST, SIGNATURE, FORM, GUARANTEE]);
const FORBIDDEN = /[<>:"|?*]|\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/u;
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/iu;

/** The name of a member, or what it belongs to, is not one that a package may have. */
export class NameError extends Error {
  readonly code: string;
  readonly member: string;

  constructor(code: string, member: string) {
    super(`${code}: ${member}`);
    this.code = code;
    this.member = member;
  }
}

export function checkName(name: string): void {
  const refuse = (code: string) => {
    throw new NameError(code, name);
  };
  const steps = name.split("/");
  if (name.endsWith("/")) refuse("not-a-file");
  if (name.includes("\\") || /^[A-Za-z]:/.test(name) || hasEmptyStep(steps)) refuse("name-path");
  if (FORBIDDEN.test(name) || steps.some((step) => /^ |[ .]$/.test(step) || DEVICES.test(step))) {
    refuse("name-characters");
  }
  if (name.normalize("NFC") !== name) refuse("name-form");
  if (utf8(name).length > MAX_NAME || steps.some((step) => utf8(step).length > MAX_STEP)) refuse("name-long");
  if (hasEmptyStep(folded(name).split("/"))) refuse("name-path");
  if (!OWN.has(name) && !name.startsWith(DOCUMENTS)) refuse("name-place");
}

/** Throws NameError unless all names can stand in one package. */
export function checkNames(names: Iterable<string>): void {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const name of names) {
    checkName(name);
    const own = folded(name);
    const parents = own.split("/").slice(0, -1).map((_, index, steps) => steps.slice(0, index + 1).join("/"));
    if (files.has(own) || folders.has(own) || parents.some((parent) => files.has(parent))) {
      throw new NameError("duplicate", name);
    }
    files.add(own);
    for (const parent of parents) folders.add(parent);
  }
}

/** A file's own name as a member's, as near as a member may have it: NFC, no device, nothing that a system refuses. */
export function memberName(file: string): string {
  const clean = file
    .normalize("NFC")
    .replace(/[\\/]/g, "_")
    .replace(new RegExp(FORBIDDEN.source, "gu"), "_")
    .replace(/^ +/, "")
    .replace(/[ .]+$/, "");
  return DOCUMENTS + (DEVICES.test(clean) || clean === "" ? `_${clean}` : clean);
}

function hasEmptyStep(steps: string[]): boolean {
  return steps.some((step) => step === "" || step === "." || step === "..");
}

/**
 * Equal for names that some file system takes for one. JavaScript has no case folding; lower case of upper case does the
 * same for all letters that a name is likely to have, and whoever opens folds by Unicode's own table.
 */
function folded(name: string): string {
  const letters = [...name.normalize("NFKC").toUpperCase()]; // one by one: no sigma is a last one here
  return letters.map((letter) => letter.toLowerCase()).join("").normalize("NFKC");
}
