import { expect, it } from "vitest";
import { shellAttempt } from "./attempts.js";
import { observe, observeCancelled } from "./observe.js";
import type { ContractSubject } from "./subject.js";

export function describeEndings(subject: () => ContractSubject): void {
  it.each([1, 3, 255])("fails with the exit code %d", async (exitCode) => {
    const { result } = await observe(subject(), shellAttempt(subject(), `exit ${exitCode}`));
    expect(result).toMatchObject({ status: "failed", exitCode });
    expect(result.message).toContain(String(exitCode));
  });

  it("fails with the signal that ended it", async () => {
    const { result } = await observe(subject(), shellAttempt(subject(), "kill -KILL $$"));
    expect(result).toMatchObject({ status: "failed", signal: "SIGKILL" });
    expect(result.exitCode).toBeUndefined();
    expect(result.message).toContain("SIGKILL");
  });

  it("fails with 127 where the command is missing", async () => {
    const { result } = await observe(subject(), shellAttempt(subject(), "no-such-command-here"));
    expect(result).toMatchObject({ status: "failed", exitCode: 127 });
  });

  it("is ended by its time limit", async () => {
    const attempt = shellAttempt(subject(), "sleep 300", { timeoutMs: 300 });
    const { result } = await observe(subject(), attempt);
    expect(result.status).toBe("timed-out");
    expect(result.message).toContain("300ms");
  });

  it("may tidy up when its time limit asks it to end, and has timed out all the same", async () => {
    const script = 'trap "echo tidy; exit 0" TERM; echo ready; while :; do sleep 0.05; done';
    const attempt = shellAttempt(subject(), script, { timeoutMs: 1000, graceMs: 10_000 });
    const { result, stdout } = await observe(subject(), attempt);
    expect(result.status).toBe("timed-out");
    expect(stdout.toString()).toBe("ready\ntidy\n");
  });

  it("is cancelled by the signal", async () => {
    const seen = await observeCancelled(subject(), shellAttempt(subject(), "echo ready; sleep 300"));
    expect(seen.result.status).toBe("cancelled");
    expect(seen.types.at(-1)).toBe("result");
  });

  it("is not started when the signal is aborted already", async () => {
    const seen = await observe(subject(), shellAttempt(subject(), "echo started"), {
      signal: AbortSignal.abort(),
    });
    expect(seen.result.status).toBe("cancelled");
    expect(seen.stdout.toString()).toBe("");
  });

  it("runs several attempts at the same time", async () => {
    const seen = await Promise.all(
      [1, 2, 3, 4].map((exitCode) =>
        observe(subject(), shellAttempt(subject(), `echo ${exitCode}; exit ${exitCode}`)),
      ),
    );
    expect(seen.map(({ result }) => result.exitCode)).toEqual([1, 2, 3, 4]);
    expect(seen.map(({ stdout }) => stdout.toString())).toEqual(["1\n", "2\n", "3\n", "4\n"]);
  });
}
