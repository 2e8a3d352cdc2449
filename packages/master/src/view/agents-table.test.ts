import { describe, expect, it } from "vitest";
import type { SurveyedAgent } from "../survey/survey-agent.js";
import { describeAgents } from "./agents-table.js";

const ready: SurveyedAgent = {
  name: "build1",
  address: "build1.lan:50051",
  state: "ready",
  version: "1.2.3",
  slots: 4,
  running: 3,
  queued: 12,
  cachedBytes: 1_500_000,
  uptimeMs: 5,
  latencyMs: 0.42,
  labels: { zone: "eu", gpu: true },
};
const away: SurveyedAgent = {
  name: "h:1",
  address: "h:1",
  state: "unreachable",
  problem: "nobody",
  labels: {},
};

describe("a table of agents", () => {
  it("has a line for each, with what is known", () => {
    expect(describeAgents([ready, away], 120)).toEqual([
      "NAME    ADDRESS           STATE        VERSION  SLOTS  QUEUED  CACHED  LATENCY  LABELS",
      "build1  build1.lan:50051  ready        1.2.3    3/4    12      1.5 MB  0.4 ms   zone=eu,gpu",
      "h:1     =                 unreachable  -        -      -       -       -        -",
    ]);
  });

  it("fits in 80 columns, labels in lines of their own", () => {
    const long = {
      ...ready,
      name: "a-name-of-some-length",
      address: "a-host-of-some-length.example.org:50051",
      labels: { text: "x".repeat(90) },
    };
    const lines = describeAgents([long, away], 80);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^a-name-… {2}a-host-of-some-… {2}ready /);
    expect(lines[2]).toMatch(/^ {2}text=x+…$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("shows nothing that acts in a terminal", () => {
    const hostile = { ...ready, version: "\u001b[2J", labels: { hostname: "a\nb" } };
    expect(describeAgents([hostile], 200).join("")).not.toMatch(/\p{Cc}/u);
  });
});
