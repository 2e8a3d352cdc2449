import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { shellAttempt } from "./attempts.js";
import { observe, observeCancelled } from "./observe.js";
import type { ContractSubject } from "./subject.js";

export function describeOutput(subject: () => ContractSubject): void {
  it("says that the command starts, streams its output, and ends with its result", async () => {
    const seen = await observe(subject(), shellAttempt(subject(), "echo out; echo err >&2"));
    const common = seen.types.filter((type) => type !== "queued" && type !== "stage");
    expect(common).toEqual(["started", "output", "result"]);
    expect(seen.stdout.toString()).toBe("out\n");
    expect(seen.stderr.toString()).toBe("err\n");
    expect(seen.result).toMatchObject({ status: "succeeded", exitCode: 0 });
  });

  it("shows output while the command still runs", async () => {
    const seen = await observeCancelled(subject(), shellAttempt(subject(), "echo first; exec sleep 300"));
    expect(seen.stdout.toString()).toBe("first\n");
    expect(seen.result.status).toBe("cancelled");
  });

  it("keeps every byte as it is", async () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const escapes = Array.from(everyByte, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    const seen = await observe(
      subject(),
      shellAttempt(subject(), `printf '${escapes}'; printf '${escapes}' >&2`),
    );
    expect(seen.stdout.equals(everyByte)).toBe(true);
    expect(seen.stderr.equals(everyByte)).toBe(true);
  });

  it("keeps the order within each stream", async () => {
    const script = 'for i in $(seq 2000); do echo "$i"; echo "$i" >&2; done';
    const seen = await observe(subject(), shellAttempt(subject(), script));
    const lines = `${Array.from({ length: 2000 }, (_, index) => index + 1).join("\n")}\n`;
    expect(seen.stdout.toString()).toBe(lines);
    expect(seen.stderr.toString()).toBe(lines);
  });

  it("gives a slow consumer all of a large output", async () => {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    let events = 0;
    const attempt = shellAttempt(subject(), "seq 1 2700000");
    for await (const event of subject().runner.run(attempt, { signal: new AbortController().signal })) {
      if (event.type !== "output") continue;
      hash.update(event.bytes);
      sizeBytes += event.bytes.length;
      // That it is slow is the point: nothing is waited for.
      if (++events % 8 === 0) await sleep(1);
    }
    const expected = createHash("sha256");
    for (let line = 1; line <= 2_700_000; line += 1000) {
      expected.update(Array.from({ length: 1000 }, (_, index) => `${line + index}\n`).join(""));
    }
    expect(sizeBytes).toBeGreaterThan(20_000_000);
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
  });

  it("has streams that can be opened by name", async () => {
    const seen = await observe(subject(), shellAttempt(subject(), "echo x | tee /dev/stderr"));
    expect([seen.stdout.toString(), seen.stderr.toString()]).toEqual(["x\n", "x\n"]);
    expect(seen.result.status).toBe("succeeded");
  });

  it("waits for output that comes through a process which ends after the shell", async () => {
    const seen = await observe(
      subject(),
      shellAttempt(
        subject(),
        'exec > >(while read -r line; do sleep 0.2; echo "through $line"; done); echo x',
      ),
    );
    expect(seen.stdout.toString()).toBe("through x\n");
  });
}
