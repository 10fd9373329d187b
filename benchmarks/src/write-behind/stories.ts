import { acceptStory } from './accept.js'
import { flushStory } from './flush-many.js'
import { incrementsStory } from './increments.js'
import { poisonStory } from './poison.js'
import type { Story } from './story.js'

export const WRITE_BEHIND: readonly Story[] = [
  acceptStory(1),
  acceptStory(32),
  incrementsStory,
  flushStory,
  poisonStory,
]
