import { afterAll, beforeAll, describe } from "vitest";
import { describeDataAndNet } from "./data-and-net.js";
import { describeEndings } from "./endings.js";
import { describeHooks } from "./hooks.js";
import { describeLuaCommands } from "./lua-commands.js";
import { describeLuaLibrary } from "./lua-library.js";
import { describeOutput } from "./output.js";
import { describeParallel } from "./parallel.js";
import { describeProcessTrees } from "./process-trees.js";
import type { ContractSubject } from "./subject.js";
import { describeSurroundings } from "./surroundings.js";

export type { ContractSubject } from "./subject.js";

/**
 * What every `TaskRunner` does, wherever the task runs. `setup` is called once. The processes of the tasks
 * must be visible from here: the suite looks whether they have ended.
 */
export function describeTaskRunnerContract(name: string, setup: () => Promise<ContractSubject>): void {
  describe(name, () => {
    let subject: ContractSubject;
    beforeAll(async () => {
      subject = await setup();
    });
    afterAll(() => subject?.close());
    const current = () => subject;

    describe("output", () => describeOutput(current));
    describe("surroundings", () => describeSurroundings(current));
    describe("endings", () => describeEndings(current));
    describe("process trees", () => describeProcessTrees(current));
    describe("Lua commands", () => describeLuaCommands(current));
    describe("Lua library", () => describeLuaLibrary(current));
    describe("parallel", () => describeParallel(current));
    describe("data and net", () => describeDataAndNet(current));
    describe("hooks", () => describeHooks(current));
  });
}
