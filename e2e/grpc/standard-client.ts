import { once } from "node:events";
import { credentials, loadPackageDefinition, Metadata, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer, loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { localAgentPath, readKnownAgent } from "@sloth/protocol";
import { onTestFinished } from "vitest";
import { repository } from "../support/processes.js";

/** What a method gives to a client that was made of descriptors alone. */
type Answer = Record<string, unknown>;

/** A client of an agent that has nothing of sloth but its certificate and token. */
export class StandardClient {
  private constructor(
    private readonly address: string,
    private readonly certificate: string,
    private readonly metadata: Metadata,
  ) {}

  static async of(port: number, { hasToken = true } = {}): Promise<StandardClient> {
    const known = await readKnownAgent(localAgentPath(port));
    if (!known) throw new Error(`No agent of this user listens on ${port}`);
    const metadata = new Metadata();
    if (hasToken) metadata.set("authorization", `Bearer ${known.token}`);
    return new StandardClient(`127.0.0.1:${port}`, known.certificate, metadata);
  }

  /** @param definition - a file in `e2e/grpc`, or what reflection gave */
  async call(
    definition: string | PackageDefinition,
    service: string,
    method: string,
    request: object,
  ): Promise<Answer> {
    const client = this.#open(definition, service);
    return await new Promise((resolve, reject) => {
      client[method](request, this.metadata, (error: Error | null, answer: Answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }

  /** What reflection says of a service of the agent. */
  async reflect(symbol: string): Promise<{ services: string[]; definition: PackageDefinition }> {
    const stream = this.#open("reflection.proto", "grpc.reflection.v1.ServerReflection").ServerReflectionInfo(
      this.metadata,
    );
    const ask = async (request: object) => {
      stream.write(request);
      const [answer] = await once(stream, "data");
      return answer;
    };
    const listed = await ask({ listServices: "" });
    const { fileDescriptorResponse } = await ask({ fileContainingSymbol: symbol });
    stream.end();
    return {
      services: listed.listServicesResponse.service.map(({ name }: { name: string }) => name),
      definition: loadFileDescriptorSetFromBuffer(descriptorSet(fileDescriptorResponse.fileDescriptorProto)),
    };
  }

  // biome-ignore lint/suspicious/noExplicitAny: grpc-js makes it of descriptors at run time.
  #open(definition: string | PackageDefinition, service: string): any {
    const known =
      typeof definition === "string" ? loadSync(`${repository}e2e/grpc/${definition}`) : definition;
    const Client = service
      .split(".")
      // biome-ignore lint/suspicious/noExplicitAny: as above.
      .reduce((part: any, name) => part[name], loadPackageDefinition(known)) as ServiceClientConstructor;
    const client = new Client(this.address, credentials.createSsl(Buffer.from(this.certificate)), {
      "grpc.ssl_target_name_override": "sloth-agent",
    });
    onTestFinished(() => client.close());
    return client;
  }
}

/** A `google.protobuf.FileDescriptorSet` of encoded files. */
function descriptorSet(files: Uint8Array[]): Buffer {
  const parts = files.flatMap((file) => {
    const length: number[] = [];
    for (let rest = file.length; ; rest >>>= 7) {
      length.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) break;
    }
    return [Buffer.from([0x0a, ...length]), file];
  });
  return Buffer.concat(parts);
}
