// Users of the operating system.

import { readFileSync } from 'node:fs';

/** A user of the operating system. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The users of /etc/passwd, without those of directory services. */
export function readUsers(): SystemUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid, , home = '/']) => ({
      name,
      // macOS gives nobody the number -2, an unsigned number.
      uid: Number(uid) >>> 0,
      gid: Number(gid) >>> 0,
      home,
    }));
}
