import fc from "fast-check";
import { AWKWARD_DIRECTORIES, AWKWARD_TREE } from "./awkward-tree.js";

/** The text of an ignore file by the directory it is in; the root is `""`. */
export type IgnoreFiles = Record<string, string>;

const awkward = fc.constantFrom(
  ..."* ** ? / ! # \\ [ ] a b - ^ . [!a] [^b] [[:digit:]] [[:alpha:][:space:]] [[:foo:]] [a-c] [c-a] []] [!]a] [\\]] [a/b]".split(
    " ",
  ),
  ..."[[:] [[::]] [a-] [--a] [ä] *.[ch] **/ /** a/**/b a**/b a/**a **\\/ \\/ \\# \\! \\* \\ä ä .. // *a*b".split(
    " ",
  ),
  " ",
  "\\ ",
  "\t",
  "\r",
  "\0",
  "\ufeff",
);

/** A path of the tree with some of its characters or names made less exact, so that patterns match often. */
const blurred: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...AWKWARD_TREE.map(({ path }) => path)),
    fc.nat({ max: 2 }),
    fc.infiniteStream(fc.nat({ max: 40 })),
  )
  .map(([path, from, choices]) =>
    path
      .split("/")
      .slice(from)
      .map((name) => blurName(name, choices))
      .join("/"),
  );

function blurName(name: string, choices: Iterator<number>): string {
  const whole = ["*", "**", "**/**", `**${name}`, `${name}**`, "*?"][choices.next().value];
  if (whole !== undefined) return whole;
  return [...name].map((character) => blurCharacter(character, choices.next().value)).join("");
}

function blurCharacter(character: string, choice: number): string {
  const blurs = [
    "*",
    "?",
    `[${character}]`,
    `[!${character}]`,
    `\\${character}`,
    "[[:alnum:]]",
    "[a-z]",
    "",
    "**",
  ];
  return blurs[choice] ?? (choice < 20 && /[*[\\ ]/.test(character) ? `\\${character}` : character);
}

const everyday = fc.constantFrom(
  ..."* a b ab *.[ch] *b deep a/ /a b/* a/b a/** **/b **/a/* [ab] ? !a".split(" "),
);

const pattern = fc.oneof(
  { weight: 4, arbitrary: everyday },
  { weight: 5, arbitrary: blurred },
  { weight: 1, arbitrary: fc.array(awkward, { maxLength: 5 }).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: fc.tuple(blurred, awkward).map((parts) => parts.join("")) },
);

const line = fc
  .tuple(
    fc.constantFrom(..."||||!|!|!|/|**/|#|!/".split("|")),
    pattern,
    fc.constantFrom(...",,,,,,,/,/,/**, ,\\ ,\\  ,/ ,\r".split(",")),
  )
  .map((parts) => parts.join(""));

const text = fc
  .tuple(
    fc.constantFrom("", "", "", "\ufeff"),
    fc.array(line, { maxLength: 5 }),
    fc.constantFrom("\n", "\n", "\r\n"),
    fc.boolean(),
  )
  .map(([bom, lines, ending, isEnded]) => bom + lines.join(ending) + (isEnded ? ending : ""));

export const arbitraryIgnoreFiles: fc.Arbitrary<IgnoreFiles> = fc
  .tuple(text, fc.dictionary(fc.constantFrom(...AWKWARD_DIRECTORIES), text, { maxKeys: 3 }))
  .map(([root, nested]) => ({ ...nested, "": root }));
