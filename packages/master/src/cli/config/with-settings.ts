import type { Options } from "yargs";
import { MasterError } from "../../master-error.js";
import type { CommandReader } from "../command-line/command.js";
import { usage } from "../command-line/option-values.js";
import type { Setting, SettingLayer } from "./setting.js";

export type Parsed = Record<string, unknown>;

/**
 * Completes what was typed by what is set elsewhere:
 *
 * 1. Where an option has one value, the strongest place that says something of it decides.
 * 2. Where it may be repeated, the values add up, those of the strongest place last: a later one wins.
 * 3. A setting that cannot stand beside something stronger gives way, as `timestamps: true` beside `--output json`.
 *
 * @param layers - the strongest first, valid by themselves
 */
export async function withSettings(
  typed: Parsed,
  layers: readonly SettingLayer[],
  { options, read }: CommandReader,
): Promise<Parsed> {
  let merged = typed;
  for (const { settings } of layers) {
    const stronger = merged;
    const due = settings.filter(({ option }) => options.has(option));
    const add = (to: Parsed, setting: Setting) => added(to, setting, { stronger, options });
    const all = due.reduce(add, merged);
    if ((await mistakeIn(all, read)) === undefined) merged = all;
    else {
      for (const setting of due) {
        const more = add(merged, setting);
        if ((await mistakeIn(more, read)) === undefined) merged = more;
      }
    }
  }
  return merged;
}

/** @throws {MasterError} USAGE, with its place in front */
export async function checkLayer(
  { source, settings }: SettingLayer,
  { options, read }: CommandReader,
): Promise<void> {
  const add = (to: Parsed, setting: Setting) => added(to, setting, { stronger: {}, options });
  for (const setting of settings) {
    const mistake = await mistakeIn(add({}, setting), read);
    if (mistake !== undefined) throw usage(`${setting.source}: ${mistake}`);
  }
  const mistake = await mistakeIn(settings.reduce(add, {}), read);
  if (mistake !== undefined) throw usage(`${source}: ${mistake}`);
}

function added(
  to: Parsed,
  { option, value }: Setting,
  { stronger, options }: { stronger: Parsed; options: ReadonlyMap<string, Options> },
): Parsed {
  const known = stronger[option];
  if (known === undefined) return withOption(to, option, value);
  return options.get(option)?.isRepeatable ? withOption(to, option, [value, known].flat()) : to;
}

/** Under both names that yargs gives an option. */
function withOption(parsed: Parsed, option: string, value: unknown): Parsed {
  const inCode = option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return { ...parsed, [option]: value, [inCode]: value };
}

async function mistakeIn(parsed: Parsed, read: CommandReader["read"]): Promise<string | undefined> {
  try {
    await read(parsed);
    return undefined;
  } catch (error) {
    if (error instanceof MasterError && error.code === "USAGE") return error.message;
    throw error;
  }
}
