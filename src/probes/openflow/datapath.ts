/** What the datapath of a bridge does at the moment, on request: one line for each of its flows (ovs-vswitchd(8)). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unixctl } from '../../openflow/unixctl.ts';
import { Unavailable } from '../../std/unavailable.ts';

export interface DatapathAsked {
  /** Folder of the sockets, as /var/run/openvswitch. */
  readonly folder: string;
  readonly bridge: string;
  readonly signal?: AbortSignal;
}

export async function datapathFlows({ folder, bridge, signal }: DatapathAsked): Promise<readonly string[]> {
  const asked = { method: 'dpif/dump-flows', params: [bridge], ...(signal && { signal }) };
  for (const path of controls(folder)) {
    try {
      const answer = await unixctl({ ...asked, path });
      return answer.split('\n').filter((line) => line !== '');
    } catch (error) {
      // One that a killed daemon has left, or of another daemon.
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ECONNREFUSED' && !message.includes('not a valid command')) throw error;
    }
  }
  throw new Unavailable(`flows of the datapath of ${bridge}`, `a control socket of ovs-vswitchd in ${folder}`);
}

function controls(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.ctl'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
