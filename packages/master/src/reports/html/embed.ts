/** What could end a script element, begin a comment in it, or is a line break in older JavaScript. */
const DANGEROUS = /[<>&\u2028\u2029]/g;

/** A value as JSON that stands in an element `script` of a page and cannot end it. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    DANGEROUS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text in an element or in an attribute with quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
