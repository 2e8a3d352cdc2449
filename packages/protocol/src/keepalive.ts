import type { ChannelOptions } from "@grpc/grpc-js";

/**
 * Pings on both ends. Off by default in gRPC, and then a call into a black hole never fails; with these a dead peer is
 * noticed within 8.5 seconds. Most of that is patience: on a machine that has more to do than it can, a live peer needs
 * seconds for an answer.
 */
export const keepaliveOptions: ChannelOptions = {
  "grpc.keepalive_time_ms": 2000,
  "grpc.keepalive_timeout_ms": 6500,
  "grpc.keepalive_permit_without_calls": 1,
};
