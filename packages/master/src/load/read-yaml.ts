import { LineCounter, type ParseOptions, parseDocument, type ToJSOptions } from "yaml";
import { MasterError } from "../master-error.js";
import { type NamedFile, readText } from "./read-text.js";

/**
 * What a YAML file holds, not checked; null or undefined when it is empty.
 * @throws {MasterError} of the given code when it cannot be read or is no YAML, then with line and column
 */
export async function readYaml(named: NamedFile, options: ParseOptions & ToJSOptions = {}): Promise<unknown> {
  const text = await readText(named);
  const lines = new LineCounter();
  const document = parseDocument(text, { ...options, lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (!mistake) return document.toJS(options);
  const { line, col } = lines.linePos(mistake.pos[0]);
  throw new MasterError(named.code, `${named.file}:${line}:${col}: ${mistake.message}`);
}
