import { bashReplacement, splitBashLine } from "./bash-line.js";
import type { Candidate, Candidates } from "./candidate.js";
import { complete } from "./complete.js";

/**
 * The answer to a shell, by lines: first the kind, `words`, `files` or `directories`, then the words.
 *
 * 1. bash asks with the line before the cursor, that behind it, and `COMP_WORDBREAKS`; it gets what it is to put in the
 *    place of the part that it completes.
 * 2. zsh and fish ask with the place of the word at the cursor and all words; they get whole words, each with a tab and
 *    what it is about, and choose themselves what fits.
 */
export async function answerShell(shell: string, question: readonly string[]): Promise<string[]> {
  return shell === "bash" ? answerBash(question) : answerByWords(question);
}

async function answerBash([line = "", behind = "", wordBreaks = ""]: readonly string[]): Promise<string[]> {
  const typed = splitBashLine(line, wordBreaks);
  const { words, current } = typed;
  const rest = splitBashLine(behind, "");
  // Without a blank it begins with what is left of the word at the cursor.
  const after = [...rest.words, rest.current].slice(/^\s/.test(behind) ? 0 : 1);
  const candidates = await complete({ before: words.slice(1), current, after });
  return answer(candidates, ({ value }) =>
    value.startsWith(current) ? (bashReplacement(value, typed) ?? []) : [],
  );
}

async function answerByWords([place = "0", ...typed]: readonly string[]): Promise<string[]> {
  const at = Number(place);
  const candidates = await complete({
    before: typed.slice(0, at),
    current: typed[at] ?? "",
    after: typed.slice(at + 1),
  });
  return answer(candidates, ({ value, describe = "" }) => `${value}\t${describe.replace(/\s+/g, " ")}`);
}

function answer(candidates: Candidates, show: (candidate: Candidate) => string | string[]): string[] {
  if (typeof candidates === "string") return [candidates];
  // What would be taken for several lines or columns cannot be said.
  return ["words", ...candidates.filter(({ value }) => !/[\p{Cc}\u2028\u2029]/u.test(value)).flatMap(show)];
}
