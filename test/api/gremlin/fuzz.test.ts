/**
 * Frames that went wrong on their way: each is read, or a Mistake says where it is not. FUZZ=1000000 tries as many in each
 * format; SEED=… repeats a run.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { graphBinaryClient } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { graphsonClient } from '../../../src/api/gremlin/graphson/serializer.ts';
import { readFrame } from '../../../src/api/gremlin/message.ts';
import type { ClientSerializer } from '../../../src/api/gremlin/serializer.ts';
import { Mistake } from '../../../src/std/mistake.ts';
import { value } from './arbitrary-values.ts';

const tries = Number(process.env.FUZZ ?? 25_000);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** Far more than any takes, and far less than a hang. */
const slowMs = 1500;

const captured: Readonly<Record<string, { readonly binary: string; readonly typed: string }>> = JSON.parse(
  readFileSync(new URL('./gremlin-server-3.8.1.json', import.meta.url), 'utf8'),
);

const requests = fc.sample(value, { numRuns: 60, seed }).map((argument) => ({
  requestId: '7122e189-fd7a-434d-a4ba-bd015031386b',
  op: 'bytecode',
  processor: 'traversal',
  args: new Map([['gremlin', argument]]),
}));

const formats: readonly (readonly [string, ClientSerializer, readonly Buffer[]])[] = [
  [
    'GraphBinary',
    graphBinaryClient,
    Object.values(captured).map(({ binary }) => Buffer.from(`8101000000c800000000000000000000000000${binary}`, 'hex')),
  ],
  [
    'GraphSON',
    graphsonClient,
    Object.values(captured).map(({ typed }) => Buffer.from(`{"status":{"code":200},"result":{"data":${typed}}}`)),
  ],
];

test.each(formats)(
  `broken requests in %s (SEED=${seed})`,
  (_name, serializer, _answers) => {
    tryAll(
      requests.map((request) => serializer.writeRequest(request)),
      (frame) => serializer.readRequest(frame),
    );
  },
  600_000,
);

test.each(formats)(
  `broken answers in %s (SEED=${seed})`,
  (_name, serializer, answers) => {
    tryAll(answers, (frame) => serializer.readResponse(frame));
  },
  600_000,
);

test('broken headers of frames', () => {
  const random = generator(seed);
  for (let i = 0; i < 2000; i++) {
    const frame = Buffer.from(Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256)));
    outcome(() => readFrame(frame), frame);
  }
});

function tryAll(seeds: readonly Buffer[], read: (frame: Buffer) => unknown): void {
  const random = generator(seed);
  let understood = 0;
  for (let i = 0; i < tries; i++) {
    const frame = broken(seeds[Math.floor(random() * seeds.length)] as Buffer, seeds, random);
    let isUnderstood = false;
    const isGood = isQuick(() => {
      isUnderstood = outcome(() => read(frame), frame);
    });
    if (isUnderstood) understood++;
    if (!isGood) throw new Error(`slow: ${frame.toString('base64')}`);
  }
  // Both happen, or nothing was tried.
  expect(understood).toBeGreaterThan(0);
  expect(understood).toBeLessThan(tries);
}

/** Others may be at work on this machine: what is slow is slow each time. */
function isQuick(run: () => void): boolean {
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    run();
    if (performance.now() - start < slowMs) return true;
  }
  return false;
}

function outcome(read: () => unknown, frame: Buffer): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof Mistake && error.faults[0]?.code === 'gremlin.bad-frame') return false;
    throw new Error(`${error instanceof Error ? error.stack : error}\nfor ${frame.toString('base64')}`);
  }
}

function broken(whole: Buffer, all: readonly Buffer[], random: () => number): Buffer {
  let frame: Buffer = Buffer.from(whole);
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    const at = Math.floor(random() * (frame.length + 1));
    const to = Math.min(frame.length, at + Math.floor(random() * 24));
    switch (Math.floor(random() * 8)) {
      case 0:
        if (at < frame.length) frame[at] = Math.floor(random() * 256);
        break;
      case 1:
        if (at < frame.length) frame[at] = (frame[at] as number) ^ (1 << Math.floor(random() * 8));
        break;
      case 2:
        frame = frame.subarray(0, at);
        break;
      case 3:
        frame = Buffer.concat([frame.subarray(0, at), frame.subarray(to)]);
        break;
      case 4:
        frame = Buffer.concat([frame.subarray(0, to), frame.subarray(at, to), frame.subarray(to)]);
        break;
      case 5: {
        const other = all[Math.floor(random() * all.length)] as Buffer;
        frame = Buffer.concat([frame.subarray(0, at), other.subarray(Math.floor(random() * other.length))]);
        break;
      }
      case 6:
        if (at + 4 <= frame.length)
          frame.writeInt32BE(interesting[Math.floor(random() * interesting.length)] as number, at);
        break;
      default: {
        const word = Buffer.from(words[Math.floor(random() * words.length)] as string);
        frame = Buffer.concat([frame.subarray(0, at), word, frame.subarray(to)]);
      }
    }
  }
  return frame;
}

const interesting = [0, 1, -1, 0x7fff_ffff, -0x8000_0000, 0x0900_0000, 0x1500_0000, 255, 65_536];
const words = [
  '[',
  '{',
  '"',
  ']',
  '}',
  ',',
  ':',
  'null',
  '-0',
  '1e999',
  '99999999999999999999',
  '"@type":"g:List"',
  '"@value":[]',
  '{"@type":"g:Map","@value":[1]}',
  '{"@type":"g:Set","@value":[null,{}]}',
  '{"@type":"gx:BigDecimal","@value":1e99999}',
  '\u0015\u0000',
  '\u0009\u0002',
  '\ufffe\u0001',
  '\u002a\u0000\u0000\u0000',
];

/** mulberry32 */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
