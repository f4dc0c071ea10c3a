import { readFileSync } from 'node:fs';

/** A user of the operating system, as it is listed. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The users that /etc/passwd lists: those of a directory service are not there. */
export function readUsers(): SystemUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid, , home = '/']) => ({
      name,
      // macOS gives nobody the number -2, meaning the highest but one.
      uid: Number(uid) >>> 0,
      gid: Number(gid) >>> 0,
      home,
    }));
}
