/** Strings (a comment's sign inside one is text) or comments, short and long, whichever begins first. */
const TOKENS = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|--\[(=*)\[[\s\S]*?\]\1\]|--[^\n]*|\[(=*)\[[\s\S]*?\]\2\]/g

/**
 * Lua source without comments, blank lines and trailing blanks: what is sent to the server, and what it is hashed by.
 *
 * @param {string} source
 */
export function stripLua(source) {
  return source
    .replace(TOKENS, (token) => (token.startsWith('--') ? '' : token))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
    .concat('\n')
}
