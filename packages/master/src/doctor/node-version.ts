import { neededNode } from "../software-version.js";
import type { Check } from "./check.js";

/** Node itself. */
export const nodeVersion: Check = {
  name: "Node",
  async run() {
    const version = process.versions.node;
    if (isAtLeast(version, neededNode.replace(/^>=/, ""))) return { outcome: "ok", message: version };
    return {
      outcome: "failed",
      message: `${version} is too old: sloth needs ${neededNode}`,
      mend: "nvm install --lts",
    };
  },
};

export function isAtLeast(version: string, least: string): boolean {
  const [has, needs] = [version, least].map((text) => text.split(".").map(Number));
  const differing = needs?.findIndex((number, at) => has?.[at] !== number) ?? -1;
  return differing < 0 || (has?.[differing] ?? 0) > (needs?.[differing] ?? 0);
}
