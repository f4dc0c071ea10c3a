// All files of a project's sources, wherever they are: in the data folder and in object stores.

import { DaybookError } from '../../../errors.js';
import type { StorageConfig } from '../../../config/declarations/storage-config.js';
import { currentObject } from '../../../storage/read-object.js';
import { isObjectAddress } from '../../../storage/object-address.js';
import { surveyFolder, type FolderContent, type LogFile } from './find-files.js';
import { objectStamp, surveyObjects } from './survey-objects.js';

/**
 * Lists the files of all patterns.
 *
 * @param folder - The data folder; it is looked at only where a pattern is not that of objects.
 * @throws DaybookError `DATA_MISSING` without a folder or a file; that of a store.
 */
export async function surveyFiles(
  folder: string,
  patterns: readonly string[],
  store: StorageConfig,
): Promise<FolderContent> {
  const ofObjects = patterns.filter(isObjectAddress);
  if (ofObjects.length === 0) return surveyFolder(folder, patterns);
  const ofFolder = patterns.filter((pattern) => !isObjectAddress(pattern));
  const objects = await surveyObjects(ofObjects, store);
  const local = await surveyFolder(folder, ofFolder).catch((error: unknown) => {
    const isMissing = error instanceof DaybookError && error.code === 'DATA_MISSING';
    // Where there are objects, the folder may be empty still.
    if (isMissing && objects.files.length > 0) return { files: [], passedOver: [] };
    throw error;
  });
  const files = [...local.files, ...objects.files].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (files.length === 0) {
    throw new DaybookError('DATA_MISSING', 'no object is named like a log', {
      hint: `addresses that are read: ${ofObjects.join(', ')}`,
    });
  }
  return { files, passedOver: [...local.passedOver, ...objects.passedOver] };
}

/**
 * A file as it is now, after an attempt found that its object was replaced.
 *
 * @throws DaybookError when the object is gone, or its store does not answer.
 */
export async function currentFile(file: LogFile): Promise<LogFile> {
  if (file.object === undefined) return file;
  const object = await currentObject(file.object);
  return { ...file, bytes: object.bytes, stamp: objectStamp(object), object };
}
