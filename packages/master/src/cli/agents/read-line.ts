import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { usage } from "../command-line/option-values.js";

/** Far more than any join line has. */
const LONGEST = 4096;

/**
 * Reads the first line of standard input; a person is asked for it, and does not see it.
 * @throws {MasterError} USAGE when there is none
 */
export async function readLine(question: string): Promise<string> {
  const line = process.stdin.isTTY ? await ask(question) : await firstLine(process.stdin);
  if (line === undefined || line.trim() === "")
    throw usage(
      "There is no join line: paste it when asked, or pipe it in. npx @sloth/agent init prints it there.",
    );
  return line;
}

function ask(question: string): Promise<string | undefined> {
  // A secret is not echoed, from before the question on.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve) => {
    terminal.once("line", (line) => {
      resolve(line);
      terminal.close();
    });
    terminal.once("SIGINT", () => terminal.close());
    // Also where the line has come; the first answer counts.
    terminal.once("close", () => {
      process.stderr.write("\n");
      resolve(undefined);
    });
  });
}

async function firstLine(input: NodeJS.ReadStream): Promise<string | undefined> {
  let text = "";
  for await (const chunk of input.setEncoding("utf8")) {
    text += chunk;
    if (text.includes("\n") || text.length > LONGEST) break;
  }
  return text.split("\n").find((line) => line.trim() !== "");
}
