import type { OpenTask } from '../../src/cli/bundle-task.ts';
import { skein } from './terminal.ts';

test('a command that is asked of a bundle keeps its options, with -- before it and without', async () => {
  const asked: OpenTask[] = [];
  const open = async (task: OpenTask) => {
    asked.push(task);
    return 0;
  };
  await skein(['open', 'f.tar.zst', '--', 'path', 'a', 'b', '--tcp', '80'], { open });
  await skein(['open', 'f.tar.zst', 'path', 'a', 'b', '--tcp', '80'], { open });
  await skein(['open', '--listen', '127.0.0.1:80', '--', 'f.tar.zst', 'diff', '--from', '-10m'], { open });
  expect(asked.map(({ words }) => words.join(' '))).toEqual([
    'path a b --tcp 80',
    'path a b --tcp 80',
    'diff --from -10m',
  ]);
});
