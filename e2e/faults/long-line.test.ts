import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { writeWorkflow } from "../support/workflow-file.js";
import { logIn, numbersUpTo } from "./counting.js";
import { startFarAgent } from "./far-agent.js";
import { whyNoWire } from "./wire.js";

const reason = whyNoWire();
/** By which packets are lost. */
const SEEDS = Array.from({ length: Number(process.env.SLOTH_LOSS_RUNS ?? 1) }, (_, index) => index + 1);

/** A directory with a workflow of one task. */
function workflow(address: string, command: string) {
  const directory = temporaryDirectory();
  const file = writeWorkflow(
    directory,
    `TaskDefinitions = { g = { tasks = { { name = "t", delegate_to = "${address}", command = [[${command}]] } } } }`,
  );
  return { directory, file };
}

/** Bytes that cannot be compressed, and the sum that tells whether they are the same elsewhere. */
function writeRandom(directory: string, name: string, sizeBytes: number): void {
  execFileSync(
    "sh",
    ["-c", `head -c ${sizeBytes} /dev/urandom > "$1" && sha256sum "$1" > "$1.sum"`, "sh", name],
    {
      cwd: directory,
    },
  );
}

/** The largest of some measures, or the first that is enough: what else a machine does makes them smaller only. */
async function bestOf(times: number, measure: () => Promise<number>, enough: number): Promise<number> {
  let best = 0;
  for (let time = 0; time < times && best <= enough; time++) best = Math.max(best, await measure());
  return best;
}

describe.skipIf(reason !== undefined)(`a line${reason === undefined ? "" : ` (${reason})`}`, () => {
  it("that is slow is no dead one: contents arrive in both directions", async () => {
    const { address, wire, startSloth } = await startFarAgent();
    await wire.set({ bytesPerSecond: 300_000, oneWayDelayMs: 20 });
    const there = workflow(address, "sha256sum --check --quiet sent.sum");
    writeRandom(there.directory, "sent", 3_500_000);
    const back = workflow(address, "head -c 3500000 /dev/urandom > made; sha256sum made > made.sum");

    const runs = await Promise.all(
      [there, back].map(({ file }) => startSloth(`run -f '${file}' --timeout 60s`).ended),
    );

    for (const { code, stderr } of runs) expect(code, stderr).toBe(0);
    execFileSync("sha256sum", ["--check", "--quiet", "made.sum"], { cwd: back.directory });
  });

  it("of 200 ms round trip carries at least 5 MB/s of files there, and back, and more than 1 MB/s of output", async () => {
    const { address, wire, startSloth } = await startFarAgent();
    await wire.set({ oneWayDelayMs: 100 });
    const msOf = async ({ sent, made, printed }: Record<"sent" | "made" | "printed", number>) => {
      const { directory, file } = workflow(
        address,
        `sha256sum --check --quiet sent.sum && head -c ${made} /dev/urandom > made && seq -f '%099.0f' ${printed / 100}`,
      );
      writeRandom(directory, "sent", sent);
      const beganMs = performance.now();
      const { code, stderr } = await startSloth(`run -f '${file}' --output quiet`).ended;
      expect(code, stderr).toBe(0);
      return performance.now() - beganMs;
    };
    // What a run costs besides is in it, and how a connection gets up to speed.
    const little = { sent: 2_000_000, made: 2_000_000, printed: 1_000_000 };
    const littleMs = Math.min(await msOf(little), await msOf(little));
    const speed = async (more: Partial<typeof little>, kilobytesMore: number) =>
      kilobytesMore / ((await msOf({ ...little, ...more })) - littleMs);
    const there = await bestOf(3, () => speed({ sent: 22_000_000 }, 20_000), 5);
    const back = await bestOf(3, () => speed({ made: 22_000_000 }, 20_000), 5);
    const output = await bestOf(3, () => speed({ printed: 9_000_000 }, 8_000), 1);

    const figures = [there, back, output].map((figure) => figure.toFixed(1));
    process.stdout.write(`MB/s at 200 ms round trip: files there, back, and output ${figures.join(", ")}\n`);
    expect(there).toBeGreaterThan(5);
    expect(back).toBeGreaterThan(5);
    expect(output).toBeGreaterThan(1);
  });

  it.each(SEEDS)(
    "that loses one packet in a hundred (seed %i) changes no byte of files or output",
    async (seed) => {
      const { address, wire, startSloth, leftovers } = await startFarAgent();
      await wire.set({ oneWayDelayMs: 10, lossShare: 0.01, seed });
      const { directory, file } = workflow(
        address,
        "sha256sum --check --quiet sent.sum && head -c 4000000 /dev/urandom > made && sha256sum made > made.sum && seq 200000",
      );
      writeRandom(directory, "sent", 4_000_000);

      const { code, stderr } = await startSloth(`run -f '${file}' --output quiet`).ended;

      expect(code, stderr).toBe(0);
      execFileSync("sha256sum", ["--check", "--quiet", "made.sum"], { cwd: directory });
      expect(logIn(directory)).toBe(numbersUpTo(200_000));
      await expect.poll(leftovers).toEqual([]);
      const { toAgent, toMaster } = await wire.traffic();
      expect(Math.min(toAgent.lostPackets, toMaster.lostPackets)).toBeGreaterThan(10);
    },
  );
});
