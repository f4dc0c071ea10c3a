/**
 * Whether a text is base64 (RFC 4648, section 4), possibly in lines. It is searched for what does not belong
 * there: an expression that matches all of it keeps a way back for each character, and an image of some
 * megabytes overflows the stack with them.
 */
export function isBase64(text: string): boolean {
  const digits = text.replace(/={1,2}\s*$/, '');
  return digits !== '' && !/[^A-Za-z0-9+/\s]/.test(digits);
}
