/** What a workflow is called that is found without being named, the first one first. */
export const WORKFLOW_NAMES = ["sloth.lua", "pipeline.lua", "workflow.lua"] as const;

/** What an inventory is called. */
export const INVENTORY_NAME = "agents.yaml";

/** What settings are called. */
export const SETTINGS_NAME = "sloth.yaml";
