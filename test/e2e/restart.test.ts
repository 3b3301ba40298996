/** What survives the end of the process, and what is said of it. */
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, type Running, skeinUp } from './running.ts';

const node = (id: string, name = id) => ({ ID: id, Metadata: { Type: 'switch', Name: name } });
const quiet = ['--probes-enabled', 'host'];

test('within a second it says what it sees, where to ask, where the past is kept, and what to try', () =>
  inFolder(async (data) => {
    const skein = await skeinUp(data, ...quiet);
    expect(skein.said()).toMatch(/Skein sees \d+ interfaces? in 1 network namespace\./);
    expect(skein.said()).toContain(`history  in ${data}/archive/skein.db, up to 1 GiB and 7 days`);
    expect(await skein.query("G.V().Has('Type','host').Count()")).toBe(1);
    expect(await skein.end('SIGINT')).toBe(0);
  }));

test('after kill -9 everything that was acknowledged is there, and the past with it', () =>
  inFolder(async (data) => {
    const before = await skeinUp(data, ...quiet);
    expect((await before.post('/api/node', node('a'))).status).toBe(201);
    const then = Date.now();
    await changedAfter(then);
    const patch = [{ op: 'add', path: '/Metadata/Rack', value: 'r1' }];
    const patched = await fetch(`${before.url}/api/node/a`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(patch),
    });
    expect(patched.status).toBe(200);
    expect(await before.end('SIGKILL')).toBe('SIGKILL');

    const after = await skeinUp(data, ...quiet);
    expect(await racks(after, 'G.V()')).toEqual([{ Name: 'a', Rack: 'r1' }]);
    expect(await racks(after, `G.At(${then}).V()`)).toEqual([{ Name: 'a' }]);
    expect(await after.query("G.V().Has('Name','a').History().Count()")).toBe(2);
    // The host is the same one as before, with the life it had.
    expect(await after.query("G.V().Has('Type','host').History().Count()")).toBe(1);
    await after.end();
  }));

test('a second process on the same archive refuses and names the first', () =>
  inFolder(async (data) => {
    const first = await skeinUp(data, ...quiet);
    await expect(skeinUp(data, ...quiet)).rejects.toThrow(new RegExp(`${first.child.pid}`));
    expect(await first.query("G.V().Has('Type','host').Count()")).toBe(1);
    await first.end();
  }));

test('a port that is taken is said, and nothing is left running', () =>
  inFolder(async (data) => {
    const first = await skeinUp(join(data, 'a'), ...quiet);
    const listen = new URL(first.url).host;
    await expect(skeinUp(join(data, 'b'), ...quiet, '--listen', listen)).rejects.toThrow(
      /EADDRINUSE.*nobody else uses/,
    );
    await first.end();
  }));

test('a corrupt archive is kept aside, and said loudly', () =>
  inFolder(async (data) => {
    mkdirSync(join(data, 'archive'));
    writeFileSync(join(data, 'archive', 'skein.db'), 'this is not a database, it only looks like a file'.repeat(100));
    const skein = await skeinUp(data, ...quiet);
    const status = (await (await fetch(`${skein.url}/api/status`)).json()) as { Archive: { Notes: string[] } };
    expect(status.Archive.Notes.join()).toContain('skein.db.corrupt-');
    await skein.end();
  }));

test('any address but loopback asks for TLS and a token, which is made once and kept to its owner', () =>
  inFolder(async (data) => {
    const everywhere = [...quiet, '--listen', '0.0.0.0:0'];
    await expect(skeinUp(data, ...everywhere)).rejects.toThrow('needs TLS');
    const open = [...everywhere, '--insecure'];
    const skein = await skeinUp(data, ...open);
    const token = /token {4}(\S+)/.exec(skein.said())?.[1] as string;
    expect(token.length).toBeGreaterThan(30);
    expect(statSync(join(data, 'token')).mode & 0o777).toBe(0o600);
    await skein.end();
    const again = await skeinUp(data, ...open);
    expect(again.said()).not.toContain(token);
    await again.end();
  }));

test('a folder that cannot be made costs the history, not the view of now', () =>
  inFolder(async (data) => {
    writeFileSync(join(data, 'file'), '');
    chmodSync(join(data, 'file'), 0o400);
    const skein = await skeinUp(join(data, 'file', 'below'), ...quiet);
    expect(skein.said()).toContain('history is kept in memory only');
    expect(await skein.query("G.V().Has('Type','host').Count()")).toBe(1);
    await skein.end();
  }));

async function racks(skein: Running, from: string): Promise<unknown> {
  return skein.query(`${from}.Has('Type','switch').ValueMap('Name','Rack')`);
}

/** Times are kept to the millisecond: what comes next is to fall into another one. */
async function changedAfter(time: number): Promise<void> {
  while (Date.now() <= time + 1) await new Promise((resolve) => setImmediate(resolve));
}
