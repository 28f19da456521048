/**
 * What a user looks for: a text in any case, or a regular expression between slashes with the flags that make sense for
 * one line.
 *
 * @throws SyntaxError where the expression is none
 */
export function parsePattern(text: string): RegExp {
  const expression = /^\/(.+)\/([isu]*)$/.exec(text);
  if (expression === null) return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
  const [, source, flags] = expression;
  return new RegExp(source, flags);
}
