import type { Argv } from "yargs";
import { once, oneOf, switched, usage } from "../command-line/option-values.js";
import { inventoryOption } from "../workflow/inventory-option.js";
import { type TrustArguments, toTrust } from "./trust-options.js";

const OUTPUTS = ["table", "json"] as const;

export interface ListAgentsArguments {
  action: "list";
  trust: TrustArguments;
  /** The inventory. Absent: there is none. */
  agents?: string;
  /** Again and again, until it is stopped. */
  isWatched: boolean;
  /** An agent that does not answer is an error. */
  isCheck: boolean;
  output: (typeof OUTPUTS)[number];
}

export function listAgentsOptions<T>(command: Argv<T>) {
  return command
    .option("agents", inventoryOption)
    .option("watch", {
      type: "boolean",
      isOfOneCall: true,
      describe: "Ask again every two seconds, until Ctrl-C",
    })
    .option("check", {
      type: "boolean",
      isOfOneCall: true,
      describe: "Exit with 3 if an agent does not answer",
    })
    .option("output", {
      type: "string",
      describe: `How they are shown: ${OUTPUTS.join(", ")}  [default: table]`,
    });
}

/** @throws {MasterError} USAGE */
export function toListAgents(parsed: Record<string, unknown>): ListAgentsArguments {
  const isWatched = switched(parsed.watch) ?? false;
  const isCheck = switched(parsed.check) ?? false;
  if (isWatched && isCheck) throw usage("Give --watch or --check, not both: a watch has no end to tell.");
  return {
    action: "list",
    trust: toTrust(parsed),
    agents: once("agents", parsed.agents),
    isWatched,
    isCheck,
    output: oneOf("output", parsed.output, OUTPUTS) ?? "table",
  };
}
