import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentId } from '../src/app-agent-id.ts';
import { lockFolder } from '../src/relay/spool/lock.ts';

const data = mkdtempSync(join(tmpdir(), 'agent-id-'));
const spool = join(data, 'spool');
afterAll(() => rmSync(data, { recursive: true }));

const warnings: string[] = [];
const log = { info: () => undefined, warn: (text: string) => warnings.push(text) };
const ask = (id: string) => agentId({ data, spool, newId: () => id, log });

test('an agent is the same one each time it runs, and its spool is left alone', () => {
  expect(ask('11111111-first')).toBe('11111111-first');
  mkdirSync(spool);
  writeFileSync(join(spool, 'segment'), 'told');
  expect(ask('22222222-other')).toBe('11111111-first');
  expect(readdirSync(spool)).toEqual(['segment']);
  expect(warnings).toEqual([]);
});

test('one whose id was removed is a new one, and has not the spool of the one before', () => {
  rmSync(join(data, 'agent-id'));
  {
    using _running = lockFolder(spool);
    expect(() => ask('22222222-other')).toThrow('another agent');
  }
  expect(ask('22222222-other')).toBe('22222222-other');
  expect(existsSync(spool)).toBe(false);
  const aside = `${spool}-before-22222222`;
  expect(readFileSync(join(aside, 'segment'), 'utf8')).toBe('told');
  expect(warnings).toEqual([expect.stringContaining(`the spool of the one before is in ${aside}`)]);
});
