import { cable, host, lines, serving, walked } from './walked.ts';

/** `a` behind the router `r`, which has rules, and `b` at the other side. */
function routed(rules: string, router: Readonly<Record<string, unknown>> = {}): string {
  const via = (network: string, gateway: string) => ({
    RoutingTables: [
      {
        ID: 254,
        Routes: [
          { Protocol: 2, Prefix: `${network}/24`, NextHops: [{ Priority: 0, IfIndex: 2 }] },
          { Protocol: 3, Prefix: '0.0.0.0/0', NextHops: [{ Priority: 0, IP: gateway, IfIndex: 2 }] },
        ],
      },
    ],
  });
  const port = (name: string, ifIndex: number, address: string) =>
    `netns:r -ownership-> veth:r/${name} ${JSON.stringify({
      ...{ Name: name, IfIndex: ifIndex, MAC: `02:00:00:00:01:0${ifIndex}`, MTU: 1500, IPV4: [`${address}/24`] },
      RoutingTables: [
        {
          ID: 254,
          Routes: [
            { Protocol: 2, Prefix: address.replace(/\d+$/, '0/24'), NextHops: [{ Priority: 0, IfIndex: ifIndex }] },
          ],
        },
      ],
    })}`;
  return `
    ${host('a', '10.1.0.2', via('10.1.0.0', '10.1.0.1'))}
    ${host('b', '10.2.0.2', via('10.2.0.0', '10.2.0.1'))}
    netns:r ${JSON.stringify({ Netfilter: { Tables: 1, Chains: 1, Rules: 1, Sets: 0 }, Forwarding: { IPV4: true }, ...router })}
    ${port('in', 3, '10.1.0.1')}
    ${port('out', 4, '10.2.0.1')}
    ${serving('b', 80)}
    ${cable('a', 'veth:r/in')}
    ${cable('b', 'veth:r/out')}
    ${rules}`;
}

/** A chain with its rules, each as its clauses. */
function chain(more: Readonly<Record<string, unknown>>, ...rules: readonly (readonly object[])[]): string {
  const table = { Family: 'ip', Table: 't' };
  const { Name = 'c' } = more;
  const facts = { Name, ...table, Priority: 0, ChainType: 'filter', Policy: 'accept', ...more };
  return [
    `netns:r -ownership-> nftchain:${Name} ${JSON.stringify(facts)}`,
    ...rules.map((clauses, at) => {
      const rule = { ...table, Chain: Name, Order: at + 1, Text: `rule ${at + 1}`, Clauses: clauses };
      return `nftchain:${Name} -ownership-> nftrule:${Name}-${at + 1} ${JSON.stringify(rule)}`;
    }),
  ].join('\n');
}

const tcp = { from: 'a', to: 'b', protocol: 6, port: 80 };
const port = (value: string) => ({ Key: 'tcp dport', Op: '==', Values: [value] });

test('without a rule that is against it nothing is assumed', () => {
  const { there } = walked(routed(chain({ Hook: 'forward' }, [port('81'), { Do: 'drop' }])), tcp);
  expect(there).toMatchObject({ reaches: 'yes', assumed: [] });
});

test('the rule that drops is told with its table and chain', () => {
  const { there } = walked(routed(chain({ Hook: 'forward' }, [port('22'), { Do: 'accept' }], [{ Do: 'drop' }])), tcp);
  expect(there).toMatchObject({ reaches: 'no', code: 'filtered', at: { id: 'netns:r' } });
  expect(there.reason).toBe('r: dropped by rule "rule 2" of chain c, table ip t');
  expect(there.hops.at(-1)?.how).toMatchObject({
    kind: 'filter',
    filter: { id: 'nftrule:c-2', family: 'ip', table: 't', chain: 'c', verdict: 'drop' },
  });
});

test('a rule nobody can decide matters only where the ends differ', () => {
  const unknown = { Key: 'meta skuid', Op: '==', Values: ['1'] };
  const strange = { Key: 'ether saddr', Op: '==', Values: ['02:00:00:00:00:01'] };
  const open = walked(routed(chain({ Hook: 'forward' }, [strange, { Do: 'drop' }])), tcp).there;
  expect(open).toMatchObject({ reaches: 'unknown', code: 'filter-unknown' });
  expect(open.reason).toContain('rule "rule 1" of chain c, table ip t of r');
  const same = walked(routed(chain({ Hook: 'forward' }, [strange, { Do: 'drop' }], [{ Do: 'drop' }])), tcp).there;
  expect(same).toMatchObject({ reaches: 'no', code: 'filtered', assumed: [] });
  // What is passed on has no socket here, and so no user.
  expect(walked(routed(chain({ Hook: 'forward' }, [unknown, { Do: 'drop' }])), tcp).there.reaches).toBe('yes');
});

test('that a limit is not reached is assumed, and told', () => {
  const rules = chain({ Hook: 'forward', Policy: 'drop' }, [{ Do: 'limit' }, { Do: 'accept' }]);
  const { there } = walked(routed(rules), tcp);
  expect(there.reaches).toBe('yes');
  expect(there.assumed).toEqual([
    'a limit, which is not reached: rule "rule 1" of chain c, table ip t of r asks for it',
  ]);
});

test('who is hidden on the way there is found on the way back', () => {
  const rules = chain({ Hook: 'postrouting', ChainType: 'nat', Priority: 100 }, [{ Do: 'masquerade' }]);
  const { there, back } = walked(routed(rules), { ...tcp, isBoth: true });
  expect(there.hops.find(({ how }) => how.kind === 'nat')?.how.nat).toEqual({
    ...{ kind: 'masquerade', from: '10.1.0.2', newFrom: '10.2.0.1' },
    ...{ to: '10.2.0.2:80', newTo: '10.2.0.2:80' },
  });
  expect(back && lines(back)).toContain('netns:r nat');
  expect(back?.reaches).toBe('yes');
});

test('rules that lead in a circle come to an end', () => {
  const rules = `${chain({ Hook: 'forward' }, [{ Do: 'jump', Chain: 'd' }])}
    ${chain({ Name: 'd', Hook: undefined }, [{ Do: 'goto', Chain: 'd' }])}`;
  const { there } = walked(routed(rules), tcp);
  expect(there).toMatchObject({ reaches: 'unknown', code: 'filter-unknown' });
});

test('a namespace that does not forward stops it, and one that looks at where it comes from', () => {
  expect(walked(routed('', { Forwarding: { IPV4: false } }), tcp).there).toMatchObject({
    reaches: 'no',
    code: 'no-forwarding',
    reason: 'r does not forward IPv4 (net.ipv4.ip_forward)',
  });
  const strict = walked(routed('', { RPFilter: 'strict' }), { ...tcp, fromAddress: '10.2.0.9' });
  expect(strict.there).toMatchObject({ reaches: 'no', code: 'rp-filter' });
});

test.each([
  [
    [{ Do: 'set', Key: 'ip daddr', Value: '10.2.0.99' }, { Do: 'payload' }],
    'it writes ip daddr, which is not followed',
  ],
  [[{ Do: 'set', Key: 'ip ttl', Value: '1' }, { Do: 'payload' }], 'it writes ip ttl, which is not followed'],
  [[{ Do: 'synproxy' }], 'synproxy takes it elsewhere'],
  [[{ Do: 'queue' }], 'queue takes it elsewhere'],
])('what is done to a packet and not followed is told: %j', (clauses, why) => {
  const { there } = walked(routed(chain({ Hook: 'prerouting', Priority: -300 }, [port('80'), ...clauses])), tcp);
  const reason = `what becomes of it after rule "rule 1" of chain c, table ip t of r is not known: ${why}`;
  expect(there).toMatchObject({ reaches: 'unknown', code: 'filter-unknown', reason });
  const other = walked(routed(chain({ Hook: 'prerouting', Priority: -300 }, [port('81'), ...clauses])), tcp).there;
  expect(other).toMatchObject({ reaches: 'yes', assumed: [] });
});

test('what is written without changing the way is no doubt, and a zone is one that may be known', () => {
  const through = (clause: object) =>
    walked(routed(chain({ Hook: 'prerouting', Priority: -300 }, [clause])), tcp).there;
  expect(through({ Do: 'set', Key: 'ip ttl', Value: '64' })).toMatchObject({ reaches: 'yes', assumed: [] });
  expect(through({ Do: 'set', Key: 'ip dscp', Value: 'ef' })).toMatchObject({ reaches: 'yes', assumed: [] });
  expect(through({ Do: 'set', Key: 'ct zone', Value: '5' })).toMatchObject({
    reaches: 'yes',
    assumed: [expect.stringContaining('answers are tracked in the zone of what they answer')],
  });
});
