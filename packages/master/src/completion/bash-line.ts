/** A line of bash up to the cursor. */
export interface BashLine {
  /** Finished words without their quotes; the program is the first. */
  words: string[];
  current: string;
  /** The quote that the cursor is in. */
  quote: "" | "'" | '"';
  /** How much of `current` bash keeps as it is: it completes only what comes after. */
  keptLength: number;
}

/**
 * Splits as bash does, but that it takes a word as one which bash completes in parts: bash breaks it at each of
 * `wordBreaks`, and at an open quote.
 *
 * @param wordBreaks - the value of `COMP_WORDBREAKS`
 * @see https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html#index-COMP_005fWORDBREAKS
 */
export function splitBashLine(line: string, wordBreaks: string): BashLine {
  const words: string[] = [];
  let [current, quote, keptLength, isWord]: [string, BashLine["quote"], number, boolean] = ["", "", 0, false];
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (quote === "" && /\s/.test(character)) {
      if (isWord) words.push(current);
      [current, keptLength, isWord] = ["", 0, false];
      continue;
    }
    isWord = true;
    if (character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
      keptLength = current.length;
    } else if (character === "\\" && quote !== "'" && at + 1 < line.length) {
      current += line[++at];
    } else {
      current += character;
      if (quote === "" && wordBreaks.includes(character)) keptLength = current.length;
    }
  }
  return { words, current, quote, keptLength };
}

/** What bash is to put in the place of what it completes; undefined for what cannot stand there. */
export function bashReplacement(value: string, { quote, keptLength }: BashLine): string | undefined {
  const rest = value.slice(keptLength);
  if (quote === '"') return rest.replace(/[$`"\\!]/g, "\\$&");
  if (quote === "'") return rest.includes("'") ? undefined : rest;
  return rest.replace(/[^\w@%+=:,./~\u{80}-\u{10ffff}-]/gu, "\\$&");
}
