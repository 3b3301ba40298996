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
