import { fateOfPath } from '../../../src/checks/run/codes.ts';

test('whatever stops a path by the model has a code of its own', () => {
  const fates = ['no-forwarding', 'nat-mismatch', 'no-route', 'not-for-it', 'down', 'vlan', 'tunnel-end'].map(
    (code) => fateOfPath(code, undefined).code,
  );
  expect(fates).toEqual([
    'NO_ROUTE',
    'NAT_MISMATCH',
    'NO_ROUTE',
    'NO_ARP',
    'LINK_DOWN',
    'RULE_DROP',
    'TUNNEL_MISMATCH',
  ]);
});
