/** Datagrams through a collector, as if from one exporter. */
import { Collector } from '../../src/capture/datagrams/collector.ts';
import { Kept, summed, type Told } from './told.ts';

export function collecting() {
  const sink = new Kept();
  let nowMs = 1_000_000;
  const collector = new Collector({ sink, options: { layerKeyMode: 'L2' }, nowMs: () => nowMs });
  return {
    sink,
    collector,
    take(datagrams: readonly Uint8Array[], port = 1_000): void {
      for (const datagram of datagrams) collector.take(datagram, { address: '192.0.2.1', port });
    },
    wait(ms: number): void {
      nowMs += ms;
      collector.sweep();
    },
    /** What has come so far, by conversation: the one between these two, in the order of a and b. */
    between(a: string, b: string): Told | undefined {
      collector.flush();
      return [...summed(sink.observations).values()].find((told) => told.a === a && told.b === b);
    },
  };
}

/** Big-endian fields: [width, value], text as hex. */
export function packed(...fields: readonly (readonly [width: 1 | 2 | 4 | 8, value: number] | string)[]): Uint8Array {
  const parts = fields.map((field) => {
    if (typeof field === 'string') return Buffer.from(field.replaceAll(' ', ''), 'hex');
    const [width, value] = field;
    const part = Buffer.alloc(width);
    if (width === 8) part.writeBigUInt64BE(BigInt(value));
    else part.writeUIntBE(value, 0, width);
    return part;
  });
  return new Uint8Array(Buffer.concat(parts));
}

export function set(id: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents);
  return new Uint8Array([...packed([2, id], [2, body.length + 4]), ...body]);
}

/** 2023-11-14T22:13:20Z. */
export const exportSeconds = 1_700_000_000;

export function ipfixMessage(sequence: number, ...sets: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(sets);
  return new Uint8Array([
    ...packed([2, 10], [2, body.length + 16], [4, exportSeconds], [4, sequence], [4, 7]),
    ...body,
  ]);
}

export function v9Message(sequence: number, ...sets: readonly Uint8Array[]): Uint8Array {
  const header = packed([2, 9], [2, sets.length], [4, 60_000], [4, exportSeconds], [4, sequence], [4, 7]);
  return new Uint8Array([...header, ...Buffer.concat(sets)]);
}

/** A template of elements, each with its length, and its enterprise if it has one. */
export function template(id: number, ...fields: readonly (readonly [element: number, length: number, pen?: number])[]) {
  return packed(
    [2, id],
    [2, fields.length],
    ...fields.flatMap(([element, length, pen]) =>
      pen === undefined
        ? ([
            [2, element],
            [2, length],
          ] as const)
        : ([
            [2, element | 0x8000],
            [2, length],
            [4, pen],
          ] as const),
    ),
  );
}
