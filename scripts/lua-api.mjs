/**
 * Writes the reference pages of the Lua library, `docs/lua-api.md` and `docs/pt/lua-api.md`, from its own description.
 * With `--check` it writes nothing and fails where a page differs. Needs what `npm run build` makes.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./processes.mjs";

const { referencePage } = await import("../packages/dsl/dist/library/reference/page.js");
const PAGES = { en: "docs/lua-api.md", pt: "docs/pt/lua-api.md" };
const isCheck = process.argv.includes("--check");

for (const [language, page] of Object.entries(PAGES)) {
  const file = path.join(root, page);
  const wanted = referencePage(language);
  if (!isCheck) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, wanted);
  } else if (readIfThere(file) !== wanted) {
    process.stderr.write(`${page} is not what the library says; run: node scripts/lua-api.mjs\n`);
    process.exitCode = 1;
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
