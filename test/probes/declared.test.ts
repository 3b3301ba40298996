import { probes } from '../../src/probes/index.ts';

test.each(probes)('$name says where it looks', ({ reads }) => {
  expect(reads ?? []).not.toEqual([]);
});
