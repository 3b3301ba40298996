import { greenAt } from '../../src/api/checks.ts';
import { resultOf } from '../checks/report/run.ts';

test('a check that was ok at once was so when it was asked; one that was not at once, when it was over', () => {
  const result = resultOf({ startedAt: 1_000, tookMs: 300 });
  expect(greenAt({ ...result, attempts: 1 })).toBe(1_000);
  expect(greenAt({ ...result, attempts: 3 })).toBe(1_300);
});
