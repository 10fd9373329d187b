/** Marks that combine with the character before them, joiners, variation selectors, and what shows as nothing. */
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u
const wide =
  /^(?:[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])$/u
/** One picture, of however many code points: a flag, a family, a thumb with a skin, a heart that asks for its picture. */
const picture = /\p{Emoji_Presentation}|\p{Regional_Indicator}|\uFE0F/u
const ascii = /^[ -~]*$/

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns of a terminal that the text takes; tabs are for the caller. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

function graphemeWidth(grapheme: string): number {
  if (picture.test(grapheme)) return 2
  const shown = [...grapheme].find((character) => !zeroWidth.test(character))
  if (shown === undefined) return 0
  return wide.test(shown) ? 2 : 1
}
