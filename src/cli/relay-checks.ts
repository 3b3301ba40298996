/** What `skein doctor` finds about a fleet: of an agent its ways to the analyzers, of an analyzer its agents. */
import type { FleetStatus, RelayStatus, Status } from '../contract/status.ts';
import type { Check } from './check.ts';
import { drawBytes, drawDuration } from './moment.ts';
import { lostText, OFFSET_MAX_MS, offsetText } from './render/fleet-status.ts';

/** Agents named one by one. */
const AGENTS_SHOWN = 20;
/** The last word of an agent that is connected is no older, or something is slow. */
const LAG_MAX_MS = 60_000;

export function relayChecks({ Relay, Host }: Pick<Status, 'Relay' | 'Host'>): Check[] {
  if (!Relay) return [];
  return [
    homeCheck(Relay),
    ...Relay.Analyzers.flatMap((analyzer) => analyzerChecks(analyzer, Host)),
    ...spoolChecks(Relay.Spool),
  ];
}

export function fleetChecks({ Fleet }: Pick<Status, 'Fleet'>): Check[] {
  if (!Fleet) return [];
  const { Connected, Away, Gone, Agents, Notes } = Fleet;
  const lost = [Away > 0 ? `${Away} away` : '', Gone > 0 ? `${Gone} gone` : ''].filter(Boolean);
  const all: Check = {
    name: 'agents',
    state: lost.length > 0 ? 'warn' : 'ok',
    text: [`${Connected} connected`, ...lost].join(', '),
    ...(Agents.length === 0 && { would: 'on each host: skein agent --analyzer URL' }),
  };
  const late = Agents.filter(({ State, LagMs = 0 }) => State === 'connected' && LagMs > LAG_MAX_MS).map(lagCheck);
  return [all, ...Notes.slice(0, AGENTS_SHOWN).map(noteCheck), ...late.slice(0, AGENTS_SHOWN)];
}

function homeCheck({ Home, Since }: RelayStatus): Check {
  if (Home !== null) return { name: 'home', state: 'ok', text: Home };
  const text = `no analyzer keeps what is told here, since ${new Date(Since).toISOString()}`;
  return {
    name: 'home',
    state: 'fail',
    text,
    would: 'nothing is lost while the spool has room; see the analyzers below',
  };
}

function analyzerChecks(
  { Name, State, Role, LastEnd, LastEndCode = '', ClockOffsetMs }: RelayStatus['Analyzers'][number],
  host: string,
): Check[] {
  const name = 'analyzer';
  if (State !== 'connected') {
    const said = LastEnd ?? 'not connected yet';
    const would = remedies[LastEndCode]?.replaceAll('HOST', host);
    // Its name is there already.
    const text = said.includes(Name) ? said : `${Name}: ${said}`;
    return [{ name, state: 'warn', text: `${text} (${State})`, ...(would !== undefined && { would }) }];
  }
  const reached: Check = { name, state: 'ok', text: `${Name} (${Role ?? 'home'})` };
  if (ClockOffsetMs === undefined || Math.abs(ClockOffsetMs) <= OFFSET_MAX_MS) return [reached];
  const text = `${Name}${offsetText(ClockOffsetMs)}: times of this host are wrong there by as much`;
  return [reached, { name: 'clock', state: 'warn', text, would: NTP }];
}

const NTP = 'NTP on both machines (systemd-timesyncd, chrony)';

const remedies: Readonly<Record<string, string>> = {
  lost: 'is it running, is its port open on the way? skein analyzer --listen 0.0.0.0:8082',
  token: 'on the analyzer: skein token create --agent --name HOST; here into agent.tokenFile',
  certificate:
    'its authority: --agent-ca FILE (ca.crt of skein cert init), and the name it has: skein cert init --name',
  'no-relay': 'the address and port of a skein analyzer',
  copy: 'a machine that was copied: stop the agent here, remove agent-id from its data folder, start it',
  'host-taken': 'another name for this host (--host), or stop the other agent',
  version: 'the same release on both sides, or one apart',
  full: 'a larger --analyzer-agents there, or another analyzer',
};

function spoolChecks({ Bytes, BytesMax, First, Next, Lost, Fault, Damaged }: RelayStatus['Spool']): Check[] {
  const name = 'spool';
  const waiting = Math.max(0, Next - First);
  const text = `${drawBytes(Bytes)} of at most ${drawBytes(BytesMax)}, ${waiting} batches wait`;
  const checks: Check[] = [];
  if (Fault !== undefined)
    checks.push({ name, state: 'fail', text: `nothing can be written: ${Fault}`, would: 'room on its disk' });
  else if (Bytes > BytesMax * 0.8)
    checks.push({
      name,
      state: 'warn',
      text: `${text}: nearly full`,
      would: 'an analyzer that answers, or a larger --agent-spool-max-size',
    });
  else checks.push({ name, state: 'ok', text });
  const lost = lostText(Lost);
  if (lost !== '')
    checks.push({
      name,
      state: 'fail',
      text: `${lost} lost for lack of room`,
      would: 'a larger --agent-spool-max-size',
    });
  if (Damaged > 0)
    checks.push({ name, state: 'warn', text: `${Damaged} batches could not be read back: is the disk well?` });
  return checks;
}

function noteCheck(text: string): Check {
  const would = /^the clock of /.test(text) ? NTP : undefined;
  return { name: 'agent', state: 'warn', text, ...(would !== undefined && { would }) };
}

function lagCheck({ Host, LagMs = 0 }: FleetStatus['Agents'][number]): Check {
  return {
    name: 'agent',
    state: 'warn',
    text: `what ${Host} tells is ${drawDuration(LagMs)} late`,
    would: 'see skein status there, and the archive here',
  };
}
