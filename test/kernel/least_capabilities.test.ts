/** As a user of its own with the capabilities of docs/security.md and nothing else Skein sees what root sees. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, type Running, skeinUp, skeinUpWith } from '../e2e/running.ts';
import { eventually } from '../eventually.ts';

const uid = 54_321;
const all = ['net_admin', 'net_raw', 'sys_admin', 'sys_ptrace', 'dac_read_search', 'bpf', 'perfmon'];

test('a user of its own sees every interface that root sees, and captures', async () => {
  const name = `skcap${process.pid}`;
  execFileSync('ip', ['netns', 'add', name]);
  try {
    execFileSync('ip', ['-n', name, 'link', 'add', 'inside', 'type', 'veth', 'peer', 'name', 'other']);
    await inFolder(async (folder) => {
      const [own, root] = [join(folder, 'own'), join(folder, 'root')];
      mkdirSync(own);
      mkdirSync(root);
      for (const path of [folder, own]) chownSync(path, uid, uid);
      await using asUser = await skeinUpWith(all, uid, own, '--archive-kind', 'none');
      await using asRoot = await skeinUp(root, '--archive-kind', 'none');
      // Of this test's own namespace alone: others come and go on a machine that works.
      const inside = `G.V().Has('Name','${name}').Out().Values('Name').Dedup().Sort()`;
      for (const skein of [asUser, asRoot])
        await eventually(async () => expect(names(await skein.query(inside))).toEqual(['inside', 'lo', 'other']));
      for (const type of ['afpacket', 'ebpf']) expect(await captures(asUser, name, type)).toBe('active');
      const missing = asUser
        .said()
        .split('\n')
        .filter((line) => /needs CAP_/.test(line));
      expect(missing).toEqual([]);
    });
  } finally {
    execFileSync('ip', ['netns', 'del', name]);
  }
}, 120_000);

test('without capabilities for filters and raw packets what lacks them says so, checks too, and all else works', async () => {
  const name = `skcapless${process.pid}`;
  execFileSync('ip', ['netns', 'add', name]);
  const inside = (...words: string[]) => execFileSync('ip', ['-n', name, ...words]);
  using made = new DisposableStack();
  made.defer(() => execFileSync('ip', ['netns', 'del', name]));
  inside('link', 'add', 'inside', 'type', 'veth', 'peer', 'name', 'other');
  inside('address', 'add', '192.0.2.1/24', 'dev', 'inside');
  inside('address', 'add', '192.0.2.2/24', 'dev', 'other');
  for (const one of ['lo', 'inside', 'other']) inside('link', 'set', one, 'up');
  await inFolder(async (folder) => {
    const own = join(folder, 'own');
    mkdirSync(own);
    for (const path of [folder, own]) chownSync(path, uid, uid);
    const some = all.filter((one) => one !== 'net_admin' && one !== 'net_raw');
    await using skein = await skeinUpWith(some, uid, own, '--archive-kind', 'none');
    await eventually(async () => {
      const { Probes } = (await (await fetch(`${skein.url}/api/status`)).json()) as {
        readonly Probes: Readonly<Record<string, { readonly Notice?: string }>>;
      };
      expect(Probes.netfilter?.Notice).toMatch(/^cannot read packet filters of .*CAP_NET_ADMIN/);
    });
    const address = `G.V().Has('Name','${name}').Out('Name','other').Values('IPV4')`;
    await eventually(async () => expect(JSON.stringify(await skein.query(address))).toContain('192.0.2.2/24'), 8_000);
    const text = `{ apiVersion: checks/v1, kind: CheckSuite, metadata: { name: lacking }, checks: [
      { id: SENT, name: sent, reach: { from: ${name}/inside, to: ${name}/other, proto: icmp, method: inject } },
      { id: ASKED, name: asked, query: "G.V().Has('Name', 'lo').Count()", expect: { min: 1 } } ] }`;
    const said = await (await skein.post('/api/check', { suites: [{ file: 'lacking.check.yaml', text }] })).text();
    const results = said
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly id?: string; readonly status?: string; readonly reason?: string });
    expect(results.find(({ id }) => id === 'SENT')).toMatchObject({
      status: 'error',
      reason: expect.stringMatching(/needs CAP_NET_RAW/),
    });
    expect(results.find(({ id }) => id === 'ASKED')).toMatchObject({ status: 'ok' });
  });
}, 120_000);

function names(answer: unknown): unknown[] {
  return [...(answer as string[])].toSorted();
}

async function captures(skein: Running, netns: string, type: string): Promise<unknown> {
  const body = { GremlinQuery: `G.V().Has('Name', '${netns}').Out('Name', 'lo')`, Type: type, Name: type };
  const made = await skein.post('/api/capture', body);
  expect(made.status).toBe(201);
  const { UUID } = (await made.json()) as { UUID: string };
  const state = async () =>
    ((await skein.query(`G.V().Has('Captures.ID', '${UUID}').Values('Captures')`)) as { State: string }[][])
      .flat()
      .find((one) => one.State !== undefined)?.State;
  await eventually(async () => expect(await state()).toBe('active'));
  return state();
}
