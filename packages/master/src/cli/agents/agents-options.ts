import type { Argv } from "yargs";
import { once, oneOf, switched, usage } from "../command-line/option-values.js";
import { type ListAgentsArguments, listAgentsOptions, toListAgents } from "./list-agents-options.js";
import { trustOptions } from "./trust-options.js";

const ACTIONS = ["add", "remove"] as const;

/** What `agents add` and `agents remove` are called with. */
export interface TrustChange {
  action: (typeof ACTIONS)[number];
  /** `host:port`, valid. */
  target: { label: string; host: string; port: number };
  /** The join line; absent: it is read from standard input. */
  line?: string | undefined;
  /** Instead of what is known of that address. */
  replaces: boolean;
}

/** Without an action, the agents are listed. */
export type AgentsArguments = TrustChange | ListAgentsArguments;

export function agentsOptions(command: Argv) {
  return listAgentsOptions(trustOptions(command))
    .positional("action", {
      type: "string",
      describe: "add: trust an agent; remove: forget it. Default: list them",
    })
    .positional("address", { type: "string", describe: "HOST:PORT, as delegate_to has it" })
    .positional("line", {
      type: "string",
      describe: "What sloth-agent init printed there. Better left out, and piped in or pasted when asked",
    })
    .option("replace", {
      type: "boolean",
      isOfOneCall: true,
      describe: "Trust it instead of the agent that was added for this address",
    })
    .epilogue(
      "Exit codes: 0 done; 2 wrong usage, a mistyped line, or a mistake in the inventory; 3 the agent cannot be " +
        "reached or verified, or with --check one does not answer; 130 and 143 interrupted.",
    );
}

/** @throws {MasterError} USAGE */
export async function toAgents(parsed: Record<string, unknown>): Promise<AgentsArguments> {
  const action = oneOf("action", parsed.action, ACTIONS);
  if (!action) return toListAgents(parsed);
  const address = once("address", parsed.address);
  if (address === undefined) throw usage(`Say which agent: sloth agents ${action} HOST:PORT.`);
  // yargs makes an empty word of a dash.
  const line = parsed.line === "" ? undefined : once("line", parsed.line);
  const replaces = switched(parsed.replace) ?? false;
  if (action === "remove" && (line !== undefined || replaces))
    throw usage("sloth agents remove takes an address alone.");
  const { parseAddress } = await import("@sloth/dsl");
  const read = parseAddress(address);
  if ("problem" in read) throw usage(`${read.problem}.`);
  const { formatAddress } = await import("../../inventory/inventory.js");
  const { host, port } = read.value;
  const target = { label: formatAddress(host, port), host, port };
  return { action, target, line, replaces };
}
