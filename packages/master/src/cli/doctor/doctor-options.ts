import type { Argv } from "yargs";
import { type TrustArguments, toTrust, trustOptions } from "../agents/trust-options.js";
import { once, switched, usage } from "../command-line/option-values.js";
import { type FileArguments, fileOption, toFile } from "../workflow/file-option.js";
import { inventoryOption } from "../workflow/inventory-option.js";

export interface DoctorArguments {
  /** Absent: only this machine and the inventory are looked at. */
  workflow?: FileArguments;
  agents?: string;
  trust: TrustArguments;
  /** Where an agent here would listen. */
  port: number;
  json: boolean;
}

export function doctorOptions(command: Argv) {
  return trustOptions(fileOption(command))
    .option("agents", inventoryOption)
    .option("port", { type: "string", describe: "The port of an agent on this machine  [default: 50051]" })
    .option("json", { type: "boolean", describe: "Print one JSON document on standard output" })
    .epilogue("Exit codes: 0 no check failed; 1 one failed; 2 wrong usage, or a file that cannot be read.");
}

/** @throws {MasterError} USAGE */
export function toDoctor(parsed: Record<string, unknown>): DoctorArguments {
  const workflow = toFile(parsed);
  const stray = (["values", "set", "envFiles"] as const).find((name) => workflow[name].length > 0);
  if (workflow.file === "" && stray) throw usage("There is nothing to load: name the workflow with -f FILE.");
  const port = once("port", parsed.port) ?? "50051";
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw usage(`--port ${port} is not a port: a number from 1 to 65535.`);
  return {
    ...(workflow.file !== "" && { workflow }),
    agents: once("agents", parsed.agents),
    trust: toTrust(parsed),
    port: Number(port),
    json: switched(parsed.json) ?? false,
  };
}
