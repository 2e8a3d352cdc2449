/** The sloth master as a library: plans a workflow and runs it through task runners here and on agents. Runs no task by itself. */

export type { ArtifactStore } from "./artifacts/artifact-store.js";
export { openArtifactStore } from "./artifacts/artifact-store.js";
export type { Validation, ValidationDiagnostic } from "./cli/validate/validation.js";
export { AgentPool } from "./dispatch/agent-pool.js";
export type { RemoteTaskRunnerOptions } from "./dispatch/remote-task-runner.js";
export { createRemoteTaskRunner, Workspaces } from "./dispatch/remote-task-runner.js";
export type { Finding, Outcome } from "./doctor/check.js";
export type { DoctorReport } from "./doctor/doctor-report.js";
export type { CheckResult } from "./doctor/run-checks.js";
export type {
  GroupInfo,
  RunEvent,
  RunEventSink,
  RunHappening,
  RunInfo,
  RunSummary,
  TaskInfo,
  WhySkipped,
} from "./events/run-event.js";
export type { GraphGroup, GraphTask, WorkflowGraph } from "./graph/workflow-graph.js";
export type { AgentTarget, Inventory } from "./inventory/inventory.js";
export { emptyInventory } from "./inventory/make-inventory.js";
export { readInventory } from "./inventory/read-inventory.js";
export type { MasterErrorCode } from "./master-error.js";
export { MasterError } from "./master-error.js";
export type { PlannedGroup, PlannedTask, PlanOptions, RunPlan } from "./plan/plan-run.js";
export { planRun } from "./plan/plan-run.js";
export type { GroupContext } from "./schedule/run-group.js";
export type { RunContext } from "./schedule/run-workflow.js";
export { runWorkflow } from "./schedule/run-workflow.js";
