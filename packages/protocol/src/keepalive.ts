import type { ChannelOptions } from "@grpc/grpc-js";

/**
 * Pings on both ends. Off by default in gRPC, and then a call into a black hole never fails; with these
 * a dead peer is noticed within ten seconds.
 */
export const keepaliveOptions: ChannelOptions = {
  "grpc.keepalive_time_ms": 5000,
  "grpc.keepalive_timeout_ms": 5000,
  "grpc.keepalive_permit_without_calls": 1,
};
