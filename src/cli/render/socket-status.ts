/** What `skein status` says of sockets: how many, what found no room, what is kept. */
import type { SocketStatus } from '../../contract/status.ts';
import type { Paint } from '../../std/paint.ts';
import { drawBytes } from '../moment.ts';
import { cellText } from './grid.ts';

export function socketLines(status: SocketStatus | undefined, paint: Paint): [title: string, text: string][] {
  // Without a probe that tells of them there is nothing to say.
  if (!status || status.Opened + status.Translations === 0) return [];
  const { Archive } = status;
  const kept = Archive ? `; ${Archive.Sockets} kept (${drawBytes(Archive.SizeBytes)})` : '';
  const refused = status.Refused + status.TranslationsRefused;
  return [
    ['sockets', `${status.Open} open, ${status.Translations} translations${kept}`],
    ...(refused > 0 ? [['', paint.removed(`${refused} found no room`)] as [string, string]] : []),
    ...(Archive?.Lost ? [['', paint.removed(`${Archive.Lost} could not be kept`)] as [string, string]] : []),
    ...(Archive?.Notes ?? []).map((note): [string, string] => ['', paint.changed(cellText(note))]),
  ];
}
