/** Why a project cannot be made, and what to do about it. */
export class CreateError extends Error {
  override readonly name = 'CreateError';
  /** What to do about it. */
  readonly hint: string;

  /**
   * @param message - What is wrong, with the file or option.
   * @param hint - What to do about it, one sentence or command.
   */
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}
