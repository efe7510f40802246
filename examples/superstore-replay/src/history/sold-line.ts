/** One line of the public order history, as the shop sold it. */
export interface SoldLine {
  readonly orderId: string
  /** Calendar day, `YYYY-MM-DD`. */
  readonly orderDate: string
  readonly customerId: string
  readonly region: string
  readonly productId: string
  readonly productName: string
  /** Whole units, 1 or more. */
  readonly quantity: number
}
