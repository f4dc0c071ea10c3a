/**
 * Watches a folder from now on, until whoever calls this has removed it.
 *
 * @param folder - Absolute.
 * @returns Call it when the folder is removed: the watch is over.
 */
export function leaveNothing(folder: string): () => void;
