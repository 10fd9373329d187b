import type { Model } from '../schema/models.js'
import type { Context } from './context.js'

/** For a while most operations are about a few models that are related: what meets often is found soon. */
export interface Focus {
  model(): Model
  /** While `work` runs, most of what is made is about one model. */
  aimed<R>(work: (model: Model) => R): R
  /** The model and those it is related to. */
  beside(model: Model): readonly Model[]
  /** The model and every other that can be reached from it over relations. */
  around(model: string): readonly string[]
  /** One operation later. */
  move(): void
}

const STAY = 60

export function createFocus({ random, models }: Context, favoured: readonly Model[]): Focus {
  let near: readonly Model[] = models.list
  let left = 0
  let aim: Model | undefined
  const any = () => random.pick(random.chance(0.85) ? near : models.list)
  return {
    model: () => (aim && random.chance(0.7) ? aim : any()),
    aimed(work) {
      const model = any()
      aim = model
      try {
        return work(model)
      } finally {
        aim = undefined
      }
    },
    beside: (model) => reached(model.name, 1).map((name) => models.get(name)),
    around: (name) => reached(name, Number.POSITIVE_INFINITY),
    move() {
      if (--left > 0) return
      left = STAY
      const start = () => random.pick(favoured.length > 0 && random.chance(0.5) ? favoured : models.list)
      const [one, other] = [start(), start()]
      const related = reached(one.name, 1)
      near = (related.length > 1 ? related : [one.name, other.name]).map((name) => models.get(name))
    },
  }

  function reached(name: string, steps: number): string[] {
    const found = new Set([name])
    let edge = [name]
    for (let step = 0; step < steps && edge.length > 0; step++) {
      edge = edge
        .flatMap((from) => models.get(from).relations.map((relation) => relation.model))
        .filter((to) => !found.has(to))
      for (const to of edge) found.add(to)
    }
    return [...found]
  }
}
