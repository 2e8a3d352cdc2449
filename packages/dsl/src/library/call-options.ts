import { didYouMean } from "../did-you-mean.js";
import { parseDuration } from "../duration.js";
import type { Environment, LuaTable, LuaValue } from "../model.js";
import { isLuaTable } from "../model.js";
import { MisuseError } from "./host-function.js";

/** The table of options of a call: each is read by its name, and a wrong one is a mistake of the script. */
export class CallOptions {
  readonly #table: LuaTable;

  /**
   * @param what - that takes the options, for messages: `exec.run`
   * @param value - a table, or `null` for none
   * @throws {MisuseError} for what is no table, and for a name that is not one of `known`
   */
  constructor(
    private readonly what: string,
    value: LuaValue,
    known: readonly string[],
  ) {
    if (value !== null && !isLuaTable(value)) throw new MisuseError(`${what}: the options need names`);
    this.#table = value ?? {};
    for (const name of Object.keys(this.#table)) {
      if (!known.includes(name))
        throw new MisuseError(`${what}: unknown option "${name}"${didYouMean(name, known)}`);
    }
  }

  value(name: string): LuaValue {
    return this.#table[name] ?? null;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return value === null ? undefined : this.#asText(name, value);
  }

  bytes(name: string): Uint8Array | undefined {
    const value = this.value(name);
    if (value === null || value instanceof Uint8Array) return value ?? undefined;
    if (typeof value !== "string") throw this.mistake(`${name} must be a string`);
    return Buffer.from(value);
  }

  durationMs(name: string): number | undefined {
    const value = this.value(name);
    if (value === null) return undefined;
    const duration = parseDuration(value);
    if ("problem" in duration) throw this.mistake(`${name} ${duration.problem}`);
    return duration.ms;
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === null || typeof value === "boolean") return value ?? undefined;
    throw this.mistake(`${name} must be true or false`);
  }

  table(name: string): LuaTable | undefined {
    const value = this.value(name);
    if (value === null || isLuaTable(value)) return value ?? undefined;
    throw this.mistake(`${name} must be a table with names`);
  }

  /** Names and texts; numbers are taken as written. */
  texts(name: string): Environment | undefined {
    const table = this.table(name);
    if (table === undefined) return undefined;
    const texts: Environment = Object.create(null);
    for (const [key, entry] of Object.entries(table)) {
      const scalar = typeof entry === "number" || typeof entry === "bigint" ? String(entry) : entry;
      texts[key] = this.#asText(`${name}.${key}`, scalar);
    }
    return texts;
  }

  environment(name: string): Environment | undefined {
    const texts = this.texts(name);
    const impossible = Object.keys(texts ?? {}).find((key) => key === "" || /[=\0]/.test(key));
    if (impossible !== undefined) throw this.mistake(`${name} has the impossible name "${impossible}"`);
    return texts;
  }

  mistake(problem: string): MisuseError {
    return new MisuseError(`${this.what}: ${problem}`);
  }

  #asText(name: string, value: LuaValue): string {
    if (typeof value !== "string") throw this.mistake(`${name} must be a string of valid UTF-8`);
    if (value.includes("\0")) throw this.mistake(`${name} contains a NUL byte`);
    return value;
  }
}
