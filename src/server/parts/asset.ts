// A file that pages load.

import type { EncodedBody } from '../../http/encoded-body.js';

/** A file that pages load. Its address contains a hash of its content, so browsers cache it forever. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: EncodedBody;
}
