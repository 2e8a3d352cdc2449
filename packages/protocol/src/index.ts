/** The wire between a master and its agents: generated stubs, limits, negotiation and conversions of plain data. Contains no logic of tasks or files. */
export { Metadata } from "nice-grpc-common";
export { AgentServiceDefinition } from "./bulk-codec.js";
export type { AgentChannels, OpenChannelOptions } from "./channel.js";
export { openAgentChannels } from "./channel.js";
export { type Encoding, encodingOf } from "./compression.js";
export type { AgentTrust, OwnAuthority, PinnedAgent } from "./credentials/agent-trust.js";
export type { ShownCertificate } from "./credentials/ask-certificate.js";
export { askCertificate } from "./credentials/ask-certificate.js";
export type { AuthenticateOptions, CallGuard, Proof } from "./credentials/authenticate.js";
export { authenticate } from "./credentials/authenticate.js";
export { callerOf } from "./credentials/caller.js";
export type { CredentialErrorCode } from "./credentials/credential-error.js";
export { CredentialError } from "./credentials/credential-error.js";
export { fingerprintOf } from "./credentials/fingerprint.js";
export type { JoinLine } from "./credentials/join-line.js";
export { formatJoinLine, parseJoinLine } from "./credentials/join-line.js";
export type { KnownAgent } from "./credentials/known-agent.js";
export { readKnownAgent, writeKnownAgent } from "./credentials/known-agent.js";
export type { ListenOptions, ServerIdentity } from "./credentials/listen-securely.js";
export { listenSecurely } from "./credentials/listen-securely.js";
export { isLoopback, localAgentPath, localAgentsDirectory } from "./credentials/local-agents.js";
export {
  readPrivateFile,
  removeFile,
  requirePrivateDirectory,
  writePrivateFile,
} from "./credentials/private-file.js";
export type { IdentityFiles } from "./credentials/read-identity-files.js";
export { readIdentityFiles } from "./credentials/read-identity-files.js";
export { UnprovenConnections } from "./credentials/unproven-connections.js";
export { descriptorSet } from "./descriptor-set.js";
export type {
  AgentServiceClient,
  AgentServiceImplementation,
  Attach,
  AttemptId,
  DownloadResponse,
  ExecuteRequest,
  ExecuteResponse,
  Finished,
  HelloRequest,
  HelloResponse,
  Open,
  StatusRequest,
  StatusResponse,
  TaskSpec,
  TransferEnd,
  UploadRequest,
  WorkspaceRules,
} from "./gen/sloth/v1/agent.js";
export { LogLevel, OutputStream, Status } from "./gen/sloth/v1/agent.js";
export { heldBytesOf } from "./held-bytes.js";
export { hostAndPort } from "./host-and-port.js";
export { WIRE_LIMITS } from "./limits.js";
export { LinkSpeed } from "./link-speed.js";
export type { ProtocolRange } from "./negotiate.js";
export {
  describeRange,
  negotiateFeatures,
  negotiateProtocol,
  SUPPORTED_FEATURES,
  SUPPORTED_PROTOCOLS,
} from "./negotiate.js";
export { NOT_STARTED_TRAILER } from "./not-started-trailer.js";
export { collectPieces, PieceCollector, splitIntoPieces } from "./pieces.js";
export type { PlainTable, PlainValue } from "./plain-value.js";
export { fromWireValue, toWireValue } from "./plain-value.js";
export { ProtocolError } from "./protocol-error.js";
export { quietGrpc } from "./quiet-grpc.js";
export { requireDigest } from "./require-digest.js";
export type { RpcFailure } from "./rpc-failure.js";
export { describeRpcFailure, isBrokenConnection, rpcError } from "./rpc-failure.js";
export { agentServerOptions } from "./server-options.js";
export type { IncomingTransfer, TransferCompression, TransferPart } from "./transfer.js";
export { readTransfer, writeTransfer } from "./transfer.js";
export { withTunedServers } from "./tuned-servers.js";
