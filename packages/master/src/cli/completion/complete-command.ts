import { answerShell } from "../../completion/answer-shell.js";
import { EXIT } from "../exit-code.js";

/** Answers a shell that completes a line; gives the exit code. */
export async function completeCommand([shell = "", ...question]: readonly string[]): Promise<number> {
  // Whoever types wants no message in the line: a workflow that cannot be loaded has no names to offer.
  const lines = await answerShell(shell, question).catch(() => []);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return EXIT.succeeded;
}
