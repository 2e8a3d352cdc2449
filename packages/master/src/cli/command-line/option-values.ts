import { MasterError } from "../../master-error.js";

/** The one value of an option that may be given once. @throws {MasterError} USAGE */
export function once(option: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw usage(`--${option} is given more than once.`);
  if (value === "") throw usage(`--${option} is empty.`);
  return String(value);
}

/** The one value of an option that has only these. @throws {MasterError} USAGE */
export function oneOf<T extends string>(
  option: string,
  value: unknown,
  choices: readonly T[],
): T | undefined {
  const text = once(option, value);
  const chosen = choices.find((choice) => choice === text);
  if (text === undefined || chosen !== undefined) return chosen;
  throw usage(`--${option} ${text} is none of: ${choices.join(", ")}.`);
}

/** All values of an option that may be repeated. */
export function repeated(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Whether a switch is on; the last one counts where it is given twice. Absent where it is not given. */
export function switched(value: unknown): boolean | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined ? undefined : last === true;
}

/** `a, b or c` */
export function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

export function usage(message: string): MasterError {
  return new MasterError("USAGE", message);
}
