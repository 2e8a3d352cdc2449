import { styleText } from "node:util";

/** Colours a text for whoever wants colours; that this is decided here and not by Node, `--color` depends on. */
export function style(
  { color }: { color: boolean },
  format: Parameters<typeof styleText>[0],
  text: string,
): string {
  return color ? styleText(format, text, { validateStream: false }) : text;
}
