import type { ChannelOptions } from "@grpc/grpc-js";
import { WIRE_LIMITS } from "./limits.js";

/** How an agent's gRPC server is set up; for `createServer` of nice-grpc. */
export const agentServerOptions: ChannelOptions = {
  "grpc.max_receive_message_length": WIRE_LIMITS.messageBytes,
  "grpc.max_concurrent_streams": 1024,
};
