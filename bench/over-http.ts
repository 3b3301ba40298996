/** The asking side of benches over HTTP: one call after the other, then eight connections, with the server's own CPU. */
import { type ChildProcess, fork } from 'node:child_process';
import { KeepAlive } from './keepalive.ts';
import type { FromServer, ToServer } from './measured.ts';
import { asStarted } from './started.ts';

export interface Measured {
  readonly bytes: number;
  readonly p50: number;
  readonly p90: number;
  /** Of the server, ms a call. */
  readonly cpu: number;
  /** With eight connections: calls a second, and the server's ms each. */
  readonly rate: number;
  readonly cpu8: number;
}

export function startServer(file: string, args: readonly string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args, {
    ...asStarted,
    execArgv: [...asStarted.execArgv, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

export async function measure(server: ChildProcess, port: number, request: Buffer): Promise<Measured> {
  const one = await KeepAlive.open(port);
  const { status, bytes } = await one.ask(request);
  if (status !== 200) throw new Error(`${request.toString()}: ${status}`);
  await during(400, 20, () => one.ask(request));
  const before = await ask(server, 'cpu');
  const times = await during(1_200, 8, () => one.ask(request));
  const cpu = ((await ask(server, 'cpu')) - before) / times.length;
  one.close();
  const eight = await Promise.all(Array.from({ length: 8 }, () => KeepAlive.open(port)));
  await Promise.all(eight.map((each) => during(300, 2, () => each.ask(request))));
  const cpuBefore = await ask(server, 'cpu');
  const start = performance.now();
  const all = await Promise.all(eight.map((each) => during(1_200, 2, () => each.ask(request))));
  const seconds = (performance.now() - start) / 1000;
  const count = all.reduce((sum, each) => sum + each.length, 0);
  const cpu8 = ((await ask(server, 'cpu')) - cpuBefore) / count;
  for (const each of eight) each.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { bytes, p50: at(0.5), p90: at(0.9), cpu, rate: count / seconds, cpu8 };
}

/** Times in ms of calls one after the other, for so long and at least so many. */
export async function during(ms: number, atLeast: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  for (let start = performance.now(); start < end || times.length < atLeast; ) {
    await call();
    const now = performance.now();
    times.push(now - start);
    start = now;
  }
  return times;
}

export async function ask(server: ChildProcess, what: ToServer['ask']): Promise<number> {
  const answer = heard(server);
  server.send({ ask: what } satisfies ToServer);
  return (await answer).value ?? 0;
}

export function heard(server: ChildProcess): Promise<FromServer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the server has ended'));
    server.once('exit', ended);
    server.once('message', (message) => {
      server.off('exit', ended);
      resolve(message as FromServer);
    });
  });
}

export function print(cells: readonly string[]): void {
  const [name = '', ...rest] = cells;
  process.stdout.write(`${name.slice(0, 60).padEnd(62)}${rest.map((cell) => cell.padStart(11)).join('')}\n`);
}

export function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

export function size(bytes: number): string {
  return bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)}M` : bytes > 1e3 ? `${(bytes / 1e3).toFixed(1)}k` : String(bytes);
}
