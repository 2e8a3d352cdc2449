import { stripVTControlCharacters } from "node:util";

/** What XML 1.0 has no character for, not even as a reference; of surrogates, those without the other half. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu;

/** A text as XML 1.0 may have it: escape sequences of terminals and what else is illegal in it are left out. */
export function xmlText(text: string): string {
  return clean(text).replace(/[&<>]/g, referenceTo);
}

/** As {@link xmlText}, for an attribute in double quotes: its line breaks and tabs stay. */
export function xmlAttribute(text: string): string {
  return clean(text).replace(/[&<>"\t\n]/g, referenceTo);
}

function clean(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, "\n").replace(ILLEGAL, "");
}

function referenceTo(character: string): string {
  return NAMED[character] ?? `&#${character.charCodeAt(0)};`;
}

const NAMED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
