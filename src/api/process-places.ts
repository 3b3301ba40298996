/** Where processes are that serve nothing: their sockets tell. */
import type { SocketProcess } from '../ends/socket.ts';
import type { SocketView } from '../ends/socket-view.ts';
import type { ProcessPlaces } from '../query/forwarding/ends.ts';

/** Of the moment, epoch ms; undefined is now. Undefined when none of the ends is a process, or nobody looks at sockets. */
export async function processPlaces(
  sockets: SocketView | undefined,
  ends: readonly string[],
  time: number | undefined,
): Promise<ProcessPlaces | undefined> {
  if (sockets === undefined || !ends.some((text) => /^(pid|process):/.test(text))) return undefined;
  return placesIn(sockets, time);
}

/** The same, whoever is asked about. */
export async function placesIn(sockets: SocketView, time: number | undefined): Promise<ProcessPlaces> {
  const found = await sockets.find(time === undefined ? {} : { time: { from: time, to: time } });
  return (wanted) => {
    const isIt = ({ pid, name, path }: SocketProcess) =>
      'pid' in wanted ? pid === wanted.pid : name === wanted.name || path?.split('/').at(-1) === wanted.name;
    return new Set(found.filter(({ process }) => process !== undefined && isIt(process)).map(({ node }) => node));
  };
}
