/** A task as a workflow has it. */
export interface TaskText {
  name: string;
  /** As Lua. */
  command: string;
  /** An address; absent: here. */
  agent?: string | undefined;
  after?: string | undefined;
}

export const SHELL_NO_OP = '"true"';
export const LUA_NO_OP = "function() return true end";

export function workflowText(tasks: readonly TaskText[], fields = ""): string {
  const lines = tasks.map(({ name, command, agent, after }) => {
    const where = agent === undefined ? "" : `, delegate_to = "${agent}"`;
    const order = after === undefined ? "" : `, depends_on = "${after}"`;
    return `{ name = "${name}", command = ${command}${where}${order} }`;
  });
  return `TaskDefinitions = { g = { ${fields} tasks = {\n${lines.join(",\n")}\n} } }\n`;
}

/** Independent tasks that do nothing, dealt out to agents; without agents they are here. */
export function independent(count: number, agents: readonly string[] = []): TaskText[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `t${index}`,
    command: SHELL_NO_OP,
    agent: agents[index % agents.length],
  }));
}

/** Each after the one before it. */
export function chained(tasks: readonly TaskText[]): TaskText[] {
  return tasks.map((task, index) => ({ ...task, after: tasks[index - 1]?.name }));
}
