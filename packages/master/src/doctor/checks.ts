import { agentCheck } from "./agent.js";
import { certificateCheck, ownCertificateCheck } from "./agent-certificate.js";
import { clockCheck } from "./agent-clock.js";
import { agentPort } from "./agent-port.js";
import type { Check } from "./check.js";
import type { DoctorContext } from "./doctor-context.js";
import { agentDisk, temporaryDisk, workingDisk } from "./free-disk.js";
import { nodeVersion } from "./node-version.js";
import { openFiles } from "./open-files.js";
import { workflow } from "./workflow.js";
import { workspaceChecks } from "./workspace-size.js";

/** All checks that there are to make, in the order of their report. A new one is added here. */
export function checksOf(context: DoctorContext): Check[] {
  return [
    nodeVersion,
    openFiles,
    workingDisk,
    temporaryDisk,
    agentDisk,
    agentPort,
    workflow,
    ...workspaceChecks(context),
    ...(context.ownCertificate === undefined ? [] : [ownCertificateCheck(context.ownCertificate)]),
    ...context.agents.flatMap((target) => [agentCheck(target), certificateCheck(target), clockCheck(target)]),
  ];
}
