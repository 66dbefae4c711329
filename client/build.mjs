// Writes dist/: every asset under a name that has the hash of its content, and manifest.json, which says
//
//     {"app.js": {"file": "app-3YJ7K2QD.js", "integrity": "sha384-..."}, ...}
//
// An entry is each src/*.ts (a page's program or a worker), each src/*.css, Tabler's style sheet without the rules that
// no template or program uses, icons.svg, a sprite of the icons that src/icons.txt names, and favicon.svg. Nothing is loaded
// from elsewhere, and nothing needs `eval`, inline code or data: URLs.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const here = import.meta.dirname;
const source = join(here, "src");
const target = join(here, "dist");
const TARGETS = ["chrome115", "firefox121", "safari16.4"];

mkdirSync(target, { recursive: true });
const manifest = {};

function keep(name, content) {
  const bytes = Buffer.from(content);
  const dot = name.lastIndexOf(".");
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(target, file), bytes);
  const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  manifest[name] = { file, integrity };
  return file;
}

async function bundle(entries) {
  const made = await build({
    entryPoints: entries,
    bundle: true,
    minify: true,
    write: false,
    outdir: target,
    format: "esm",
    platform: "browser",
    target: TARGETS,
    legalComments: "none",
    logLevel: "warning",
  });
  for (const { path, contents } of made.outputFiles) keep(basename(path), contents);
}

/** Tabler, without what nobody uses; its pictures as files, so that the Content-Security-Policy needs no data: */
async function tabler() {
  const [{ css }] = await new PurgeCSS().purge({
    css: [join(here, "node_modules/@tabler/core/dist/css/tabler.min.css")],
    content: [join(here, "../app/web/**/*.{html,py,svg}"), join(here, "../app/desk_pages/**/*.{html,py}"), join(source, "**/*.ts")],
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
    safelist: { standard: ["html", "body", ":root", "dark", /^data-bs-theme/] },
  });
  let pictures = 0;
  const withFiles = css.replace(/url\((["'])data:image\/svg\+xml,(.*?)\1\)/gs, (_, _quote, data) => {
    pictures += 1;
    return `url("${keep(`tabler-${pictures}.svg`, decodeURIComponent(data.replaceAll("\\", "")))}")`;
  });
  const { outputFiles } = await build({
    stdin: { contents: withFiles, loader: "css" },
    minify: true,
    write: false,
    target: TARGETS,
    logLevel: "error",
  });
  keep("tabler.css", outputFiles[0].contents);
}

function icons() {
  const names = readFileSync(join(source, "icons.txt"), "utf8").split("\n").map((line) => line.trim());
  const symbols = names
    .filter((name) => name && !name.startsWith("#"))
    .map((name) => {
      const svg = readFileSync(join(here, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
      const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
    });
  keep("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

const entries = readdirSync(source).filter((name) => /\.(ts|css)$/.test(name) && !name.endsWith(".d.ts"));
await bundle(entries.map((name) => join(source, name)));
await tabler();
icons();
keep("favicon.svg", readFileSync(join(source, "favicon.svg")));
keep("htmx.js", readFileSync(join(here, "node_modules/htmx.org/dist/htmx.min.js")));

// The manifest last: whoever serves while this runs finds every file that a manifest names.
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(target, "manifest.json"), `${JSON.stringify(sorted, null, 1)}\n`);
const current = new Set(["manifest.json", ...Object.values(manifest).map(({ file }) => file)]);
for (const name of readdirSync(target)) if (!current.has(name)) rmSync(join(target, name));
