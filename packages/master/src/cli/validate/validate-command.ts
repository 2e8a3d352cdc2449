import { countOf } from "../../view/count-of.js";
import { printable } from "../../view/printable.js";
import { EXIT } from "../exit-code.js";
import { loadFile } from "../workflow/load-file.js";
import type { ValidateArguments } from "./validate-options.js";
import { validate } from "./validation.js";

/** Says whether a workflow is valid. Without `--json` a mistake is thrown as a DslError. */
export async function validateCommand(args: ValidateArguments): Promise<number> {
  if (args.json) {
    const validation = await validate(args);
    process.stdout.write(`${JSON.stringify(validation)}\n`);
    return validation.valid ? EXIT.succeeded : EXIT.usage;
  }
  const { groups } = (await loadFile(args)).workflow;
  const tasks = groups.reduce((sum, group) => sum + group.tasks.length, 0);
  const found = `${countOf(groups.length, "group")}, ${countOf(tasks, "task")}`;
  process.stdout.write(`${printable(`${args.file} is valid: ${found}`)}\n`);
  return EXIT.succeeded;
}
