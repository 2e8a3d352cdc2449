import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runsDirectory } from "./run-store.js";
import { openTickets, readTickets, type Ticket } from "./tickets.js";

const RUN = "01M8QXMR6Q5E7JTW3QJJHJD9SP";

function ticketOf(attempt: number): Ticket {
  return {
    ...{ group: "g", task: "t", attempt, key: String(attempt).padStart(32, "0") },
    agent: { label: "a", host: "127.0.0.1", port: 50051 },
    ...{ instanceId: "i", root: "/w", base: "0".repeat(64) },
  };
}

it("keeps the ticket of an attempt that has begun before the retry was recorded that led to it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sloth-tickets-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const tickets = openTickets(directory, RUN);
  for (const attempt of [1, 2]) await tickets.write(ticketOf(attempt), Buffer.from("base"));
  await tickets.forget({ group: "g", name: "t" }, 1);
  const left = await readTickets(join(runsDirectory(directory), RUN));
  expect(left.map(({ attempt }) => attempt)).toEqual([2]);
  await tickets.forget({ group: "g", name: "t" }, 2);
  expect(await readTickets(join(runsDirectory(directory), RUN))).toEqual([]);
});
