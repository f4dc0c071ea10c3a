// Output to s3://…: it is written into a temporary folder first, and sent from there.

import { withTemporaryFolder } from '../files/temporary-folder.js';
import { DaybookError } from '../errors.js';
import { addressProblem, parseAddress } from '../storage/object-address.js';
import { uploadFolder, type Uploaded, type UploadOptions } from '../storage/upload-folder.js';
import { formatCount } from '../text/amounts.js';

/**
 * Makes the objects below an address what some work writes into a folder.
 *
 * @returns Its result, and what was sent.
 * @throws DaybookError `USAGE` for a wrong address; as `uploadFolder` does; whatever the work throws.
 */
export async function fillAddress<T>(
  options: Omit<UploadOptions, 'folder' | 'target'> & { readonly address: string },
  work: (folder: string) => Promise<T>,
): Promise<T & { readonly sent: Uploaded }> {
  const { address, ...others } = options;
  const problem = addressProblem(address);
  if (problem !== undefined) throw new DaybookError('USAGE', `${address} ${problem}`);
  const { bucket, key } = parseAddress(address);
  const target = { bucket, key: key.replace(/\/+$/, '') };
  return withTemporaryFolder(async (folder) => {
    const result = await work(folder);
    return { ...result, sent: await uploadFolder({ ...others, target, folder }) };
  });
}

/** What was sent, as it follows the number of files. */
export function sentText({ written, unchanged, removed }: Uploaded): string {
  return `: ${formatCount(written)} sent, ${formatCount(unchanged)} as they were, ${formatCount(removed)} removed`;
}
