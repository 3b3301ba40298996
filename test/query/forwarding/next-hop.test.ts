/** With which source a packet starts, and who answers for its next hop. */
import { bridged, cable, host, walked } from './walked.ts';

test('a source of IPv6 has the scope of its destination, though the next hop is one of the link', () => {
  const six = {
    IPV6: ['fe80::1/64', 'fd00:1::2/64'],
    RoutingTables: [
      {
        ID: 254,
        Routes: [
          { Protocol: 2, Prefix: 'fd00:1::/64', NextHops: [{ Priority: 0, IfIndex: 2 }] },
          { Prefix: '::/0', NextHops: [{ Priority: 0, IP: 'fe80::9', IfIndex: 2 }] },
        ],
      },
    ],
  };
  const graph = bridged('', '').replace(host('a', '10.0.0.1'), host('a', '10.0.0.1', six));
  const sourceTo = (to: string) => walked(graph, { from: 'a', to }).packet.source;
  expect(sourceTo('fd00:2::2')).toBe('fd00:1::2');
  expect(sourceTo('fe80::9')).toBe('fe80::1');
});

test('where nobody on the link has the next hop it stops at who asks, and not at who hears the question', () => {
  const via = {
    RoutingTables: [
      { ID: 254, Routes: [{ Prefix: '0.0.0.0/0', NextHops: [{ Priority: 0, IP: '10.0.0.250', IfIndex: 2 }] }] },
    ],
  };
  const graph = `${host('a', '10.0.0.1', via)}\n${host('b', '10.0.0.2')}\n${cable('a', 'veth:b/eth0')}`;
  expect(walked(graph, { from: 'a', to: '10.9.0.1' }).there).toMatchObject({
    reaches: 'no',
    code: 'nobody',
    reason: 'nobody that eth0 is linked to answers for 10.0.0.250',
    at: { id: 'veth:a/eth0' },
  });
});

test('without a route there is no source, and no answer', () => {
  const graph = `${host('a', '10.0.0.1')}\n${host('b', '10.0.0.2')}\n${cable('a', 'veth:b/eth0')}`;
  const { there, back, packet } = walked(graph, { from: 'a', to: '10.9.0.1', isBoth: true });
  expect([there.code, back, packet.source]).toEqual(['no-route', undefined, '0.0.0.0']);
});

test('a router answers for those behind it, where it is to', () => {
  const wide = {
    RoutingTables: [
      { ID: 254, Routes: [{ Protocol: 2, Prefix: '10.0.0.0/8', NextHops: [{ Priority: 0, IfIndex: 2 }] }] },
    ],
  };
  const port = (name: string, IfIndex: number, address: string, more: object) =>
    `netns:r -ownership-> veth:r/${name} ${JSON.stringify({
      ...{ Name: name, IfIndex, MAC: `02:00:00:00:07:0${IfIndex}`, IPV4: [`${address}/24`], ...more },
      RoutingTables: [
        {
          ID: 254,
          Routes: [{ Protocol: 2, Prefix: address.replace(/1$/, '0/24'), NextHops: [{ Priority: 0, IfIndex }] }],
        },
      ],
    })}`;
  const graph = (left: object, router = '{"Forwarding":{"IPV4":true}}') => `
    ${host('a', '10.0.0.2', wide)}
    ${host('b', '10.9.0.2', wide)}
    netns:r ${router}
    ${port('l', 3, '10.0.0.1', left)}
    ${port('r', 4, '10.9.0.1', {})}
    ${cable('a', 'veth:r/l')} {"Name":"l"}
    ${cable('b', 'veth:r/r')} {"Name":"r"}`;
  const asked = { from: 'a', to: 'b' };
  expect(walked(graph({ ProxyNeigh: ['IPV4'] }), asked).there.reaches).toBe('yes');
  const nobody = { reaches: 'no', code: 'nobody', at: { id: 'veth:a/eth0' } };
  expect(walked(graph({}), asked).there).toMatchObject(nobody);
  expect(walked(graph({ ProxyNeigh: ['IPV4'] }, '{"Forwarding":{"IPV4":false}}'), asked).there).toMatchObject(nobody);
});
