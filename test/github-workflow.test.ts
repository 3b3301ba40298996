/** deploy/github-workflow.yml is what a runner takes, and calls what there is. Its steps were run by hand on the lab. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { skein } from './cli/terminal.ts';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: { readonly path?: string };
}

const text = readFileSync(join(import.meta.dirname, '..', 'deploy', 'github-workflow.yml'), 'utf8');
const workflow: { jobs: { connected: { steps: Step[]; env: Record<string, string> } } } = parse(text);
const { steps } = workflow.jobs.connected;
const scripts = steps.flatMap(({ run }) => run ?? []);

test('its steps say what they do once, as a shell understands it', () => {
  expect(Object.keys(parse(text))).toEqual(['name', 'on', 'permissions', 'jobs']);
  for (const { uses, run } of steps) expect([uses, run].filter((one) => one !== undefined)).toHaveLength(1);
  for (const script of scripts) execFileSync('bash', ['-n'], { input: script });
  expect(steps.map(({ uses }) => uses?.split('@', 1)[0]).filter(Boolean)).toEqual([
    'actions/checkout',
    'actions/upload-artifact',
  ]);
});

test('what is checked is kept, whether it is red or green', () => {
  const keeps = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'));
  expect(keeps?.if).toBe('always()');
  const kept = keeps?.with?.path?.split('\n') ?? [];
  for (const [, written] of scripts.join('\n').matchAll(/--(?:junit|json|artifacts|write) (\S+)/g))
    expect(kept.some((path) => path !== '' && written !== undefined && `${written}/`.startsWith(path))).toBe(true);
});

test('each call of skein is one that there is, with options that there are', async () => {
  const calls = scripts.flatMap((script) => [...script.matchAll(/(?:^|sudo |" )\s*skein ([a-z].*)$/gm)]);
  const said = calls.map(([, words = '']) => words.split(/ (?:[>|&]|2>)/, 1)[0]?.split(' ') ?? []);
  expect(said.map(([command]) => command)).toEqual(['up', 'status', 'lab', 'check', 'check', 'why', 'bundle']);
  for (const [command = '', second = '', ...rest] of said) {
    const isOfTwo = command === 'lab' || (command === 'check' && second === 'validate');
    const path = isOfTwo ? [command, second] : command === 'check' ? ['check', 'run'] : [command];
    const { out, err } = await skein([...path, '--help']);
    expect([path, err]).toEqual([path, '']);
    for (const option of [second, ...rest].filter((word) => /^--?[a-z]/.test(word)))
      expect([path, option, new RegExp(`(^|[ ,])${option}[ ,]`, 'm').test(out)]).toEqual([path, option, true]);
  }
});
