// Colours of figures that may stand in an attribute.

/** A colour that is safe in an attribute; undefined for numbers and colour scales. */
export function safeColor(color: unknown): string | undefined {
  return typeof color === 'string' &&
    /^(?:#[\da-f]{3,8}|[a-z]{3,30}|rgba?\([\d., %]{5,40}\))$/i.test(color)
    ? color
    : undefined;
}
