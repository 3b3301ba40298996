/**
 * Frames that a driver would send and such as went wrong on their way, all at once, while another driver is answered.
 * FRAMES=1000000 sends as many; SEED=… repeats a run.
 */

import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { writeFrame } from '../../../src/api/gremlin/message.ts';
import { parseGremlin } from '../../../src/query/gremlin/parse/parse.ts';
import { GMap } from '../../../src/query/gremlin/value/collections.ts';
import { mutate, numbers } from '../../capture/mutated.ts';
import { type Dice, dice, pick } from '../../dice.ts';
import { modern } from '../../query/gremlin/toys.ts';
import { composed } from '../../query/gremlin/whole/composed.ts';

import { Driver, formats, serve } from './served.ts';

const frames = Number(process.env.FRAMES ?? 4_000);
const seed = Number(process.env.SEED ?? 20_261_121);
/** Between two questions of the other driver. */
const stretch = 40;
/** A graph that is written to grows: after so many there is a new one. */
const framesOfAServer = 20_000;
/** Far more than what is before it takes, and far less than a hang. */
const slowMs = 3_000;

test(`${frames} frames, whole and broken (SEED=${seed})`, async () => {
  let heapMB = 0;
  for (let begun = 0; begun < frames; begun += framesOfAServer) {
    const answered = await bombarded(Math.min(framesOfAServer, frames - begun), seed + begun);
    expect(answered).toBeGreaterThan(Math.min(framesOfAServer, frames - begun) / 4);
    if (begun === 0) heapMB = liveMB();
    if (process.env.FRAMES !== undefined) console.log({ begun, answered, liveMB: liveMB() });
  }
  expect(liveMB() - heapMB).toBeLessThan(50);
}, 3_600_000);

/** How many answers came. */
async function bombarded(count: number, from: number): Promise<number> {
  const random = dice(from);
  const bytes = numbers(from);
  const limits = { timeMs: 50, timeMsMax: slowMs };
  await using server = await serve({ limits, graphs: { g: modern(), gmodern: modern() } });
  await using other = await Driver.open(server.url);
  let answered = 0;
  let ws = await opened(server.url, () => answered++);
  for (let sent = 1; sent <= count; sent++) {
    const whole = frameOf(random);
    const frame = random(3) === 0 ? whole : Buffer.from(mutate(whole, bytes));
    if (ws.readyState !== WebSocket.OPEN) ws = await opened(server.url, () => answered++);
    ws.send(frame, { binary: random(20) !== 0 });
    if (sent % stretch !== 0) continue;
    const answer = await other.script('g.inject(1)', { evaluationTimeout: slowMs });
    expect(answer.map(({ code }) => code)).toEqual([200]);
    await turn();
  }
  ws.terminate();
  // What is no mistake of the one who asked is told there.
  expect(server.warnings).toEqual([]);
  return answered;
}

/** A script, or the same as bytecode, in one of the formats. */
function frameOf(random: Dice): Buffer {
  const text = composed(random);
  const format = pick(random, Object.values(formats));
  const [statement] = parseGremlin(text).statements;
  const isBytecode = statement !== undefined && random(2) === 0;
  const gremlin = isBytecode ? statement.bytecode : text;
  const payload = format.writeRequest({
    requestId: '7122e189-fd7a-434d-a4ba-bd015031386b',
    op: isBytecode ? 'bytecode' : 'eval',
    processor: isBytecode ? 'traversal' : '',
    args: new Map<string, never>([
      ['gremlin', gremlin as never],
      ['aliases', new GMap([['g', 'g']]) as never],
    ]),
  });
  return writeFrame({ mime: format.mime, payload });
}

async function opened(url: string, heard: () => void): Promise<WebSocket> {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  ws.on('message', heard);
  // It is closed when what was sent is no message of a WebSocket's text.
  ws.on('error', () => undefined);
  await new Promise((resolve) => ws.once('open', resolve));
  return ws;
}

function liveMB(): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
