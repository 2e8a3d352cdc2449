/** A text that is not the JSON or YAML that it should be. Lines and columns count from 1, columns in characters. */
export class TextError extends Error {
  override name = "TextError";

  constructor(problem: string, at?: { line: number; column: number }) {
    super(at ? `line ${at.line}, column ${at.column}: ${problem}` : problem);
  }
}
