import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { ShownCertificate } from "@sloth/protocol";
import { checksOf } from "../../doctor/checks.js";
import type { DoctorContext } from "../../doctor/doctor-context.js";
import { reportOf } from "../../doctor/doctor-report.js";
import { type CheckResult, runChecks } from "../../doctor/run-checks.js";
import { type AgentTarget, formatAddress } from "../../inventory/inventory.js";
import type { RunPlan } from "../../plan/plan-run.js";
import type { TypedTrust } from "../../trust/find-trust.js";
import { describeCheck, describeHealth } from "../../view/doctor-view.js";
import { openAgentPool } from "../agents/open-agent-pool.js";
import { openTrust } from "../agents/open-trust.js";
import { EXIT, exitCodeOfSignal } from "../exit-code.js";
import { type Output, openOutput, printLines } from "../output.js";
import { onStopSignal } from "../stop-signal.js";
import { examineWorkflow } from "../validate/examine-workflow.js";
import { openInventory } from "../workflow/open-inventory.js";
import { findWorkflowDirectory } from "../workflow/workflow-directory.js";
import type { DoctorArguments } from "./doctor-options.js";

const CERTIFICATE_TIMEOUT_MS = 10_000;

/** Looks for what would keep a run from succeeding, and says what mends it; gives the exit code. */
export async function doctorCommand(args: DoctorArguments, output: Output = openOutput()): Promise<number> {
  const stop = onStopSignal({ action: "leaving" });
  const { context, close } = await openContext(args);
  const results: CheckResult[] = [];
  try {
    for await (const result of runChecks(checksOf(context), { context, signal: stop.signal })) {
      results.push(result);
      if (!args.json) await printLines(output, describeCheck(result));
    }
  } finally {
    close();
    stop.forget();
  }
  const report = reportOf(results);
  await printLines(output, [args.json ? JSON.stringify(report) : describeHealth(report)]);
  if (stop.received) return exitCodeOfSignal(stop.received);
  return report.healthy ? EXIT.succeeded : EXIT.taskFailed;
}

async function openContext({ workflow: named, agents, port, trust }: DoctorArguments) {
  const inventory = await openInventory(agents);
  const workflow = named && (await examineWorkflow(named, inventory));
  const typed = await openTrust(trust);
  const pool = openPool(typed);
  const context: DoctorContext = {
    directory: await findWorkflowDirectory(named ? { file: named.file } : {}),
    temporaryDirectory: tmpdir(),
    agentStateDirectory: join(
      process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"),
      "sloth-agent",
    ),
    agentPort: port,
    ...(workflow && { workflow }),
    agents: eachOnce([...targetsOf(workflow?.plan), ...inventory.entries.map(({ target }) => target)]),
    ...(typed.authority && { ownCertificate: typed.authority.certificate }),
    shownCertificate,
    connect: pool.connect,
  };
  return { context, close: pool.close };
}

function targetsOf(plan: RunPlan | undefined): AgentTarget[] {
  return (
    plan?.groups.flatMap(({ tasks }) =>
      tasks.flatMap(({ selection }) => selection?.candidates.map(({ target }) => target) ?? []),
    ) ?? []
  );
}

function eachOnce(targets: readonly AgentTarget[]): AgentTarget[] {
  const byAddress = new Map<string, AgentTarget>();
  for (const target of targets) {
    const address = formatAddress(target.host, target.port);
    if (!byAddress.has(address)) byAddress.set(address, target);
  }
  return [...byAddress.values()];
}

async function shownCertificate(target: AgentTarget): Promise<ShownCertificate> {
  const { askCertificate } = await import("@sloth/protocol");
  return askCertificate(target, { timeoutMs: CERTIFICATE_TIMEOUT_MS });
}

/** Opened when the first one is asked. */
function openPool(trust: TypedTrust) {
  let opening: ReturnType<typeof openAgentPool> | undefined;
  return {
    async connect(target: AgentTarget) {
      opening ??= openAgentPool(trust);
      return (await opening).connect(target);
    },
    close: () => void opening?.then((pool) => pool.close()),
  };
}
