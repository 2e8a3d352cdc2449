import { countOf } from "../view/count-of.js";
import type { Check } from "./check.js";

/** Whether the workflow can be run as far as its text shows. */
export const workflow: Check = {
  name: "workflow",
  async run({ workflow: examined }) {
    if (!examined)
      return { outcome: "skipped", message: "name one, and it is checked with its agents: -f FILE" };
    const { file, plan, problem, mend } = examined;
    if (!plan) {
      const message = problem ?? `${file} cannot be planned`;
      return { outcome: "failed", message, ...(mend !== undefined && { mend }) };
    }
    const tasks = plan.groups.reduce((sum, group) => sum + group.tasks.length, 0);
    const count = `${countOf(plan.groups.length, "group")}, ${countOf(tasks, "task")}`;
    return { outcome: "ok", message: `${file} is valid: ${count}` };
  },
};
