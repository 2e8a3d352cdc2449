const ASSIGNMENT = /^\s*(?:export\s+)?([^=]*?)\s*=\s*(.*)$/s;
const NAME = /^[A-Za-z_][\w.-]*$/;

/**
 * The first line of a `.env` file that assigns nothing, though it is neither empty nor a comment, and what is wrong with
 * it. Node's `parseEnv` takes such a line for the beginning of the next one's name, and says nothing.
 */
export function findEnvironmentMistake(text: string): { line: number; problem: string } | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const at = { line: index + 1 };
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ""] = line.match(ASSIGNMENT) ?? [];
    if (name === undefined) return { ...at, problem: "there is no = in it" };
    if (!NAME.test(name)) return { ...at, problem: "what is before the = cannot be the name of a variable" };
    const quote = value.match(/^["'`]/)?.[0];
    if (quote === undefined) continue;
    let rest = value.slice(1);
    while (!rest.includes(quote)) {
      index++;
      if (index >= lines.length) return { ...at, problem: `the quotation mark ${quote} is not closed` };
      rest = lines[index] ?? "";
    }
  }
  return undefined;
}
