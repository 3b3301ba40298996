/** Which distribution this is: os-release(5), with the point release from files that are older than it. */

export interface Platform {
  readonly Platform?: string;
  readonly PlatformFamily?: string;
  readonly PlatformVersion?: string;
}

export interface ReleaseFiles {
  readonly osRelease?: string | undefined;
  readonly debianVersion?: string | undefined;
  readonly redhatRelease?: string | undefined;
}

export function platformOf({ osRelease, debianVersion, redhatRelease }: ReleaseFiles): Platform {
  const release = parseAssignments(osRelease ?? '');
  const id = release.get('ID') ?? (debianVersion === undefined ? undefined : 'debian');
  if (id === undefined) return {};
  const family = [id, ...(release.get('ID_LIKE') ?? '').split(' ')].map((one) => FAMILIES[one]).find(Boolean);
  // os-release of Debian and of CentOS leaves the point release out.
  const pointRelease =
    id === 'debian'
      ? debianVersion?.trim()
      : family === 'rhel'
        ? /\d+(\.\d+)+/.exec(redhatRelease ?? '')?.[0]
        : undefined;
  const version = pointRelease || release.get('VERSION_ID');
  return {
    Platform: NAMES[id] ?? id,
    ...(family && { PlatformFamily: family }),
    ...(version && { PlatformVersion: version }),
  };
}

/** What Skydive calls them. */
const NAMES: Readonly<Record<string, string>> = { rhel: 'redhat', ol: 'oracle', amzn: 'amazon' };

const FAMILIES: Readonly<Record<string, string>> = {
  debian: 'debian',
  ubuntu: 'debian',
  fedora: 'fedora',
  rhel: 'rhel',
  centos: 'rhel',
  rocky: 'rhel',
  almalinux: 'rhel',
  ol: 'rhel',
  amzn: 'rhel',
  suse: 'suse',
  sles: 'suse',
  opensuse: 'suse',
  arch: 'arch',
  alpine: 'alpine',
  gentoo: 'gentoo',
  nixos: 'nixos',
};

function parseAssignments(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^\s*([A-Za-z_]\w*)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S*))\s*$/gm)].map(
      ([, key = '', double, single, bare]) => [key, double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? ''] as const,
    ),
  );
}
