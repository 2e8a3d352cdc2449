import { createRequire } from "node:module";

/** Only where a workflow asks for it, and at once, since Lua cannot wait. */
export function loadYaml(): typeof import("yaml") {
  return createRequire(import.meta.url)("yaml");
}
