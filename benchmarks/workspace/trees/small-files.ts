import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Shape {
  /** Directories at the top. */
  outer: number;
  /** Directories in each of them. */
  inner: number;
  /** Files in each of those. */
  files: number;
  sizeBytes: number;
}

/** Text that looks like JavaScript and is the same each time; no two files are equal. */
export async function makeSmallFiles(directory: string, shape: Shape): Promise<void> {
  const nextWord = wordSource();
  for (let i = 0; i < shape.outer; i++) {
    for (let j = 0; j < shape.inner; j++) {
      const folder = join(directory, `d${pad(i, 2)}`, `s${pad(j, 2)}`);
      mkdirSync(folder, { recursive: true });
      for (let k = 0; k < shape.files; k++)
        writeFileSync(
          join(folder, `f${pad(k, 3)}.js`),
          sourceText(`${i}/${j}/${k}`, shape.sizeBytes, nextWord),
        );
    }
  }
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, "0");
}

function sourceText(name: string, sizeBytes: number, nextWord: () => string): string {
  let text = `// ${name}\n`;
  while (text.length < sizeBytes)
    text += `export function ${nextWord()}(${nextWord()}, ${nextWord()}) { return ${nextWord()}.${nextWord()}; }\n`;
  return text.slice(0, sizeBytes);
}

/** Marsaglia's xorshift32 with a fixed seed, as words. */
function wordSource(): () => string {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return `w${(state >>> 0).toString(36)}`;
  };
}
