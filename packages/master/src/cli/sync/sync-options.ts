import type { WorkspaceSettings } from "@sloth/dsl";
import type { Argv } from "yargs";
import { type TrustArguments, toTrust, trustOptions } from "../agents/trust-options.js";
import { once, switched, usage } from "../command-line/option-values.js";
import { type FileArguments, fileOption, toFile } from "../workflow/file-option.js";
import { inventoryOption } from "../workflow/inventory-option.js";
import { sendOptions } from "../workflow/workspace-options.js";

export interface SyncArguments extends FileArguments {
  group?: string;
  agents?: string;
  trust: TrustArguments;
  /** What was typed of what is sent. */
  workspace: Partial<WorkspaceSettings>;
}

export function syncOptions(command: Argv) {
  return trustOptions(sendOptions(fileOption(command)))
    .option("dry-run", { type: "boolean", describe: "Send nothing; must be given in this version" })
    .option("group", { alias: "g", type: "string", describe: "Only this group" })
    .option("agents", inventoryOption);
}

/** @throws {MasterError} USAGE */
export async function toSync(parsed: Record<string, unknown>): Promise<SyncArguments> {
  const { readWorkspaceOptions } = await import("../workflow/read-workspace-options.js");
  if (!switched(parsed.dryRun)) throw usage("sync can only show what would be sent: add --dry-run.");
  return {
    ...toFile(parsed),
    group: once("group", parsed.group),
    agents: once("agents", parsed.agents),
    trust: toTrust(parsed),
    workspace: readWorkspaceOptions(parsed),
  };
}
