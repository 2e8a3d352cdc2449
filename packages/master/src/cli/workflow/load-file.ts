import { type LoadedWorkflow, loadWorkflow, optimizeLuaLate } from "@sloth/dsl";
import { formatRecord } from "../../view/format-record.js";
import type { FileArguments } from "./file-option.js";

/** A workflow, and the variables that were given for its loading and its tasks. */
export interface LoadedFile extends LoadedWorkflow {
  environment: Record<string, string>;
}

/**
 * Loads a workflow; what its file prints or logs while it is loaded goes to stderr.
 * @throws {DslError} and {MasterError} VALUES
 */
export async function loadFile(
  { file, values, set, envFiles }: FileArguments,
  memoryLimitBytes?: number,
): Promise<LoadedFile> {
  optimizeLuaLate();
  const given = values.length + set.length > 0 ? await import("../../load/read-values.js") : undefined;
  const environment =
    envFiles.length > 0 ? await (await import("../../load/read-env-file.js")).readEnvFiles(envFiles) : {};
  const loaded = await loadWorkflow(file, {
    ...(given && { values: await given.readValues({ files: values, settings: set }) }),
    environment: { ...process.env, ...environment },
    memoryLimitBytes,
    onPrint: (bytes) => void process.stderr.write(bytes),
    onLog: (record) => void process.stderr.write(`${formatRecord(record)}\n`),
  });
  return { ...loaded, environment };
}
