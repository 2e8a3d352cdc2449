import { mkdir } from "node:fs/promises";
import { join, normalize } from "node:path";
import { FIRST_WORKFLOW, FIRST_WORKFLOW_TEXT } from "../../init/first-workflow.js";
import { IGNORE_FILE, IGNORE_FILE_TEXT } from "../../init/ignore-file.js";
import { writeNewFile } from "../../init/write-new-file.js";
import { MasterError } from "../../master-error.js";
import { printable } from "../../view/printable.js";
import { shellLine } from "../../view/shell-words.js";
import { EXIT } from "../exit-code.js";
import { type Output, openOutput, printLines } from "../output.js";
import { editorFiles } from "./editor-files.js";
import type { InitArguments } from "./init-options.js";

/**
 * Writes a first workflow and what belongs beside it. What is there already stays as it is, so that it can be called
 * again, as `git init` can. Gives the exit code.
 */
export async function initCommand(
  { directory }: InitArguments,
  output: Output = openOutput(),
): Promise<number> {
  await makeDirectory(directory);
  const files = new Map([
    [FIRST_WORKFLOW, FIRST_WORKFLOW_TEXT],
    [IGNORE_FILE, IGNORE_FILE_TEXT],
    ...editorFiles(),
  ]);
  for (const [name, text] of files) {
    const path = join(directory, name);
    const isNew = await writeNewFile(path, text);
    await printLines(output, [printable(isNew ? `wrote ${path}` : `kept ${path}, which was there`)]);
  }
  await printLines(output, nextSteps(directory));
  return EXIT.succeeded;
}

function nextSteps(directory: string): string[] {
  const isHere = normalize(directory) === ".";
  return [
    "",
    "Next:",
    ...(isHere ? [] : [printable(`  cd ${shellLine([directory])}`)]),
    `  sloth run -f ${FIRST_WORKFLOW}`,
    `  sloth graph -f ${FIRST_WORKFLOW}`,
    "  sloth doctor",
  ];
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === "EEXIST" ? "it is not a directory" : (cause as Error).message;
    throw new MasterError("NOT_FOUND", `Cannot use the directory ${path}: ${reason}.`, { cause });
  }
}
