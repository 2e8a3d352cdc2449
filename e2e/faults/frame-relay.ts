/**
 * A gRPC relay on loopback before an agent that listens without TLS: it hands on messages as bytes, whatever they say, and
 * breaks the first stream of an attempt at the boundary between two of them.
 */
import {
  Client,
  credentials,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  status,
} from "@grpc/grpc-js";
import { onTestFinished } from "vitest";

/** Seen from the master. */
export interface Break {
  direction: "sent" | "received";
  /** The stream breaks when so many messages have been handed on. */
  afterMessages: number;
}

export interface FrameRelay {
  address: string;
  readonly hasBroken: boolean;
  /** Streams of attempts that were opened. */
  readonly streams: number;
}

const same = (bytes: Buffer) => bytes;
const method = (path: string, requestStream: boolean, responseStream: boolean) =>
  ({
    ...{ path, requestStream, responseStream },
    ...{
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  }) satisfies MethodDefinition<Buffer, Buffer>;

const service = "/sloth.v1.AgentService";
const methods = {
  hello: method(`${service}/Hello`, false, false),
  status: method(`${service}/Status`, false, false),
  execute: method(`${service}/Execute`, true, true),
  upload: method(`${service}/Upload`, true, false),
  download: method(`${service}/Download`, false, true),
};

/** Stands before an agent until the test has finished. */
export async function startFrameRelay(agentPort: number, where: Break): Promise<FrameRelay> {
  const agent = new Client(`127.0.0.1:${agentPort}`, credentials.createInsecure());
  let streams = 0;
  let hasBroken = false;
  const unary =
    ({ path }: MethodDefinition<Buffer, Buffer>): handleUnaryCall<Buffer, Buffer> =>
    ({ request, metadata }, answer) =>
      void agent.makeUnaryRequest(path, same, same, request, metadata, answer);
  const execute: handleBidiStreamingCall<Buffer, Buffer> = (master) => {
    streams += 1;
    const isFirst = streams === 1;
    const onBreak = () => {
      hasBroken = true;
    };
    relayExecute(master, agent, isFirst ? { ...where, onBreak } : undefined);
  };
  const upload: handleClientStreamingCall<Buffer, Buffer> = (master, answer) => {
    const call = agent.makeClientStreamRequest(methods.upload.path, same, same, master.metadata, answer);
    master.on("data", (message: Buffer) => call.write(message)).on("end", () => call.end());
  };
  const download: handleServerStreamingCall<Buffer, Buffer> = (master) => {
    const { request, metadata } = master;
    const call = agent.makeServerStreamRequest(methods.download.path, same, same, request, metadata);
    call.on("data", (message: Buffer) => master.write(message)).on("end", () => master.end());
    call.on("error", (error) => master.emit("error", error));
  };
  const server = new Server();
  server.addService(methods, {
    hello: unary(methods.hello),
    status: unary(methods.status),
    ...{ execute, upload, download },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  onTestFinished(() => {
    server.forceShutdown();
    agent.close();
  });
  return {
    address: `127.0.0.1:${port}`,
    get hasBroken() {
      return hasBroken;
    },
    get streams() {
      return streams;
    },
  };
}

function relayExecute(
  master: ServerDuplexStream<Buffer, Buffer>,
  agent: Client,
  breaking: (Break & { onBreak(): void }) | undefined,
): void {
  const call = agent.makeBidiStreamRequest(methods.execute.path, same, same, master.metadata);
  const handedOn = { sent: 0, received: 0 };
  let isOver = false;
  const count = (direction: Break["direction"]) => {
    handedOn[direction] += 1;
    if (breaking?.direction !== direction || handedOn[direction] < breaking.afterMessages) return;
    isOver = true;
    breaking.onBreak();
    call.cancel();
    master.emit("error", { code: status.UNAVAILABLE, details: "broken by the relay" });
  };
  master.on("data", (message: Buffer) => {
    if (isOver) return;
    call.write(message);
    count("sent");
  });
  call.on("data", (message: Buffer) => {
    if (isOver) return;
    master.write(message);
    count("received");
  });
  master.on("end", () => call.end());
  master.on("cancelled", () => call.cancel());
  call.on("end", () => isOver || master.end());
  call.on("error", (error) => isOver || master.emit("error", error));
}
