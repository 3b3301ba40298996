/** A client of `POST /api/check` that reads slowly, or not at all. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import express from 'express';
import { checkRoutes } from '../../src/api/check-routes.ts';
import type { Checks, Telling } from '../../src/api/checks.ts';
import { identify } from '../../src/api/identity.ts';
import { defaultLimits } from '../../src/api/limits.ts';
import { Later } from '../../src/std/later.ts';

/** More than the kernel takes of a connection whose other side does not read. */
const LINES = 1_000;
const LINE = 'x'.repeat(64 * 1024);

test('a client that reads slowly slows the run down, and gets all of it', async () => {
  await using its = await asked(60_000);
  await its.still();
  expect(its.told()).toBeLessThan(LINES / 2);
  let bytes = 0;
  its.socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  its.socket.resume();
  await its.over;
  expect(its.told()).toBe(LINES);
  await once(its.socket, 'close');
  expect(bytes).toBeGreaterThan(LINES * LINE.length);
}, 20_000);

test('a client that takes nothing is left, and its run is ended', async () => {
  await using its = await asked(300);
  expect(await its.over).toBe('gone');
  expect(its.told()).toBeLessThan(LINES / 2);
  expect(its.warnings).toEqual([expect.stringContaining('the client took nothing for 0.3 s')]);
}, 20_000);

async function asked(takesNothingMs: number) {
  let told = 0;
  const over = Promise.withResolvers<'all' | 'gone'>();
  const warnings: string[] = [];
  const checks = {
    prepare: async () => ({ suites: [], checks: [], isSending: false, warnings: [], request: { suites: [] } }),
    async run(_: unknown, __: unknown, { tell, ready }: Telling, signal: AbortSignal) {
      for (; told < LINES && !signal.aborted; told++) {
        tell(LINE as never);
        await ready();
      }
      over.resolve(signal.aborted ? 'gone' : 'all');
    },
  } as unknown as Checks;
  const app = express();
  app.use((request, _, next) => {
    identify(request, { name: 'x', kind: 'local', role: 'admin', address: '127.0.0.1' } as never);
    next();
  });
  checkRoutes(
    app,
    {
      checks: new Later(async () => checks),
      audit: undefined,
      metrics: async () => '',
      workflows: undefined,
      askAs: undefined as never,
      log: { warn: (text: string) => warnings.push(text) } as never,
      takesNothingMs,
    },
    defaultLimits,
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined).pause();
  const body = JSON.stringify({ suites: [{ file: 'a', text: '' }] });
  socket.write(
    `POST /api/check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  return {
    socket,
    warnings,
    told: () => told,
    over: over.promise,
    /** Nothing more is told. */
    async still() {
      for (let before = -1; before !== told || told === 0; ) {
        before = told;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
