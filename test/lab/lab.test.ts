import { describeLab, labDown, labStatus, labUp } from '../../src/lab/lab.ts';
import { addressOf, cables, machines } from '../../src/lab/plan.ts';
import { type Run, run } from '../../src/lab/run.ts';
import { Unavailable } from '../../src/std/unavailable.ts';

/** An `ip` that knows some namespaces and takes everything. */
function fakeIp(namespaces: Record<string, object[]> = {}): { run: Run; commands: string[] } {
  const commands: string[] = [];
  return {
    commands,
    async run(command, words, input) {
      commands.push([command, ...words, ...(input ? [`<${input.trim().split('\n').length}`] : [])].join(' '));
      if (words.join(' ') === 'netns list') return Object.keys(namespaces).join('\n');
      if (words.includes('-json')) return JSON.stringify(namespaces[words[1] ?? ''] ?? []);
      return '';
    },
  };
}

test('every cable ends in two machines, and every link of a host is set up', () => {
  const names = machines.map((machine) => machine.name);
  for (const [one, , other] of cables) expect(names).toEqual(expect.arrayContaining([one, other]));
  expect(machines.filter((machine) => machine.role === 'host').length).toBe(4);
  expect(addressOf(3)).toBe('10.77.0.3');
});

test('a namespace of somebody else is not touched', async () => {
  const ip = fakeIp({ 'lab-host1': [{ ifname: 'lo', flags: ['UP'] }] });
  const untouched = expect.objectContaining({ message: 'the namespace lab-host1 is not of this lab' });
  await expect(labUp(ip.run, () => undefined)).rejects.toEqual(untouched);
  await expect(labDown(ip.run, () => undefined)).rejects.toEqual(untouched);
  expect(ip.commands.filter((command) => !command.includes('list') && !command.includes('show'))).toEqual([]);
});

test('when there is nothing, down and status say so', async () => {
  const lines: string[] = [];
  await labDown(fakeIp().run, (line) => lines.push(line));
  expect([...lines, ...describeLab(await labStatus(fakeIp().run))]).toEqual([
    'there is no lab',
    'there is no lab; make one: skein lab up',
  ]);
});

test('a command that is missing or refused says what would do', async () => {
  await expect(run('skein-no-such-command', [])).rejects.toEqual(
    new Unavailable('skein-no-such-command is not installed', 'iproute2 and coreutils'),
  );
  await expect(run('tee', ['/proc/version'], 'x')).rejects.toThrow(/^tee \/proc\/version: /);
});
