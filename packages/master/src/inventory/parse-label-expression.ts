import type { Labels } from "@sloth/dsl";

/** Reads labels as they are typed, `os=linux,gpu`: a name alone must be true. Numbers and truth compare as texts do. */
export function parseLabelExpression(text: string): { value: Labels } | { problem: string } {
  const labels: Labels = {};
  for (const part of text.split(",")) {
    const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? [];
    if (!/^[\w./-]+$/.test(name)) return { problem: `"${part}" is no label: write os=linux,gpu` };
    if (value === "") return { problem: `"${part}" has no value: write ${name}=VALUE` };
    if (Object.hasOwn(labels, name)) return { problem: `"${name}" is there twice` };
    labels[name] = value ?? true;
  }
  return { value: labels };
}
