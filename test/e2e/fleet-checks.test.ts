/** Checks by an analyzer: packets from one host are looked for on another, and what its kernel drops is told. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckResult } from '../../src/checks/result.ts';
import type { WhyReply } from '../../src/contract/why.ts';
import { eventually } from '../eventually.ts';
import { Fleet } from './fleet_operator.ts';
import { inFolder } from './running.ts';

test('packets injected on one host are seen on the other, or it is told that its kernel drops them, or why they do not arrive', async () => {
  await inFolder(async (folder) => {
    await using fleet = await Fleet.make(folder);
    const [one, two] = [fleet.host(), fleet.host()];
    fleet.join(one, two);
    await using _h1 = await fleet.agent(one, 'h1');
    await using _h2 = await fleet.agent(two, 'h2');
    const file = join(folder, 'fleet.check.yaml');
    writeFileSync(
      file,
      `apiVersion: checks/v1
kind: CheckSuite
metadata: { name: fleet }
defaults: { timeout: 1s, retry: { for: 0s } }
endpoints: { h1: { name: h1/wire }, h2: { ip: 198.51.100.2 } }
checks:
  - { id: I, name: inject, reach: { from: h1, to: h2, proto: icmp, method: inject }, expect: { result: delivered } }
  - { id: C, name: connect, reach: { from: h1, to: h2, proto: icmp, method: connect }, expect: { result: delivered } }
`,
    );
    const wire = (host: string) => `G.V().Has('Name', 'wire').Has('@Host', '${host}')`;
    await fleet.skein(['rule', 'edge', 'create', 'Type=veth', '--src', wire('h1'), '--dst', wire('h2')]);
    const check = async (): Promise<CheckResult[]> => {
      const text = await fleet.skein(['check', file, '--output', 'json']).catch((error: Error) => error.message);
      const said = JSON.parse(text) as { readonly results: CheckResult[] };
      return said.results;
    };
    await eventually(async () => {
      expect((await check()).map(({ id, status }) => `${id} ${status}`).sort()).toEqual(['C ok', 'I ok']);
    }, 30_000);
    execFileSync('ip', ['netns', 'exec', two.name, 'nft', '-f', '-'], {
      input:
        'table inet f {\n chain c {\n type filter hook input priority 0; policy accept;\n icmp type echo-request drop\n }\n}\n',
    });
    await eventually(async () => {
      const results = await check();
      for (const result of results)
        expect(result).toMatchObject({
          status: 'failed',
          code: 'POLICY_DENY',
          // Its agent reads no rules: the kernel's word alone.
          reason: expect.stringMatching(/^stopped at .*NETFILTER_DROP/),
          evidence: { drop: { reason: 'NETFILTER_DROP' }, stopsAt: { host: 'h2' } },
        });
      const seen = results
        .find(({ id }) => id === 'I')
        ?.evidence?.hops?.flatMap(({ node, seen: packets }) =>
          packets === undefined ? [] : `${node.host} ${packets}`,
        );
      expect(seen).toEqual(['h1 1', 'h2 1']);
    }, 30_000);
    // The rule is nobody's word in the graph here; what changes on the other host is named with that host.
    for (const [change, kind] of [
      ['neigh replace 198.51.100.1 lladdr 02:aa:aa:aa:aa:aa dev wire nud permanent', 'neighbour.fixed'],
      ['addr del 198.51.100.2/24 dev wire', 'address.removed'],
    ] as const) {
      two.ip(change);
      await eventually(async () => {
        const text = await fleet.skein(['why', 'h1/wire', '198.51.100.2', '-o', 'json']);
        const [first] = (JSON.parse(text) as WhyReply).culprits;
        const { name, host } = first?.element ?? {};
        expect({ kind: first?.kind, name, host, text }).toEqual({ kind, name: 'wire', host: 'h2', text });
      }, 30_000);
      if (kind === 'neighbour.fixed') two.ip('neigh del 198.51.100.1 dev wire');
    }
  });
}, 240_000);
