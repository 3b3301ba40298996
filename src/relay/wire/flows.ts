/** Flows of relay.proto: each flow, and behind them the names that repeat. */
import type { Flow } from '../../flow/flow.ts';
import { RECORDS_MAX } from './bounds.ts';
import { readFlow, writeFlow } from './flow-fields.ts';
import { NamesRead, NamesWritten } from './names.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export function encodeFlows(flows: readonly Flow[]): Uint8Array {
  try {
    writeFlows(writer, flows);
    return writer.finish();
  } finally {
    writer.reset();
  }
}

export function writeFlows(to: Writer, flows: readonly Flow[]): void {
  const names = new NamesWritten();
  for (const flow of flows) {
    const start = to.begin(2);
    writeFlow(to, flow, names);
    to.end(start);
  }
  names.write(to, 1);
}

/** `base`: where these bytes are in the message, for what is said of them when they are wrong. */
export function decodeFlows(bytes: Uint8Array, base = 0): Flow[] {
  // The names stand behind the flows: they are known when all flows are written.
  const names = NamesRead.ahead(new Reader(bytes, base), 1);
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
