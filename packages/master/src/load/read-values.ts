import { isLuaTable, type LuaTable, type LuaValue } from "@sloth/dsl";
import { parse } from "yaml";
import { MasterError } from "../master-error.js";
import { readYaml } from "./read-yaml.js";

/** Where values come from; a later one wins over an earlier one, and what is typed wins over files. */
export interface ValueSources {
  /** YAML or JSON files, each a map. */
  files: readonly string[];
  /** `a.b=c`: the text after `=` is read as a YAML scalar, so that numbers and booleans are such. */
  settings: readonly string[];
}

/**
 * Puts together what Lua has as `values`. Maps merge deeply, everything else is replaced.
 * @throws {MasterError} VALUES, naming the file and line or the setting
 */
export async function readValues({ files, settings }: ValueSources): Promise<LuaTable> {
  let values = emptyTable();
  for (const file of files) values = merge(values, await readFileOf(file));
  for (const setting of settings) values = merge(values, parseSetting(setting));
  return values;
}

function emptyTable(): LuaTable {
  return Object.create(null);
}

function merge(base: LuaTable, over: LuaTable): LuaTable {
  const merged = Object.assign(emptyTable(), base);
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isLuaTable(before) && isLuaTable(value) ? merge(before, value) : value;
  }
  return merged;
}

async function readFileOf(file: string): Promise<LuaTable> {
  const named = { file, what: "The values file", code: "VALUES" } as const;
  const read = await readYaml(named, { intAsBigInt: true, maxAliasCount: 1000 });
  const value = asData(read ?? emptyTable(), file);
  if (!isLuaTable(value))
    throw new MasterError("VALUES", `${file}: the values must be a map of names to values.`);
  return value;
}

/** `a.b=c` as a table in a table. A dot that belongs to a name is written `\.`. */
function parseSetting(setting: string): LuaTable {
  const at = setting.indexOf("=");
  const names =
    at < 1
      ? []
      : setting
          .slice(0, at)
          .split(/(?<!\\)\./)
          .map((name) => name.replaceAll("\\.", "."));
  if (names.length === 0 || names.includes(""))
    throw new MasterError("VALUES", `--set ${setting} is not of the form name=value or a.b=value.`);
  return names.reduceRight<LuaValue>(
    (value, name) => Object.assign(emptyTable(), { [name]: value }),
    scalar(setting.slice(at + 1)),
  ) as LuaTable;
}

/** What is no YAML scalar is the text that it is. */
function scalar(text: string): LuaValue {
  const value = parsed(text);
  if (typeof value === "object" && value !== null) return text;
  return text === "" ? "" : asData(value ?? null, "--set");
}

function parsed(text: string): unknown {
  try {
    return parse(text, { intAsBigInt: true });
  } catch {
    // No YAML at all, as in `[1`.
    return text;
  }
}

/** Integers within 2^53 become numbers, tables lose their prototypes. */
function asData(value: unknown, where: string): LuaValue {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  if (typeof value === "bigint") return asInteger(value, where);
  if (Array.isArray(value)) return value.map((item) => asData(item, where));
  if (value instanceof Uint8Array) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new MasterError("VALUES", `${where}: ${String(value)} is not a plain value.`);
  const entries = Object.entries(value as object).map(([key, item]) => [key, asData(item, where)] as const);
  return Object.assign(emptyTable(), Object.fromEntries(entries));
}

function asInteger(value: bigint, where: string): number | bigint {
  if (BigInt.asIntN(64, value) !== value)
    throw new MasterError("VALUES", `${where}: ${value} does not fit into 64 bits.`);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
