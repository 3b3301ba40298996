/**
 * Whatever is asked is answered, or a Mistake says why not, soon. FUZZ=1000000 asks as many; SEED=… repeats a run.
 */

import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GremlinEngine } from '../../../../src/query/gremlin/engine.ts';
import { Execution } from '../../../../src/query/gremlin/run/execution.ts';
import { ownServices } from '../../../../src/query/gremlin/services/own.ts';
import type { TraversalSource } from '../../../../src/query/gremlin/source.ts';
import { traversalSteps } from '../../../../src/query/gremlin/steps/index.ts';
import { Mistake } from '../../../../src/std/mistake.ts';
import { type Dice, dice, pick } from '../../../dice.ts';
import { texts } from '../parse/texts.ts';
import { modern } from '../toys.ts';
import { composed } from './composed.ts';
import { mistyped } from './typed.ts';

const tries = Number(process.env.FUZZ ?? 6_000);
const seed = Number(process.env.SEED ?? 20_261_121);
const limits = { timeMs: 50, items: 100_000, memoryBytes: 4_000_000 };
const resultsMax = 5_000;
/** Far more than the time that a query has, and far less than a hang. */
const slowMs = 1500;
/** A graph that is written to grows: after so many questions there is a new one. */
const questionsOfAGraph = 500;

const all = [...texts, ...traversalSteps.map(({ example }) => example.query)];

test.each([
  ['composed of the steps there are', composed],
  ['that went wrong', (random: Dice) => mistyped(pick(random, all), all, random)],
  ['composed, that went wrong', (random: Dice) => mistyped(composed(random), all, random)],
])(
  `${Math.ceil(tries / 3)} questions %s (SEED=${seed})`,
  async (_what, make) => {
    const random = dice(seed);
    const engine = new GremlinEngine();
    const count = Math.ceil(tries / 3);
    const came = { answered: 0, refused: 0, stopped: 0 };
    let source = sourceOf();
    let heapMB = 0;
    for (let i = 0; i < count; i++) {
      if (i % questionsOfAGraph === 0) source = sourceOf();
      if (i === Math.min(5000, count >> 2)) heapMB = liveMB();
      const text = make(random);
      came[await quickly(() => asked(text, engine, source), text)]++;
    }
    if (process.env.FUZZ !== undefined) console.log(inspect({ ...came, heapMB, after: liveMB() }));
    // All of these happen, or nothing was tried.
    expect(came.answered).toBeGreaterThan(count / 50);
    expect(came.refused).toBeGreaterThan(count / 50);
    expect(liveMB() - heapMB).toBeLessThan(30);
  },
  3_600_000,
);

/** Others may be at work on this machine: what is slow is slow each time. */
async function quickly<T>(ask: () => Promise<T>, text: string): Promise<T> {
  for (let i = 0; ; i++) {
    const start = performance.now();
    const came = await ask();
    if (performance.now() - start < slowMs) return came;
    if (i === 2) throw new Error(`slow: ${text}`);
  }
}

async function asked(
  text: string,
  engine: GremlinEngine,
  source: TraversalSource,
): Promise<'answered' | 'refused' | 'stopped'> {
  let isRunning = false;
  try {
    for (const { compiled } of engine.prepareText(text, new Map())) {
      isRunning = true;
      const execution = new Execution(compiled, source, { ...context, limits });
      let count = 0;
      while (!execution.isDone && count < resultsMax) count += (await execution.pull(64)).length;
      execution.close();
    }
    return 'answered';
  } catch (error) {
    if (!(error instanceof Mistake)) throw new Error(`${error instanceof Error ? error.stack : error}\nfor ${text}`);
    return isRunning && error.faults.some(({ code }) => code === 'query.limit') ? 'stopped' : 'refused';
  }
}

function sourceOf(): TraversalSource {
  const { model, timeline, writer } = modern();
  return { name: 'g', services: ownServices, model, timeline, writer: () => writer };
}

function liveMB(): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

const context = {
  nowMs: 1_700_000_000_000,
  elapsed: () => performance.now(),
  turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
  random: Math.random,
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
