import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Rooms } from "./rooms.js";

describe("rooms", () => {
  it("are full at the limit of the place, or of all places together", () => {
    const rooms = new Rooms((place) => (place === "small" ? 1 : 5), 3);
    rooms.enter("small");
    expect([rooms.hasRoom("small"), rooms.hasRoom("large")]).toEqual([false, true]);
    rooms.enter("large");
    rooms.enter("large");
    expect(rooms.hasRoom("large")).toBe(false);
    rooms.leave("small");
    expect([rooms.hasRoom("small"), rooms.hasRoom("large")]).toEqual([true, true]);
  });

  it("let those that wait in first, in their order", async () => {
    const rooms = new Rooms(() => 1);
    const entered: string[] = [];
    rooms.enter("");
    void rooms.wait("").then(() => entered.push("first"));
    void rooms.wait("").then(() => entered.push("second"));
    rooms.leave("");
    await setImmediate();
    expect(entered).toEqual(["first"]);
    expect(rooms.hasRoom("")).toBe(false);
    rooms.leave("");
    await setImmediate();
    expect(entered).toEqual(["first", "second"]);
    rooms.leave("");
    expect(rooms.hasRoom("")).toBe(true);
  });
});
