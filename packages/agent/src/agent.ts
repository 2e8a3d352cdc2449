import { setMaxListeners } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { AgentServiceDefinition, agentServerOptions, withLargeWindows } from "@sloth/protocol";
import { createLocalTaskRunner } from "@sloth/runtime";
import { createServer } from "nice-grpc";
import { AgentError } from "./agent-error.js";
import { createAgentService } from "./session/agent-service.js";
import { AttemptRegistry } from "./session/attempt-registry.js";
import { SlotQueue } from "./slots/slot-queue.js";
import { softwareVersion } from "./software-version.js";
import { defaultStateDirectory, openStateDirectory } from "./state/state-directory.js";

export interface AgentOptions {
  /** TCP port on 127.0.0.1; 0 chooses a free one. Default 50051. */
  port?: number;
  /** How many attempts run at once. Default: the number of CPUs. */
  slots?: number;
  /** Where everything is kept that the agent writes. Default: `$XDG_STATE_HOME/sloth-agent`. */
  stateDirectory?: string;
  /** How much it keeps there between attempts, in bytes. Default 10 GiB. */
  capacityBytes?: number | undefined;
  /** Cap of the memory that Lua has for one task, in bytes. Default 512 MiB. */
  luaMemoryLimitBytes?: number | undefined;
  /** The longest time between TERM and KILL that a master may ask for, in milliseconds. Default 10 minutes. */
  longestGraceMs?: number | undefined;
}

/** A listening agent. */
export interface Agent {
  /** `127.0.0.1`: an agent without credentials listens nowhere else. */
  readonly host: string;
  readonly port: number;
  /**
   * Stops every attempt (TERM, grace, KILL), releases their trees, then stops listening. Calling it again
   * gives the same promise.
   */
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const LONGEST_GRACE_MS = 600_000;
const FLUSH_TIMEOUT_MS = 1000;
/** Lua workers that wait for the next attempt, about 11 MB each, started at the first one. */
const MOST_WARM_WORKERS = 4;

/**
 * Starts an agent in this process; resolves when it listens.
 * @throws {AgentError} PORT_IN_USE, PORT_FORBIDDEN, STATE_DIRECTORY
 */
export async function startAgent(options: AgentOptions = {}): Promise<Agent> {
  const state = await openStateDirectory(options.stateDirectory ?? defaultStateDirectory(), {
    capacityBytes: options.capacityBytes,
  });
  const shutdown = new AbortController();
  // Every session listens.
  setMaxListeners(0, shutdown.signal);
  const slots = new SlotQueue(options.slots ?? availableParallelism());
  const runner = createLocalTaskRunner({
    warmWorkers: Math.min(slots.slots, MOST_WARM_WORKERS),
    luaMemoryLimitBytes: options.luaMemoryLimitBytes,
  });
  const service = createAgentService(
    {
      runner,
      slots,
      trees: state.trees,
      registry: new AttemptRegistry(),
      longestGraceMs: options.longestGraceMs ?? LONGEST_GRACE_MS,
      shutdown: shutdown.signal,
    },
    softwareVersion,
  );
  const server = createServer(agentServerOptions);
  server.add(AgentServiceDefinition, service);

  async function stop(): Promise<void> {
    shutdown.abort();
    await service.idle();
    // The last frames are still on their way; a peer that does not read them is not waited for.
    await Promise.race([server.shutdown(), sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false })]);
    server.forceShutdown();
    await runner.close();
  }

  let stopped: Promise<void> | undefined;
  const port = await listen(server, options.port ?? 50051).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    host: HOST,
    port,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  try {
    return await withLargeWindows(() => server.listen(`${HOST}:${port}`));
  } catch (cause) {
    const message = (cause as Error).message;
    if (/EADDRINUSE/.test(message)) {
      throw new AgentError(
        "PORT_IN_USE",
        `Port ${port} is in use, perhaps by another agent. Stop it, or choose a port with --port.`,
        { cause },
      );
    }
    if (/EACCES/.test(message)) {
      throw new AgentError(
        "PORT_FORBIDDEN",
        `Port ${port} needs more rights than this user has. Choose one above 1023 with --port.`,
        { cause },
      );
    }
    throw cause;
  }
}
