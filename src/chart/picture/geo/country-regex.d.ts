// The package has no types of its own.
declare module 'country-regex' {
  /** Patterns of names in small letters, by ISO-3 codes. */
  const patterns: Readonly<Record<string, string>>;
  export default patterns;
}
