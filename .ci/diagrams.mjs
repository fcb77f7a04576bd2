// Holds every Mermaid diagram in the pages, and in the snapshots of pages, under the given folders against Mermaid's own parser.

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { JSDOM } from "jsdom";

// Mermaid cleans labels with the DOM of a browser, and looks for one when it is loaded.
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

function* pages(path) {
  if (!statSync(path).isDirectory()) yield path;
  else for (const name of readdirSync(path).sort()) yield* pages(join(path, name));
}

let diagrams = 0;
let broken = 0;
for (const page of process.argv.slice(2).flatMap((path) => [...pages(path)])) {
  if (!/\.(md|snap)$/.test(page)) continue;
  for (const [, text] of readFileSync(page, "utf8").matchAll(/^```mermaid\n(.*?)^```$/gms)) {
    diagrams += 1;
    try {
      await mermaid.parse(text);
    } catch (error) {
      broken += 1;
      console.error(`${page}: Mermaid cannot read a diagram:\n${error.message}\n`);
    }
  }
}
console.log(`${diagrams} diagrams, ${broken} broken`);
if (broken > 0 || diagrams === 0) process.exit(1);
