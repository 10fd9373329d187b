import { atOrPast } from '../protocol/version.js'
import type { SessionState } from './causal-session.js'
import { EVERYTHING, floorOf, isOneOfMany, modelOf } from './marker-names.js'

/**
 * The same session in fewer words, which ask for more: a floor for the rows of each model and one for its keys, or one
 * floor for all tags of all models. Nothing is forgotten.
 */
export function coarserState(state: SessionState, to: 'model' | 'all'): SessionState {
  const floors: Record<string, string> = {}
  const versions: Record<string, string> = {}
  const raise = (name: string, version: string) => {
    const before = floors[name]
    if (before === undefined || atOrPast(version, before)) floors[name] = version
  }
  for (const [name, version] of Object.entries(state.floors)) raise(to === 'all' ? EVERYTHING : name, version)
  for (const [name, version] of Object.entries(state.versions)) {
    if (to === 'all') raise(EVERYTHING, version)
    else if (isOneOfMany(name)) raise(floorOf(name), version)
    else versions[name] = version
  }
  const mistrusted = to === 'all' ? [EVERYTHING] : [...new Set(state.unpublished.map((name) => `*${modelOf(name)}`))]
  return { ...state, versions, floors, unpublished: state.unpublished.length > 0 ? mistrusted : [] }
}
