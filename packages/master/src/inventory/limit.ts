import { MasterError } from "../master-error.js";
import { globMatcher } from "./glob.js";
import { type AgentTarget, formatAddress, type Inventory } from "./inventory.js";
import type { AgentSelection } from "./selection.js";

/**
 * Which agents may be used at all, as Ansible's `--limit` has it: `build*,gpu` is all of these, `&eu*` of them those
 * that are also this, `!build3` without that one. The order does not matter; without a plain pattern it begins with all.
 */
export interface AgentLimit {
  /** As it was typed. */
  text: string;
  admits(names: readonly string[]): boolean;
}

/** @throws {MasterError} USAGE for an empty pattern */
export function parseLimit(typed: readonly string[]): AgentLimit {
  const text = typed.join(",");
  const patterns = text.split(",").map((pattern) => pattern.trim());
  const plain = patterns.filter((pattern) => !/^[!&]/.test(pattern)).map(nameMatcher);
  const [also, without] = ["&", "!"].map((sign) =>
    patterns.filter((pattern) => pattern.startsWith(sign)).map((pattern) => nameMatcher(pattern.slice(1))),
  ) as [NameMatcher[], NameMatcher[]];
  return {
    text,
    admits: (names) =>
      (plain.length === 0 || plain.some((fits) => fits(names))) &&
      also.every((fits) => fits(names)) &&
      !without.some((fits) => fits(names)),
  };
}

type NameMatcher = (names: readonly string[]) => boolean;

function nameMatcher(pattern: string): NameMatcher {
  if (pattern === "") throw new MasterError("USAGE", "--limit has an empty pattern. See sloth --help.");
  if (pattern === "all") return () => true;
  const fits = globMatcher(pattern);
  // A pattern such as *1 is not meant for the port.
  const isAddress = pattern.includes(":");
  return (names) => names.some((name) => name.includes(":") === isAddress && fits(name));
}

/** An inventory of which only some agents may be used. */
export function limitInventory(inventory: Inventory, limit: AgentLimit): Inventory {
  const isAdmitted = (target: AgentTarget) => limit.admits(namesOf(target, inventory));
  return {
    file: inventory.file,
    entries: inventory.entries.filter(({ target }) => isAdmitted(target)),
    select(delegation): AgentSelection {
      const selection = inventory.select(delegation);
      const candidates = selection.candidates.filter(({ target }) => isAdmitted(target));
      if (candidates.length > 0) return { ...selection, candidates };
      const found = selection.candidates.map(({ target }) => target.label).join(", ");
      const message = `--limit ${limit.text} leaves no agent of ${selection.text}, which is ${found}.`;
      throw new MasterError("USAGE", message);
    },
  };
}

/** What an agent can be called: by what the workflow says, by its names in the inventory, by its host and address. */
export function namesOf(
  { label, host, port }: AgentTarget,
  { entries }: Pick<Inventory, "entries">,
): string[] {
  const address = formatAddress(host, port);
  const known = entries.filter(({ target }) => formatAddress(target.host, target.port) === address);
  return [label, host, address, ...known.flatMap(({ target, aliases }) => [target.label, ...aliases])];
}
