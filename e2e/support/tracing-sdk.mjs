/** What a user of OpenTelemetry loads with `--import`: spans go to the file of `SPANS_FILE`, one a line. */
import { appendFileSync } from "node:fs";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

const exporter = {
  export(spans, done) {
    for (const span of spans) appendFileSync(process.env.SPANS_FILE, `${JSON.stringify(plain(span))}\n`);
    done({ code: 0 });
  },
  shutdown: async () => {},
};

function plain(span) {
  const { name, kind, status, attributes, parentSpanContext } = span;
  const { traceId, spanId } = span.spanContext();
  const [startMs, endMs] = [span.startTime, span.endTime].map(([s, ns]) => s * 1000 + ns / 1e6);
  const parent = parentSpanContext?.spanId;
  return { name, kind, status: status.code, attributes, startMs, endMs, traceId, spanId, parent };
}

new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
