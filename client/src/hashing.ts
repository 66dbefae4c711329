// A file is chosen, its SHA-256 stands in the field: the file itself stays on this computer.
//
//     <div data-hashes="id of the field" data-working="..." data-done="..."><input type="file"> <p role="status"></p></div>

import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "./core/bytes.ts";
import { reasonOf } from "./core/reasons.ts";

for (const place of document.querySelectorAll<HTMLElement>("[data-hashes]")) {
  const chosen = place.querySelector<HTMLInputElement>("input[type=file]");
  const status = place.querySelector<HTMLElement>("[role=status]");
  const field = document.getElementById(place.dataset["hashes"] ?? "");
  if (!chosen || !status || !(field instanceof HTMLInputElement)) continue;
  let newest = 0;
  chosen.addEventListener("change", async () => {
    const [file] = chosen.files ?? [];
    if (!file) return;
    const run = ++newest;
    status.textContent = place.dataset["working"] ?? "";
    try {
      const found = await hashOf(file);
      if (run !== newest) return; // another file was chosen meanwhile
      field.value = found;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      status.textContent = `${place.dataset["done"] ?? ""} ${file.name}`;
    } catch (error) {
      if (run === newest) status.textContent = reasonOf(error)[document.documentElement.lang === "en" ? "en" : "zh"];
    }
  });
}

/** Hashed as it is read: a file of any size takes no more memory than one piece of it. */
async function hashOf(file: Blob): Promise<string> {
  const hash = sha256.create();
  const reader = file.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) hash.update(piece.value);
  return toHex(hash.digest());
}
