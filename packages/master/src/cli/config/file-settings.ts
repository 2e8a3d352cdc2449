import { dirname, resolve } from "node:path";
import { didYouMean } from "@sloth/dsl";
import { isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import type { Options } from "yargs";
import { readYamlDocument } from "../../load/read-yaml.js";
import { usage } from "../command-line/option-values.js";
import type { Setting, SettingLayer } from "./setting.js";

export interface SettingsFile {
  /** Where it is. */
  location: string;
  /** What it is called in messages. */
  name: string;
  /** Those that it may set. */
  options: ReadonlyMap<string, Options>;
  /** Those that the command line has besides. */
  others: ReadonlySet<string>;
}

/** What a `sloth.yaml` says of options. @throws {MasterError} USAGE, with its line */
export async function fileSettings(file: SettingsFile): Promise<SettingLayer> {
  const { location, name } = file;
  const { document, lineOf } = await readYamlDocument({ file: location, what: "The file", code: "USAGE" });
  const { contents } = document;
  if (contents === null) return { source: name, settings: [] };
  if (!isMap(contents)) throw usage(`${name}:${lineOf(contents)}: it must be a map of options.`);
  const settings = contents.items.map(({ key, value }): Setting => {
    const source = `${name}:${lineOf(key as Node)}`;
    const option = isScalar(key) ? String(key.value) : "";
    const described = file.options.get(option);
    if (!described) throw usage(`${source}: ${unknownOption(option, file)}`);
    const read = readValue((value ?? undefined) as Node | undefined, described);
    if ("problem" in read) throw usage(`${source}: ${option} ${read.problem}.`);
    return { option, value: described.isFile ? beside(location, read.value) : read.value, source };
  });
  return { source: name, settings };
}

function unknownOption(option: string, { options, others }: SettingsFile): string {
  if (others.has(option)) return `"${option}" is for the command line alone.`;
  const near = didYouMean(option, options.keys());
  return `there is no option "${option}"${near || "."}`;
}

type Read = { value: Setting["value"] } | { problem: string };

function readValue(node: Node | undefined, { type, isRepeatable }: Options): Read {
  if (isSeq(node)) {
    if (!isRepeatable) return { problem: "may have one value alone" };
    const texts = node.items.map((item) => textOf(item as Node));
    if (texts.includes(undefined)) return { problem: "must be a list of texts" };
    return { value: texts.filter((text) => text !== undefined) };
  }
  if (type === "boolean") {
    if (isScalar(node) && typeof node.value === "boolean") return { value: node.value };
    return { problem: "must be true or false" };
  }
  const text = textOf(node);
  if (text === undefined)
    return { problem: isRepeatable ? "must be a text or a list of them" : "must be a text" };
  return { value: isRepeatable ? [text] : text };
}

/** A number as it is written, as in `0.50`. */
function textOf(node: Node | undefined): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value, source } = node as Scalar;
  if (typeof value === "string") return value;
  return typeof value === "number" ? (source ?? String(value)) : undefined;
}

function beside(location: string, value: Setting["value"]): Setting["value"] {
  const directory = dirname(location);
  if (Array.isArray(value)) return value.map((path) => resolve(directory, path));
  return typeof value === "string" ? resolve(directory, value) : value;
}
