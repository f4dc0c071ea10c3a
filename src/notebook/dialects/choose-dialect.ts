import type { KernelInfo } from '../../jupyter/kernel.js';
import type { KernelDialect } from './kernel-dialect.js';
import { tslabDialect } from './tslab-dialect.js';

/** A kernel that reports all failures by messages: Daybook's own, ipykernel and others. */
const jupyterDialect: KernelDialect = {
  failureOf: () => undefined,
  lateErrorOf: () => undefined,
  settles: false,
};

/** The dialect of a kernel, by what it says of itself. */
export function dialectOf({ implementation }: KernelInfo): KernelDialect {
  return implementation === 'tslab' ? tslabDialect : jupyterDialect;
}
