/** Rules, metadata of users and a fabric over restarts of a real Skein, killed as well as stopped. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import { inFolder, type Running, skeinUp } from './running.ts';

interface Node {
  readonly ID: string;
  readonly Revision: number;
  readonly CreatedAt: number;
  readonly Metadata: Readonly<Record<string, unknown>>;
}

const nodes = async (running: Running, query: string) => (await running.query(query)) as Node[];
const theHost = "G.V().Has('Type', 'host')";

test('what users say is there again after a restart, as it was, and the past knows when it was not', async () => {
  await inFolder(async (data) => {
    const file = join(data, 'fabric.yaml');
    writeFileSync(file, "nodes: [{ name: tor1 }]\nlinks: ['tor1 --> *[Type=host]']\n");
    const flags = ['--probes-enabled', 'host,fabric', '--probes-fabric-file', file];
    let running = await skeinUp(data, ...flags);
    await eventually(async () => {
      expect(await nodes(running, theHost)).toHaveLength(1);
      expect(await nodes(running, "G.V().Has('Name', 'tor1').Out('Type', 'host')")).toHaveLength(1);
    });
    const before = Date.now();
    await delay(20);
    const made = await running.post('/api/noderule', { Action: 'update', Query: theHost, Metadata: { Team: 'web' } });
    expect(made.status).toBe(201);
    const { UUID } = (await made.json()) as { UUID: string };
    await running.post('/api/noderule', { Action: 'create', Metadata: { Name: 'isp', Type: 'cloud' } });
    const link = { Src: theHost, Dst: "G.V().Has('Type', 'cloud')", Metadata: { RelationType: 'uplink' } };
    expect((await running.post('/api/edgerule', link)).status).toBe(201);
    const [host] = await nodes(running, theHost);
    const patched = await fetch(`${running.url}/api/node/${host?.ID}`, {
      method: 'PATCH',
      body: JSON.stringify([{ op: 'add', path: '/Metadata/Rack', value: 7 }]),
    });
    expect(patched.status).toBe(200);
    const linked = `${theHost}.Out('Name', 'isp')`;
    const [isp] = await nodes(running, linked);
    const [tor] = await nodes(running, "G.V().Has('Name', 'tor1')");
    await running.end('SIGKILL');

    running = await skeinUp(data, ...flags);
    await eventually(async () => {
      const [again] = await nodes(running, theHost);
      expect(again?.Metadata).toMatchObject({ Team: 'web', Rack: 7, SetBy: { Team: UUID, Rack: 'user' } });
      expect(await nodes(running, linked)).toEqual([isp]);
      expect(await nodes(running, "G.V().Has('Name', 'tor1').Out('Type', 'host')")).toHaveLength(1);
    });
    expect(await nodes(running, "G.V().Has('Name', 'tor1')")).toEqual([tor]);
    expect(await nodes(running, `G.At(${before}).V().Has('Team', 'web')`)).toEqual([]);
    expect(await running.query("G.E().Has('RelationType', 'uplink').Count()")).toBe(1);
    const during = Date.now();
    await delay(20);
    expect((await fetch(`${running.url}/api/noderule/${UUID}`, { method: 'DELETE' })).status).toBe(200);
    expect(await nodes(running, "G.V().Has('Team', 'web')")).toEqual([]);
    expect(await nodes(running, `G.At(${during}).V().Has('Team', 'web')`)).toHaveLength(1);
    const status = (await (await fetch(`${running.url}/api/status`)).json()) as { Rules: object };
    expect(status.Rules).toEqual({ NodeRules: 1, EdgeRules: 1, UserNodes: 1, Troubled: 0, Notes: [] });
    expect(await running.end()).toBe(0);
  });
}, 120_000);
