/** `/api/bundle`: who may have packets in it, what is refused, and that it ends when the client goes. */

import type { AddressInfo } from 'node:net';
import express from 'express';
import { bundleRoutes } from '../../src/api/bundle-routes.ts';
import type { ApiBundles, BundleAsking } from '../../src/api/bundles.ts';
import { identify } from '../../src/api/identity.ts';
import { defaultLimits } from '../../src/api/limits.ts';
import { BUNDLE_FORMAT, BUNDLE_HEADER, type BundleManifest } from '../../src/contract/bundle.ts';
import type { Role } from '../../src/security/role.ts';

const manifest: BundleManifest = {
  ...{ skein: 'bundle', format: BUNDLE_FORMAT, made: 1, by: '', host: 'h/1', version: '0', expireMs: 1 },
  ...{ span: { from: 0, to: 60_000 }, gaps: [], missing: [], files: [] },
  counts: { versions: 1, samples: 0, flows: 0, packets: 0, sockets: 0, losses: 0 },
};

test.each<[Role, string, number, boolean | undefined]>([
  ['read', '', 200, false],
  ['read', '&packets=false', 200, false],
  ['read', '&packets=true', 403, undefined],
  ['capture', '', 200, true],
  ['capture', '&packets=true', 200, true],
  ['admin', '&packets=false', 200, false],
  ['admin', '&packets=maybe', 400, undefined],
])('the role %s that asks with "%s" is answered %i', async (role, words, status, withPackets) => {
  const asked: BundleAsking[] = [];
  await using server = await serving(role, {
    async make(asking) {
      asked.push(asking);
      return { manifest, pieces: async function* () {}, [Symbol.dispose]: () => undefined };
    },
  });
  const response = await fetch(`${server.url}?from=-1h${words}`);
  expect([response.status, asked[0]?.withPackets]).toEqual([status, withPackets]);
  if (status !== 200) return;
  expect(response.headers.get('content-disposition')).toContain(
    '"skein-h_1-19700101T000000Z-19700101T000100Z.tar.zst"',
  );
  expect(JSON.parse(decodeURIComponent(response.headers.get(BUNDLE_HEADER) ?? ''))).toMatchObject({ host: 'h/1' });
  const isLeft = role === 'read' && words === '';
  expect(asked[0]?.missing).toEqual(isLeft ? ['what was in packets: to see it takes the role capture'] : []);
});

test('a client that goes ends the making of its bundle, and what was made of it', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>();
  const { promise: disposed, resolve: dispose } = Promise.withResolvers<void>();
  await using server = await serving('admin', {
    async make(_, signal) {
      begin(signal);
      const pieces = async function* () {
        for (;;) {
          signal.throwIfAborted();
          yield new Uint8Array(1_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      return { manifest, pieces, [Symbol.dispose]: dispose };
    },
  });
  const going = new AbortController();
  const response = await fetch(`${server.url}?from=-1h`, { signal: going.signal });
  expect(response.status).toBe(200);
  going.abort();
  await disposed;
  expect((await begun).aborted).toBe(true);
});

async function serving(role: Role, bundles: ApiBundles) {
  const app = express();
  app.use((request, _, next) => {
    identify(request, { name: 'ann', kind: 'token', role, address: '::1', isStillGood: () => true });
    next();
  });
  bundleRoutes(app, { bundles, audit: undefined, status: () => ({}) }, defaultLimits);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/bundle`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
