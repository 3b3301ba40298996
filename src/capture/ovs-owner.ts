/**
 * Whose a row is that we put into a database of Open vSwitch: the host's, and the process's, so that what a process that
 * was killed has left behind can be told from what one that runs needs.
 */
import { readFileSync } from 'node:fs';

/** Columns of external_ids. */
export const HOST = 'skein-host';
export const PROCESS = 'skein-process';

/** What external_ids of our rows hold. */
export function ownMarks(host: string): Readonly<Record<string, string>> {
  return { exporter: 'skein', [HOST]: host, [PROCESS]: ownProcess() };
}

/** Whether metadata of a node says that it is a port of ours, made for a capture. */
export function isMirrorOutput({ ExtID }: { readonly [key: string]: unknown }): boolean {
  return typeof ExtID === 'object' && ExtID !== null && PROCESS in ExtID && 'exporter' in ExtID;
}

/** Whether the process that these marks name still runs; our own does. Marks without one are of nobody. */
export function isAlive(marks: ReadonlyMap<string, string>): boolean {
  const [pid, started, boot] = (marks.get(PROCESS) ?? '').split(' ');
  return pid !== undefined && /^\d+$/.test(pid) && boot === bootId() && startOf(pid) === started;
}

export function isOwn(marks: ReadonlyMap<string, string>): boolean {
  return marks.get(PROCESS) === ownProcess();
}

/** Numbers of processes are given out again: the time of its start, and that of the machine, tell it apart. */
function ownProcess(): string {
  return `${process.pid} ${startOf(String(process.pid))} ${bootId()}`;
}

/** In ticks since the machine was started (proc(5), /proc/PID/stat, the 22nd); a name may hold spaces and brackets. */
function startOf(pid: string): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id').trim().slice(0, 8);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
