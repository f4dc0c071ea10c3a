// Types of the Contents API.

import type { Json } from '../../nbformat/notebook.js';

/** The kind of an entry. */
export type ContentsType = 'notebook' | 'file' | 'directory';

/**
 * An entry of the workspace, in the names of the Contents API
 * (https://jupyter-server.readthedocs.io/en/stable/developers/contents.html).
 */
export interface ContentsModel {
  name: string;
  path: string;
  type: ContentsType;
  writable: boolean;
  /** ISO 8601. */
  created: string;
  /** ISO 8601. */
  last_modified: string;
  /** In bytes; null for a folder. */
  size: number | null;
  mimetype: string | null;
  /** A notebook, the text or base64 of a file, the models of a folder; null when not requested. */
  content: Json | ContentsModel[];
  format: 'json' | 'text' | 'base64' | null;
  /** SHA-256 of the file in hex; null when not requested. */
  hash: string | null;
  hash_algorithm: 'sha256' | null;
}

/** The query of `GET /api/contents/PATH`. */
export interface ContentsQuery {
  /** The type that the client expects. */
  type?: string | undefined;
  format?: string | undefined;
  /** False: without content. */
  content: boolean;
  hash: boolean;
}

/** A save request. */
export interface SaveModel {
  type: ContentsType;
  format?: 'json' | 'text' | 'base64' | undefined;
  content?: Json | undefined;
  /** The number of a part of a large file: 1, 2, … and -1 for the last. */
  chunk?: number | undefined;
}
