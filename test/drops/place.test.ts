import type { Drop } from '../../src/drops/drops.ts';
import { placeOf } from '../../src/drops/place.ts';
import { meaningOf, reasonOf } from '../../src/drops/reasons.ts';
import { readGraph } from '../../src/graph/text.ts';

const graph = readGraph(`
  host:test -ownership-> veth:eth0 {"IfIndex":2}
  host:test -ownership-> netns:blue {"Cookie":"5","Inode":99}
  netns:blue -ownership-> veth:eth1 {"IfIndex":2}
`);

const drop: Drop = {
  host: 'test',
  timeNs: '0',
  timeMs: 0,
  reason: 'NETFILTER_DROP',
  direction: 'in',
  length: 60,
  tuple: { from: '10.0.0.1', to: '10.0.0.2', protocol: 6 },
};

test.each<[string, Partial<Drop>, string | undefined]>([
  ['interface of its namespace', { cookie: '5', ifIndex: 2 }, 'eth1'],
  ['interface of the host', { cookie: '1', isOwn: true, ifIndex: 2 }, 'eth0'],
  ['namespace, where it had no interface yet', { cookie: '5' }, 'blue'],
  ['namespace, where the interface is not shown', { cookie: '5', ifIndex: 7 }, 'blue'],
  ['namespace by its inode, without cookies', { inode: 99 }, 'blue'],
  ['nothing, of a namespace that is not shown', { cookie: '6', inode: 99, ifIndex: 2 }, undefined],
  ['nothing, of another host', { cookie: '5', ifIndex: 2, host: 'other' }, undefined],
])('a drop is placed at the %s', (_, where, name) => {
  expect(placeOf({ ...drop, ...where }, graph.now())?.node.metadata.Name).toBe(name);
});

test.each([
  ['NETFILTER_DROP', 'POLICY_DENY'],
  ['NEIGH_QUEUEFULL', 'NO_ARP'],
  ['IP_OUTNOROUTES', 'NO_ROUTE'],
  ['NO_SOCKET', 'PORT_CLOSED'],
  ['PKT_TOO_BIG', 'MTU_EXCEEDED'],
  ['IP_RPFILTER', 'ASYMMETRIC'],
  ['TC_INGRESS', 'RULE_DROP'],
  ['OVS_DROP_METER', 'RULE_DROP'],
  ['VXLAN_VNI_NOT_FOUND', 'TUNNEL_MISMATCH'],
  ['IP_INHDR', 'LOST_BETWEEN'],
  ['SOMETHING_NEW', 'LOST_BETWEEN'],
])('%s is %s', (reason, code) => {
  expect(meaningOf({ ...drop, reason }).code).toBe(code);
});

test('where no reason is given, the function says enough', () => {
  const at = (symbol: string) => meaningOf({ ...drop, reason: 'NOT_SPECIFIED', symbol });
  expect(at('veth_xmit').code).toBe('LINK_DOWN');
  expect(at('anything')).toEqual({ code: 'LOST_BETWEEN', words: 'the kernel gives no reason' });
});

test('a reason of a part of the kernel has its name, and a number that has none stays one', () => {
  expect([reasonOf(1, ['A', 'B']), reasonOf(0x30001, []), reasonOf(9, [])]).toEqual(['B', 'OVS_DROP_LAST_ACTION', '9']);
});
