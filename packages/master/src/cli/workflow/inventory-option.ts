/** `--agents` of every command that needs to know agents by name. */
export const inventoryOption = {
  type: "string",
  isFile: true,
  describe: "Inventory: a YAML file of named agents  [default: agents.yaml, searched for]",
} as const;
