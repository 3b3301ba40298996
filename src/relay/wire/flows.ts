/** Flows of relay.proto: the names that repeat, and then each flow. */
import type { Flow } from '../../flow/flow.ts';
import { RECORDS_MAX } from './bounds.ts';
import { readFlow, writeFlow } from './flow-fields.ts';
import { NamesRead, NamesWritten } from './names.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export function encodeFlows(flows: readonly Flow[]): Uint8Array {
  const names = new NamesWritten();
  try {
    for (const flow of flows) {
      const start = writer.begin(2);
      writeFlow(writer, flow, names);
      writer.end(start);
    }
    names.write(writer, 1);
    return writer.finish();
  } finally {
    writer.reset();
  }
}

/** `base`: where these bytes are in the message, for what is said of them when they are wrong. */
export function decodeFlows(bytes: Uint8Array, base = 0): Flow[] {
  const names = new NamesRead();
  // The names stand behind the flows: they are known when all flows are written.
  const first = new Reader(bytes, base);
  for (let field = first.field(); field !== 0; field = first.field()) {
    if (field === 1) names.read(first);
    else first.skip();
  }
  const flows: Flow[] = [];
  const from = new Reader(bytes, base);
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field !== 2) {
      from.skip();
      continue;
    }
    if (flows.length === RECORDS_MAX) throw from.fault('more flows than a batch may have');
    const end = from.enter();
    flows.push(readFlow(from, names));
    from.leave(end);
  }
  return flows;
}

// One for all calls: what it grew to is good for the next.
const writer = new Writer();
