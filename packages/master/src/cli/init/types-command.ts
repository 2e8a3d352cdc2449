import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { luaDefinitions } from "@sloth/dsl";
import { MasterError } from "../../master-error.js";
import { printable } from "../../view/printable.js";
import { findWorkflowDirectory, type WorkflowPlace } from "../workflow/workflow-directory.js";
import { DEFINITIONS, EDITOR_SETTINGS, SETTINGS, settingsText } from "./editor-files.js";

/** The first line of what an earlier version wrote. */
const OURS = "---@meta sloth\n";

/**
 * Writes what editors with the Lua language server need to complete and check a workflow. What a person has set in
 * `.luarc.json` stays.
 */
export async function typesCommand(
  place: WorkflowPlace,
  say: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  const directory = await findWorkflowDirectory(place);
  const definitions = join(directory, DEFINITIONS);
  const settings = join(directory, SETTINGS);
  const merged = mergeSettings(await readIfThere(settings), settings);
  const before = await readIfThere(definitions);
  if (before !== undefined && !before.startsWith(OURS))
    throw new MasterError(
      "USAGE",
      `${definitions} is there and was not written by this command; move it away first.`,
    );
  await writeFile(definitions, luaDefinitions());
  await writeFile(settings, settingsText(merged));
  for (const path of [definitions, settings]) {
    say(printable(`wrote ${relative(process.cwd(), path)}`));
  }
  return 0;
}

function mergeSettings(text: string | undefined, path: string): object {
  if (text === undefined) return EDITOR_SETTINGS;
  try {
    const present: unknown = JSON.parse(text);
    if (typeof present === "object" && present !== null && !Array.isArray(present))
      return { ...EDITOR_SETTINGS, ...present };
  } catch {
    // Said below: it may have comments, which would be lost.
  }
  const wanted = JSON.stringify(EDITOR_SETTINGS);
  throw new MasterError(
    "USAGE",
    `${path} is not plain JSON, so it is left as it is. It should have ${wanted}.`,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new MasterError("NOT_FOUND", `Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
