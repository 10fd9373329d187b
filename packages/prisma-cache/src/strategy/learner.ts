import { type Evidence, expecting, type Interval, observe, rateOf, UNKNOWN } from '../planner/learned-ttl.js'

/** What this process has learned of the values of a model that nobody says the changes of; by shape of the question. */
export interface Learner {
  /** What is to be expected of a value that nobody has watched yet: what its shape does, or else its model. */
  expecting(model: string, shape: string): Evidence
  observed(model: string, shape: string, interval: Interval): void
  ofModel(model: string): Evidence
}

/** Shapes come from the source of an application, so they are few; one that is not written so forgets the oldest. */
const MOST_SHAPES = 1000
/** Of many values one changes now and then: that says less of the others than it says of itself. */
const KEPT = 0.95

export function createLearner(): Learner {
  const models = new Map<string, Evidence>()
  const shapes = new Map<string, Evidence>()
  const ofModel = (model: string) => models.get(model) ?? UNKNOWN
  const ofShape = (model: string, name: string) => shapes.get(name) ?? expecting(rateOf(ofModel(model)))
  return {
    ofModel,
    expecting: (model, shape) => expecting(rateOf(ofShape(model, `${model} ${shape}`))),
    observed(model, shape, interval) {
      const name = `${model} ${shape}`
      const evidence = observe(ofShape(model, name), interval, KEPT)
      models.set(model, observe(ofModel(model), interval, KEPT))
      shapes.delete(name)
      shapes.set(name, evidence)
      if (shapes.size > MOST_SHAPES) shapes.delete(shapes.keys().next().value!)
    },
  }
}
