/** Somebody without a capability, who may not write where he said. */
import { chmodSync } from 'node:fs';
import { inFolder, skeinUpAs } from './running.ts';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

(isRoot ? test : test.skip)('what works without root is shown, and what does not is named with what it needs', () =>
  inFolder(async (data) => {
    chmodSync(data, 0o700);
    const skein = await skeinUpAs(NOBODY, data);
    expect(skein.said()).toContain('history is kept in memory only');
    expect(skein.said()).toContain('history  in memory, until this process ends');
    expect(skein.said()).toMatch(/missing {2}.*needs CAP_SYS_PTRACE/);
    expect(await skein.query("G.V().Has('Type','host').Out().Has('Name','lo').Values('State')")).toEqual(['UNKNOWN']);
    expect(await skein.end()).toBe(0);
  }),
);
