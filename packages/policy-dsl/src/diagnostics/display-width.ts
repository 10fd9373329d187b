/** Marks that combine with the character before them, joiners and variation selectors. */
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const wide =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}])$/u

/** Columns of a terminal that the text takes. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) {
    if (character <= '~') width += 1
    else if (zeroWidth.test(character)) continue
    else width += wide.test(character) ? 2 : 1
  }
  return width
}
