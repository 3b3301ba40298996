/**
 * What suites that are large or that fail do to everybody else: 10,000 checks by query, and 10,000 by query and 2,000 by
 * model that all fail, each of a server of its own. While they run it is asked how it is all the time: what the slowest of these
 * waited is printed beside the slowest of a server that is left alone. Needs root: `node bench/checks-large.ts`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labDown, labUp } from '../src/lab/lab.ts';
import { run as runCommand } from '../src/lab/run.ts';
import { type Running, skeinUp } from '../test/e2e/running.ts';

const PREFIX = 'benchlab';
const QUERY = 10_000;
const FAILING = 2_000;
/** Where the server tells how long its event loop was held up. */
const LOOP_FILE = 'loop.txt';

const data = mkdtempSync(join(tmpdir(), 'skein-bench-'));
const preload = join(data, 'loop.mjs');
// Inside of the server: the longest stretch of its event loop since the last time that somebody looked.
writeFileSync(
  preload,
  `import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // What this thread did between two turns, and not how long others kept it from doing it.
  const used = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
  let [before, most] = [used(), 0];
  setInterval(() => {
    const now = used();
    most = Math.max(most, now - before);
    before = now;
  }, 1);
  process.on('SIGUSR2', () => {
    writeFileSync(${JSON.stringify(join(data, LOOP_FILE))}, \`\${(delay.max / 1e6).toFixed(1)} ms, \${most.toFixed(1)} ms of it processor time\`);
    delay.reset();
    most = 0;
  });
}
`,
);
await labUp(runCommand, () => undefined, PREFIX);
process.env.NODE_OPTIONS = `--import=${preload}`;
try {
  const query = Array.from(
    { length: QUERY },
    (_, at) => `  - { id: Q${at}, name: c, query: "G.V().Has('Type', 'netns').Count()", expect: { min: 1 } }`,
  );
  const failing = Array.from({ length: FAILING }, (_, at) => {
    const [from, to] = [1 + (at % 4), 1 + ((at + 1 + (Math.floor(at / 4) % 3)) % 4)];
    return `  - { id: F${at}, name: c, reach: { from: h${from}, to: h${to}, proto: tcp, port: ${1 + at}, method: model }, expect: { result: dropped }, hold: 0s, retry: { for: 0s } }`;
  });
  const wrong = query.map((check) => check.replace('{ min: 1 } }', '{ max: 0 }, retry: { for: 0s } }'));
  for (const [what, checks] of [
    [`${QUERY} checks by query`, query],
    [`${QUERY} checks by query that fail`, wrong],
    [`${FAILING} checks by model that fail`, failing],
  ] as const) {
    await using skein = await skeinUp(data);
    await settled(skein);
    await loop(skein);
    const floor = await alone(skein);
    const quiet = await loop(skein);
    const its = await ran(skein.url, checks);
    const busy = await loop(skein);
    console.log(
      `${what}: ${its.ms.toFixed(0)} ms, first line after ${its.firstMs.toFixed(0)} ms; ${its.said}\n` +
        `  longest stretch of the event loop: ${busy}; without: ${quiet}\n` +
        `  slowest of ${its.others} other requests: ${its.slowestMs.toFixed(1)} ms; without: ${floor.toFixed(1)} ms\n` +
        `  peak memory: ${peak(skein)} MB`,
    );
  }
} finally {
  await labDown(runCommand, () => undefined, PREFIX);
  rmSync(data, { recursive: true, force: true });
}

async function ran(url: string, checks: readonly string[]) {
  const ends = [1, 2, 3, 4].map((host) => `h${host}: { netns: ${PREFIX}-host${host} }`).join(', ');
  const text = `apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: bench }\nendpoints: { ${ends} }\nchecks:\n${checks.join('\n')}\n`;
  const over = new AbortController();
  const asking = others(url, over.signal);
  const begun = performance.now();
  const response = await fetch(`${url}/api/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ suites: [{ file: 'bench.yaml', text }] }),
  });
  const firstMs = performance.now() - begun;
  const summary = (await response.text()).trimEnd().split('\n').at(-1) ?? '';
  const ms = performance.now() - begun;
  over.abort();
  return { ms, firstMs, said: summary.slice(0, 200), ...(await asking) };
}

async function alone(skein: Running): Promise<number> {
  const over = AbortSignal.timeout(3_000);
  return (await others(skein.url, over)).slowestMs;
}

async function others(url: string, until: AbortSignal): Promise<{ slowestMs: number; others: number }> {
  let [slowestMs, count] = [0, 0];
  while (!until.aborted) {
    const begun = performance.now();
    await (await fetch(`${url}/api/status`)).arrayBuffer();
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    count++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { slowestMs, others: count };
}

/** bin/skein execs Node: the child is the server. */
async function loop({ child }: Running): Promise<string> {
  rmSync(join(data, LOOP_FILE), { force: true });
  process.kill(child.pid as number, 'SIGUSR2');
  for (let round = 0; round < 200; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      return readFileSync(join(data, LOOP_FILE), 'utf8');
    } catch {}
  }
  throw new Error('the server does not tell of its event loop');
}

function peak({ child }: Running): string {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024).toFixed(0);
}

/** All of the lab is in the graph. */
async function settled(skein: Running): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const response = await skein.post('/api/path', { from: `netns:${PREFIX}-host1`, to: `netns:${PREFIX}-host4` });
    if ((await response.text()).includes('"yes"')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the lab does not come to rest');
}
