// Messages of the Jupyter protocol.

import { randomUUID } from 'node:crypto';

/**
 * Messages of the Jupyter protocol, version 5.4
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html).
 */

/** The protocol version of our messages. */
export const protocolVersion = '5.4';

/** The channels of a kernel that carry messages. */
export type Channel = 'shell' | 'control' | 'stdin' | 'iopub';

/** Content that was not checked. */
export type UnknownContent = Readonly<Record<string, unknown>>;

/** A message's header, in the protocol's own names. */
export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  /** ISO 8601, the time of creation. */
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
}

/** One message. */
export interface Message<Content = UnknownContent> {
  /** The ZeroMQ routing prefix: the sender, and so the receiver of the reply. Mostly empty. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  /** The header of the request that this message belongs to, if any. */
  readonly parentHeader: Partial<Header>;
  readonly metadata: UnknownContent;
  readonly content: Content;
  /** Binary parts; comm messages use them. */
  readonly buffers: readonly Buffer[];
}

/** The status of a reply; `abort` is protocol 5.0's word, which some kernels still send. */
export type ReplyStatus = 'ok' | 'error' | 'aborted' | 'abort';

/** A MIME bundle with its metadata. */
export interface DisplayContent {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient?: { display_id?: string | null } | null;
}

/** Session, line number and input; with its output on request. */
export type HistoryEntry = [number, number, string | [string, string | null]];

/** The content of each supported message. */
export interface MessageContents {
  kernel_info_request: Record<string, never>;
  kernel_info_reply: {
    status?: ReplyStatus;
    protocol_version: string;
    implementation: string;
    implementation_version: string;
    language_info: { name: string; version?: string; [key: string]: unknown };
    banner?: string;
    help_links?: { text: string; url: string }[];
    debugger?: boolean;
    supported_features?: string[];
  };
  execute_request: {
    code: string;
    silent: boolean;
    store_history: boolean;
    user_expressions: Record<string, string>;
    allow_stdin: boolean;
    stop_on_error: boolean;
  };
  execute_reply: {
    status: ReplyStatus;
    execution_count?: number | null;
    ename?: string;
    evalue?: string;
    traceback?: string[];
    user_expressions?: Record<string, unknown>;
    /** Deprecated, but the only way to show something in a pager. */
    payload?: Record<string, unknown>[];
  };
  complete_request: { code: string; cursor_pos: number };
  complete_reply: {
    status: ReplyStatus;
    matches: string[];
    cursor_start: number;
    cursor_end: number;
    metadata: Record<string, unknown>;
  };
  inspect_request: { code: string; cursor_pos: number; detail_level?: 0 | 1 };
  inspect_reply: {
    status: ReplyStatus;
    found: boolean;
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
  };
  is_complete_request: { code: string };
  is_complete_reply: { status: 'complete' | 'incomplete' | 'invalid' | 'unknown'; indent?: string };
  history_request: {
    hist_access_type: 'tail' | 'range' | 'search' | (string & {});
    output?: boolean;
    raw?: boolean;
    session?: number;
    start?: number;
    stop?: number | null;
    n?: number | null;
    pattern?: string | null;
    unique?: boolean;
  };
  history_reply: { status: ReplyStatus; history: HistoryEntry[] };
  comm_info_request: { target_name?: string };
  comm_info_reply: { status: ReplyStatus; comms: Record<string, { target_name: string }> };
  comm_open: { comm_id: string; target_name: string; data: Record<string, unknown> };
  comm_msg: { comm_id: string; data: Record<string, unknown> };
  comm_close: { comm_id: string; data: Record<string, unknown> };
  interrupt_request: Record<string, never>;
  interrupt_reply: { status: ReplyStatus };
  shutdown_request: { restart: boolean };
  shutdown_reply: { status?: ReplyStatus; restart: boolean };
  debug_request: {
    type?: string;
    seq: number;
    command: string;
    arguments?: Record<string, unknown>;
  };
  debug_reply: {
    type: string;
    seq: number;
    request_seq: number;
    success: boolean;
    command: string;
    message?: string;
    body: Record<string, unknown>;
  };
  input_request: { prompt: string; password: boolean };
  input_reply: { status?: ReplyStatus; value: string };
  iopub_welcome: { subscription: string };
  status: { execution_state: 'busy' | 'idle' | 'starting' | (string & {}) };
  execute_input: { code: string; execution_count: number };
  stream: { name: string; text: string };
  display_data: DisplayContent;
  update_display_data: DisplayContent;
  execute_result: DisplayContent & { execution_count: number | null };
  error: { ename: string; evalue: string; traceback: string[] };
  clear_output: { wait?: boolean };
}

/** The name of a supported message. */
export type MessageType = keyof MessageContents;

type Check = (value: unknown) => boolean;
const isString: Check = (value) => typeof value === 'string';
const isObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNamed: Check = (value) => isObject(value) && isString(Reflect.get(value as object, 'name'));

/**
 * Required fields of messages. Any kernel may send anything, so no content is used before this check; other fields
 * are optional.
 */
const requiredFields: Partial<Record<MessageType, Readonly<Record<string, Check>>>> = {
  kernel_info_reply: { language_info: isNamed },
  execute_request: { code: isString },
  execute_reply: { status: isString },
  complete_request: { code: isString, cursor_pos: Number.isInteger },
  inspect_request: { code: isString, cursor_pos: Number.isInteger },
  is_complete_request: { code: isString },
  history_request: { hist_access_type: isString },
  comm_open: { comm_id: isString },
  comm_msg: { comm_id: isString, data: isObject },
  comm_close: { comm_id: isString },
  debug_request: { seq: Number.isInteger, command: isString },
  status: { execution_state: isString },
  stream: { name: isString, text: isString },
  display_data: { data: isObject },
  update_display_data: { data: isObject },
  execute_result: { data: isObject },
  error: { ename: isString, evalue: isString, traceback: Array.isArray },
};

/** Whether a message is of a type and has its required fields; narrows its content. */
export function isMessage<T extends MessageType>(
  message: Message,
  type: T,
): message is Message<MessageContents[T] & UnknownContent> {
  if (message.header.msg_type !== type) return false;
  const fields = Object.entries<Check>(requiredFields[type] ?? {});
  return fields.every(([name, fits]) => fits(message.content[name]));
}

/** Options of {@link createMessage}. */
export interface MessageOptions {
  /** The session id; a client has one. */
  session: string;
  /** The request of this message. */
  parent?: Pick<Message, 'header' | 'identities'> | undefined;
  username?: string;
  metadata?: UnknownContent | undefined;
  buffers?: readonly Buffer[];
  /** The clock, for tests. */
  now?: () => Date;
}

/** A new message with a unique id. */
export function createMessage<T extends MessageType>(
  type: T,
  content: MessageContents[T],
  options: MessageOptions,
): Message<MessageContents[T]> {
  const { session, parent, username = 'daybook', metadata = {}, buffers = [] } = options;
  const now = options.now ?? (() => new Date());
  return {
    identities: parent?.identities ?? [],
    header: {
      msg_id: randomUUID(),
      session,
      username,
      date: now().toISOString(),
      msg_type: type,
      version: protocolVersion,
    },
    parentHeader: parent?.header ?? {},
    metadata,
    content,
    buffers,
  };
}
