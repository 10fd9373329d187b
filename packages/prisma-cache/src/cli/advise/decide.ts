import { type Answers, type Asked, type Fact, type LeafName, type Node, questions, tree } from './tree.js'

export type Facts = Readonly<Record<Fact, boolean>>

export type Decision =
  | { readonly kind: 'leaf'; readonly leaf: LeafName }
  /** `missing`: what else may be asked on the way, the next one first. */
  | { readonly kind: 'ask'; readonly missing: readonly Asked[] }

/** Goes down the tree as far as the answers reach. */
export function decide(answers: Partial<Answers>, facts: Facts): Decision {
  let node: Node = tree
  for (;;) {
    if ('leaf' in node) return { kind: 'leaf', leaf: node.leaf }
    if ('fact' in node) {
      node = facts[node.fact] ? node.yes : node.no
      continue
    }
    const answer: string | undefined = answers[node.ask]
    if (answer === undefined) return { kind: 'ask', missing: askedFrom(node, answers, facts) }
    node = node.answers[answer]!
  }
}

function askedFrom(node: Node, answers: Partial<Answers>, facts: Facts): readonly Asked[] {
  const found = new Set(reachable(node, answers, facts))
  return questions.map(({ name }) => name).filter((name) => found.has(name))
}

function reachable(node: Node, answers: Partial<Answers>, facts: Facts): readonly Asked[] {
  if ('leaf' in node) return []
  if ('fact' in node) return reachable(facts[node.fact] ? node.yes : node.no, answers, facts)
  const answer = answers[node.ask]
  if (answer !== undefined) return reachable(node.answers[answer]!, answers, facts)
  return [node.ask, ...Object.values(node.answers).flatMap((next) => reachable(next, answers, facts))]
}
