import { AgentServiceDefinition, descriptorSet } from "@sloth/protocol";
import type { Server } from "nice-grpc";
import { HealthDefinition, HealthServiceImpl, HealthState } from "nice-grpc-server-health";
import { ServerReflection, ServerReflectionService } from "nice-grpc-server-reflection";

/** What probes are told. */
export interface Health {
  /** From now on: not serving. */
  stop(): void;
}

/** Adds what tools expect of any gRPC server: `grpc.health.v1`, and `grpc.reflection.v1`, which describes it and the agent. */
export function addStandardServices(server: Server): Health {
  const state = HealthState();
  const name = AgentServiceDefinition.fullName;
  state.setStatus("healthy", name);
  server.add(HealthDefinition, HealthServiceImpl(state));
  server.add(ServerReflectionService, ServerReflection(descriptorSet(), [name, HealthDefinition.fullName]));
  return {
    stop() {
      state.setStatus("unhealthy");
      state.setStatus("unhealthy", name);
    },
  };
}
