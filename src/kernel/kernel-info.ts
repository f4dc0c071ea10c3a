// The kernel's `kernel_info_reply`.

import { createRequire } from 'node:module';
import { protocolVersion, type MessageContents } from '../jupyter/message.js';

const require = createRequire(import.meta.url);

function versionOf(path: string): string {
  return (require(path) as { version: string }).version;
}

/** The kernel's description of itself. */
export function kernelInfo(): MessageContents['kernel_info_reply'] {
  const version = versionOf('../../package.json');
  const typescript = versionOf('typescript/package.json');
  return {
    status: 'ok',
    protocol_version: protocolVersion,
    implementation: 'daybook',
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: typescript,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      codemirror_mode: 'typescript',
      pygments_lexer: 'typescript',
      nbconvert_exporter: 'script',
    },
    banner: `Daybook ${version}: TypeScript ${typescript} on Node.js ${process.versions.node}`,
    help_links: [
      { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
      {
        text: 'Node.js',
        url: `https://nodejs.org/docs/latest-v${process.versions.node.split('.')[0] ?? ''}.x/api/`,
      },
    ],
    debugger: false,
    supported_features: [],
  };
}
