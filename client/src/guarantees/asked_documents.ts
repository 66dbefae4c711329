// Which of the documents that a product asks for are not among the chosen files: a file is told by its name.

/** Those of `asked` that no file is named after: upper and lower case and spaces do not count. */
export function missingOf(asked: readonly string[], files: readonly string[]): string[] {
  const names = files.map(plain);
  return asked.filter((one) => !names.some((name) => name.includes(plain(one))));
}

function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/[\s_-]+/g, "");
}
