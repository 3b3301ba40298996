import type { Flow } from '../../src/flow/flow.ts';
import { ObservationWriter } from '../../src/flow/observation-writer.ts';
import { FlowTable } from '../../src/flow/table.ts';

test('a conversation is a flow, and is told after a period with what was added', () => {
  const table = new FlowTable({
    life: { updateMs: 10_000, expireMs: 600_000, applicationMs: {}, finishedMs: 15_000 },
    flowsMax: 100,
    decode: () => undefined,
  });
  const told: Flow[] = [];
  table.onUpdate((flows) => told.push(...flows));
  const source = table.addPlace({ node: 'n', capture: 'c', host: 'h', layers: new Set(), hasTcpMetric: false });
  const writer = new ObservationWriter();
  writer.add({
    source,
    from: { ip: new Uint8Array([192, 168, 0, 2]), mac: new Uint8Array([2, 0, 0, 0, 0, 2]) },
    to: { ip: new Uint8Array([192, 168, 0, 1]), mac: new Uint8Array([2, 0, 0, 0, 0, 1]) },
    protocol: 1,
    icmp: { class: 2, code: 0, id: 23604 },
    layers: ['Ethernet', 'IPv4', 'ICMPv4'],
    isStartCertain: true,
    sent: { packets: 1, bytes: 98 },
    firstMs: 1000.5,
    lastMs: 1000.5,
  });
  table.observe(writer.take(), 1000);
  table.tick(11_000);
  expect(told[0]?.TrackingID).toBe('9e42a86914a043b8');
});
