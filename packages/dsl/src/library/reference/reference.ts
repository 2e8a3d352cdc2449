/**
 * What the Lua library consists of, said once: the checks of arguments (`signatures.ts`), the reference pages in
 * `docs/` and the definitions for editors (`definitions.ts`) are made of it.
 */

/** The same in English and in Portuguese. */
export interface Text {
  en: string;
  pt: string;
}

/** A type as LuaLS writes it. Of `string`, `integer`, `number`, `boolean`, `table` and `function` a call is checked. */
export type LuaType = string;

export interface Value {
  name: string;
  type: LuaType;
  /** May be left out, or be nil. */
  optional?: true;
  text: Text;
}

export interface LibraryFunction {
  /** As it is called: `fs.read`. */
  name: string;
  text: Text;
  /** The last may be `...`, for any number of its type. */
  parameters: Value[];
  returns: Value[];
  /** The version that had it first. */
  since: string;
}

/** A table that a function takes or gives, or that a workflow is written with. */
export interface LibraryClass {
  /** As LuaLS knows it: `sloth.ExecOptions`. */
  name: string;
  text: Text;
  fields: Value[];
}

/** A part of the library: a table of functions, or functions that stand by themselves. */
export interface LibraryModule {
  /** Of the table; `""` for functions that stand by themselves. */
  name: string;
  text: Text;
  functions: LibraryFunction[];
  classes: LibraryClass[];
  /** Of the table, beside its functions. */
  values?: Value[];
}

/** Of everything that the first release has. */
const FIRST = "0.1.0";

export function text(en: string, pt: string): Text {
  return { en, pt };
}

export function value(name: string, type: LuaType, en: string, pt: string): Value {
  return { name, type, text: { en, pt } };
}

export function optional(name: string, type: LuaType, en: string, pt: string): Value {
  return { name, type, optional: true, text: { en, pt } };
}

/** The message of what failed, at the end of the results. */
export const ERR: Value = optional(
  "err",
  "string",
  "why it failed; nil after a success",
  "por que falhou; nil em caso de sucesso",
);

export function describe(
  name: string,
  what: Text,
  { takes = [], gives = [], since = FIRST }: { takes?: Value[]; gives?: Value[]; since?: string } = {},
): LibraryFunction {
  return { name, text: what, parameters: takes, returns: gives, since };
}
