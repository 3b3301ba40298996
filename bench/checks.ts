/**
 * How long suites take on the lab: 1,000 checks by model beside as many requests for a path, and 100 checks that inject
 * beside as many pings, one after the other. Needs root: `node bench/checks.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labDown, labUp } from '../src/lab/lab.ts';
import { addressOf } from '../src/lab/plan.ts';
import { run as runCommand } from '../src/lab/run.ts';
import { skeinUp } from '../test/e2e/running.ts';

const PREFIX = 'benchlab';
const MODEL = 1_000;
const INJECT = 100;
/** What was set out for. */
const GOALS_MS = { model: 2_000, inject: 20_000 };

const data = mkdtempSync(join(tmpdir(), 'skein-bench-'));
await labUp(runCommand, () => undefined, PREFIX);
try {
  await using skein = await skeinUp(data);
  await settled(skein.url);
  const requests = await timed(async () => {
    for (let at = 0; at < MODEL; at++) {
      const [from, to] = pairOf(at);
      const response = await skein.post('/api/path', {
        from: `netns:${PREFIX}-host${from}`,
        to: `netns:${PREFIX}-host${to}`,
        both: true,
      });
      if (response.status !== 200) throw new Error(await response.text());
      await response.arrayBuffer();
    }
  });
  const pings = await timed(async () => {
    for (let at = 0; at < INJECT; at++) {
      const [from, to] = pairOf(at);
      execFileSync(
        'ip',
        ['netns', 'exec', `${PREFIX}-host${from}`, 'ping', '-nq', '-c', '1', '-W', '1', addressOf(to)],
        { stdio: 'ignore' },
      );
    }
  });
  for (const [method, count, floor, what] of [
    ['model', MODEL, requests, 'requests for a path'],
    ['inject', INJECT, pings, 'pings'],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < 3; round++) times.push(await timed(() => checked(skein.url, method, count)));
    const best = Math.min(...times);
    const rounds = times.map((ms) => ms.toFixed(0)).join(', ');
    console.log(
      `${count} checks by ${method}: ${rounds} ms (goal ${GOALS_MS[method]} ms); ${count} ${what}: ${floor.toFixed(0)} ms; ratio ${(best / floor).toFixed(2)}`,
    );
  }
} finally {
  await labDown(runCommand, () => undefined, PREFIX);
  rmSync(data, { recursive: true, force: true });
}

/** Each host with each other, in turns. */
function pairOf(at: number): [from: number, to: number] {
  const from = 1 + (at % 4);
  return [from, 1 + ((from + (Math.floor(at / 4) % 3)) % 4)];
}

async function checked(url: string, method: string, count: number): Promise<void> {
  const hosts = [1, 2, 3, 4].map((host) => `h${host}: { netns: ${PREFIX}-host${host} }`).join(', ');
  const checks = Array.from({ length: count }, (_, at) => {
    const [from, to] = pairOf(at);
    return `  - { id: C${at}, name: c, reach: { from: h${from}, to: h${to}, proto: icmp, method: ${method} }, expect: { result: delivered } }`;
  });
  const text = `apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: bench }\nendpoints: { ${hosts} }\nchecks:\n${checks.join('\n')}\n`;
  const response = await fetch(`${url}/api/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ suites: [{ file: 'bench.yaml', text }] }),
  });
  const said = await response.text();
  const summary = said.trimEnd().split('\n').at(-1) ?? '';
  if (!summary.includes(`"ok":${count}`)) throw new Error(said.slice(0, 2_000) + summary);
}

/** All of the lab is in the graph, and its neighbours are known. */
async function settled(url: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    try {
      await checked(url, 'model', 12);
      await checked(url, 'inject', 12);
      return;
    } catch (error) {
      if (round === 99) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
