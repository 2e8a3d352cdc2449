import type { Options } from "yargs";
import { usage } from "../command-line/option-values.js";
import type { Setting, SettingLayer } from "./setting.js";

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** The variable that sets an option: `SLOTH_KEEP_GOING` of `keep-going`. */
export function variableOf(option: string): string {
  return `SLOTH_${option.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * What the environment says of options; an empty variable says nothing. Other variables that begin so are somebody
 * else's: those that a task is given, for one.
 * @throws {MasterError} USAGE
 */
export function environmentSettings(
  options: ReadonlyMap<string, Options>,
  env: Readonly<Record<string, string | undefined>>,
): SettingLayer {
  const settings: Setting[] = [];
  for (const [option, { type, isRepeatable }] of options) {
    const variable = variableOf(option);
    const text = env[variable];
    if (!text) continue;
    const source = `${variable}=${text}`;
    if (type === "boolean") settings.push({ option, value: readSwitch(text, source), source });
    else settings.push({ option, value: isRepeatable ? text.split(",") : text, source });
  }
  return { source: "the variables SLOTH_*", settings };
}

function readSwitch(text: string, source: string): boolean {
  const value = SWITCHES.get(text);
  if (value === undefined) throw usage(`${source}: it must be true or false.`);
  return value;
}
