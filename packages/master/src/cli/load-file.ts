import { type LoadedWorkflow, loadWorkflow, optimizeLuaLate } from "@sloth/dsl";
import { formatRecord } from "../view/format-record.js";

/** Loads a workflow; what its file prints or logs while it is loaded goes to stderr. @throws {DslError} */
export function loadFile(file: string): Promise<LoadedWorkflow> {
  optimizeLuaLate();
  return loadWorkflow(file, {
    onPrint: (bytes) => void process.stderr.write(bytes),
    onLog: (record) => void process.stderr.write(`${formatRecord(record)}\n`),
  });
}
