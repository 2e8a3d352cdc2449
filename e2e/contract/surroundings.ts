import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { shellAttempt } from "./attempts.js";
import { observe } from "./observe.js";
import type { ContractSubject } from "./subject.js";

export function describeSurroundings(subject: () => ContractSubject): void {
  it("adds the environment of the task and says which task it is", async () => {
    const attempt = shellAttempt(
      subject(),
      'echo "$GREETING|$SLOTH_RUN_ID|$SLOTH_GROUP|$SLOTH_TASK"; test "$PATH"',
      {
        env: { GREETING: "héllo  world" },
      },
    );
    const seen = await observe(subject(), attempt);
    expect(seen.stdout.toString()).toBe(`héllo  world|${attempt.runId}|contract|subject\n`);
    expect(seen.result.status).toBe("succeeded");
  });

  it("gives an empty standard input", async () => {
    const seen = await observe(subject(), shellAttempt(subject(), "cat; echo end"));
    expect(seen.stdout.toString()).toBe("end\n");
  });

  it.each([0o022, 0o077, 0o002])("creates files under the umask of the attempt: %o", async (umask) => {
    const script = "umask; touch masked; stat -c %a masked; rm masked";
    const seen = await observe(subject(), shellAttempt(subject(), script, { umask }));
    const mode = (0o666 & ~umask).toString(8);
    expect(seen.stdout.toString()).toBe(`${umask.toString(8).padStart(4, "0")}\n${mode}\n`);
  });

  it("names the shell in messages as a user knows it", async () => {
    const script = "no-such-command-here";
    for (const umask of [0o022, 0o077]) {
      const seen = await observe(subject(), shellAttempt(subject(), script, { umask }));
      expect(seen.stderr.toString()).toMatch(/^(ba)?sh: .*no-such-command-here.*not found/);
    }
  });

  it("runs in the workspace, and leaves what it wrote there", async () => {
    await writeFile(join(subject().workspace, "given"), "given\n");
    const seen = await observe(subject(), shellAttempt(subject(), "cat given > taken"));
    expect(seen.result.status).toBe("succeeded");
    expect(await readFile(join(subject().workspace, "taken"), "utf8")).toBe("given\n");
  });

  it("runs in a directory inside of the workspace", async () => {
    await mkdir(join(subject().workspace, "inner dir"), { recursive: true });
    await writeFile(join(subject().workspace, "inner dir", "here"), "");
    const seen = await observe(
      subject(),
      shellAttempt(subject(), 'basename "$PWD"; ls', { workdir: "inner dir" }),
    );
    expect(seen.stdout.toString()).toBe("inner dir\nhere\n");
  });

  it("fails where the directory is missing, and names it", async () => {
    const seen = await observe(subject(), shellAttempt(subject(), "true", { workdir: "no/such" }));
    expect(seen.result.status).toBe("failed");
    expect(seen.result.message).toContain("no/such");
  });
}
