import { descriptorSetBase64 } from "./gen/descriptor-set.js";

/** The descriptors of the protocol, as an encoded `google.protobuf.FileDescriptorSet`; for reflection. */
export function descriptorSet(): Uint8Array {
  return new Uint8Array(Buffer.from(descriptorSetBase64, "base64"));
}
