import { dirname, relative, resolve } from "node:path";
import { SETTINGS_NAME } from "../../plan/found-names.js";
import { printableName } from "../../view/printable.js";
import type { CommandReader, Completed } from "../command-line/command.js";
import { configurableOptions, describedOptions } from "../config/described-options.js";
import { environmentSettings } from "../config/environment-settings.js";
import type { SettingLayer } from "../config/setting.js";
import { checkLayer, type Parsed, withSettings } from "../config/with-settings.js";
import { runOptions, toRun } from "../run/run-options.js";
import { completeInventory } from "./complete-inventory.js";
import { findWorkflow } from "./find-workflow.js";
import { searchUpwards } from "./search-upwards.js";

export interface Surroundings {
  /** Where the command was typed. */
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the workflow where none is named, and adds what is set in the environment and in `sloth.yaml`, which lies beside
 * the workflow or above it. Settings are those of `run`; a command takes of them what it has.
 *
 * @throws {MasterError} NOT_FOUND without a workflow, USAGE for a setting that is wrong
 */
export async function completeWorkflow(
  typed: Parsed,
  command: CommandReader,
  { directory, env }: Surroundings = { directory: process.cwd(), env: process.env },
): Promise<Completed> {
  // What is wrong with it is said where it is read.
  if (typed.file !== undefined && (typeof typed.file !== "string" || typed.file === ""))
    return { parsed: typed, notices: [] };
  const found = typed.file === undefined ? findWorkflow(directory) : undefined;
  const file = found?.file ?? String(typed.file);
  const notices = found?.isAbove ? [`using ${printableName(file)}`] : [];

  const run = { options: configurableOptions(runOptions), read: toRun };
  const beside = await settingsBeside(dirname(resolve(directory, file)), { directory, run, notices });
  const layers = [environmentSettings(run.options, env), ...beside].filter(
    ({ settings }) => settings.length > 0,
  );
  for (const layer of layers) await checkLayer(layer, run);
  const parsed = await withSettings({ ...typed, file }, layers, command);
  if (!command.options.has("agents")) return { parsed, notices };
  const start = dirname(resolve(directory, file));
  const completed = completeInventory(parsed, { start, directory, env });
  return { parsed: completed.parsed, notices: [...notices, ...completed.notices] };
}

async function settingsBeside(
  start: string,
  { directory, run, notices }: { directory: string; run: CommandReader; notices: string[] },
): Promise<SettingLayer[]> {
  const { found } = searchUpwards(start, { names: [SETTINGS_NAME] });
  if (!found) return [];
  const name = relative(directory, found.path);
  if (found.isForeign) {
    notices.push(`${printableName(name)} belongs to another user, so it is not used`);
    return [];
  }
  const { fileSettings } = await import("../config/file-settings.js");
  const others = new Set(describedOptions(runOptions).keys());
  return [await fileSettings({ location: found.path, name, options: run.options, others })];
}
