import { GROUP, OTHER_CLASSES, TASK } from "./fields.js";
import { LIBRARY } from "./library.js";
import type { LibraryClass, LibraryFunction, LibraryModule, Text, Value } from "./reference.js";
import { STANDARD } from "./standard.js";

export type Language = keyof Text;

const WORDS = {
  title: { en: "# Lua API", pt: "# API Lua" },
  intro: {
    en: "What a workflow can use. Made from the library's own description by `node scripts/lua-api.mjs`; do not edit it. `npx @sloth/master types` writes the same for editors.",
    pt: "O que um workflow pode usar. Gerado da descrição da própria biblioteca por `node scripts/lua-api.mjs`; não edite. `npx @sloth/master types` escreve o mesmo para editores.",
  },
  errors: {
    en: 'A wrong argument is an error at the line of the call. What can fail by itself gives `value, err`, or `err` alone where there is no value. Each part is also given by `require("fs")` and so on. While a workflow is loaded nothing runs: what reaches the system is refused outside of functions, unless it says otherwise.',
    pt: 'Um argumento errado é um erro na linha da chamada. O que pode falhar sozinho devolve `valor, err`, ou só `err` quando não há valor. Cada parte também vem por `require("fs")` e assim por diante. Enquanto um workflow é carregado nada executa: o que alcança o sistema é recusado fora de funções, se não diz o contrário.',
  },
  workflow: { en: "Workflow", pt: "Workflow" },
  functions: { en: "Functions", pt: "Funções" },
  standard: { en: "Lua itself", pt: "O próprio Lua" },
  field: { en: "field", pt: "campo" },
  type: { en: "type", pt: "tipo" },
  meaning: { en: "meaning", pt: "significado" },
  since: { en: "since", pt: "desde" },
} satisfies Record<string, Text>;

/** The reference page in a language: Markdown. */
export function referencePage(language: Language): string {
  const say = (word: keyof typeof WORDS) => WORDS[word][language];
  const classesOf = (classes: readonly LibraryClass[]) => classes.map((one) => writeClass(one, language));
  const parts = [
    say("title"),
    say("intro"),
    say("errors"),
    `## ${say("workflow")}`,
    ...classesOf([GROUP, TASK, ...OTHER_CLASSES]),
    ...LIBRARY.map((module) => writeModule(module, language)),
    `## ${say("standard")}`,
    writeStandard(language),
  ];
  return `${parts.join("\n\n")}\n`;
}

function writeModule(
  { name, text, functions, classes, values = [] }: LibraryModule,
  language: Language,
): string {
  const title = name === "" ? WORDS.functions[language] : `\`${name}\``;
  return [
    `## ${title}`,
    text[language],
    ...values.map(
      (value) => `**\`${name === "" ? "" : `${name}.`}${value.name}\`** – ${value.text[language]}.`,
    ),
    ...functions.map((one) => writeFunction(one, language)),
    ...classes.map((one) => writeClass(one, language)),
  ].join("\n\n");
}

function writeFunction(
  { name, text, parameters, returns, since }: LibraryFunction,
  language: Language,
): string {
  const names = (values: Value[]) =>
    values.map((one) => one.name + (one.optional && one.name !== "..." ? "?" : "")).join(", ");
  const result = returns.length > 0 ? ` → ${names(returns)}` : "";
  const lines = [...parameters, ...returns].filter(
    (one) => one.text[language] !== "" || one.type.startsWith("sloth."),
  );
  const details = lines.map((one) => `- \`${one.name}\`: ${code(one.type)}${said(one, language)}`);
  return [
    `### \`${name}(${names(parameters)})${result}\``,
    `${text[language]} *(${WORDS.since[language]} ${since})*`,
    ...(details.length > 0 ? [details.join("\n")] : []),
  ].join("\n\n");
}

function said({ text }: Value, language: Language): string {
  return text[language] === "" ? "" : `, ${text[language]}`;
}

function writeClass({ name, text, fields }: LibraryClass, language: Language): string {
  const head = (["field", "type", "meaning"] as const).map((word) => WORDS[word][language]).join(" | ");
  const rows = fields.map(
    (field) =>
      `| \`${field.name}\`${field.optional ? "?" : ""} | ${code(field.type).replaceAll("|", "\\|")} | ${field.text[language]} |`,
  );
  return [`### \`${name}\``, text[language], [`| ${head} |`, "|---|---|---|", ...rows].join("\n")].join(
    "\n\n",
  );
}

function code(type: string): string {
  return `\`${type}\``;
}

function writeStandard(language: Language): string {
  const rows = STANDARD.map(({ names, text }) => `| ${names.map(code).join(", ")} | ${text[language]} |`);
  return ["| | |", "|---|---|", ...rows].join("\n");
}
