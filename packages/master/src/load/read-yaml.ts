import {
  type Document,
  LineCounter,
  type Node,
  type ParseOptions,
  parseDocument,
  type ToJSOptions,
} from "yaml";
import { MasterError } from "../master-error.js";
import { type NamedFile, readText } from "./read-text.js";

/**
 * What a YAML file holds, not checked; null or undefined when it is empty.
 * @throws {MasterError} of the given code when it cannot be read or is no YAML, then with line and column
 */
export async function readYaml(named: NamedFile, options: ParseOptions & ToJSOptions = {}): Promise<unknown> {
  return (await readYamlDocument(named, options)).document.toJS(options);
}

/**
 * What a YAML file holds, and in which line, from 1, each part of it stands.
 * @throws {MasterError} as {@link readYaml}
 */
export async function readYamlDocument(
  named: NamedFile,
  options: ParseOptions = {},
): Promise<{ document: Document; lineOf(node: Node): number }> {
  const text = readText(named);
  const lines = new LineCounter();
  const document = parseDocument(text, { ...options, lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (!mistake) return { document, lineOf: ({ range }) => lines.linePos(range?.[0] ?? 0).line };
  const { line, col } = lines.linePos(mistake.pos[0]);
  const problem =
    mistake.code === "MULTIPLE_DOCS"
      ? "a second document begins here, and only one is read. Remove it, with its line of three dashes"
      : mistake.message;
  throw new MasterError(named.code, `${named.file}:${line}:${col}: ${problem}`);
}
