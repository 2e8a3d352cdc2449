import { DslError } from "@sloth/dsl";
import type { ExaminedWorkflow } from "../../doctor/doctor-context.js";
import type { Inventory } from "../../inventory/inventory.js";
import { MasterError } from "../../master-error.js";
import { planRun } from "../../plan/plan-run.js";
import { shellLine } from "../../view/shell-words.js";
import type { FileArguments } from "../workflow/file-option.js";
import { loadFile } from "../workflow/load-file.js";

/**
 * Loads and plans a workflow; a mistake in it is part of the result.
 * @throws {DslError} FILE_NOT_FOUND, and {MasterError} VALUES: it was named wrongly
 */
export async function examineWorkflow(args: FileArguments, inventory: Inventory): Promise<ExaminedWorkflow> {
  const { file } = args;
  try {
    return { file, plan: await planRun(await loadFile(args), { inventory }) };
  } catch (error) {
    const isWrongName =
      (error instanceof DslError && error.code === "FILE_NOT_FOUND") ||
      (error instanceof MasterError && error.code === "VALUES");
    if (isWrongName || !(error instanceof DslError || error instanceof MasterError)) throw error;
    const mend = mendOf(error, file);
    return { file, problem: error.message.split("\n")[0] ?? "", ...(mend !== undefined && { mend }) };
  }
}

function mendOf({ code }: DslError | MasterError, file: string): string | undefined {
  if (code === "UNKNOWN_AGENT") return `sloth doctor -f ${shellLine([file])} --agents INVENTORY`;
  if (code === "NOT_FOUND") return undefined;
  return `sloth validate -f ${shellLine([file])}`;
}
