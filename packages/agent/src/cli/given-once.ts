/** What is wrong where an option that may be given once is given again; by the names of options. */
export function givenTwice(parsed: Record<string, unknown>, names: readonly string[]): string | undefined {
  const twice = names.find((name) => Array.isArray(parsed[name]));
  return twice === undefined ? undefined : `--${twice} is given more than once.`;
}
