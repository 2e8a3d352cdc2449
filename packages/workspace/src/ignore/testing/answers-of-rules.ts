import { nameOf, parentOf } from "../../manifest/path-rules.js";
import { type IgnoreRules, rootRules } from "../ignore-rules.js";
import type { IgnoreFiles } from "./arbitrary-ignore-files.js";
import type { Question } from "./awkward-tree.js";

/** The paths that our rules ignore; the counterpart of what git answers. */
export function answersOfRules(files: IgnoreFiles, questions: readonly Question[]): string[] {
  const textsOf = (directory: string) => (files[directory] === undefined ? [] : [files[directory]]);
  const known = new Map<string, IgnoreRules>([["", rootRules({ files: textsOf("") })]]);
  const rulesIn = (directory: string): IgnoreRules => {
    const rules =
      known.get(directory) ?? rulesIn(parentOf(directory)).enter(nameOf(directory), textsOf(directory));
    known.set(directory, rules);
    return rules;
  };
  return questions
    .filter(({ path, isDirectory }) => rulesIn(parentOf(path)).ignores(nameOf(path), isDirectory))
    .map(({ path }) => path);
}
