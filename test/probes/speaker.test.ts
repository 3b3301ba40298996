import { Graph } from '../../src/graph/graph.ts';
import { Sketch } from '../../src/probes/picture.ts';
import { Speaker } from '../../src/probes/speaker.ts';
import { self } from './context.ts';

test('what another probe hangs on our nodes stays when an earlier run is taken over', () => {
  const graph = new Graph({ indexed: ['Type'] });
  const source = { host: self.name, origin: `agent.${self.name}`, time: 1000 };
  const owned = { RelationType: 'ownership' };
  graph.apply(
    [
      { kind: 'node', id: 'bridge', metadata: { Type: 'bridge' } },
      { kind: 'node', id: 'port', metadata: { Type: 'port' } },
      { kind: 'node', id: 'rule', metadata: { Type: 'rule' } },
      { kind: 'edge', parent: 'bridge', child: 'port', metadata: owned },
      { kind: 'edge', parent: 'bridge', child: 'rule', metadata: owned },
    ],
    source,
  );
  const speaker = new Speaker({
    ...{ graph: { apply: (changes) => graph.apply(changes, source) }, host: self },
    ...{ owned: new Set(['Type']), added: [], isOwn: ({ metadata }) => metadata.Type !== 'rule' },
  });
  speaker.adopt(graph.now());
  const sketch = new Sketch();
  sketch.nodes.set('bridge', { Type: 'bridge' });
  speaker.say(sketch, graph.now());
  expect([...graph.now().edges()].map(({ child }) => child)).toEqual(['rule']);
});
