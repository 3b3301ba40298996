import { filtered, refusal } from '../../src/injection/host/refusal.ts';

test('what a blackhole takes and what a route prohibits is said to be the doing of routes', () => {
  expect(refusal('EINVAL', 'eth0', 60).message).toContain('to nowhere (blackhole)');
  expect(filtered('EACCES')).toContain('route or policy rule');
  expect(filtered('EPERM')).toContain('packet filter');
});
