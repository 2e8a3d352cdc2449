/** The command line of the agent: parses, starts, stops on a signal, maps errors to exit codes. */
import { AgentError } from "./agent-error.js";
import { type CliOptions, parseCommandLine } from "./cli/command-line.js";

// Whoever read what it says may go away; the agent and its tasks live on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const EXIT = { cannotStart: 1, usage: 2 };

function complain(line: string): void {
  process.stderr.write(`sloth-agent: ${line}\n`);
}

async function serve({ logFormat, drainMs, ...options }: CliOptions): Promise<void> {
  const { startAgent } = await import("./agent.js");
  const { openAgentLog } = await import("./log/agent-log.js");
  const { hostAndPort, quietGrpc } = await import("@sloth/protocol");
  quietGrpc();
  const log = await openAgentLog(logFormat);
  const agent = await startAgent({ ...options, onEvent: log.take });
  let stopping = false;
  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (stopping) process.exit(signal === "SIGINT" ? 130 : 143);
    stopping = true;
    log.info(`stopping (${signal})`);
    await (signal === "SIGTERM" ? agent.drain(drainMs) : agent.stop());
    process.exit(0);
  }
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // Also under nohup, whose wish Node takes back when it starts.
  process.on("SIGHUP", stop);
  const { metricsPort } = agent;
  if (metricsPort !== undefined)
    log.info(`metrics on http://${hostAndPort(options.metricsHost ?? "127.0.0.1", metricsPort)}/metrics`);
  if (options.isInsecure)
    log.warn("--insecure: no TLS and no token. Whoever reaches this port can run programs as this user.");
  log.info(`listening on ${hostAndPort(agent.host, agent.port)}`);
}

async function main(): Promise<void> {
  if (process.platform === "win32") {
    complain("Windows is not supported. Run it in WSL2.");
    process.exit(EXIT.cannotStart);
  }
  const options = await parseCommandLine(process.argv.slice(2));
  if (options.kind === "usage-error") {
    complain(options.message);
    process.exit(EXIT.usage);
  }
  if (options.kind === "init") await (await import("./cli/init-command.js")).init(options.options);
  if (options.kind === "serve") await serve(options.options);
}

void main().catch((error: unknown) => {
  const isExplained = error instanceof AgentError || (error as Error)?.name === "CredentialError";
  complain(isExplained ? (error as Error).message : String((error as Error)?.stack ?? error));
  process.exit(EXIT.cannotStart);
});
