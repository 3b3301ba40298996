import { probeReplies } from '../src/app-probe-status.ts';
import { Graph } from '../src/graph/graph.ts';
import type { ProbeStatus } from '../src/probes/supervisor.ts';

test('what several probes could have told of is seen by the one that told of it', () => {
  const graph = new Graph({ indexed: ['Type'] });
  const origin = { host: 'h', origin: 'agent.h' };
  const nodes = [
    { Type: 'device', Name: 'eth0' },
    { Type: 'device', Name: 'rack1', Probe: 'fabric' },
    { Type: 'container', Name: 'web', Manager: 'docker' },
    { Type: 'container', Name: 'db', Manager: 'podman' },
  ];
  const changes = nodes.map((metadata) => ({ kind: 'node' as const, id: metadata.Name, metadata }));
  graph.apply(changes, { ...origin, time: 1 });
  const all = ['netlink', 'fabric', 'docker', 'podman', 'runc'].map(up);
  const seen = Object.entries(probeReplies(all, graph.now())).map(([name, { Sees }]) => [name, Sees]);
  expect(Object.fromEntries(seen)).toEqual({
    netlink: { device: 1 },
    fabric: { device: 1 },
    docker: { container: 1 },
    podman: { container: 1 },
    runc: {},
  });
});

function up(name: string): ProbeStatus {
  return {
    name,
    state: 'up',
    since: 0,
    runs: 1,
    errors: 0,
    lastError: undefined,
    needs: undefined,
    durationMs: 1,
    nextTryMs: undefined,
    counters: {},
    notices: [],
  };
}
