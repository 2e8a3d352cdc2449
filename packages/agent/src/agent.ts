import { setMaxListeners } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { AgentServiceDefinition, type AgentTrust, agentServerOptions } from "@sloth/protocol";
import { createLocalTaskRunner, type TaskPolicy } from "@sloth/runtime";
import { createServer } from "nice-grpc";
import { createEnding } from "./ending.js";
import type { AgentEvent, AgentEventSink } from "./events/agent-event.js";
import { addStandardServices } from "./health/standard-services.js";
import { listen } from "./listen.js";
import type { AgentMetrics } from "./metrics/agent-metrics.js";
import type { StatusServer } from "./metrics/status-server.js";
import { createAgentService } from "./session/agent-service.js";
import { AttemptRegistry } from "./session/attempt-registry.js";
import type { Session } from "./session/session.js";
import { SlotQueue } from "./slots/slot-queue.js";
import { softwareVersion } from "./software-version.js";
import { defaultStateDirectory, openStateDirectory } from "./state/state-directory.js";
import { openTracing } from "./tracing/open-tracing.js";
import { announceLocally } from "./trust/announce-locally.js";
import type { AuthorityFiles } from "./trust/authority-files.js";
import { openGate } from "./trust/gate.js";

export interface AgentOptions {
  /** The address to listen on, as a name or a number. Default `127.0.0.1`. */
  host?: string | undefined;
  /** TCP port; 0 chooses a free one. Default 50051. */
  port?: number;
  /** Of one's own CA: callers show a certificate instead of the token. Default: the agent's own key and token. */
  authority?: AuthorityFiles | undefined;
  /** Plaintext, and everybody who reaches the port can run code as this user. Default false. */
  isInsecure?: boolean | undefined;
  /** What tasks can ask for, beside what the agent finds out by itself. Default: nothing. */
  labels?: Readonly<Record<string, string>> | undefined;
  /** How many attempts run at once. Default: the number of CPUs. */
  slots?: number | undefined;
  /** Where everything is kept that the agent writes. Default: `$XDG_STATE_HOME/sloth-agent`. */
  stateDirectory?: string | undefined;
  /** How much it keeps there between attempts, in bytes. Default 10 GiB. */
  capacityBytes?: number | undefined;
  /** How much of it may be of one caller. Default: all. Without an authority of one's own there is one caller. */
  callerCapacityBytes?: number | undefined;
  /** How many slots one caller has at once. Default: all. */
  callerSlots?: number | undefined;
  /** The most that the files of one task's workspace amount to, and those it changed, in bytes. Default: no limit. */
  workspaceLimitBytes?: number | undefined;
  /** Cap of the memory that Lua has for one task, in bytes. Default 512 MiB. */
  luaMemoryLimitBytes?: number | undefined;
  /** The longest time between TERM and KILL that a master may ask for, in milliseconds. Default 10 minutes. */
  longestGraceMs?: number | undefined;
  /** Names of variables that tasks inherit from this process. Default: all. */
  passEnvironment?: readonly string[] | undefined;
  /** What tasks may do here. Default: whatever this user may. */
  policy?: TaskPolicy | undefined;
  /** Told of all that happens. Default: nobody. */
  onEvent?: AgentEventSink | undefined;
  /** Port of the HTTP server for metrics and probes; 0 chooses a free one. Default: none is started. */
  metricsPort?: number | undefined;
  /** Where that listens. Default `127.0.0.1`. */
  metricsHost?: string | undefined;
}

/** A listening agent. */
export interface Agent {
  readonly host: string;
  readonly port: number;
  /** Of the metrics, if they are served. */
  readonly metricsPort?: number;
  /** What a master calls it with; a secret. Absent where callers show a certificate of their own. */
  readonly trust?: AgentTrust;
  /**
   * Takes nothing new, hands back what waits for a slot, and waits for what runs; then, or when the time is over, it
   * stops. Calling it again gives the same promise.
   */
  drain(timeoutMs: number): Promise<void>;
  /**
   * Stops every attempt (TERM, grace, KILL), releases their trees, then stops listening. Calling it again
   * gives the same promise.
   */
  stop(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
const LONGEST_GRACE_MS = 600_000;
const FLUSH_TIMEOUT_MS = 1000;
/** Lua workers that wait for the next attempt, about 11 MB each, started at the first one. */
const MOST_WARM_WORKERS = 4;

/**
 * Starts an agent in this process; resolves when it listens.
 * @throws {AgentError} PORT_IN_USE, PORT_FORBIDDEN, NO_SUCH_ADDRESS, STATE_DIRECTORY, TLS_FILES
 * @throws {CredentialError} NOT_PRIVATE, DAMAGED
 */
export async function startAgent(options: AgentOptions = {}): Promise<Agent> {
  const stateDirectory = options.stateDirectory ?? defaultStateDirectory();
  const state = await openStateDirectory(stateDirectory, options);
  const [draining, shutdown] = [new AbortController(), new AbortController()];
  // Every session listens.
  setMaxListeners(0, draining.signal, shutdown.signal);
  const sinks: AgentEventSink[] = options.onEvent ? [options.onEvent] : [];
  const emit = (event: AgentEvent) => {
    for (const take of sinks) take(event);
  };
  // Before anything that would have to be closed when it fails.
  const gate = await openGate({ ...options, stateDirectory, emit });
  const slots = new SlotQueue(options.slots ?? availableParallelism(), {
    mostPerCaller: options.callerSlots,
  });
  const runner = createLocalTaskRunner({
    warmWorkers: Math.min(slots.slots, MOST_WARM_WORKERS),
    luaMemoryLimitBytes: options.luaMemoryLimitBytes,
    environment: options.passEnvironment && pick(process.env, options.passEnvironment),
    policy: options.policy,
  });
  const isReady = () => !draining.signal.aborted && !shutdown.signal.aborted;
  const status = await openStatus(options, { slots, isReady });
  if (status) sinks.push(status.take);
  const tracing = await openTracing();
  if (tracing) sinks.push(tracing);
  const service = createAgentService(
    {
      runner,
      slots,
      trees: state.trees,
      registry: new AttemptRegistry<Session>(),
      workspaceLimitBytes: options.workspaceLimitBytes ?? Number.POSITIVE_INFINITY,
      longestGraceMs: options.longestGraceMs ?? LONGEST_GRACE_MS,
      draining: draining.signal,
      shutdown: shutdown.signal,
      emit,
    },
    { softwareVersion, callerOf: gate.callerOf, labels: options.labels ?? {} },
  );
  const server = createServer({ ...agentServerOptions, interceptors: gate.interceptors });
  server.add(AgentServiceDefinition, service);
  const health = addStandardServices(server);
  let withdraw = async () => {};
  const { drain, stop } = createEnding({
    stopTaking() {
      emit({ type: "draining", running: slots.inUse });
      health.stop();
      draining.abort();
    },
    abort: () => shutdown.abort(),
    idle: service.idle,
    async close() {
      // First, since another agent may have the port afterwards.
      await withdraw();
      // The last frames are still on their way; a peer that does not read them is not waited for.
      await Promise.race([server.shutdown(), sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false })]);
      server.forceShutdown();
      await status?.close();
      await runner.close();
      state.leave();
    },
  });
  const host = options.host ?? LOOPBACK;
  try {
    const port = await listen((address) => gate.listen(server, address), {
      host,
      port: options.port ?? 50051,
      option: "--port",
    });
    withdraw = await announceLocally({ host, port, emit }, gate.trust);
    return { host, port, trust: gate.trust, ...(status && { metricsPort: status.port }), drain, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    names.flatMap((name) => (name in environment ? [[name, environment[name]]] : [])),
  );
}

/** Only where somebody asks for them: the library takes time to load. */
async function openStatus(
  { metricsPort: port, metricsHost: host = LOOPBACK }: Pick<AgentOptions, "metricsPort" | "metricsHost">,
  { slots, isReady }: { slots: SlotQueue; isReady(): boolean },
): Promise<(StatusServer & Pick<AgentMetrics, "take">) | undefined> {
  if (port === undefined) return undefined;
  const { createAgentMetrics } = await import("./metrics/agent-metrics.js");
  const { startStatusServer } = await import("./metrics/status-server.js");
  const metrics = createAgentMetrics({ slots, softwareVersion, isReady });
  const server = await startStatusServer({ host, port, metrics, isReady });
  return { ...server, take: metrics.take };
}
