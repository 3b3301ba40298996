/** Units for systemd, as systemd itself reads them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'deploy', 'systemd');
const units = readdirSync(folder);

test.each(units)('%s is understood by systemd', (unit) => {
  const copies = mkdtempSync(join(tmpdir(), 'skein-units-'));
  try {
    // The program is not installed where the unit expects it.
    const text = readFileSync(join(folder, unit), 'utf8').replaceAll('/opt/skein/bin/skein', '/bin/true');
    writeFileSync(join(copies, unit), text);
    const said = execFileSync('systemd-analyze', ['verify', join(copies, unit)], { stdio: 'pipe' }).toString();
    expect(said).toBe('');
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
});

test.each(units)('%s runs as a user of its own, who can never get more than it has', (unit) => {
  const text = readFileSync(join(folder, unit), 'utf8');
  const settingOf = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];
  expect(settingOf('User')).toBe('skein');
  expect(settingOf('NoNewPrivileges')).toBe('yes');
  expect(settingOf('AmbientCapabilities')).toBe(settingOf('CapabilityBoundingSet'));
});
