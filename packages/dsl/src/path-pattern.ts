/**
 * What is wrong with a gitignore-like pattern, as the rest of a sentence. What git would take without a word and
 * never match is a mistake here: somebody believes that it protects something.
 */
export function patternProblem(pattern: string): string | undefined {
  const shown = JSON.stringify(pattern);
  const plain = pattern.replace(/^!/, "").trimEnd();
  if (/^\/*$/.test(plain)) return `has the empty pattern ${shown}`;
  if (/[\0\n\r]/.test(pattern)) return `has the pattern ${shown} with a line break or a NUL byte in it`;
  if (plain.startsWith("#"))
    return `has the pattern ${shown}, which is a comment; write "\\#" for the character`;
  if (/(^|[^\\])(\\\\)*\\$/.test(plain)) return `has the pattern ${shown}, which ends with a lone backslash`;
  const components = plain.split("/");
  if (components.includes("..")) return `has the pattern ${shown}, which leads out of the working directory`;
  if (components.includes("."))
    return `has the pattern ${shown}, which matches nothing; leave out "." and begin with "/" at the top`;
  return undefined;
}

/** As {@link patternProblem}, for a list of protected paths: sloth's own state cannot be released. */
export function protectionProblem(pattern: string): string | undefined {
  if (/^!\/?(\*\*\/)?\.sloth(\/|$)/i.test(pattern.trimEnd()))
    return `has the pattern ${JSON.stringify(pattern)}: sloth's own files are always protected`;
  return patternProblem(pattern);
}
