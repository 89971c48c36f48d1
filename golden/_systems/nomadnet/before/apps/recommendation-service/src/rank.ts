const weights: Record<string, number> = { view: 1, wishlist: 3, cart: 5, purchase: 8 }

interface Action {
  productId: string
  action: string
}

/** Product ids by weighted interest, best first. */
export function rank(actions: Action[], limit = 10): string[] {
  const scores = new Map<string, number>()
  for (const { productId, action } of actions) {
    scores.set(productId, (scores.get(productId) ?? 0) + (weights[action] ?? 0))
  }
  return [...scores]
    .sort((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([id]) => id)
}
