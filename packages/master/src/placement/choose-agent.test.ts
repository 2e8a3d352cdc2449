import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseAgent, type PlacedCandidate } from "./choose-agent.js";

const agent = (fields: Partial<PlacedCandidate> = {}): PlacedCandidate => ({
  state: "ready",
  slots: 2,
  here: 0,
  others: 0,
  holdsWorkspace: false,
  failures: 0,
  ...fields,
});

const away = agent({ state: "away" });
const unknown = agent({ state: "unknown" });
const full = agent({ here: 2 });
const failed = agent({ failures: 1 });
const holder = agent({ holdsWorkspace: true });

describe("the agent of the next attempt", () => {
  it.each<[string, PlacedCandidate[], number | "wait" | "none"]>([
    ["is the first of equals", [agent(), agent()], 0],
    ["is the one with the most free slots", [agent({ here: 1 }), agent(), agent({ here: 1 })], 1],
    ["is a larger one, though another holds the workspace", [holder, agent({ slots: 3 })], 1],
    ["is of equals the one that holds the workspace", [agent(), holder], 1],
    ["is not one that others use, if there is another", [agent({ others: 1 }), agent()], 1],
    ["is one that others use, if there is no other", [agent({ others: 9 }), full], 0],
    ["is none that is full", [full, agent({ here: 1 })], 1],
    ["is none on which the task has failed", [failed, agent({ here: 1 })], 1],
    ["is waited for where those without a failure are full", [failed, full], "wait"],
    ["is waited for where those without a failure have not answered", [failed, unknown], "wait"],
    ["is one with a failure where no other can be reached", [failed, away], 0],
    ["is the one with the fewest failures where all have some", [agent({ failures: 2 }), failed], 1],
    ["is waited for while all are full", [full, full], "wait"],
    ["does not wait for those that have not answered", [unknown, agent()], 1],
    ["is nobody where none can be reached", [away, away], "none"],
    ["is nobody of nobody", [], "none"],
  ])("%s", (_, candidates, expected) => {
    const choice = chooseAgent({ candidates, atSelection: 0 });
    expect(choice).toEqual(
      typeof expected === "number" ? { kind: "go", index: expected } : { kind: expected },
    );
  });

  it.each([
    [0, 1, "go"],
    [1, 1, "wait"],
    [1, 2, "go"],
    [3, 2, "wait"],
    [9, undefined, "go"],
  ])("with %d at what was asked for of at most %s: %s", (atSelection, max, kind) => {
    expect(chooseAgent({ candidates: [agent()], atSelection, max })).toMatchObject({ kind });
  });
});

const candidates = fc.array(
  fc.record<PlacedCandidate>({
    state: fc.constantFrom("ready", "unknown", "away"),
    slots: fc.nat(4),
    here: fc.nat(4),
    others: fc.nat(4),
    holdsWorkspace: fc.boolean(),
    failures: fc.nat(2),
  }),
  { maxLength: 6 },
);

describe("whatever the agents are", () => {
  it("a chosen one is ready, has room, and no other that is left has fewer failures", () => {
    fc.assert(
      fc.property(
        candidates,
        fc.nat(3),
        fc.option(fc.integer({ min: 1, max: 3 })),
        (all, atSelection, max) => {
          const choice = chooseAgent({ candidates: all, atSelection, max: max ?? undefined });
          if (choice.kind !== "go") return;
          const chosen = all[choice.index];
          expect(chosen?.state).toBe("ready");
          expect(chosen?.here).toBeLessThan(chosen?.slots ?? 0);
          expect(max === null || atSelection < max).toBe(true);
          for (const other of all)
            if (other.state !== "away") expect(chosen?.failures).toBeLessThanOrEqual(other.failures);
        },
      ),
    );
  });

  it("it is given up only when none can be reached", () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const isNone = chooseAgent({ candidates: all, atSelection: 0 }).kind === "none";
        expect(isNone).toBe(all.every(({ state }) => state === "away"));
      }),
    );
  });
});
