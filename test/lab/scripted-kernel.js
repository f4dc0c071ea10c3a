/**
 * A kernel that does what the code says, for what the real ones do rarely: `ask` asks for input,
 * `die` ends the process, `wait` answers only when `go` comes as a comm message, anything else is
 * echoed. A comm message comes back with its buffers.
 */
import { readFileSync } from 'node:fs';
import { bindKernelSockets } from '../../dist/jupyter/kernel-sockets.js';
import { createMessage } from '../../dist/jupyter/message.js';

const info = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const session = 'scripted';
let asking;

const sockets = await bindKernelSockets(info, (channel, request) => {
  const make = (type, content, buffers = []) =>
    createMessage(type, content, { session, parent: request, buffers });
  const publish = (type, content, buffers) => sockets.iopub.send(make(type, content, buffers));
  const reply = (type, content) => sockets[channel].send(make(type, content));
  const echo = (text, parent = request) =>
    sockets.iopub.send(createMessage('stream', { name: 'stdout', text }, { session, parent }));

  if (channel === 'stdin') {
    void echo(`heard ${request.content.value}`, asking);
    const done = { status: 'ok', execution_count: 1 };
    void sockets.shell.send(createMessage('execute_reply', done, { session, parent: asking }));
    const idle = { execution_state: 'idle' };
    void sockets.iopub.send(createMessage('status', idle, { session, parent: asking }));
    return;
  }
  void publish('status', { execution_state: 'busy' });
  switch (request.header.msg_type) {
    case 'kernel_info_request':
      void reply('kernel_info_reply', {
        status: 'ok',
        protocol_version: '5.3',
        implementation: 'scripted',
        implementation_version: '1',
        language_info: { name: 'script', mimetype: 'text/plain', file_extension: '.txt' },
        banner: '',
        help_links: [],
      });
      break;
    case 'execute_request': {
      const { code } = request.content;
      if (code === 'die') process.exit(1);
      if (code === 'ask') {
        asking = request;
        const question = { prompt: 'name?', password: false };
        void sockets.stdin.send(
          createMessage('input_request', question, { session, parent: request }),
        );
        return; // busy until the answer comes
      } else {
        void echo(code === 'folder' ? process.cwd() : code);
        void reply('execute_reply', { status: 'ok', execution_count: 1 });
      }
      break;
    }
    case 'comm_msg':
      void publish('comm_msg', request.content, request.buffers);
      break;
    case 'shutdown_request':
      void reply('shutdown_reply', { status: 'ok', restart: false }).then(() => process.exit());
      break;
  }
  void publish('status', { execution_state: 'idle' });
});
