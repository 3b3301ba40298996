/** Networks of an engine, attached to interfaces that others tell of. */
import { fakeDoor } from '../../../src/native/fake.ts';
import { docker } from '../../../src/probes/docker/index.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, runProbe, self } from '../context.ts';
import { SpokenEngine } from '../engine/speaking.ts';

const A = 'a1'.repeat(32);
const NETWORK = 'f0'.repeat(32);

test('a network is attached to the bridge that carries it, and to no other of that name, once there is one', async () => {
  await using engine = new SpokenEngine();
  engine.networks = [
    { Id: NETWORK, Name: 'shop', Driver: 'bridge', IPAM: { Config: [{ Subnet: '10.9.0.0/16', Gateway: '10.9.0.1' }] } },
    { Id: 'm', Name: 'wire', Driver: 'macvlan', Options: { parent: 'eth7', password: 'hunter2' } },
  ];
  engine.add(A, { NetworkSettings: { Networks: { shop: { NetworkID: NETWORK, MacAddress: '02:42:0a:09:00:02' } } } });
  await engine.listen();
  const running = runProbe(docker, { options: { url: engine.url }, door: fakeDoor() });
  try {
    await running.ready;
    const says = (id: string, parent: string, metadata: object) =>
      running.graph.apply(
        [
          { kind: 'node', id, metadata: { ...metadata } },
          { kind: 'edge', parent, child: id, metadata: { RelationType: 'ownership' } },
        ],
        { host: self.name, origin: 'agent.h', time: 1_000 },
      );
    says('elsewhere', self.id, { Type: 'netns', Name: 'elsewhere' });
    says('other', 'elsewhere', { Type: 'bridge', Name: 'br-f0f0f0f0f0f0', IfIndex: 4 });
    says('bridge', self.id, { Type: 'bridge', Name: 'br-f0f0f0f0f0f0', IfIndex: 4 });
    says('eth7', self.id, { Type: 'device', Name: 'eth7', IfIndex: 7 });
    const attached = (name: string) => {
      const view = running.graph.now();
      const network = [...view.nodes()].find(({ metadata }) => metadata.Name === name);
      return network && [...view.out(network)].map(({ child, metadata }) => `${metadata.RelationType} ${child}`);
    };
    await eventually(() => {
      expect(attached('shop')).toEqual(expect.arrayContaining(['attachment bridge']));
      expect(attached('shop')).toHaveLength(2);
      expect(attached('wire')).toEqual(['attachment eth7']);
    });
    expect(JSON.stringify([...running.graph.now().nodes()])).not.toContain('hunter2');
    expectVocabulary(docker, running.graph);
    running.graph.apply([{ kind: 'gone', id: 'bridge' }], { host: self.name, origin: 'agent.h', time: 1_001 });
    says('bridge2', self.id, { Type: 'bridge', Name: 'br-f0f0f0f0f0f0', IfIndex: 9 });
    await eventually(() => expect(attached('shop')).toContain('attachment bridge2'));
  } finally {
    await running.stop();
  }
});
